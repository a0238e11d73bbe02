"""Order within the log: no event twice, no source whose clock goes back, and what came broken.

The log takes what a service tells, and notes at once what is out of place in a stream
(`log_finding`). What takes a longer look is looked at here, entry by entry as the log grows, and
again with each pass over all of it, so that nothing hangs on what was noted of the last look;
either is raised where other findings are.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from audit.checking.telling import Teller
from audit.domain.findings import Severity
from audit.log import table
from audit.log.logged import BrokenLog, Logged
from events.service import Connection
from events.values import Code

PAGE = 1000
STEP_BACK = timedelta(minutes=1)
"""Clocks of two processes differ, but not by more."""
TWICE = "EventTwice"
BACK = "TimeWentBack"


@dataclass
class Order:
    """Looks at the log, entry by entry."""

    teller: Teller
    _next: int = 0
    _clocks: dict[str, datetime] = field(default_factory=dict)
    """When each source recorded something last."""

    @classmethod
    async def of_what_comes(cls, teller: Teller) -> Self:
        """From where the log ends now: a pass looks at what is before."""
        end = await table.size_of(teller.log)
        try:
            last = await table.last_of_sources(teller.log)
            clocks = {each.source: each.envelope.recordedtime for each in last}
        except BrokenLog:  # the pass tells of it, and looks at the order of all
            clocks = {}
        return cls(teller, end, clocks)

    async def look(self) -> None:
        """At all that is new."""
        while entries := await table.following(self.teller.log, self._next, PAGE):
            await self.take(entries)

    async def take(self, entries: Sequence[Logged]) -> None:
        """Look at these, which come next."""
        if not entries:
            return
        log = self.teller.log
        await log.executemany(
            "insert into log_finding (index, rule, detail) values ($1, $2, $3)"
            " on conflict do nothing",
            [*await _twice(entries, log), *_back_in_time(entries, self._clocks)],
        )
        noted = await log.fetch(
            "select index, rule from log_finding where index = any($1) order by index, rule",
            [entry.index for entry in entries],
        )
        for row in noted:
            rule = Code(re.sub(r"(?<!^)(?=[A-Z])", "_", row["rule"]).lower())
            at = (row["index"],)
            await self.teller.raise_finding(rule, Severity.HIGH, at, f"entry {row['index']}")
        self._next = entries[-1].index + 1


async def _twice(entries: Sequence[Logged], log: Connection) -> list[tuple[int, str, str]]:
    """`event_id_seen` says where an event was first; it is believed only where the log bears it
    out, and put right where an entry is before that.
    """
    rows = await log.fetch(
        "select event_id::text as id, index from event_id_seen where event_id = any($1::uuid[])",
        [entry.envelope.id for entry in entries],
    )
    first: dict[str, int] = {row["id"]: row["index"] for row in rows}
    raw = {entry.index: entry.raw for entry in entries}
    other = sorted(set(first.values()) - raw.keys())
    rows = await log.fetch("select index, entry from logged where index = any($1)", other)
    raw |= {row["index"]: bytes(row["entry"]) for row in rows}
    found, fresh = [], {}
    for entry in entries:
        its = entry.envelope.id
        stands = first.get(its)
        borne_out = stands is not None and f'"id":"{its}"'.encode() in raw.get(stands, b"")
        if stands is not None and stands < entry.index and borne_out:
            found.append((entry.index, TWICE, f"the event of entry {stands}"))
        elif stands != entry.index:
            first[its] = fresh[its] = entry.index
    await log.executemany(
        "insert into event_id_seen (event_id, index) values ($1, $2)"
        " on conflict (event_id) do update set index = excluded.index",
        list(fresh.items()),
    )
    return found


def _back_in_time(
    entries: Sequence[Logged], clocks: dict[str, datetime]
) -> list[tuple[int, str, str]]:
    found = []
    for entry in entries:
        recorded = entry.envelope.recordedtime
        latest = clocks.get(entry.source, recorded)
        if recorded < latest - STEP_BACK:
            told = f"{entry.source} recorded it at {recorded:%Y-%m-%dT%H:%M:%S}Z, and one before it"
            found.append((entry.index, BACK, f"{told} at {latest:%Y-%m-%dT%H:%M:%S}Z"))
        clocks[entry.source] = recorded  # told once: what tells of it is recorded after it
    return found
