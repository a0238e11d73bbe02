"""A consumer's transaction: beside that of another source, when the database is lost under it and
when the query is wrong.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import asyncpg
import pytest

from events.io.postgres import PostgresTracking
from events.ports import Unavailable
from homeward.postgres import Database


async def ask(tracking: PostgresTracking, *queries: str, given: Sequence[int] = ()) -> None:
    """In one transaction, whatever becomes of those before."""
    async with tracking.batch("demand", "orders") as batch:
        for query in queries[:-1]:
            with suppress(asyncpg.PostgresError):
                await batch.connection.execute(query)
        await batch.connection.execute(queries[-1], *given)


async def test_the_sources_of_a_consumer_take_turns_from_the_first_batch_on(
    database: Database,
) -> None:
    async with asyncpg.create_pool(database.app, min_size=3, max_size=3) as pool:
        tracking = PostgresTracking(pool)

        async def taken(source: str) -> None:
            async with tracking.batch("demand", source) as batch:
                await batch.advance(1)

        async with tracking.batch("demand", "orders") as batch:
            others = [asyncio.create_task(taken(source)) for source in ("bakery", "returns")]
            done, _ = await asyncio.wait(others, timeout=0.3)
            assert not done
            await batch.advance(1)
        await asyncio.gather(*others)


async def test_a_connection_that_was_lost_before_is_the_database_not_being_ready(
    database: Database,
) -> None:
    async with asyncpg.create_pool(database.app, min_size=1, max_size=1) as pool:
        tracking = PostgresTracking(pool)
        with pytest.raises(Unavailable):
            await ask(tracking, "select pg_terminate_backend(pg_backend_pid())", "select 1")
        await ask(tracking, "select 1")


async def test_an_argument_too_many_is_a_mistake_of_ours(database: Database) -> None:
    async with asyncpg.create_pool(database.app, min_size=1, max_size=1) as pool:
        with pytest.raises(asyncpg.InterfaceError, match="expects 1 argument"):
            await ask(PostgresTracking(pool), "select $1::int", given=(1, 2))
