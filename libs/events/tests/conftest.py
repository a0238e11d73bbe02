"""Both stores, so that one suite speaks of them."""

from collections.abc import AsyncIterator, Callable

import pytest

from events.io.postgres import EpochKeys, PostgresStore, migrate, open_store
from events.memory import MemoryStore
from events.ports import Store
from homeward.postgres import Database

EPOCHS = EpochKeys(b"k" * 32)


@pytest.fixture
async def database(make_database: Callable[[str], Database]) -> Database:
    """A database of the test's own, brought up to date."""
    made = make_database("store")
    await migrate(made.owner)
    return made


@pytest.fixture
async def postgres_store(database: Database) -> AsyncIterator[PostgresStore]:
    async with open_store(database.app, EPOCHS) as store:
        yield store


@pytest.fixture(params=["memory", "postgres"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
    else:
        database: Database = request.getfixturevalue("make_database")("store")
        await migrate(database.owner)
        async with open_store(database.app, EPOCHS) as store:
            yield store
