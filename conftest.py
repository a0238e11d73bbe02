"""Real servers for the tests: one Postgres and one NATS per run, started when first asked for."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from events.io.postgres import migrate
from homeward import nats as bus
from homeward import postgres as database
from homeward.nats import Nats
from homeward.postgres import Database, Postgres

settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")
"""Nothing fails because the machine has other work."""

_numbers = count(1)
HERE = Path(__file__).parent
SLOW = [
    HERE / part for part in ("tests/scenarios", "deploy/local", "tests/erasure", "tests/faults")
]
"""Where whole platforms run."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest is taken up first, so that no worker ends long after the others."""
    items.sort(key=lambda item: not any(item.path.is_relative_to(slow) for slow in SLOW))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """One server for the run. Its data is forgotten with it, so it need not reach the disk."""
    folder = tmp_path_factory.mktemp("postgres")
    with database.start(folder, durable=False) as server:
        yield server
    shutil.rmtree(folder)


@pytest.fixture
def make_database(postgres: Postgres) -> Iterator[Callable[[str], Database]]:
    """Makes empty databases, each with its owner, app and auditor; dropped after the test."""
    made: list[Database] = []

    def make(name: str) -> Database:
        made.append(postgres.make_database(f"{name}_{next(_numbers)}"))
        return made[-1]

    yield make
    for each in made:
        postgres.drop_database(each)


@pytest.fixture
def empty_database(make_database: Callable[[str], Database]) -> Database:
    """One empty database of the test's own."""
    return make_database("service")


@pytest.fixture(scope="session")
def pattern(postgres: Postgres) -> Callable[[Path | None], Database]:
    """A database that a service's migrations were applied to, once in the run, to be copied."""

    @cache
    def made(service: Path | None) -> Database:
        database = postgres.make_database(f"pattern_{next(_numbers)}")
        with ThreadPoolExecutor(1) as beside:  # the caller may be in an event loop
            beside.submit(asyncio.run, migrate(database.owner, service)).result()
        return database

    return made


@pytest.fixture
def make_migrated(
    postgres: Postgres, pattern: Callable[[Path | None], Database]
) -> Iterator[Callable[..., Database]]:
    """Makes databases that are up to date; dropped after the test. Their roles are the pattern's.

    Given a service's folder of migrations, with that service's tables beside the library's.
    """
    made: list[str] = []

    def make(service: Path | None = None) -> Database:
        of, name = pattern(service), f"copy_{next(_numbers)}"
        postgres.run(
            f"create database {name} template {of.name} strategy file_copy owner {of.name}_owner;\n"
            f"revoke all on database {name} from public;\n"
            f"grant connect, temporary on database {name} to {of.name}_app;\n"
            f"grant connect on database {name} to {of.name}_auditor;"
        )
        made.append(name)
        here = (f"{role.rpartition('/')[0]}/{name}" for role in (of.owner, of.app, of.auditor))
        return Database(name, *here)

    yield make
    postgres.run("".join(f"drop database {name} with (force);\n" for name in made))


@pytest.fixture(scope="session")
def nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nats]:
    """One server for the run, with the users of all services."""
    folder = tmp_path_factory.mktemp("nats")
    with bus.start(folder) as server:
        yield server
    shutil.rmtree(folder)
