"""Whether a case may be promised assistance as it stands, and why not."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from events.decider import Rejected
from events.money import Money
from events.values import Code, PersonId
from plans.domain.standing import Entitled, Halt, Standing


@dataclass(unsafe_hash=True)
class NoSuchCase(Rejected):
    """There is no such case, or none that your organisation may reach (D10)."""

    hides: ClassVar[bool] = True

    organisation: Code


@dataclass(unsafe_hash=True)
class CaseIsHalted(Rejected):
    """Nothing is promised while the case is suspended, closed, merged, or the person not gone."""

    because: Halt


@dataclass(unsafe_hash=True)
class ConsentMissing(Rejected):
    """The returnee has not consented to assistance, or no longer does (S1)."""

    returnee: PersonId


@dataclass(unsafe_hash=True)
class NotEligible(Rejected):
    """Nothing is planned before the case is found eligible (S1)."""

    returnee: PersonId


@dataclass(unsafe_hash=True)
class NoEntitlement(Rejected):
    """Nothing is planned before it is known how much the case may receive (A1)."""

    returnee: PersonId


@dataclass(unsafe_hash=True)
class ClaimedTooLate(Rejected):
    """The time in which a returnee may come for a plan has passed."""

    claim_by: date


@dataclass(unsafe_hash=True)
class UseByPassed(Rejected):
    """The time in which the entitlement may be used has passed (S14)."""

    use_by: date


@dataclass(unsafe_hash=True)
class AboveEntitlement(Rejected):
    """All that the case is promised together stays within the entitlement (A1)."""

    together: Money
    entitlement: Money


@dataclass(unsafe_hash=True)
class AboveCashCap(Rejected):
    """All cash together stays within the cash cap (A2)."""

    together: Money
    cash_cap: Money


def reached(standing: Standing | None, organisation: Code) -> Standing:
    """The case, if that organisation may know of it at all."""
    if standing is None or not standing.reached_by(organisation):
        raise NoSuchCase(organisation)
    return standing


def open_and_consented(standing: Standing) -> None:
    """The case goes on, and the returnee agrees to be assisted (S1)."""
    for halt in sorted(standing.halted):
        raise CaseIsHalted(halt)
    if not standing.consented:
        raise ConsentMissing(standing.returnee)


def entitled(standing: Standing) -> tuple[int, Entitled]:
    """The programme version and the amounts that the case may plan with (S1)."""
    open_and_consented(standing)
    if standing.eligible_under is None:
        raise NotEligible(standing.returnee)
    if standing.entitled is None:
        raise NoEntitlement(standing.returnee)
    return standing.eligible_under, standing.entitled


def claimed_in_time(standing: Standing, at: datetime) -> None:
    """A returnee comes for a plan before the time to do so is over."""
    if standing.claim_by is not None and at.date() > standing.claim_by:
        raise ClaimedTooLate(standing.claim_by)


def used_in_time(standing: Standing, at: datetime) -> None:
    """The entitlement is used before it lapses (S14)."""
    if standing.use_by is not None and at.date() > standing.use_by:
        raise UseByPassed(standing.use_by)
