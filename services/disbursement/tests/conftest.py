"""One database for the tests of each module, and a till where nothing has happened yet."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from services.disbursement.tests.cashier import Cashier, cashier

from disbursement.main import service
from events.io.postgres import EpochKeys, migrate, open_store
from homeward.postgres import Database, Postgres


@pytest.fixture(scope="module")
def database(postgres: Postgres) -> Iterator[Database]:
    made = postgres.make_database("disbursement")
    asyncio.run(migrate(made.owner, service.migrations))
    yield made
    postgres.drop_database(made)


@pytest_asyncio.fixture
async def till(database: Database, tmp_path: Path) -> AsyncIterator[Cashier]:
    async with cashier(database, tmp_path) as there:
        yield there


@pytest_asyncio.fixture
async def at_once(make_migrated: Callable[..., Database], tmp_path: Path) -> AsyncIterator[Cashier]:
    """The same with its history in Postgres, where two may act at the same instant."""
    database = make_migrated(service.migrations)
    async with (
        open_store(database.app, EpochKeys(b"k" * 32)) as store,
        cashier(database, tmp_path, store) as there,
    ):
        yield there
