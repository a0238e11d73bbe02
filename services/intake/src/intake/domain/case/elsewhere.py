"""Elsewhere: what somebody receives from others for the same purpose is declared, and counts.

Where the programme deducts it, a declaration lowers that person's share at once: by the
programme's rule, not by anybody's judgement, so that nobody approves it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from events.decider import Event, Rejected
from events.money import Money
from events.values import CaseId, Code, PersonId
from intake.domain.case.adjusting import EntitlementAdjusted, adjusted
from intake.domain.case.asking import CaseCommand, consented
from intake.domain.case.entitlement import in_currency, less
from intake.domain.case.household import member_of
from intake.domain.case.kinds import AdjustmentReason
from intake.domain.case.pinning import pinned
from intake.domain.case.state import Adjustment, Case, Elsewhere
from intake.domain.consent import Scope
from intake.domain.programme import OtherAssistance, Terms


class DeclareDoubleAssistance(CaseCommand, frozen=True):
    terms: Terms
    person: PersonId
    programme_elsewhere: Code
    amount: Money


Request = DeclareDoubleAssistance


class DoubleAssistanceDeclared(Event, frozen=True, tag="intake.double_assistance_declared.v1"):
    """Somebody of the household receives this from others for the same purpose."""

    case: CaseId
    person: PersonId
    programme_elsewhere: Code
    amount: Money


Fact = DoubleAssistanceDeclared


@dataclass(unsafe_hash=True)
class DeclaredAlready(Rejected):
    """What this person receives from that programme was declared."""

    person: PersonId
    programme_elsewhere: Code


@dataclass(unsafe_hash=True)
class NothingDeclared(Rejected):
    """An amount received is more than nothing."""

    amount: Money


@dataclass(unsafe_hash=True)
class OutOfScale(Rejected):
    """So much more than the programme itself gives anybody is a slip of the pen."""

    amount: Money
    most: Money
    """What the programme gives one person, at most."""
    times: int


SCALE = 100
"""How many times the most that the programme gives one person may be received elsewhere."""


def decide(
    command: Request, case: Case
) -> Sequence[DoubleAssistanceDeclared | EntitlementAdjusted]:
    consented(case, Scope.ASSISTANCE)
    person = member_of(case, command.person).person
    terms = pinned(command.terms, case)
    in_currency(command.amount, terms)
    if command.amount <= Money.zero(terms.currency):
        raise NothingDeclared(command.amount)
    most = max((row.total for row in terms.entitlements), default=command.amount)
    if command.amount.minor > SCALE * most.minor:
        raise OutOfScale(command.amount, most, SCALE)
    if any((d.person, d.programme) == (person, command.programme_elsewhere) for d in case.declared):
        raise DeclaredAlready(person, command.programme_elsewhere)
    declared = DoubleAssistanceDeclared(
        by=command.by,
        at=command.at,
        case=case.id,
        person=person,
        programme_elsewhere=command.programme_elsewhere,
        amount=command.amount,
    )
    if case.entitlement is None or terms.other_assistance is not OtherAssistance.DEDUCTED:
        return [declared]
    shares = tuple(
        less(share, command.amount) if share.person == person else share
        for share in case.entitlement.shares
    )
    if shares == case.entitlement.shares:
        return [declared]
    lower = Adjustment(
        shares=shares, reason=AdjustmentReason.DOUBLE_ASSISTANCE, proposed_by=command.by
    )
    return [declared, adjusted(command, case, lower)]


def evolve(case: Case, event: Fact) -> Case:
    declared = Elsewhere(event.person, event.programme_elsewhere, event.amount)
    return replace(case, declared=(*case.declared, declared))
