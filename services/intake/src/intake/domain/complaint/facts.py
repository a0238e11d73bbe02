"""What can happen to a complaint.

The words of the complaint, who is complained about, and the answer are values about the complainant
in the vault: nobody learns from an event who was accused of what.
"""

import datetime as dt
from typing import ClassVar

from events.decider import Event
from events.personal import Protection
from events.values import CaseId, Code, ComplaintId, Digest, PersonId, ProgrammeId
from intake.domain.complaint.kinds import Channel, Deadline, Outcome


class ComplaintReceived(Event, frozen=True, tag="intake.complaint_received.v1"):
    """Somebody says that something went wrong."""

    about: ClassVar[str | None] = "complainant"
    complaint: ComplaintId
    complainant: PersonId
    """A pseudonym made for this complaint when the person is not known to us."""
    anonymous: bool
    programme: ProgrammeId
    run_by: Code
    """The organisation that runs the programme: its complaints officers handle it."""
    case: CaseId | None
    channel: Channel
    category: Code
    apart: bool
    kept_from: tuple[Code, ...]
    """The offices of the people complained about. It binds where the complaint is apart."""
    language: Code
    acknowledge_by: dt.datetime
    answer_by: dt.datetime
    proof: Digest | None
    """A keyed hash of the complaint's id under the anonymous complainant's secret."""
    words: Protection[str]
    named: Protection[tuple[PersonId, ...]] = None
    """The people complained about, where they act on this platform."""


class ComplaintAssigned(Event, frozen=True, tag="intake.complaint_assigned.v1"):
    """Somebody answers for it now."""

    complaint: ComplaintId
    handler: PersonId


class ComplaintAcknowledged(Event, frozen=True, tag="intake.complaint_acknowledged.v1"):
    """The complainant was told that it is looked into."""

    complaint: ComplaintId


class ComplaintRecategorised(Event, frozen=True, tag="intake.complaint_recategorised.v1"):
    """It turned out to be about something else. What was promised stays promised."""

    complaint: ComplaintId
    category: Code
    apart: bool


class ComplaintEscalated(Event, frozen=True, tag="intake.complaint_escalated.v1"):
    """A deadline passed: any other complaints officer may take it over."""

    complaint: ComplaintId
    deadline: Deadline
    due: dt.datetime


class ComplaintResolved(Event, frozen=True, tag="intake.complaint_resolved.v1"):
    """It was looked into and answered."""

    about: ClassVar[str | None] = "complainant"
    complaint: ComplaintId
    complainant: PersonId
    case: CaseId | None
    outcome: Outcome
    answer: Protection[str]


class ComplaintAnswerRead(Event, frozen=True, tag="intake.complaint_answer_read.v1"):
    """Whoever holds the secret was shown how it stands."""

    complaint: ComplaintId


class PaymentHoldAsked(Event, frozen=True, tag="intake.payment_hold_asked.v1"):
    """Open payments for this case should wait: something that was said about them is looked into.

    It says neither what was said nor that it was a complaint.
    """

    case: CaseId


class PaymentHoldEnded(Event, frozen=True, tag="intake.payment_hold_ended.v1"):
    """It was looked into: what is asked to be paid for this case from now on need not wait.

    Payments that are held stay so until somebody releases them.
    """

    case: CaseId


ComplaintEvent = (
    ComplaintReceived
    | ComplaintAssigned
    | ComplaintAcknowledged
    | ComplaintRecategorised
    | ComplaintEscalated
    | ComplaintResolved
    | ComplaintAnswerRead
    | PaymentHoldAsked
    | PaymentHoldEnded
)
