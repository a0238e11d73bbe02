"""A database is brought up to date from nothing and from every state it can be in."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
from libs.events.tests.conftest import EPOCHS
from libs.events.tests.drafts import loaf, placed

from events.io.postgres import BadMigrations, PostgresStore, migrate, open_store, up_to_date
from events.io.postgres.append import Pending, arguments
from events.io.postgres.migrate import LIBRARY, apply, migrations
from events.ports import Append, Unavailable
from events.registry import Draft
from homeward.postgres import Database

OURS = migrations("events", LIBRARY)
CATALOGUE = """
    select table_name::text, column_name::text, data_type::text, is_nullable::text,
        column_default::text
    from information_schema.columns where table_schema = 'public' union all
    select conrelid::regclass::text, conname::text, pg_get_constraintdef(oid), '', ''
    from pg_constraint where connamespace = 'public'::regnamespace union all
    select proname::text, prosrc, array(select unnest(proacl)::text order by 1)::text, '', ''
    from pg_proc where pronamespace = 'public'::regnamespace union all
    select relname::text, array(select unnest(relacl)::text order by 1)::text, '', '', ''
    from pg_class where relnamespace = 'public'::regnamespace union all
    select tgrelid::regclass::text, tgname::text, pg_get_triggerdef(oid), '', ''
    from pg_trigger where not tgisinternal order by 1, 2, 3
"""


async def catalogue(database: Database) -> list[str]:
    """Everything there is in the database, the roles' names made alike."""
    connection = await asyncpg.connect(database.owner)
    try:
        rows = await connection.fetch(CATALOGUE)
    finally:
        await connection.close()
    return [str(tuple(row)).replace(database.name, "database") for row in rows]


@pytest.fixture
def service(tmp_path: Path) -> Path:
    """A service's own folder: one view."""
    (tmp_path / "0001_views.sql").write_text("create table orders (id text primary key);")
    return tmp_path


async def test_from_nothing(empty_database: Database, service: Path) -> None:
    applied = await migrate(empty_database.owner, service)
    assert applied == [*(migration.name for migration in OURS), "0001_views.sql"]
    assert await migrate(empty_database.owner, service) == []


@pytest.mark.parametrize("version", range(1, len(OURS) + 1))
async def test_from_every_earlier_version(
    make_database: Callable[[str], Database], service: Path, version: int
) -> None:
    new, old = make_database("new"), make_database("earlier")
    await migrate(new.owner, service)
    await apply(old.owner, OURS[:version])
    assert await migrate(old.owner, service) == [
        *(migration.name for migration in OURS[version:]),
        "0001_views.sql",
    ]
    assert await catalogue(old) == await catalogue(new)


@pytest.mark.parametrize("version", range(1, len(OURS) + 1))
async def test_history_is_kept_and_continued(empty_database: Database, version: int) -> None:
    await apply(empty_database.owner, OURS[:version])
    async with open_store(empty_database.app, EPOCHS) as store:
        await _append_as_before(store, placed("itm_1"))
        before = await store.read(0, 10)
    await migrate(empty_database.owner)
    async with open_store(empty_database.app, EPOCHS) as store:
        assert await store.read(0, 10) == before
        assert await store.append(Append((loaf("itm_1", 2),))) == (2,)


@pytest.mark.parametrize("version", range(1, len(OURS) + 1))
async def test_the_release_before_goes_on_appending(empty_database: Database, version: int) -> None:
    """While processes are changed over, some of them call what they knew."""
    await apply(empty_database.owner, OURS[:version])
    await migrate(empty_database.owner)
    async with open_store(empty_database.app, EPOCHS) as store:
        await _append_as_before(store, placed("itm_1"))
        assert await store.append(Append((loaf("itm_1", 2),))) == (2,)


async def _append_as_before(store: PostgresStore, draft: Draft) -> None:
    """As the first release did, which knew of nothing that rests unchanged."""
    one = Pending(Append((draft,)), (), asyncio.get_running_loop().create_future())
    await store.pool.execute("select * from es_append($1, $2, $3)", *arguments([one])[:3])


async def test_a_service_sees_whether_its_database_is_up_to_date(
    empty_database: Database, service: Path
) -> None:
    with pytest.raises(Unavailable, match="lacks events 0001_history"):
        await up_to_date(empty_database.app, service)
    await migrate(empty_database.owner)
    with pytest.raises(Unavailable, match="lacks service 0001_views"):
        await up_to_date(empty_database.app, service)
    await migrate(empty_database.owner, service)
    await up_to_date(empty_database.app, service)


async def test_several_at_once_apply_it_once(empty_database: Database, service: Path) -> None:
    applied = await asyncio.gather(*(migrate(empty_database.owner, service) for _ in range(5)))
    assert sorted(len(each) for each in applied) == [0, 0, 0, 0, len(OURS) + 1]


async def test_an_altered_file_is_refused(empty_database: Database, service: Path) -> None:
    await migrate(empty_database.owner, service)
    (service / "0001_views.sql").write_text("create table others (id text primary key);")
    with pytest.raises(BadMigrations, match="was altered"):
        await migrate(empty_database.owner, service)


async def test_a_file_put_in_before_an_applied_one_is_refused(
    empty_database: Database, service: Path
) -> None:
    await migrate(empty_database.owner, service)
    shutil.move(service / "0001_views.sql", service / "0002_views.sql")
    (service / "0001_earlier.sql").write_text("select 1;")
    with pytest.raises(BadMigrations):
        await migrate(empty_database.owner, service)


@pytest.mark.parametrize("name", ["0003_later.sql", "1_short.sql", "0001_again.sql", "views.sql"])
async def test_files_are_numbered_without_a_gap(
    empty_database: Database, service: Path, name: str
) -> None:
    (service / name).write_text("select 1;")
    with pytest.raises(BadMigrations):
        await migrate(empty_database.owner, service)
    assert await catalogue(empty_database) == []


async def test_a_file_that_fails_leaves_nothing_of_itself(
    empty_database: Database, service: Path
) -> None:
    (service / "0002_broken.sql").write_text("create table half (id int); select 1 / 0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty_database.owner, service)
    (service / "0002_broken.sql").write_text("create table whole (id int);")
    assert await migrate(empty_database.owner, service) == ["0002_broken.sql"]


async def test_a_database_ahead_of_this_code_is_left_alone(
    empty_database: Database, service: Path
) -> None:
    (service / "0002_more.sql").write_text("create table more (id int);")
    await migrate(empty_database.owner, service)
    (service / "0002_more.sql").unlink()
    assert await migrate(empty_database.owner, service) == []


async def test_the_views_are_the_services_to_fill(empty_database: Database, service: Path) -> None:
    await migrate(empty_database.owner, service)
    connection = await asyncpg.connect(empty_database.app)
    try:
        await connection.execute("insert into orders values ('itm_1'); truncate orders")
    finally:
        await connection.close()
