"""One pass: a service's whole store against what the log has of it."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

import msgspec

from audit.checking.stores import LATE_SECONDS, Row, Store, log_summary
from audit.domain.difference import Kind
from audit.log.logged import BrokenLog, Logged
from events.envelope import Envelope, open_entry
from events.service import Connection

PAGE = 5_000
"""Rows that are compared by one digest."""


@dataclass(frozen=True)
class Found:
    """What differs from one position to another."""

    kind: Kind
    position: int
    last: int
    entry: int
    """The log's index of what belongs at the first."""
    stream: str
    """And its stream."""


@dataclass(frozen=True)
class Pass:
    """What one pass saw."""

    rows: int
    head: int
    """Where the store ends."""
    differences: tuple[Found, ...]

    def differs_at(self, position: int | None) -> bool:
        return position is not None and any(
            each.position <= position <= each.last for each in self.differences
        )


async def compare(
    service: str, store: Store, log: Connection, pace: Callable[[], Awaitable[None]]
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
    return Pass(min(end, head), head, tuple(_runs(differing)))


async def last_position(log: Connection, service: str) -> int:
    found = await log.fetchval("select max(position) from logged where source = $1", service)
    return int(found or 0)


async def _differences(
    service: str, store: Store, log: Connection, *, after: int, until: int, head: int
) -> list[tuple[Kind, Logged, int]]:
    rows = await log.fetch(
        "select index, source, position, type, stream, version, leaf, names, entry from logged"
        " where source = $1 and position > $2 and position <= $3 order by position",
        service,
        after,
        until,
    )
    theirs = await store.rows(after, until)
    found = []
    for row in rows:
        position, ours = row["position"], Logged.of(row)
        if not _readable(ours):  # the pass over the log's own table tells of it
            continue
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


def _runs(differing: Sequence[tuple[Kind, Logged, int]]) -> Iterator[Found]:
    """Those of one kind that follow on each other are one."""
    numbered = enumerate(differing)
    for (kind, _), group in groupby(numbered, key=lambda each: (each[1][0], each[1][2] - each[0])):
        run = [found for _, found in group]
        _, first, position = run[0]
        yield Found(kind, position, run[-1][2], first.index, first.stream)
