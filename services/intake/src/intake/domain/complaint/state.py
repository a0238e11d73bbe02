"""What the facts about a complaint amount to."""

import datetime as dt
from typing import assert_never

from msgspec.structs import replace

from events.decider import State
from events.values import CaseId, Code, ComplaintId, Digest, PersonId, ProgrammeId
from intake.domain.complaint.facts import (
    ComplaintAcknowledged,
    ComplaintAnswerRead,
    ComplaintAssigned,
    ComplaintEscalated,
    ComplaintEvent,
    ComplaintRecategorised,
    ComplaintReceived,
    ComplaintResolved,
    PaymentHoldAsked,
    PaymentHoldEnded,
)
from intake.domain.complaint.kinds import Channel, Deadline, Outcome, Stage


class Complaint(State, frozen=True):
    id: ComplaintId
    stage: Stage
    complainant: PersonId
    anonymous: bool
    programme: ProgrammeId
    run_by: Code
    case: CaseId | None
    channel: Channel
    category: Code
    apart: bool
    kept_from: tuple[Code, ...]
    language: Code
    received: dt.datetime
    acknowledge_by: dt.datetime
    answer_by: dt.datetime
    proof: Digest | None
    handler: PersonId | None = None
    acknowledged: bool = False
    escalated: frozenset[Deadline] = frozenset()
    outcome: Outcome | None = None
    payments_wait: bool = False
    """Payments for the case were asked to wait for the answer."""

    @property
    def is_open(self) -> bool:
        return self.stage is not Stage.RESOLVED

    def overdue(self, now: dt.datetime) -> tuple[tuple[Deadline, dt.datetime], ...]:
        """The promises that are broken now, and since when."""
        if not self.is_open:
            return ()
        promised = [(Deadline.ANSWER, self.answer_by)]
        if not self.acknowledged:
            promised.insert(0, (Deadline.ACKNOWLEDGE, self.acknowledge_by))
        return tuple((deadline, due) for deadline, due in promised if due < now)


def evolve(complaint: Complaint | None, event: ComplaintEvent) -> Complaint:
    if isinstance(event, ComplaintReceived):
        return _received(event)
    assert complaint is not None, "a fact about a complaint that nobody made"
    match event:
        case ComplaintAssigned(handler=handler):
            return replace(complaint, stage=Stage.ASSIGNED, handler=handler)
        case ComplaintAcknowledged():
            return replace(complaint, acknowledged=True)
        case ComplaintRecategorised():
            return replace(complaint, category=event.category, apart=event.apart)
        case ComplaintEscalated(deadline=deadline):
            return replace(complaint, escalated=complaint.escalated | {deadline})
        case ComplaintResolved(outcome=outcome):
            return replace(complaint, stage=Stage.RESOLVED, outcome=outcome)
        case PaymentHoldAsked() | PaymentHoldEnded():
            return replace(complaint, payments_wait=isinstance(event, PaymentHoldAsked))
        case ComplaintAnswerRead():
            return complaint
        case _:
            assert_never(event)


def _received(event: ComplaintReceived) -> Complaint:
    return Complaint(
        id=event.complaint,
        stage=Stage.RECEIVED,
        complainant=event.complainant,
        anonymous=event.anonymous,
        programme=event.programme,
        run_by=event.run_by,
        case=event.case,
        channel=event.channel,
        category=event.category,
        apart=event.apart,
        kept_from=event.kept_from,
        language=event.language,
        received=event.at,
        acknowledge_by=event.acknowledge_by,
        answer_by=event.answer_by,
        proof=event.proof,
    )
