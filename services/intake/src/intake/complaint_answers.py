"""What clients are told of complaints. Words only where the read was recorded."""

from datetime import datetime

from events.io.http import Answer
from events.personal import Kind
from events.values import CaseId, Code, ComplaintId, PersonId, ProgrammeId
from intake.domain.complaint.kinds import Channel, Deadline, Handling, Outcome, Stage
from intake.domain.complaint.state import Complaint


class ReceiptAnswer(Answer):
    """What a complainant takes home."""

    complaint: ComplaintId
    acknowledge_by: datetime
    answer_by: datetime
    secret: str | None = None
    """Of an anonymous complaint: it reads the answer, and is not said again."""

    @classmethod
    def of(cls, state: Complaint, _version: int) -> "ReceiptAnswer":
        return cls(
            complaint=state.id, acknowledge_by=state.acknowledge_by, answer_by=state.answer_by
        )


class CategoryAnswer(Answer):
    """What a complaint may be about, and when it will be answered."""

    category: Code
    acknowledge_within_days: int
    answer_within_days: int
    apart: bool
    """Kept from everybody of the office of the people complained about."""

    @classmethod
    def of(cls, it: Handling) -> "CategoryAnswer":
        return cls(
            category=it.category,
            acknowledge_within_days=it.acknowledge_within_days,
            answer_within_days=it.answer_within_days,
            apart=it.apart,
        )


class ComplaintAnswer(Answer):
    complaint: ComplaintId
    stage: Stage
    category: Code
    apart: bool
    channel: Channel
    programme: ProgrammeId
    case: CaseId | None
    language: Code
    anonymous: bool
    handler: PersonId | None
    received: datetime
    acknowledged: bool
    acknowledge_by: datetime
    answer_by: datetime
    overdue: tuple[Deadline, ...]
    """At the moment of asking; after an act, what was escalated."""
    escalated: tuple[Deadline, ...]
    outcome: Outcome | None
    version: int

    @classmethod
    def of(cls, state: Complaint, version: int) -> "ComplaintAnswer":
        return cls._of(state, version, tuple(sorted(state.escalated)))

    @classmethod
    def at(cls, state: Complaint, version: int, now: datetime) -> "ComplaintAnswer":
        return cls._of(state, version, tuple(deadline for deadline, _ in state.overdue(now)))

    @classmethod
    def _of(cls, it: Complaint, version: int, overdue: tuple[Deadline, ...]) -> "ComplaintAnswer":
        return cls(
            complaint=it.id,
            stage=it.stage,
            category=it.category,
            apart=it.apart,
            channel=it.channel,
            programme=it.programme,
            case=it.case,
            language=it.language,
            anonymous=it.anonymous,
            handler=it.handler,
            received=it.received,
            acknowledged=it.acknowledged,
            acknowledge_by=it.acknowledge_by,
            answer_by=it.answer_by,
            overdue=overdue if it.is_open else (),
            escalated=tuple(sorted(it.escalated)),
            outcome=it.outcome,
            version=version,
        )


class WordsAnswer(Answer):
    """What a complaint says. Values that were erased are absent."""

    complaint: ComplaintId
    complainant: PersonId | None
    words: str | None
    named: tuple[PersonId, ...]
    answer: str | None
    erased: tuple[Kind, ...]
    """The kinds that were erased of this person: nobody has them any more."""


class AnswerAnswer(Answer):
    """What the holder of the secret is told."""

    complaint: ComplaintId
    stage: Stage
    acknowledged: bool
    answer_by: datetime
    outcome: Outcome | None
    answer: str | None

    @classmethod
    def of(cls, state: Complaint, answer: str | None) -> "AnswerAnswer":
        return cls(
            complaint=state.id,
            stage=state.stage,
            acknowledged=state.acknowledged,
            answer_by=state.answer_by,
            outcome=state.outcome,
            answer=answer,
        )
