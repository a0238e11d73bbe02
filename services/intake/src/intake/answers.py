"""What clients are told. Only `PersonAnswer` holds personal values: its route records the read."""

from datetime import date
from typing import Any

from events.canonical import plain
from events.io.http import Answer
from events.money import Money
from events.values import CaseId, Code, PersonId, ProgrammeId
from intake.domain.case.kinds import Stage
from intake.domain.case.state import Case, Granted
from intake.domain.consent import Scope
from intake.domain.programme import FamilyRole, ReturnType, Terms


class MemberAnswer(Answer):
    person: PersonId
    role: FamilyRole
    is_child: bool
    guardian: PersonId | None


class EntitlementAnswer(Answer):
    total: Money
    cash_cap: Money
    claim_by: date | None
    use_by: date | None

    @classmethod
    def of(cls, granted: Granted) -> "EntitlementAnswer":
        return cls(
            total=granted.total,
            cash_cap=granted.cash_cap,
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
    arrival: date | None
    merged_into: CaseId | None
    """Where the case is worked on instead; it takes no other act."""
    took_in: tuple[CaseId, ...]
    version: int

    @classmethod
    def of(cls, state: Case, version: int) -> "CaseAnswer":
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
            household=tuple(
                MemberAnswer(person=m.person, role=m.role, is_child=m.is_child, guardian=m.guardian)
                for m in state.household
            ),
            consents=tuple(sorted(state.consents)),
            entitlement=EntitlementAnswer.of(granted) if granted else None,
            arrival=state.arrival,
            merged_into=state.merged.into if state.merged else None,
            took_in=state.took_in,
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
