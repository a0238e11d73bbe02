"""The trail's indexes made a second time from the entries, and held against those that are kept.

Who may know of what hangs on what has to do with which case; what a donor is shown, on which
entries are of which grant. They are filled with the log for ever, and who owns the tables can
change them. So a second copy goes on with the log, filled by what fills the first, in tables that
one connection sees and nobody else.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import asyncpg

from audit.domain.difference import ALONE, CASES, GRANTS
from audit.domain.tiles import WIDTH
from audit.log import grants, mentions, table
from audit.log.grants import OfMoney
from audit.log.logged import Logged
from audit.log.mentions import Indexes
from events.io.postgres.faults import unavailable
from events.values import Code

PAGE = 4 * WIDTH
TABLES: Mapping[Code, tuple[str, ...]] = {
    CASES: ("log_of_case",),
    GRANTS: ("log_grant", "log_of_grant"),
    ALONE: ("log_alone",),
}
"""What is held here. The index of what mentions what is, entry by entry, in `own.py`."""
Pace = Callable[[], Awaitable[None]]


class Differs(NamedTuple):
    """How an index is not what follows from the entries, in rows."""

    missing: int
    beside: int
    """Which no entry bears out."""


@dataclass
class OwnIndexes:
    """Copies of the indexes, and how far they have come."""

    url: str
    _connection: Any = None
    """Its temporary tables come before the live ones of the same names: all is filled there."""
    _at: int = 0

    async def compare(self, pace: Pace) -> Mapping[Code, Differs]:
        """By part. What was missing is there again. `Unavailable`, `BrokenLog`."""
        try:
            with unavailable():
                if self._connection is None:
                    await self._begin()
                while await self._page():
                    await pace()
                async with self._connection.transaction(isolation="repeatable_read"):
                    while await self._page():  # what has come meanwhile; from here on nothing does
                        pass
                    found = {name: await self._differs(name) for name in _all()}
                for name, differs in found.items():
                    if differs.missing:
                        await self._put_back(name)
        except BaseException:
            self.close()
            raise
        return {part: _sum(found[name] for name in names) for part, names in TABLES.items()}

    def close(self) -> None:
        """Nothing stays behind. The next pass begins anew."""
        if self._connection is not None:
            self._connection.terminate()
        self._connection, self._at = None, 0

    async def _begin(self) -> None:
        self._connection, self._at = await asyncpg.connect(self.url), 0
        for name in _all():
            await self._connection.execute(
                f"create temporary table {name} (like public.{name} including all)"
            )

    async def _page(self) -> bool:
        """Take the entries that come next; whether there were any."""
        found = await table.following(self._connection, self._at, PAGE)
        if not found:
            return False
        entries = [Logged.opened(each.index, each.source, each.raw) for each in found]
        indexes = Indexes()
        for entry in entries:
            indexes.add(entry)
        await mentions.keep_cases(indexes, self._connection)
        await mentions.keep_alone(indexes, 0, self._connection)  # the log's own index already
        await grants.keep(OfMoney.among(entries), 0, self._connection)
        self._at = found[-1].index + 1
        return True

    async def _differs(self, name: str) -> Differs:
        made, kept = f"pg_temp.{name}", f"public.{name}"
        counted = "select count(*) from (table {} except all table {}) as apart"
        return Differs(
            await self._connection.fetchval(counted.format(made, kept)),
            await self._connection.fetchval(counted.format(kept, made)),
        )

    async def _put_back(self, name: str) -> None:
        await self._connection.execute(
            f"insert into public.{name} (table pg_temp.{name} except table public.{name})"
            " on conflict do nothing"
        )


def _all() -> list[str]:
    return [name for names in TABLES.values() for name in names]


def _sum(parts: Any) -> Differs:
    return Differs(*map(sum, zip(*parts, strict=True)))
