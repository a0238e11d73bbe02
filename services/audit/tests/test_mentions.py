"""The trail's indexes: what a migration fills them with for an old log is what a new one keeps."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import pytest
from services.audit.tests.conftest import Desk
from specimens.histories import GRANT, OTHER_GRANT, VENDOR, Told, case, project, told

from audit.log import mentions
from audit.main import service

TRIGGERS = re.compile(r"alter table \w+ (?:dis|en)able trigger \w+;")
OF_TRAILS = ("log_mention", "log_of_case", "log_alone")
OF_GRANTS = ("log_grant", "log_of_grant")
THEIRS = {"budget_line": "bud_2", "commitment": "com_8", "case": "cas_8"}
OF_BOTH: list[Told] = [
    ("per_hana", "disbursement.commitment_requested", "com_8", THEIRS),
    ("per_hana", "disbursement.bank_answer", "ans_1", {"of": ["com_2", "com_8", "pay_8"]}),
    ("per_hana", "disbursement.payment_requested", "pay_8", {"commitment": "com_8"}),
    ("per_hana", "disbursement.invoice_like", "com_8", {"invoice": "inv_8", "like": "inv_2"}),
    ("per_hana", "disbursement.invoice_like", "com_2", {"invoice": "inv_2", "like": "inv_8"}),
]
"""What names things of two grants."""


@pytest.mark.parametrize(
    ("migrations", "tables"), [(("trail", "chosen"), OF_TRAILS), (("of_one_grant",), OF_GRANTS)]
)
async def test_an_old_log_is_indexed_as_a_new_one(
    desk: Desk, migrations: tuple[str, ...], tables: tuple[str, ...]
) -> None:
    await desk.keep(told(VENDOR, GRANT, OTHER_GRANT, case(2), project(), OF_BOTH))
    connection = await asyncpg.connect(desk.database.owner)
    try:
        kept = {table: await rows(connection, table) for table in tables}
        assert all(kept.values())
        for table in tables:
            await connection.execute(f"create temp table {table} (like public.{table})")
        if "log_mention" in tables:
            await connection.execute(
                "insert into pg_temp.log_mention select unnest(names), index from log_entry"
            )
        for migration in migrations:
            (file,) = service.migrations.glob(f"*_{migration}.sql")
            whole = file.read_text(encoding="utf-8")
            fills = whole[whole.index("-- What came before") :]
            await connection.execute(TRIGGERS.sub("", fills.replace("on conflict do nothing", "")))
        assert {table: await rows(connection, table) for table in tables} == kept
    finally:
        await connection.close()


LONG = 20_000
EXPLAIN = "explain (analyze, format json) execute asked"


@dataclass
class Explaining:
    """In the place of a connection: how many entries of the log are read for each answer."""

    connection: asyncpg.Connection
    read: list[float] = field(default_factory=list)

    async def fetch(self, query: str, names: list[str]) -> list[asyncpg.Record]:
        await self.connection.execute("set plan_cache_mode = force_generic_plan")
        await self.connection.execute(f"deallocate all; prepare asked as {query}")
        (plan,) = json.loads(await self.connection.fetchval(f"{EXPLAIN}(array{names})"))
        of_entries = [n for n in nodes(plan["Plan"]) if n.get("Relation Name") == "log_entry"]
        self.read += [each["Actual Rows"] * each["Actual Loops"] for each in of_entries]
        return []


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


@pytest.mark.parametrize("asks", [mentions.places, mentions.named_with])
async def test_what_is_looked_up_is_walked_to_in_a_long_log(desk: Desk, asks: Any) -> None:
    """By the plan that a service makes once, whatever it asks about."""
    connection = await asyncpg.connect(desk.database.owner)
    try:
        await connection.execute(
            "insert into log_entry select n, 'plans', n + 1, 'pla_' || n, 1, 'plans.planned.v1',"
            " '', sha256(''), array['cas_' || n, 'pla_' || n] from generate_series(0, $1 - 1) n",
            LONG,
        )
        await connection.execute(
            "insert into log_mention select unnest(names), index from log_entry"
        )
        await connection.execute("analyze")
        await asks(explaining := Explaining(connection), ["cas_7"])
        assert explaining.read == [1]
    finally:
        await connection.close()


async def rows(connection: asyncpg.Connection, table: str) -> set[tuple[object, ...]]:
    return {tuple(row) for row in await connection.fetch(f"select * from {table}")}
