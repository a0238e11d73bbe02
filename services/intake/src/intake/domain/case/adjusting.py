"""Adjusting: another entitlement than was granted, or more time. One proposes, another approves.

A proposal stands until it is decided on, or until the household or the entitlement changes under
it. Amounts may rise; cash never rises above what the programme allows the person.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar, assert_never

import msgspec
from msgspec.structs import replace

from events.decider import Event, Rejected
from events.money import Money, total
from events.values import CaseId, PersonId
from intake.domain.case.asking import CaseCommand, at, consented, may_assess
from intake.domain.case.entitlement import ChildWithoutGuardian, cash_allowed, in_currency
from intake.domain.case.household import member_of
from intake.domain.case.kinds import AdjustmentReason, ExtensionReason, Stage
from intake.domain.case.pinning import pinned
from intake.domain.case.state import Adjustment, Case, Extension, Granted, Share
from intake.domain.consent import Scope
from intake.domain.programme import Terms


class Amount(msgspec.Struct, frozen=True):
    """What one person is to bring to the entitlement."""

    person: PersonId
    total: Money
    cash_at_most: Money


class ProposeAdjustment(CaseCommand, frozen=True):
    """Other amounts for these people; those not named keep theirs."""

    terms: Terms
    amounts: tuple[Amount, ...]
    reason: AdjustmentReason


class ApproveAdjustment(CaseCommand, frozen=True):
    pass


class RefuseAdjustment(CaseCommand, frozen=True):
    pass


class ProposeExtension(CaseCommand, frozen=True):
    claim_by: dt.date
    use_by: dt.date
    reason: ExtensionReason


class ApproveExtension(CaseCommand, frozen=True):
    pass


class RefuseExtension(CaseCommand, frozen=True):
    pass


Request = (
    ProposeAdjustment
    | ApproveAdjustment
    | RefuseAdjustment
    | ProposeExtension
    | ApproveExtension
    | RefuseExtension
)


class EntitlementAdjustmentProposed(
    Event, frozen=True, tag="intake.entitlement_adjustment_proposed.v1"
):
    """Somebody asks for other amounts; nothing changes before another person approves."""

    case: CaseId
    total: Money
    cash_cap: Money
    shares: tuple[Share, ...]
    reason: AdjustmentReason


class EntitlementAdjusted(Event, frozen=True, tag="intake.entitlement_adjusted.v1"):
    """The household may receive this now, in place of what was granted."""

    case: CaseId
    total: Money
    cash_cap: Money
    shares: tuple[Share, ...]
    reason: AdjustmentReason
    proposed_by: PersonId


class EntitlementAdjustmentRefused(
    Event, frozen=True, tag="intake.entitlement_adjustment_refused.v1"
):
    """The amounts stay as they are."""

    case: CaseId
    proposed_by: PersonId


class EntitlementExtensionProposed(
    Event, frozen=True, tag="intake.entitlement_extension_proposed.v1"
):
    """Somebody asks for more time; nothing changes before another person approves."""

    case: CaseId
    claim_by: dt.date
    use_by: dt.date
    reason: ExtensionReason


class EntitlementExtended(Event, frozen=True, tag="intake.entitlement_extended.v1"):
    """There is time until these days to claim and to use the entitlement."""

    case: CaseId
    claim_by: dt.date
    use_by: dt.date
    reason: ExtensionReason
    proposed_by: PersonId


class EntitlementExtensionRefused(
    Event, frozen=True, tag="intake.entitlement_extension_refused.v1"
):
    """The dates stay as they are."""

    case: CaseId
    proposed_by: PersonId


Fact = (
    EntitlementAdjustmentProposed
    | EntitlementAdjusted
    | EntitlementAdjustmentRefused
    | EntitlementExtensionProposed
    | EntitlementExtended
    | EntitlementExtensionRefused
)


@dataclass(unsafe_hash=True)
class NothingGranted(Rejected):
    """Only what was granted can be adjusted."""

    case: CaseId


@dataclass(unsafe_hash=True)
class NothingProposed(Rejected):
    """There is no proposal to decide on."""

    case: CaseId


@dataclass(unsafe_hash=True)
class ProposerCannotApprove(Rejected):
    """Who proposed a change of the entitlement does not decide on it."""

    person: PersonId


@dataclass(unsafe_hash=True)
class AmountTwice(Rejected):
    """A proposal names each person once."""

    person: PersonId


@dataclass(unsafe_hash=True)
class CashOverCap(Rejected):
    """In cash nobody receives more than the programme allows, nor than their whole amount."""

    person: PersonId
    at_most: Money


@dataclass(unsafe_hash=True)
class NoMoreTime(Rejected):
    """An extension moves a date to a later day, and none to an earlier one."""

    claim_by: dt.date
    use_by: dt.date


def decide(command: Request, case: Case) -> Sequence[Fact]:
    at(case, Stage.ELIGIBLE, Stage.ARRIVED)
    match command:
        case ProposeAdjustment():
            return [_propose_adjustment(command, case)]
        case ApproveAdjustment():
            adjustment = _decided(command, case, case.adjustment)
            consented(case, Scope.ASSISTANCE)
            return [adjusted(command, case, adjustment)]
        case RefuseAdjustment(by=by):
            who = _decided(command, case, case.adjustment).proposed_by
            return [
                EntitlementAdjustmentRefused(by=by, at=command.at, case=case.id, proposed_by=who)
            ]
        case ProposeExtension():
            return [_propose_extension(command, case)]
        case ApproveExtension():
            extension = _decided(command, case, case.extension)
            consented(case, Scope.ASSISTANCE)
            return [_extended(command, case, extension)]
        case RefuseExtension(by=by):
            who = _decided(command, case, case.extension).proposed_by
            return [
                EntitlementExtensionRefused(by=by, at=command.at, case=case.id, proposed_by=who)
            ]
        case _:
            assert_never(command)


def granted(case: Case) -> Granted:
    """The entitlement, or `NothingGranted`."""
    if case.entitlement is None:
        raise NothingGranted(case.id)
    return case.entitlement


P = TypeVar("P", Adjustment, Extension)


def _decided(command: CaseCommand, case: Case, proposal: P | None) -> P:
    """The proposal, if this person may decide on it."""
    may_assess(command, case)
    if proposal is None:
        raise NothingProposed(case.id)
    if command.by == proposal.proposed_by:
        raise ProposerCannotApprove(command.by)
    return proposal


def _propose_adjustment(command: ProposeAdjustment, case: Case) -> EntitlementAdjustmentProposed:
    standing = {share.person: share for share in granted(case).shares}
    consented(case, Scope.ASSISTANCE)
    terms = pinned(command.terms, case)
    named = [amount.person for amount in command.amounts]
    for amount in command.amounts:
        if named.count(amount.person) > 1:
            raise AmountTwice(amount.person)
        standing[amount.person] = _share(amount, case, terms)
    shares = tuple(standing[m.person] for m in case.household if m.person in standing)
    return EntitlementAdjustmentProposed(
        by=command.by,
        at=command.at,
        case=case.id,
        total=total((s.total for s in shares), terms.currency),
        cash_cap=total((s.cash_at_most for s in shares), terms.currency),
        shares=shares,
        reason=command.reason,
    )


def _share(amount: Amount, case: Case, terms: Terms) -> Share:
    member = member_of(case, amount.person)
    if member.is_child and member.guardian is None:
        raise ChildWithoutGuardian(member.person)
    for money in (amount.total, amount.cash_at_most):
        in_currency(money, terms)
    at_most = min(amount.total, cash_allowed(member, case, terms))
    if amount.cash_at_most > at_most:
        raise CashOverCap(amount.person, at_most)
    return Share(amount.person, member.role, amount.total, amount.cash_at_most)


def adjusted(command: CaseCommand, case: Case, to: Adjustment) -> EntitlementAdjusted:
    """The fact that these shares stand in place of those before."""
    currency = granted(case).total.currency
    return EntitlementAdjusted(
        by=command.by,
        at=command.at,
        case=case.id,
        total=total((s.total for s in to.shares), currency),
        cash_cap=total((s.cash_at_most for s in to.shares), currency),
        shares=to.shares,
        reason=to.reason,
        proposed_by=to.proposed_by,
    )


def _propose_extension(command: ProposeExtension, case: Case) -> EntitlementExtensionProposed:
    at(case, Stage.ARRIVED)
    stands = granted(case)
    consented(case, Scope.ASSISTANCE)
    assert stands.claim_by, "set by the arrival"
    assert stands.use_by, "set by the arrival"
    earlier = command.claim_by < stands.claim_by or command.use_by < stands.use_by
    if earlier or (command.claim_by, command.use_by) == (stands.claim_by, stands.use_by):
        raise NoMoreTime(stands.claim_by, stands.use_by)
    return EntitlementExtensionProposed(
        by=command.by,
        at=command.at,
        case=case.id,
        claim_by=command.claim_by,
        use_by=command.use_by,
        reason=command.reason,
    )


def _extended(command: CaseCommand, case: Case, to: Extension) -> EntitlementExtended:
    return EntitlementExtended(
        by=command.by,
        at=command.at,
        case=case.id,
        claim_by=to.claim_by,
        use_by=to.use_by,
        reason=to.reason,
        proposed_by=to.proposed_by,
    )


def evolve(case: Case, event: Fact) -> Case:
    match event:
        case EntitlementAdjustmentProposed(by=by, shares=shares, reason=reason):
            adjustment = Adjustment(shares=shares, reason=reason, proposed_by=by)
            return replace(case, adjustment=adjustment)
        case EntitlementAdjusted():
            assert case.entitlement is not None, "nothing else is adjusted"
            entitlement = replace(
                case.entitlement, total=event.total, cash_cap=event.cash_cap, shares=event.shares
            )
            return replace(case, entitlement=entitlement, adjustment=None)
        case EntitlementAdjustmentRefused():
            return replace(case, adjustment=None)
        case EntitlementExtensionProposed():
            extension = Extension(
                claim_by=event.claim_by,
                use_by=event.use_by,
                reason=event.reason,
                proposed_by=event.by,
            )
            return replace(case, extension=extension)
        case EntitlementExtended():
            assert case.entitlement is not None, "nothing else is extended"
            entitlement = replace(case.entitlement, claim_by=event.claim_by, use_by=event.use_by)
            return replace(case, entitlement=entitlement, extension=None)
        case EntitlementExtensionRefused():
            return replace(case, extension=None)
        case _:
            assert_never(event)
