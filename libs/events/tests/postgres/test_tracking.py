"""A consumer's transaction, when the database is lost under it and when the query is wrong."""

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
