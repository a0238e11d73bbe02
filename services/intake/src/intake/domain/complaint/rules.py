"""What may be asked of a complaint, and when the answer is no."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, assert_never

from events.decider import Command, Rejected
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
from intake.domain.complaint.kinds import Channel, Handling, Outcome, Stage
from intake.domain.complaint.state import Complaint

# Requests


class ReceiveComplaint(Command, frozen=True):
    complaint: ComplaintId
    complainant: PersonId
    anonymous: bool
    programme: ProgrammeId
    run_by: Code
    case: CaseId | None
    channel: Channel
    handling: Handling
    kept_from: tuple[Code, ...]
    language: Code
    proof: Digest | None
    words: str
    named: tuple[PersonId, ...] = ()


class Confided(Command, frozen=True):
    """An act of somebody on a complaint, with what decides whether they may know of it."""

    organisation: Code
    office: Code | None
    officer: bool
    """Whether they are a complaints officer."""
    named: tuple[PersonId, ...]
    """Who is complained about, as the vault tells."""


class AssignComplaint(Confided, frozen=True):
    handler: PersonId


class AcknowledgeComplaint(Confided, frozen=True):
    pass


class RecategoriseComplaint(Confided, frozen=True):
    handling: Handling


class ResolveComplaint(Confided, frozen=True):
    outcome: Outcome
    answer: str


class EscalateComplaint(Command, frozen=True):
    pass


class ReadAnswer(Command, frozen=True):
    proof: Digest


Request = (
    ReceiveComplaint
    | AssignComplaint
    | AcknowledgeComplaint
    | RecategoriseComplaint
    | ResolveComplaint
    | EscalateComplaint
    | ReadAnswer
)

# Refusals, in the order in which the rules are asked


@dataclass(unsafe_hash=True)
class NoSuchComplaint(Rejected):
    """There is no such complaint, or none that you may know of."""

    hides: ClassVar[bool] = True


@dataclass(unsafe_hash=True)
class ReceivedAlready(Rejected):
    """This complaint was received before."""

    complaint: ComplaintId


@dataclass(unsafe_hash=True)
class ComplaintIsAt(Rejected):
    """The complaint was answered: it is over."""

    stage: Stage


@dataclass(unsafe_hash=True)
class PartyCannotHandle(Rejected):
    """Who complains, and who is complained about, does not handle the complaint."""

    person: PersonId


@dataclass(unsafe_hash=True)
class TakenUpByOneselfOnly(Rejected):
    """A complaint about fraud or abuse is given to nobody: a complaints officer takes it up."""

    handler: PersonId


@dataclass(unsafe_hash=True)
class HandledByAnother(Rejected):
    """Another person answers for it; it is taken over when a deadline has passed."""

    handler: PersonId | None


# Rules


def decide(command: Request, complaint: Complaint | None) -> Sequence[ComplaintEvent]:
    if isinstance(command, ReceiveComplaint):
        return _receive(command, complaint)
    if complaint is None:
        raise NoSuchComplaint
    if isinstance(command, EscalateComplaint):
        return _escalate(command, complaint)
    if isinstance(command, ReadAnswer):
        return [_read_answer(command, complaint)]
    if not known_to(complaint, command):
        raise NoSuchComplaint
    if not complaint.is_open:
        raise ComplaintIsAt(complaint.stage)
    match command:
        case AssignComplaint():
            return [_assign(command, complaint)]
        case AcknowledgeComplaint():
            return _acknowledge(command, complaint)
        case RecategoriseComplaint():
            return _recategorise(command, complaint)
        case ResolveComplaint():
            return _resolve(command, complaint)
        case _:
            assert_never(command)


def known_to(complaint: Complaint, who: Confided) -> bool:
    """Whether they may know that there is such a complaint.

    Complaints officers of the organisation that runs the programme, and who handles it; never
    somebody complained about; of fraud and abuse nobody of an office that it is kept from.
    """
    if who.by in who.named or (complaint.apart and who.office in complaint.kept_from):
        return False
    ours = who.officer and who.organisation == complaint.run_by
    return ours or who.by == complaint.handler


def _receive(command: ReceiveComplaint, complaint: Complaint | None) -> Sequence[ComplaintEvent]:
    if complaint is not None:
        raise ReceivedAlready(complaint.id)
    handling = command.handling
    received = ComplaintReceived(
        by=command.by,
        at=command.at,
        complaint=command.complaint,
        complainant=command.complainant,
        anonymous=command.anonymous,
        programme=command.programme,
        run_by=command.run_by,
        case=command.case,
        channel=command.channel,
        category=handling.category,
        apart=handling.apart,
        kept_from=tuple(sorted(set(command.kept_from))),
        language=command.language,
        acknowledge_by=command.at + timedelta(days=handling.acknowledge_within_days),
        answer_by=command.at + timedelta(days=handling.answer_within_days),
        proof=command.proof,
        words=command.words,
        named=command.named,
    )
    return [received, *_hold(command, command.case, handling)]


def _hold(command: Command, case: CaseId | None, handling: Handling) -> Sequence[PaymentHoldAsked]:
    if case is None or not handling.about_money:
        return []
    return [PaymentHoldAsked(by=command.by, at=command.at, case=case)]


def _assign(command: AssignComplaint, complaint: Complaint) -> ComplaintAssigned:
    if command.handler in (*command.named, complaint.complainant):
        raise PartyCannotHandle(command.handler)
    if complaint.apart and command.handler != command.by:
        raise TakenUpByOneselfOnly(command.handler)
    if complaint.handler not in (None, command.by) and not complaint.escalated:
        raise HandledByAnother(complaint.handler)
    return ComplaintAssigned(
        by=command.by, at=command.at, complaint=complaint.id, handler=command.handler
    )


def _acknowledge(
    command: AcknowledgeComplaint, complaint: Complaint
) -> Sequence[ComplaintAcknowledged]:
    _handles(command, complaint)
    if complaint.acknowledged:
        return []
    return [ComplaintAcknowledged(by=command.by, at=command.at, complaint=complaint.id)]


def _recategorise(command: RecategoriseComplaint, complaint: Complaint) -> Sequence[ComplaintEvent]:
    _handles(command, complaint)
    handling = command.handling
    if handling.category == complaint.category:
        return []
    changed = ComplaintRecategorised(
        by=command.by,
        at=command.at,
        complaint=complaint.id,
        category=handling.category,
        apart=handling.apart,
    )
    return [changed, *_hold(command, complaint.case, handling)]


def _resolve(command: ResolveComplaint, complaint: Complaint) -> Sequence[ComplaintEvent]:
    _handles(command, complaint)
    resolved = ComplaintResolved(
        by=command.by,
        at=command.at,
        complaint=complaint.id,
        complainant=complaint.complainant,
        case=complaint.case,
        outcome=command.outcome,
        answer=command.answer,
    )
    if complaint.case is None or not complaint.payments_wait:
        return [resolved]
    return [resolved, PaymentHoldEnded(by=command.by, at=command.at, case=complaint.case)]


def _handles(command: Confided, complaint: Complaint) -> None:
    if command.by != complaint.handler:
        raise HandledByAnother(complaint.handler)


def _escalate(command: EscalateComplaint, complaint: Complaint) -> Sequence[ComplaintEscalated]:
    return [
        ComplaintEscalated(
            by=command.by, at=command.at, complaint=complaint.id, deadline=deadline, due=due
        )
        for deadline, due in complaint.overdue(command.at)
        if deadline not in complaint.escalated
    ]


def _read_answer(command: ReadAnswer, complaint: Complaint) -> ComplaintAnswerRead:
    if complaint.proof is None or not hmac.compare_digest(command.proof, complaint.proof):
        raise NoSuchComplaint
    return ComplaintAnswerRead(by=command.by, at=command.at, complaint=complaint.id)
