"""One pass: a service's whole store against what the log has of it."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

import msgspec

from audit.checking.stores import LATE_SECONDS, Row, Store, log_summary
from audit.domain.difference import Kind
from audit.log.logged import BrokenLog, Logged
from events.envelope import Envelope, open_entry
from events.service import Connection

LACKING = frozenset({Kind.ROLLED_BACK, Kind.REPLACED})
"""Where the store does not have the log's event."""
CAME_SO = (
    "exists (select from log_finding f where f.index = logged.index"
    " and f.rule in ('PositionMisstated', 'ForeignEvent'))"
)
"""Whether it was noted of the entry, as it came, that it says to belong elsewhere."""
PAGE = 5_000
"""Rows that are compared by one digest."""


@dataclass(frozen=True)
class Found:
    """What differs from one position to another."""

    kind: Kind
    position: int
    last: int
    entry: int | None
    """The log's index of what belongs at the first; null where nothing does."""
    stream: str
    """And its stream."""
    never_stored: bool = False
    """The store never had it."""


@dataclass(frozen=True)
class Had:
    """What earlier passes saw of the store."""

    agreed: int = 0
    """The last position at which it was ever as the log."""
    never_stored: Sequence[range] = ()
    """The positions that it never had, as is told already."""

    def never(self, position: int) -> bool:
        return any(position in told for told in self.never_stored)


@dataclass(frozen=True)
class Pass:
    """What one pass saw."""

    rows: int
    head: int
    """Where the store ends."""
    differences: tuple[Found, ...]
    agreed: int = 0
    """The last position at which it is as the log."""

    def differs_at(self, position: int | None) -> bool:
        return position is not None and any(
            each.position <= position <= each.last for each in self.differences
        )


async def compare(
    service: str,
    store: Store,
    log: Connection,
    pace: Callable[[], Awaitable[None]],
    had: Had = Had(),
) -> Pass:
    """Every position that the log has. `pace` is awaited between pages."""
    end = await last_position(log, service)
    head = await store.head()
    differing: list[tuple[Kind, Logged, int]] = []
    for after in range(0, end, PAGE):
        until = min(after + PAGE, end)
        ours = await log_summary(log, service, after, until)
        if await store.summary(after, until) != ours:
            differing += await _differences(
                service, store, log, after=after, until=until, head=head
            )
        await pace()
    apart = {position for _, _, position in differing}
    agreed = next((at for at in range(min(end, head), 0, -1) if at not in apart), 0)
    never = _never_stored(differing, head, had)
    found = list(_runs(differing, never))
    if strays := await store.strays():
        found.append(Found(Kind.MISFILED, strays[0], strays[-1], None, ""))
    return Pass(min(end, head), head, tuple(found), agreed)


def _never_stored(
    differing: Sequence[tuple[Kind, Logged, int]], head: int, had: Had
) -> frozenset[int]:
    """The positions at which the store never had what the log has. Where it lacks any that it had,
    it was put back: then what it had since the last pass is not known, and nothing new is said to
    be so.
    """
    lacking = [position for kind, _, position in differing if kind in LACKING]
    lost = [each for each in lacking if each <= had.agreed and not had.never(each)]
    new = head >= had.agreed and not lost
    return frozenset(p for p in lacking if had.never(p) or (new and p > had.agreed))


async def last_position(log: Connection, service: str) -> int:
    found = await log.fetchval("select max(position) from logged where source = $1", service)
    return int(found or 0)


async def _differences(
    service: str, store: Store, log: Connection, *, after: int, until: int, head: int
) -> list[tuple[Kind, Logged, int]]:
    rows = await log.fetch(
        "select index, source, position, type, stream, version, leaf, names, entry,"  # noqa: S608  ours
        f" {CAME_SO} as came_so from logged"
        " where source = $1 and position > $2 and position <= $3 order by position",
        service,
        after,
        until,
    )
    theirs = await store.rows(after, until)
    found = []
    for row in rows:
        position, ours = row["position"], Logged.of(row)
        if not _readable(ours) or not (_is_at(ours, position) or row["came_so"]):
            continue  # the pass over the log's own table tells of it: the service has no part in it
        stands = theirs.get(position)
        if stands is None:
            kind: Kind | None = Kind.ROLLED_BACK if position > head else Kind.DELETED
        elif stands.leaf != bytes(row["leaf"]):
            kind = await _other_bytes(ours, await store.entry(position), log)
        else:
            kind = _beside_the_bytes(ours, stands)
        if kind is not None:
            found.append((kind, ours, position))
    return found


def _is_at(ours: Logged, position: int) -> bool:
    """Whether the column says what the entry does."""
    return (ours.envelope.service, ours.envelope.position) == (ours.source, str(position))


def _readable(ours: Logged) -> bool:
    try:
        return bool(ours.envelope)
    except BrokenLog:
        return False


async def _other_bytes(ours: Logged, stands: bytes, log: Connection) -> Kind:
    try:
        theirs = open_entry(stands)
    except msgspec.MsgspecError:
        return Kind.EDITED
    if theirs.id == ours.envelope.id:
        return (
            Kind.BACK_DATED
            if _but_for_time(theirs) == _but_for_time(ours.envelope)
            else Kind.EDITED
        )
    belongs = await log.fetchval(
        "select entry from logged where stream = $1 and source = $2 and version::text = $3",
        theirs.subject,
        ours.source,
        theirs.sequence,
    )
    known = belongs is not None and open_entry(bytes(belongs)).id == theirs.id
    return Kind.REORDERED if known else Kind.REPLACED


def _but_for_time(envelope: Envelope) -> tuple[object, ...]:
    return tuple(
        bytes(value) if name == "data" else value
        for name, value in msgspec.structs.asdict(envelope).items()
        if name not in ("time", "recordedtime")
    )


def _beside_the_bytes(ours: Logged, stands: Row) -> Kind | None:
    told = ours.envelope
    if abs(stands.recorded_at - told.recordedtime) >= timedelta(seconds=LATE_SECONDS):
        return Kind.BACK_DATED
    columns = (stands.stream, str(stands.version), stands.type, stands.event_id)
    return None if columns == (told.subject, told.sequence, told.type, told.id) else Kind.MISFILED


def _runs(
    differing: Sequence[tuple[Kind, Logged, int]], never_stored: Collection[int]
) -> Iterator[Found]:
    """Those of one kind that follow on each other are one."""
    numbered = enumerate((kind, at in never_stored, ours, at) for kind, ours, at in differing)
    for (kind, never, _), group in groupby(
        numbered, key=lambda each: (each[1][0], each[1][1], each[1][3] - each[0])
    ):
        run = [found for _, found in group]
        _, _, first, position = run[0]
        yield Found(kind, position, run[-1][3], first.index, first.stream, never)
