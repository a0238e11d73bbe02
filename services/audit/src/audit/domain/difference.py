"""A difference: a service's own store is not what the log has of it.

    found -> cleared -> found …
    found -> repaired -> found …

The log cannot be changed any more; a store can, by whoever owns its tables. What was found stays
on record after it was put right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, assert_never

from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.values import Code, DifferenceId

LOG = Code("log")
"""The log's own table, beside the services' stores; its positions are the log's indices."""
MENTIONS = Code("log:mentions")
"""The indexes by which a trail is found, each position that of the entry that they are of."""
CASES = Code("log:cases")
"""The index of what has to do with which case, by which a trail knows who may know of what."""
GRANTS = Code("log:grants")
"""Those of what is of which grant, by which a donor is shown what is theirs."""
ALONE = Code("log:alone")
"""The index of what is of no case, plan or payment, such as a vendor's own entries."""
MONTHS = Code("log:months")
"""Which months were worked in, and what came when its month was over."""
CHECKPOINTS = Code("log:checkpoints")
"""What was signed, each position a size."""
FILES = Code("log:files")
"""Hash tiles and entry bundles, each position that of the first entry that they are of."""
KEPT = frozenset({LOG, MENTIONS, CASES, GRANTS, ALONE, MONTHS, CHECKPOINTS, FILES})
"""All that is kept here of the log, and that a pass has to have found as it has to be."""

VIEWS = "views"
"""Of the audit service's own, `views:NAME`: what its pages list, without positions."""


def of_view(name: str) -> Code:
    return Code(f"{VIEWS}:{name}")


class Kind(StrEnum):
    """What was done to the store, as far as one can tell by comparing."""

    EDITED = "edited"
    """The same event, with other words."""
    BACK_DATED = "back_dated"
    """The same event, at another time; or a row that says it was stored at another time."""
    REPLACED = "replaced"
    """Another event: where that goes on to the end, an old backup that was worked on since."""
    REORDERED = "reordered"
    """An event that the log has at another position."""
    MISFILED = "misfiled"
    """The event itself is right, the columns by which it is found are not; or nothing belongs
    there, such as behind the end of the log."""
    DELETED = "deleted"
    """Nothing stands there, and more does behind it."""
    ROLLED_BACK = "rolled_back"
    """The store ends before what the log has of it: an old backup, where it was longer before."""
    VALUE_MISSING = "value_missing"
    """The event is right; of the personal values that it has digests of one is not in the service's
    vault, and was erased by no event."""
    UNREADABLE = "unreadable"
    """The store cannot be read, and so it is not compared."""


# Requests


class FindDifference(Command, frozen=True):
    """It stands now."""

    difference: DifferenceId
    service: Code
    kind: Kind
    position: int | None = None
    last: int | None = None
    entry: int | None = None
    never_stored: bool = False
    """The store never had it, as far as a pass saw."""


class ClearDifference(Command, frozen=True):
    """It does not stand any more."""


class RepairDifference(Command, frozen=True):
    """What differed was written anew."""


DifferenceCommand = FindDifference | ClearDifference | RepairDifference


# Facts


class DifferenceFound(Event, frozen=True, tag="audit.difference_found.v1"):
    """A service's own store is not what the log has of it."""

    difference: DifferenceId
    service: Code
    kind: Kind
    position: int | None
    """The first in that service's history where it is so; null when the store cannot be read."""
    last: int | None
    """The last of those that follow on each other."""
    entry: int | None
    """The log's index of what belongs at the first position."""


class UnstoredEntryFound(Event, frozen=True, tag="audit.unstored_entry_found.v1"):
    """The log has an entry that the service's store has never had: somebody else told it on the
    bus, in the service's name.
    """

    difference: DifferenceId
    service: Code
    kind: Kind
    """What is seen of it: nothing stands there, or something else does."""
    position: int
    last: int
    entry: int
    """The log's index of the first."""


class DifferenceCleared(Event, frozen=True, tag="audit.difference_cleared.v1"):
    """A pass found that the store and the log agree there again."""

    difference: DifferenceId
    service: Code


class DifferenceRepaired(Event, frozen=True, tag="audit.difference_repaired.v1"):
    """What differed was written anew, out of entries that come to the root that was signed."""

    difference: DifferenceId
    service: Code


DifferenceEvent = DifferenceFound | UnstoredEntryFound | DifferenceCleared | DifferenceRepaired


# Refusals


@dataclass(unsafe_hash=True)
class NoSuchDifference(Rejected):
    """No pass has found this."""


# State


class Difference(State, frozen=True):
    id: DifferenceId
    service: Code
    kind: Kind
    position: int | None
    last: int | None
    entry: int | None
    never_stored: bool = False
    stands: bool = True

    def covers(self, position: int) -> bool:
        first, last = self.position, self.last
        return first is not None and last is not None and first <= position <= last


def evolve(difference: Difference | None, event: DifferenceEvent) -> Difference:
    match event:
        case DifferenceFound() | UnstoredEntryFound():
            return Difference(
                id=event.difference,
                service=event.service,
                kind=event.kind,
                position=event.position,
                last=event.last,
                entry=event.entry,
                never_stored=isinstance(event, UnstoredEntryFound),
            )
        case DifferenceCleared() | DifferenceRepaired():
            assert difference is not None, "a fact about a difference that no pass found"
            return replace(difference, stands=False)
        case _:
            assert_never(event)


# Rules


def decide(command: DifferenceCommand, difference: Difference | None) -> Sequence[DifferenceEvent]:
    by, at = command.by, command.at
    match command:
        case FindDifference():
            if difference is not None and difference.stands:
                return []
            told: dict[str, Any] = {
                "difference": command.difference,
                "service": command.service,
                "kind": command.kind,
                "position": command.position,
                "last": command.last,
                "entry": command.entry,
            }
            if command.never_stored:
                return [UnstoredEntryFound(by=by, at=at, **told)]
            return [DifferenceFound(by=by, at=at, **told)]
        case ClearDifference() | RepairDifference():
            if difference is None:
                raise NoSuchDifference
            if not difference.stands:
                return []
            here, service = difference.id, difference.service
            if isinstance(command, RepairDifference):
                return [DifferenceRepaired(by=by, at=at, difference=here, service=service)]
            return [DifferenceCleared(by=by, at=at, difference=here, service=service)]
        case _:
            assert_never(command)


difference = Decider(decide=decide, evolve=evolve)
