"""The audit service's own views, made again beside the live ones and held against them.

Findings, differences, gaps, months and exports are listed from tables that the service may write,
and so may whoever has its password. They follow from its events, which are held against the log
like any other service's. So a second copy is made of these, in tables that one connection sees and
nobody else, and goes on as they come. What the live tables say otherwise is written anew.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from events.delivery.consume import Ear
from events.io.postgres.faults import unavailable
from events.ports import Store
from events.service import View

SOURCE = "audit"
PAGE = 500
LOCK_SECONDS = 5
"""Who fills a view holds it for less."""
Pace = Callable[[], Awaitable[None]]


@dataclass
class OwnViews:
    """Copies of the views' tables, and how far they have come."""

    url: str
    store: Store
    views: Sequence[View]
    _connection: Any = None
    """Its temporary tables come before the live ones of the same names: a view fills them."""
    _at: dict[str, int] = field(default_factory=dict)

    async def compare(self, pace: Pace) -> Mapping[str, int]:
        """By view how many rows were not what follows from the events. They are now.

        One that is being made again, by an operator, is not compared meanwhile. `Unavailable`.
        """
        found = {}
        try:
            with unavailable():
                if self._connection is None:
                    await self._begin()
                for view in self.views:
                    if (differs := await self._compare(view, pace)) is not None:
                        found[view.name] = differs
        except BaseException:
            self.close()
            raise
        return found

    def close(self) -> None:
        """Nothing stays behind. The next pass begins anew."""
        if self._connection is not None:
            self._connection.terminate()
        self._connection = None

    async def _begin(self) -> None:
        self._connection = await asyncpg.connect(self.url)
        for view in self.views:
            self._at[view.name] = 0
            for table in view.tables:
                await self._connection.execute(
                    f"create temporary table {table} (like public.{table} including all)"
                )

    async def _compare(self, view: View, pace: Pace) -> int | None:
        while await self._page(view, await self._reached(view) or 0):
            await pace()
        try:
            differs = await self._hold(view)
        except asyncpg.LockNotAvailableError:  # by the next pass; what is never so gets too old
            differs = None
        await pace()
        return differs

    async def _hold(self, view: View) -> int | None:
        """The live tables against the copy. `LockNotAvailableError`: somebody does not let go."""
        async with self._connection.transaction():
            await self._connection.execute(f"set local lock_timeout = '{LOCK_SECONDS}s'")
            reached = await self._reached(view, " for update")  # who fills it waits for that row
            if reached is None or reached < self._at[view.name]:
                return None
            while await self._page(view, reached):
                pass
            differs = sum([await self._put_right(table) for table in view.tables])
            if reached > self._at[view.name]:  # there are no events that it says it has taken
                differs += await self._put_back(view)
        return differs

    async def _reached(self, view: View, how: str = "") -> int | None:
        reached: int | None = await self._connection.fetchval(
            f"select pos from es_tracking where consumer = $1 and source = $2{how}",  # noqa: S608
            view.name,
            SOURCE,
        )
        return reached

    async def _page(self, view: View, until: int) -> bool:
        """Take what comes next, up to that position; whether there was anything."""
        entries = await self.store.read(self._at[view.name], PAGE)
        taken = [entry for entry in entries if entry.position <= until]
        if not taken:
            return False
        ear = Ear(SOURCE, view.hears[SOURCE])
        facts = [fact for entry in taken if (fact := ear.hear(entry)) is not None]
        if facts:
            async with self._connection.transaction():
                await view.project(facts, self._connection)
        self._at[view.name] = taken[-1].position
        return True

    async def _put_right(self, table: str) -> int:
        differs: int = await self._connection.fetchval(
            "select count(*) from ("  # noqa: S608  a name that this service declares
            f" (table pg_temp.{table} except all table public.{table}) union all"
            f" (table public.{table} except all table pg_temp.{table})) as apart"
        )
        if differs:
            await self._connection.execute(f"delete from public.{table}")  # noqa: S608
            await self._connection.execute(f"insert into public.{table} table pg_temp.{table}")
        return differs

    async def _put_back(self, view: View) -> int:
        await self._connection.execute(
            "update es_tracking set pos = $3 where consumer = $1 and source = $2",
            view.name,
            SOURCE,
            self._at[view.name],
        )
        return 1
