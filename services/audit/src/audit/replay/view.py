"""Months as they stand: drawn up, closed, and what came late."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

import msgspec

from audit.domain import registry
from audit.domain.happened import happened
from audit.domain.period import Month, Period, PeriodEvent, ends, month_of, period
from audit.log.logged import Logged
from events.canonical import canonical, decode_ours
from events.service import Connection, Heard, View

PAGE = 1000


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for fact in batch:
        if not isinstance(fact.event, get_args(PeriodEvent)):
            continue
        month = fact.event.period
        state = period.evolve(await find(tables, month), fact.event)
        await tables.execute(
            "insert into period_view (period, size, closed, state) values ($1, $2, $3, $4)"
            " on conflict (period) do update set size = excluded.size, closed = excluded.closed,"
            " state = excluded.state",
            month,
            state.figures.size,
            state.closed_by is not None,
            canonical(state).decode(),
        )


async def find(tables: Connection, month: Month) -> Period | None:
    """The month as it was drawn up last, or closed."""
    text = await tables.fetchval("select state from period_view where period = $1", month)
    return msgspec.json.decode(text, type=Period, dec_hook=decode_ours) if text else None


async def note_months(log: Connection, now: datetime) -> None:
    """Go on through the log: which months were worked in, and what came when its month was over."""
    start = int(await log.fetchval("select next from month_scan"))
    while True:
        rows = await log.fetch(
            "select index, source, type, stream, names, leaf, entry from logged"
            " where index >= $1 order by index limit $2",
            start,
            PAGE,
        )
        if not rows:
            return
        envelopes = [(row["index"], Logged.sound(row).envelope) for row in rows]
        months = {month_of(envelope.recordedtime) for _, envelope in envelopes}
        await log.executemany(
            "insert into worked_month (month) values ($1) on conflict do nothing",
            [(month,) for month in sorted(months)],
        )
        told = [(index, month_of(happened(envelope))) for index, envelope in envelopes]
        await log.executemany(
            "insert into told_afterwards (index, month) values ($1, $2) on conflict do nothing",
            [(index, month) for index, month in told if ends(month) < now],
        )
        start = rows[-1]["index"] + 1
        await log.execute("update month_scan set next = $1", start)


@dataclass(frozen=True)
class MonthShown:
    """A month that was worked in."""

    month: Month
    period: Period | None
    late: int
    """How many entries of it, or of one before, came after its figures."""


async def months(tables: Connection) -> list[MonthShown]:
    """The newest first."""
    rows = await tables.fetch(
        "select month, state, (select count(*) from told_afterwards t"
        " where t.month <= worked_month.month and t.index >= period_view.size) as late"
        " from worked_month left join period_view on period = month order by month desc"
    )
    return [
        MonthShown(
            Month(row["month"]),
            msgspec.json.decode(row["state"], type=Period, dec_hook=decode_ours)
            if row["state"]
            else None,
            row["late"] or 0,
        )
        for row in rows
    ]


async def late(tables: Connection, month: Month, after: int, limit: int) -> list[Logged]:
    """What happened by the month's end and came after its figures, in the log's order."""
    rows = await tables.fetch(
        "select e.index, source, type, stream, names, leaf, entry from told_afterwards t"
        " join logged e using (index) join period_view on period = $1"
        " where t.month <= $1 and t.index >= size and t.index > $2 order by t.index limit $3",
        month,
        after,
        limit,
    )
    return [Logged.sound(row) for row in rows]


view = View("periods", {"audit": registry}, _project, ("period_view",))
