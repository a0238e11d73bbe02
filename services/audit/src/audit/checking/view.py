"""Differences and gaps as they stand, and how the passes went."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from audit.domain import registry
from audit.domain.difference import (
    KEPT,
    Difference,
    DifferenceEvent,
    difference,
)
from audit.domain.gap import Gap, GapEvent, SourceGapHealed, gap
from events.canonical import canonical
from events.service import Connection, Heard, View
from events.values import Code

UNCHECKED_AFTER = timedelta(hours=1)
"""What no pass has gone through for so long is not said to be whole: with a million entries a round
over all takes minutes, so something holds it up.
"""


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for fact in batch:
        if isinstance(fact.event, DifferenceEvent):
            await _take_difference(fact.event, tables)
        elif isinstance(fact.event, GapEvent):
            await _take_gap(fact.event, tables)


async def _take_difference(event: DifferenceEvent, tables: Connection) -> None:
    text = await tables.fetchval(
        "select state from difference_view where difference_id = $1", event.difference
    )
    before = msgspec.json.decode(text, type=Difference) if text else None
    state = difference.evolve(before, event)
    await tables.execute(
        "insert into difference_view as kept (difference_id, service, stands, found_at, cleared_at,"
        " state) values ($1, $2, $3, $4, $5, $6) on conflict (difference_id) do update set"
        " stands = excluded.stands, cleared_at = excluded.cleared_at, state = excluded.state,"
        " found_at = case when excluded.stands then excluded.found_at else kept.found_at end",
        state.id,
        state.service,
        state.stands,
        event.at,
        None if state.stands else event.at,
        canonical(state).decode(),
    )


async def _take_gap(event: GapEvent, tables: Connection) -> None:
    text = await tables.fetchval("select state from gap_view where gap_id = $1", event.gap)
    state = gap.evolve(msgspec.json.decode(text, type=Gap) if text else None, event)
    await tables.execute(
        "insert into gap_view (gap_id, service, found_at, healed_at, state)"
        " values ($1, $2, $3, $4, $5) on conflict (gap_id) do update set"
        " healed_at = excluded.healed_at, state = excluded.state",
        state.id,
        state.service,
        event.at,
        event.at if isinstance(event, SourceGapHealed) else None,
        canonical(state).decode(),
    )


@dataclass(frozen=True)
class Shown:
    """A difference, with when it was found last and cleared."""

    difference: Difference
    found_at: datetime
    cleared_at: datetime | None


async def differences(
    tables: Connection,
    *,
    after: str | None,
    limit: int,
    service: str | None = None,
    stands: bool | None = None,
) -> list[Shown]:
    """By id; those that answer to all that is asked."""
    rows = await tables.fetch(
        "select state, found_at, cleared_at from difference_view"
        " where ($1::text is null or difference_id > $1) and ($2::text is null or service = $2)"
        " and ($3::boolean is null or stands = $3) order by difference_id limit $4",
        after,
        service,
        stands,
        limit,
    )
    return [
        Shown(
            msgspec.json.decode(row["state"], type=Difference), row["found_at"], row["cleared_at"]
        )
        for row in rows
    ]


async def count_differences(tables: Connection) -> int:
    """How many stand."""
    return int(await tables.fetchval("select count(*) from difference_view where stands"))


async def note_own(log: Connection, part: Code, at: datetime, differs: int) -> None:
    """How a pass over what this service keeps itself went."""
    await log.execute(
        "insert into own_check (part, passed_at, differs) values ($1, $2, $3)"
        " on conflict (part) do update set passed_at = excluded.passed_at,"
        " differs = excluded.differs",
        part,
        at,
        differs,
    )


async def own_is_whole(tables: Connection, now: datetime) -> bool:
    """Whether the last pass over each part of the log found nothing, nor any other of its own, and
    was not too long ago.
    """
    rows = await tables.fetch("select part, passed_at, differs from own_check")
    parts = {row["part"] for row in rows if now - row["passed_at"] < UNCHECKED_AFTER}
    return parts >= KEPT | {row["part"] for row in rows} and not any(r["differs"] for r in rows)


async def count_gaps(tables: Connection) -> int:
    """How many are not healed."""
    return int(await tables.fetchval("select count(*) from gap_view where healed_at is null"))


async def agreed(log: Connection, service: str) -> int:
    """The last position at which a pass has ever found the store to be as the log."""
    return int(
        await log.fetchval("select agreed from store_check where service = $1", service) or 0
    )


async def standing(tables: Connection, service: str) -> list[Difference]:
    """Those of a service that stand, as far as they are told."""
    rows = await tables.fetch(
        "select state from difference_view where service = $1 and stands", service
    )
    return [msgspec.json.decode(row["state"], type=Difference) for row in rows]


@dataclass(frozen=True)
class ShownGap:
    gap: Gap
    found_at: datetime
    healed_at: datetime | None


async def gaps(
    tables: Connection, *, after: str | None, limit: int, healed: bool | None = None
) -> list[ShownGap]:
    """By id."""
    rows = await tables.fetch(
        "select state, found_at, healed_at from gap_view where ($1::text is null or gap_id > $1)"
        " and ($2::boolean is null or (healed_at is not null) = $2) order by gap_id limit $3",
        after,
        healed,
        limit,
    )
    return [
        ShownGap(msgspec.json.decode(row["state"], type=Gap), row["found_at"], row["healed_at"])
        for row in rows
    ]


@dataclass(frozen=True)
class Check:
    """How the last pass over a service's store went."""

    service: str
    passed_at: datetime | None
    rows: int
    head: int
    seconds: float | None
    failing_since: datetime | None
    failing_with: str | None
    differs: int
    """In how many places, by the pass itself."""
    logged: int
    """The last position that the log has of it."""
    differences: int
    """How many stand."""

    def whole(self, now: datetime) -> bool:
        """Whether the pass saw all of it and found nothing, not too long ago."""
        passed = self.passed_at is not None and now - self.passed_at < UNCHECKED_AFTER
        return passed and self.failing_since is None and not self.differs


async def checks(tables: Connection) -> list[Check]:
    rows = await tables.fetch(
        "select service, passed_at, rows, head, seconds, failing_since, failing_with, differs,"
        " coalesce((select max(position) from logged where source = service), 0) as logged,"
        " (select count(*) from difference_view d where d.service = store_check.service and stands)"
        " as differences from store_check order by service"
    )
    return [Check(**dict(row)) for row in rows]


view = View("checking", {"audit": registry}, _project, ("difference_view", "gap_view"))
