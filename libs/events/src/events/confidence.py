"""A reading in confidence: who looks on was shown what is told to few, and that is a fact too.

Who has a part in the work leaves acts behind, each with a name on it. Auditors and donors only
look, so of what was told in confidence their looking itself is on record, before they are shown
anything.
"""

from collections.abc import Sequence

from events.decider import Command, Decider, Event, State
from events.values import Code


class ConfidentialRead(Event, frozen=True):
    """Somebody who looks on was shown what is told in confidence."""

    what: Code
    """What was asked for, by the name of the operation."""
    key: Code | None
    """Of whom or of what, where one was asked for by its id."""
    shown: int
    """How many there were in the answer."""
    first: Code | None
    """Of a list the first that was shown, and the last."""
    last: Code | None


class ReadInConfidence(Command, frozen=True):
    what: Code
    key: Code | None
    shown: int
    first: Code | None = None
    last: Code | None = None


class Reading(State, frozen=True):
    what: Code


def reading(
    read: type[ConfidentialRead],
) -> Decider[ReadInConfidence, Reading, ConfidentialRead]:
    """A reading, recorded under an id of its own, by the service's event."""

    def decide(command: ReadInConfidence, state: Reading | None) -> Sequence[ConfidentialRead]:
        assert state is None, "each reading has an id of its own"
        told = {name: getattr(command, name) for name in ReadInConfidence.__struct_fields__}
        return [read(**told)]

    def evolve(_: Reading | None, event: ConfidentialRead) -> Reading:
        return Reading(what=event.what)

    return Decider(decide=decide, evolve=evolve)
