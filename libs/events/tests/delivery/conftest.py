"""The stock, its tracking in memory and on Postgres, so that one suite speaks of both."""

from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest
from libs.events.tests.delivery.harness import TABLES, Stock

from events.delivery.memory import MemoryTracking
from events.io.postgres import PostgresTracking, migrate
from homeward.postgres import Database


@pytest.fixture(params=["memory", "postgres"])
async def stock(request: pytest.FixtureRequest) -> AsyncIterator[Stock]:
    if request.param == "memory":
        yield Stock(MemoryTracking())
        return
    make_database: Callable[[str], Database] = request.getfixturevalue("make_database")
    database = make_database("stock")
    await migrate(database.owner)
    owner = await asyncpg.connect(database.owner)
    for statement in TABLES:
        await owner.execute(statement)
    await owner.close()
    await migrate(database.owner)  # settles what the app may do with the new tables
    async with asyncpg.create_pool(database.app, min_size=1, max_size=8) as pool:
        yield Stock(PostgresTracking(pool), pool)
