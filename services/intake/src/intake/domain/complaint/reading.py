"""Somebody who handles complaints read what a complaint says, and that is a fact too."""

from collections.abc import Sequence

from events.decider import Decider, Event, State
from events.values import ComplaintId, PersonId
from intake.domain.complaint.rules import Confided, NoSuchComplaint, known_to
from intake.domain.complaint.state import Complaint


class ReadComplaint(Confided, frozen=True):
    complaint: Complaint | None


class ComplaintRead(Event, frozen=True, tag="intake.complaint_read.v1"):
    """Somebody was shown the words of a complaint."""

    complaint: ComplaintId
    complainant: PersonId


class Reading(State, frozen=True):
    complaint: ComplaintId


def decide(command: ReadComplaint, reading: Reading | None) -> Sequence[ComplaintRead]:
    complaint = command.complaint
    if complaint is None or not known_to(complaint, command):
        raise NoSuchComplaint
    assert reading is None, "each reading has an id of its own"
    return [
        ComplaintRead(
            by=command.by,
            at=command.at,
            complaint=complaint.id,
            complainant=complaint.complainant,
        )
    ]


def evolve(_: Reading | None, event: ComplaintRead) -> Reading:
    return Reading(complaint=event.complaint)


reading = Decider(decide=decide, evolve=evolve)
