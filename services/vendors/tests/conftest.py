"""One database for the tests of each module, brought up to date."""

import asyncio
from collections.abc import Iterator

import pytest

from events.io.postgres import migrate
from homeward.postgres import Database, Postgres
from vendors.main import service


@pytest.fixture(scope="module")
def database(postgres: Postgres) -> Iterator[Database]:
    made = postgres.make_database("vendors")
    asyncio.run(migrate(made.owner, service.migrations))
    yield made
    postgres.drop_database(made)
