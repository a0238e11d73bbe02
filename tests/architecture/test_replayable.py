"""Every table of every service is made again from the log, or is declared to be apart, and why."""

import re
from collections.abc import Callable

import asyncpg
import pytest

from events.catalogue import sample_entry
from events.envelope import open_entry
from homeward.generate import SERVICES, declared
from homeward.postgres import Database


async def tables_of(database: Database) -> set[str]:
    connection = await asyncpg.connect(database.owner)
    rows = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
    await connection.close()
    return {row["tablename"] for row in rows if not row["tablename"].startswith("es_")}


@pytest.mark.parametrize("name", SERVICES)
async def test_each_table_is_a_views_or_is_declared_apart(
    name: str, make_migrated: Callable[..., Database]
) -> None:
    service = declared(name)
    database = make_migrated(service.migrations)
    of_views = [table for view in service.views for table in view.tables]
    assert len(of_views) == len(set(of_views)), "two views have one table"
    assert set(of_views) & service.apart.keys() == set()
    assert set(of_views) | service.apart.keys() == await tables_of(database)
    assert all(why for why in service.apart.values())


@pytest.mark.parametrize("name", SERVICES)
def test_no_view_is_told_a_personal_value(name: str) -> None:
    """What a view hears of a personal field is that there is none: so it can be made again."""
    registry = declared(name).registry
    for kind in registry:
        heard = registry.read(open_entry(sample_entry(registry, kind)))
        assert all(getattr(heard, field) is None for field in kind.personal)


def test_a_table_that_nobody_declares_is_found() -> None:
    """What the first test goes by: every `create table` of the migrations is one that it sees."""
    made = re.findall(
        r"create table (\w+)",
        "".join(path.read_text() for path in declared("plans").migrations.glob("*.sql")),
    )
    declared_there = {t for view in declared("plans").views for t in view.tables}
    assert set(made) - declared_there == {"plan"}  # which a later file drops
