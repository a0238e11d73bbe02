"""Travel: somebody sets out, or never does, and is back, shown by evidence.

    eligible -> (departed) -> arrived        registered, eligible -> not departed (the end)

That somebody did not depart is final. The time limits count from the day of arrival.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from msgspec.structs import replace

from events.decider import Event, Rejected
from events.values import CaseId, Digest
from intake.domain.case.asking import CaseCommand, at, consented, may_assess
from intake.domain.case.kinds import Stage
from intake.domain.case.pinning import pinned
from intake.domain.case.state import Case
from intake.domain.consent import Scope
from intake.domain.programme import Terms


class ConfirmDeparture(CaseCommand, frozen=True):
    date: dt.date
    evidence: Digest


class ConfirmNonDeparture(CaseCommand, frozen=True):
    pass


class ConfirmArrival(CaseCommand, frozen=True):
    terms: Terms
    date: dt.date
    evidence: Digest


Request = ConfirmDeparture | ConfirmNonDeparture | ConfirmArrival


class DepartureConfirmed(Event, frozen=True, tag="intake.departure_confirmed.v1"):
    """The returnee has left for the country of return."""

    case: CaseId
    date: dt.date
    evidence: Digest


class NonDepartureConfirmed(Event, frozen=True, tag="intake.non_departure_confirmed.v1"):
    """The returnee did not leave. The case ends and is not taken up again."""

    case: CaseId


class ArrivalConfirmed(Event, frozen=True, tag="intake.arrival_confirmed.v1"):
    """The returnee is back, and the time to claim and to use the entitlement runs."""

    case: CaseId
    date: dt.date
    evidence: Digest
    claim_by: dt.date
    use_by: dt.date


Fact = DepartureConfirmed | NonDepartureConfirmed | ArrivalConfirmed


@dataclass(unsafe_hash=True)
class DepartedAlready(Rejected):
    """The departure was confirmed."""

    date: dt.date


@dataclass(unsafe_hash=True)
class DepartureInTheFuture(Rejected):
    """A departure is confirmed when it has happened."""

    date: dt.date
    today: dt.date


@dataclass(unsafe_hash=True)
class ArrivalInTheFuture(Rejected):
    """An arrival is confirmed when it has happened."""

    date: dt.date
    today: dt.date


@dataclass(unsafe_hash=True)
class ArrivalBeforeDeparture(Rejected):
    """Nobody arrives before the day on which they left."""

    date: dt.date
    departure: dt.date


def decide(command: Request, case: Case) -> Sequence[Fact]:
    match command:
        case ConfirmDeparture():
            return [_depart(command, case)]
        case ConfirmNonDeparture(by=by):
            at(case, Stage.REGISTERED, Stage.ELIGIBLE)
            may_assess(command, case)
            _not_departed(case)
            return [NonDepartureConfirmed(by=by, at=command.at, case=case.id)]
        case ConfirmArrival():
            return [_arrive(command, case)]
        case _:
            assert_never(command)


def _depart(command: ConfirmDeparture, case: Case) -> DepartureConfirmed:
    at(case, Stage.ELIGIBLE)
    consented(case, Scope.ASSISTANCE)
    _not_departed(case)
    if command.date > command.at.date():
        raise DepartureInTheFuture(command.date, command.at.date())
    return DepartureConfirmed(
        by=command.by,
        at=command.at,
        case=case.id,
        date=command.date,
        evidence=command.evidence,
    )


def _not_departed(case: Case) -> None:
    if case.departure is not None:
        raise DepartedAlready(case.departure)


def _arrive(command: ConfirmArrival, case: Case) -> ArrivalConfirmed:
    at(case, Stage.ELIGIBLE)
    consented(case, Scope.ASSISTANCE)
    terms = pinned(command.terms, case)
    if command.date > command.at.date():
        raise ArrivalInTheFuture(command.date, command.at.date())
    if case.departure is not None and command.date < case.departure:
        raise ArrivalBeforeDeparture(command.date, case.departure)
    return ArrivalConfirmed(
        by=command.by,
        at=command.at,
        case=case.id,
        date=command.date,
        evidence=command.evidence,
        claim_by=terms.claim_by(command.date),
        use_by=terms.use_by(command.date),
    )


def evolve(case: Case, event: Fact) -> Case:
    match event:
        case DepartureConfirmed():
            return replace(case, departure=event.date)
        case NonDepartureConfirmed():
            return replace(case, stage=Stage.NOT_DEPARTED)
        case ArrivalConfirmed(claim_by=claim_by, use_by=use_by):
            entitlement = case.entitlement and replace(
                case.entitlement, claim_by=claim_by, use_by=use_by
            )
            return replace(case, stage=Stage.ARRIVED, arrival=event.date, entitlement=entitlement)
        case _:
            assert_never(event)
