"""Order within the log: no event twice, no source whose clock goes back, and what came broken.

The log takes what a service tells, and notes at once what is out of place in a stream
(`log_finding`). What takes a longer look is looked at here, entry by entry as the log grows; either
is raised where other findings are.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from audit.checking.telling import Teller
from audit.domain.findings import Severity
from audit.log.logged import Logged
from events.service import Connection
from events.values import Code

PAGE = 1000
STEP_BACK = timedelta(minutes=1)
"""Clocks of two processes differ, but not by more."""
TWICE = "EventTwice"
BACK = "TimeWentBack"


@dataclass(frozen=True)
class Order:
    """Looks at the log from where it was left."""

    teller: Teller

    async def look(self) -> None:
        """At all that is new; in pages, each of which is looked at whole or not at all."""
        while await self._page():
            pass

    async def _page(self) -> bool:
        log = self.teller.log
        start = int(await log.fetchval("select next from order_seen"))
        rows = await log.fetch(
            "select index, source, type, stream, names, leaf, entry from log_entry"
            " where index >= $1 order by index limit $2",
            start,
            PAGE,
        )
        entries = [Logged.sound(row) for row in rows]
        if not entries:
            return False
        found = [*await _twice(entries, log), *await _back_in_time(entries, log)]
        await log.executemany(
            "insert into log_finding (index, rule, detail) values ($1, $2, $3)"
            " on conflict do nothing",
            found,
        )
        end = entries[-1].index + 1
        noted = await log.fetch(
            "select index, rule from log_finding where index >= $1 and index < $2"
            " order by index, rule",
            start,
            end,
        )
        for row in noted:
            rule = Code(re.sub(r"(?<!^)(?=[A-Z])", "_", row["rule"]).lower())
            at = (row["index"],)
            await self.teller.raise_finding(rule, Severity.HIGH, at, f"entry {row['index']}")
        await log.execute("update order_seen set next = $1", end)
        return True


async def _twice(entries: Sequence[Logged], log: Connection) -> list[tuple[int, str, str]]:
    await log.executemany(
        "insert into event_id_seen (event_id, index) values ($1, $2) on conflict do nothing",
        [(entry.envelope.id, entry.index) for entry in entries],
    )
    rows = await log.fetch(
        "select event_id::text as id, index from event_id_seen where event_id = any($1::uuid[])",
        [entry.envelope.id for entry in entries],
    )
    first = {row["id"]: row["index"] for row in rows}
    return [
        (entry.index, TWICE, f"the event of entry {first[entry.envelope.id]}")
        for entry in entries
        if first[entry.envelope.id] < entry.index
    ]


async def _back_in_time(entries: Sequence[Logged], log: Connection) -> list[tuple[int, str, str]]:
    clocks: dict[str, datetime] = {
        row["source"]: row["recorded_at"]
        for row in await log.fetch("select source, recorded_at from source_clock")
    }
    found = []
    for entry in entries:
        recorded = entry.envelope.recordedtime
        latest = clocks.get(entry.source, recorded)
        if recorded < latest - STEP_BACK:
            told = f"{entry.source} recorded it at {recorded:%Y-%m-%dT%H:%M:%S}Z, and one before it"
            found.append((entry.index, BACK, f"{told} at {latest:%Y-%m-%dT%H:%M:%S}Z"))
        clocks[entry.source] = max(latest, recorded)
    await log.executemany(
        "insert into source_clock (source, recorded_at) values ($1, $2) on conflict (source)"
        " do update set recorded_at = excluded.recorded_at",
        list(clocks.items()),
    )
    return found
