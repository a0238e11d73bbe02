"""Travel: the returnee is back, shown by evidence, and the time limits count from that day."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from events.decider import Event, Rejected
from events.values import CaseId, Digest
from intake.domain.case.asking import CaseCommand, at, consented
from intake.domain.case.kinds import Stage
from intake.domain.case.pinning import pinned
from intake.domain.case.state import Case
from intake.domain.consent import Scope
from intake.domain.programme import Terms


class ConfirmArrival(CaseCommand, frozen=True):
    terms: Terms
    date: dt.date
    evidence: Digest


Request = ConfirmArrival


class ArrivalConfirmed(Event, frozen=True, tag="intake.arrival_confirmed.v1"):
    """The returnee is back, and the time to claim and to use the entitlement runs."""

    case: CaseId
    date: dt.date
    evidence: Digest
    claim_by: dt.date
    use_by: dt.date


Fact = ArrivalConfirmed


@dataclass(unsafe_hash=True)
class ArrivalInTheFuture(Rejected):
    """An arrival is confirmed when it has happened."""

    date: dt.date
    today: dt.date


def decide(command: Request, case: Case) -> Sequence[Fact]:
    return [_arrive(command, case)]


def _arrive(command: ConfirmArrival, case: Case) -> ArrivalConfirmed:
    at(case, Stage.ELIGIBLE)
    consented(case, Scope.ASSISTANCE)
    terms = pinned(command.terms, case)
    if command.date > command.at.date():
        raise ArrivalInTheFuture(command.date, command.at.date())
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
    entitlement = case.entitlement and replace(
        case.entitlement, claim_by=event.claim_by, use_by=event.use_by
    )
    return replace(case, stage=Stage.ARRIVED, arrival=event.date, entitlement=entitlement)
