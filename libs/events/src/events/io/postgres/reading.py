"""Reading views: the pool's queries, with `Unavailable` when the database is away."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import asyncpg

from events.io.postgres.faults import unavailable


@dataclass(frozen=True)
class Reading:
    """A `Connection` for routes: each query by itself, on any connection of the pool."""

    pool: "asyncpg.Pool[Any]"

    async def execute(self, query: str, *args: object) -> str:
        with unavailable():
            return await self.pool.execute(query, *args)

    async def executemany(self, command: str, args: Iterable[Any]) -> None:
        with unavailable():
            await self.pool.executemany(command, args)

    async def fetch(self, query: str, *args: object) -> list[Any]:
        with unavailable():
            return list(await self.pool.fetch(query, *args))

    async def fetchrow(self, query: str, *args: object) -> Any:
        with unavailable():
            return await self.pool.fetchrow(query, *args)

    async def fetchval(self, query: str, *args: object) -> Any:
        with unavailable():
            return await self.pool.fetchval(query, *args)
