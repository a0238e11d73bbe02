"""Reading a view: what it says, and what it says when the database is away."""

import asyncpg
import pytest

from events.io.postgres.reading import Reading
from events.ports import Unavailable
from homeward.postgres import Database


async def test_a_route_reads_through_the_pool(empty_database: Database) -> None:
    async with asyncpg.create_pool(empty_database.app, min_size=1, max_size=1) as pool:
        view = Reading(pool)
        assert await view.fetchval("select 7") == 7
        assert (await view.fetchrow("select 1 as one"))["one"] == 1
        assert [row["n"] for row in await view.fetch("select generate_series(1, 3) as n")] == [
            1,
            2,
            3,
        ]


async def test_a_database_that_is_away_is_unavailable_and_no_mistake_of_ours(
    empty_database: Database,
) -> None:
    async with asyncpg.create_pool(empty_database.app, min_size=1, max_size=1) as pool:
        view = Reading(pool)
        with pytest.raises(Unavailable):
            await view.fetchval("select pg_terminate_backend(pg_backend_pid())")
    with pytest.raises(Unavailable):
        await view.fetch("select 1")
