"""A replay of the running log that somebody had made: of what, as of when, what it came to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from events.decider import Command, Decider, Event, Rejected, State
from events.values import Code, Digest, ProgrammeId, ReplayId


class RecordReplay(Command, frozen=True):
    replay: ReplayId
    scope: Code
    size: int
    digest: Digest
    as_of: datetime | None = None
    known_at: datetime | None = None
    programme: ProgrammeId | None = None


class ReplayPerformed(Event, frozen=True, tag="audit.replay_performed.v1"):
    """Views were made again from the log, beside those that stand; nothing was changed."""

    replay: ReplayId
    scope: Code
    """The service whose views, or `all`."""
    size: int
    """How many entries the log had."""
    as_of: datetime | None
    known_at: datetime | None
    what_if: bool
    """The history was not the true one: a programme said something else in it."""
    programme: ProgrammeId | None
    """Which one, if so."""
    digest: Digest
    """Over the digests of all views that were made."""


@dataclass(unsafe_hash=True)
class RecordedAlready(Rejected):
    """There is such a replay already."""

    replay: ReplayId


class Replay(State, frozen=True):
    id: ReplayId


def evolve(_replay: Replay | None, event: ReplayPerformed) -> Replay:
    return Replay(id=event.replay)


def decide(command: RecordReplay, replay: Replay | None) -> Sequence[ReplayPerformed]:
    if replay is not None:
        raise RecordedAlready(replay.id)
    return [
        ReplayPerformed(
            by=command.by,
            at=command.at,
            replay=command.replay,
            scope=command.scope,
            size=command.size,
            as_of=command.as_of,
            known_at=command.known_at,
            what_if=command.programme is not None,
            programme=command.programme,
            digest=command.digest,
        )
    ]


replay = Decider(decide=decide, evolve=evolve)
