"""A reading: somebody was shown what the log has of restricted cases or of what was told in
confidence, and that is a fact too. It has no more of it than where it stands.
"""

from collections.abc import Sequence
from enum import StrEnum

from events import confidence
from events.decider import Command, Decider, Event, State
from events.values import Code


class What(StrEnum):
    """In which form it was read."""

    TRAIL = "trail"
    WHY = "why"
    ENTRY = "entry"
    ENTRIES = "entries"
    COPY = "copy"


class ReadProtected(Command, frozen=True):
    what: What
    key: Code | None
    entries: int
    first: int
    last: int


class ProtectedRead(Event, frozen=True, tag="audit.protected_read.v1"):
    what: What
    key: Code | None
    """What was asked about: a case, a payment, a person, a document, a copy; none where entries
    were asked for by their place."""
    entries: int
    """How many of the entries that were shown are protected; of entries by the hundred, all."""
    first: int
    """The first of these and the last, by their index."""
    last: int


class ConfidentialRead(confidence.ConfidentialRead, frozen=True, tag="audit.confidential_read.v1"):
    """An auditor was shown what rules have found."""


class Reading(State, frozen=True):
    what: What


def decide(command: ReadProtected, reading: Reading | None) -> Sequence[ProtectedRead]:
    assert reading is None, "each reading has an id of its own"
    return [
        ProtectedRead(
            by=command.by,
            at=command.at,
            what=command.what,
            key=command.key,
            entries=command.entries,
            first=command.first,
            last=command.last,
        )
    ]


def evolve(_: Reading | None, event: ProtectedRead) -> Reading:
    return Reading(what=event.what)


reading = Decider(decide=decide, evolve=evolve)
