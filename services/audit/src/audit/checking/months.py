"""What the months are drawn up by, held against the entries, page by page, and put right.

A month that is not noted is never drawn up; an entry that came when its month was over and is not
noted changes no figures. What was recorded in time and came here late is noted as it comes, and by
nothing that the entry says: of such a row only the month is held.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from audit.domain.happened import happened
from audit.domain.period import ends, month_of
from audit.log.logged import Logged
from events.service import Connection

CLOCKS = timedelta(hours=1)
"""So much later than its month it was recorded, that it was noted whatever the clocks said."""


@dataclass
class Months:
    """One pass over the tables of `replay/view.py`."""

    log: Connection
    now: datetime
    scanned: int
    """All entries before this one were gone through for their months."""
    differs: int = 0
    _due: set[str] = field(default_factory=set)
    """The months that have to be noted."""
    _worked: set[str] = field(default_factory=set)
    """And those that may be."""

    @classmethod
    async def begin(cls, log: Connection, now: datetime) -> Self:
        """It is said to be gone through no further than the log goes."""
        beyond = await log.fetch(
            "update month_scan set next = (select size from log_head)"
            " where next > (select size from log_head) returning next"
        )
        scanned = int(await log.fetchval("select next from month_scan"))
        return cls(log, now, scanned, len(beyond), _worked={month_of(now)})

    async def take(self, entries: Sequence[Logged]) -> None:
        """Look at these, which come next."""
        rows = await self.log.fetch(
            "select index, month from told_afterwards where index = any($1)",
            [entry.index for entry in entries],
        )
        noted = {row["index"]: row["month"] for row in rows}
        wrong = []
        for entry in entries:
            told = entry.envelope
            month, recorded = month_of(happened(told)), min(told.recordedtime, self.now)
            self._worked.add(month_of(told.recordedtime))
            if entry.index < self.scanned:
                self._due.add(month_of(told.recordedtime))
            late = ends(month) + CLOCKS < recorded and entry.index < self.scanned
            if noted.get(entry.index, month if not late else None) != month:
                wrong.append((entry.index, month))
        await self.log.executemany(
            "insert into told_afterwards (index, month) values ($1, $2)"
            " on conflict (index) do update set month = excluded.month",
            wrong,
        )
        self.differs += len(wrong)

    async def end(self, now: datetime) -> int:
        """In how many places it was not what it has to be. It is now."""
        worked = sorted(self._worked | {month_of(now)})
        changed = [
            *await self.log.fetch(
                "insert into worked_month select unnest($1::text[])"
                " on conflict do nothing returning month",
                sorted(self._due),
            ),
            *await self.log.fetch(
                "delete from worked_month where month <> all($1) returning month", worked
            ),
            *await self.log.fetch(
                "delete from told_afterwards"
                " where index < 0 or index >= (select size from log_head) returning month"
            ),
        ]
        return self.differs + len(changed)
