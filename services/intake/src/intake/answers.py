"""What clients are told. Only `PersonAnswer` holds personal values: its route records the read."""

from collections.abc import Collection
from datetime import date
from typing import Any

from events.canonical import plain
from events.io.http import Answer
from events.money import Money
from events.personal import Kind
from events.values import CaseId, Code, PersonId, PreNotificationId, ProgrammeId
from intake.domain.case.kinds import AdjustmentReason, ExtensionReason, Ground, Stage
from intake.domain.case.state import Adjustment, Case, Extension, Granted, Member, Share
from intake.domain.consent import Scope
from intake.domain.people import AgeBracket
from intake.domain.pre_notification import Notice, PreNotification
from intake.domain.programme import FamilyRole, ReturnType, Terms


class MemberAnswer(Answer):
    person: PersonId
    role: FamilyRole
    is_child: bool
    guardian: PersonId | None
    age_bracket: AgeBracket
    pooled: bool
    """Whether this person's share is used together with the returnee's, as they agreed."""

    @classmethod
    def of(cls, member: Member) -> "MemberAnswer":
        return cls(
            person=member.person,
            role=member.role,
            is_child=member.is_child,
            guardian=member.guardian,
            age_bracket=member.age_bracket,
            pooled=member.pooled,
        )


class ShareAnswer(Answer):
    person: PersonId
    total: Money
    cash_at_most: Money

    @classmethod
    def of(cls, share: Share) -> "ShareAnswer":
        return cls(person=share.person, total=share.total, cash_at_most=share.cash_at_most)


class AdjustmentAnswer(Answer):
    """Other amounts, which another person than the proposer decides on."""

    shares: tuple[ShareAnswer, ...]
    reason: AdjustmentReason
    proposed_by: PersonId

    @classmethod
    def of(cls, adjustment: Adjustment) -> "AdjustmentAnswer":
        return cls(
            shares=tuple(ShareAnswer.of(share) for share in adjustment.shares),
            reason=adjustment.reason,
            proposed_by=adjustment.proposed_by,
        )


class ExtensionAnswer(Answer):
    """Later dates, which another person than the proposer decides on."""

    claim_by: date
    use_by: date
    reason: ExtensionReason
    proposed_by: PersonId

    @classmethod
    def of(cls, extension: Extension) -> "ExtensionAnswer":
        return cls(
            claim_by=extension.claim_by,
            use_by=extension.use_by,
            reason=extension.reason,
            proposed_by=extension.proposed_by,
        )


class ElsewhereAnswer(Answer):
    person: PersonId
    programme: Code
    amount: Money


class EntitlementAnswer(Answer):
    total: Money
    cash_cap: Money
    shares: tuple[ShareAnswer, ...]
    claim_by: date | None
    use_by: date | None

    @classmethod
    def of(cls, granted: Granted) -> "EntitlementAnswer":
        return cls(
            total=granted.total,
            cash_cap=granted.cash_cap,
            shares=tuple(ShareAnswer.of(share) for share in granted.shares),
            claim_by=granted.claim_by,
            use_by=granted.use_by,
        )


class CaseAnswer(Answer):
    case: CaseId
    returnee: PersonId
    stage: Stage
    programme: ProgrammeId
    programme_version: int | None
    organisation: Code
    office: Code
    counsellor: PersonId
    country_of_return: Code
    return_type: ReturnType
    household: tuple[MemberAnswer, ...]
    consents: tuple[Scope, ...]
    entitlement: EntitlementAnswer | None
    declared: tuple[ElsewhereAnswer, ...]
    """What people of the household receive from others for the same purpose."""
    adjustment: AdjustmentAnswer | None
    extension: ExtensionAnswer | None
    departure: date | None
    arrival: date | None
    restricted: bool
    closed_for: Ground | None
    merged_into: CaseId | None
    """Where the case is worked on instead, where that is theirs to see; it takes no other act."""
    took_in: tuple[CaseId, ...]
    """Cases that are worked on in this one and are theirs to see. Both are told on reading."""
    version: int

    @classmethod
    def of(cls, state: Case, version: int, seen: Collection[CaseId] = ()) -> "CaseAnswer":
        """`seen`: those of the cases it may name that the reader may know of."""
        granted = state.entitlement
        return cls(
            case=state.id,
            returnee=state.returnee,
            stage=state.stage,
            programme=state.programme,
            programme_version=state.programme_version,
            organisation=state.organisation,
            office=state.office,
            counsellor=state.counsellor,
            country_of_return=state.country_of_return,
            return_type=state.return_type,
            household=tuple(MemberAnswer.of(member) for member in state.household),
            consents=tuple(sorted(state.consents)),
            entitlement=EntitlementAnswer.of(granted) if granted else None,
            declared=tuple(
                ElsewhereAnswer(person=d.person, programme=d.programme, amount=d.amount)
                for d in state.declared
            ),
            adjustment=AdjustmentAnswer.of(state.adjustment) if state.adjustment else None,
            extension=ExtensionAnswer.of(state.extension) if state.extension else None,
            departure=state.departure,
            arrival=state.arrival,
            restricted=state.restricted,
            closed_for=state.ground,
            merged_into=state.merged.into if state.merged and state.merged.into in seen else None,
            took_in=tuple(other for other in state.took_in if other in seen),
            version=version,
        )


class PreNotificationAnswer(Answer):
    pre_notification: PreNotificationId
    stage: Notice
    programme: ProgrammeId
    organisation: Code
    country_of_return: Code
    return_type: ReturnType
    office: Code
    departure: date
    flight: Code
    case: CaseId | None
    """The case that took it up, where it is theirs to see."""
    version: int

    @classmethod
    def of(
        cls, state: PreNotification, version: int, seen: Collection[CaseId] = ()
    ) -> "PreNotificationAnswer":
        """`seen`: those of the cases it may name that the reader may know of."""
        return cls(
            pre_notification=state.id,
            stage=state.stage,
            programme=state.programme,
            organisation=state.organisation,
            country_of_return=state.country_of_return,
            return_type=state.return_type,
            office=state.office,
            departure=state.departure,
            flight=state.flight,
            case=state.case if state.case in seen else None,
            version=version,
        )


class ProgrammeAnswer(Answer):
    """A programme as intake decides by it."""

    programme: ProgrammeId
    version: int
    currency: Code
    since: date
    until: date
    eligibility: dict[str, Any]
    entitlements: list[dict[str, Any]]

    @classmethod
    def of(cls, terms: Terms) -> "ProgrammeAnswer":
        return cls(
            programme=terms.programme,
            version=terms.version,
            currency=terms.currency,
            since=terms.since,
            until=terms.open_until,
            eligibility=plain(terms.eligibility),
            entitlements=plain(terms.entitlements),
        )


class PersonAnswer(Answer):
    """Who somebody is, as far as the purpose needs it. Values that were erased are absent."""

    case: CaseId
    person: PersonId
    values: dict[str, Any]
    erased: tuple[Kind, ...]
    """The kinds that were erased of this person: nobody has them any more."""
