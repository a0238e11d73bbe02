"""One process of a service does what one is enough for: who holds an advisory lock."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg

from events.io.postgres.faults import surviving

TRY_AGAIN_SECONDS = 1.0


class PostgresLeader:
    """Leads while a connection of its own lives; Postgres gives the lock back when it dies."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def lead(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            with surviving():
                connection = await asyncpg.connect(self._url, timeout=TRY_AGAIN_SECONDS * 5)
                try:
                    await _wait_for_the_lead(connection, name)
                    if await _work_while_connected(connection, work):
                        return
                finally:
                    connection.terminate()
            await asyncio.sleep(TRY_AGAIN_SECONDS)


async def _wait_for_the_lead(connection: asyncpg.Connection, name: str) -> None:
    while not await connection.fetchval(  # noqa: ASYNC110  another process's lock has no event
        "select pg_try_advisory_lock(hashtextextended('lead ' || $1, 0))", name
    ):
        await asyncio.sleep(TRY_AGAIN_SECONDS)


async def _work_while_connected(
    connection: asyncpg.Connection, work: Callable[[], Awaitable[None]]
) -> bool:
    """True when the work came to its end, False when the lead was lost before."""
    lost = asyncio.Event()
    connection.add_termination_listener(lambda _: lost.set())
    losing = asyncio.create_task(lost.wait())
    working = asyncio.ensure_future(work())
    try:
        await asyncio.wait({working, losing}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        losing.cancel()
        working.cancel()
        await asyncio.wait({working, losing})
    if working.cancelled():
        return False
    working.result()
    return True
