"""Both stores, so that one suite speaks of them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from events.io.postgres import EpochKeys, PostgresStore, migrate, open_store
from events.memory import MemoryStore
from events.ports import Store
from homeward.postgres import Database, Postgres

EPOCHS = EpochKeys(b"k" * 32)


@pytest.fixture
def database(make_migrated: Callable[..., Database]) -> Database:
    """A database of the test's own, brought up to date."""
    return make_migrated()


@pytest.fixture
async def postgres_store(database: Database) -> AsyncIterator[PostgresStore]:
    async with open_store(database.app, EPOCHS) as store:
        yield store


@pytest.fixture(scope="session")
def suite_database(postgres: Postgres) -> Iterator[Database]:
    """One database for all of a suite, up to date."""
    made = postgres.make_database("suite")
    asyncio.run(migrate(made.owner))
    yield made
    postgres.drop_database(made)


@pytest.fixture
def emptied(postgres: Postgres, suite_database: Database) -> Database:
    """The suite's database as it was at first; only a superuser can do that to history."""
    postgres.run(
        f"\\connect {suite_database.name}\n"
        "set session_replication_role = replica;\n"
        "truncate es_event, es_claim, es_key, es_disclosure, es_erased, es_snapshot, es_tracking;\n"
        "update es_head set pos = 0;"
    )
    return suite_database


@pytest.fixture(params=["memory", "postgres"])
def place(request: pytest.FixtureRequest) -> Database | None:
    """Where the store under test keeps what it is given."""
    found: Database | None = None
    if request.param == "postgres":
        found = request.getfixturevalue("emptied")
    return found


@pytest.fixture
async def store(place: Database | None) -> AsyncIterator[Store]:
    if place is None:
        yield MemoryStore()
    else:
        async with open_store(place.app, EPOCHS) as store:
            yield store
