"""The trail's indexes: what a migration fills them with for an old log is what a new one keeps."""

import asyncpg
from services.audit.tests.conftest import Desk
from services.audit.tests.histories import GRANT, VENDOR, case, project, told

from audit.main import service

TABLES = ("log_mention", "log_of_case", "log_alone")


async def test_an_old_log_is_indexed_as_a_new_one(desk: Desk) -> None:
    await desk.keep(told(VENDOR, GRANT, case(2), project()))
    connection = await asyncpg.connect(desk.database.owner)
    try:
        kept = {table: await rows(connection, table) for table in TABLES}
        assert all(kept.values())
        for table in TABLES:
            await connection.execute(f"create temp table {table} (like public.{table})")
        await connection.execute(
            "insert into pg_temp.log_mention select unnest(names), index from log_entry"
        )
        migration = (service.migrations / "0002_trail.sql").read_text(encoding="utf-8")
        fills = migration[migration.index("-- What came before") :]
        await connection.execute(fills.replace("on conflict do nothing", ""))
        assert {table: await rows(connection, table) for table in TABLES} == kept
    finally:
        await connection.close()


async def rows(connection: asyncpg.Connection, table: str) -> set[tuple[object, ...]]:
    return {tuple(row) for row in await connection.fetch(f"select * from {table}")}
