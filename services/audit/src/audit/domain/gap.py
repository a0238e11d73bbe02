"""A gap: entries of a source that were due and had not come.

    found -> healed

Nothing is taken behind a gap: the log waits, and asks the service that owns the entries. Each gap
is told once, and its end once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.values import Code, GapId


class FindGap(Command, frozen=True):
    gap: GapId
    service: Code
    after: int
    last: int


class HealGap(Command, frozen=True):
    """What was missing is in the log."""


GapCommand = FindGap | HealGap


class SourceGapFound(Event, frozen=True, tag="audit.source_gap_found.v1"):
    """Entries of a service were due, and had not come."""

    gap: GapId
    service: Code
    after: int
    """The last position that the log had."""
    last: int
    """The last position that was missing."""


class SourceGapHealed(Event, frozen=True, tag="audit.source_gap_healed.v1"):
    """What was missing came from the service that owns it, and is in the log in its place."""

    gap: GapId
    service: Code


GapEvent = SourceGapFound | SourceGapHealed


@dataclass(unsafe_hash=True)
class NoSuchGap(Rejected):
    """Nobody found this."""


class Gap(State, frozen=True):
    id: GapId
    service: Code
    after: int
    last: int
    healed: bool = False


def evolve(gap: Gap | None, event: GapEvent) -> Gap:
    match event:
        case SourceGapFound():
            return Gap(id=event.gap, service=event.service, after=event.after, last=event.last)
        case SourceGapHealed():
            assert gap is not None, "a fact about a gap that nobody found"
            return replace(gap, healed=True)
        case _:
            assert_never(event)


def decide(command: GapCommand, gap: Gap | None) -> Sequence[GapEvent]:
    by, at = command.by, command.at
    match command:
        case FindGap():
            if gap is not None:
                return []
            return [
                SourceGapFound(
                    by=by,
                    at=at,
                    gap=command.gap,
                    service=command.service,
                    after=command.after,
                    last=command.last,
                )
            ]
        case HealGap():
            if gap is None:
                raise NoSuchGap
            if gap.healed:
                return []
            return [SourceGapHealed(by=by, at=at, gap=gap.id, service=gap.service)]
        case _:
            assert_never(command)


gap = Decider(decide=decide, evolve=evolve)
