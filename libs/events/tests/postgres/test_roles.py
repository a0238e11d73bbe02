"""What the roles may not do: each is tried, as that role."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from libs.events.tests.bakery import BEN
from libs.events.tests.drafts import placed

from events.io.postgres import PostgresStore
from events.ports import Append, Claim
from homeward.postgres import Database

ALTERING = [
    "update es_event set entry = 'x'",
    "delete from es_event",
    "truncate es_event",
    "update es_claim set answer = 'x'",
    "delete from es_claim",
    "truncate es_claim",
    "delete from es_head",
    "truncate es_head",
]
PAST_THE_FUNCTIONS = [
    "insert into es_event values (2, 'itm_1', 2, 't', gen_random_uuid(), 'x')",
    "insert into es_claim values ('s', 'k', null, null, 1)",
    "insert into es_disclosure select gen_random_uuid(), 'name', id, 'x' from es_key",
    "update es_head set pos = 7",
    "update es_key set wrapped = 'x'",
    "delete from es_key",
    "delete from es_disclosure",
    "delete from es_erased",
    "insert into es_erased values ('per_ben', 'identity', 1)",
    "delete from es_migration",
]
STRUCTURAL = [
    "drop table es_event",
    "alter table es_event disable trigger append_only",
    "alter table es_event drop constraint es_event_pkey",
    "drop trigger append_only on es_event",
    "create or replace function es_refuse() returns trigger language sql as 'select 1'",
    "create table mine (id int)",
    "set role postgres",
]
PERSONAL = [
    "select * from es_key",
    "select * from es_disclosure",
    "select es_erase('per_ben', '{identity}')",
    "select * from es_claim",
    "select * from es_snapshot",
]
BESIDE_THE_EVENTS = [
    "select * from es_head",
    "select * from es_tracking",
    "select * from es_stop",
    "select * from es_refusal",
    "select * from es_erased",
    "select * from es_migration",
    "create temporary table mine (id int)",
]


@pytest.fixture
async def history(postgres_store: PostgresStore, database: Database) -> Database:
    """One event with a claim and two personal values."""
    await postgres_store.append(Append((placed("itm_1", name="Zaynab"),), (Claim("s", "held"),)))
    return database


@pytest.fixture
async def app(history: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(history.app)
    yield connection
    await connection.close()


@pytest.fixture
async def auditor(history: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(history.auditor)
    yield connection
    await connection.close()


@pytest.fixture
async def owner(history: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(history.owner)
    yield connection
    await connection.close()


async def let_through(connection: asyncpg.Connection, statements: list[str]) -> list[str]:
    """Which of the statements are not refused for want of a right."""
    passed = []
    for statement in statements:
        try:
            await connection.execute(statement)
        except asyncpg.InsufficientPrivilegeError:
            continue
        passed.append(statement)
    return passed


async def test_the_service_cannot_alter_history(
    app: asyncpg.Connection, postgres_store: PostgresStore
) -> None:
    before = await postgres_store.read(0, 10)
    assert await let_through(app, ALTERING + PAST_THE_FUNCTIONS + STRUCTURAL) == []
    assert await postgres_store.read(0, 10) == before


async def test_not_even_the_owner_alters_history_by_mistake(owner: asyncpg.Connection) -> None:
    assert await let_through(owner, ALTERING) == []


async def test_the_auditor_reads_the_events(auditor: asyncpg.Connection) -> None:
    assert await auditor.fetchval("select count(*) from es_event") == 1


async def test_the_auditor_reads_nothing_else_and_writes_nothing(
    auditor: asyncpg.Connection,
) -> None:
    statements = [
        *ALTERING,
        *PAST_THE_FUNCTIONS,
        *STRUCTURAL,
        *PERSONAL,
        *BESIDE_THE_EVENTS,
    ]
    assert await let_through(auditor, [*statements, "select es_append('{}', '{}', '{}')"]) == []


async def test_the_auditor_counts_what_is_sealed_and_reads_none_of_it(
    auditor: asyncpg.Connection,
) -> None:
    counted = await auditor.fetch("select event_id, count(*) from es_disclosure group by 1")
    assert [row["count"] for row in counted] == [2]
    reading = [f"select {column} from es_disclosure" for column in ("name", "key", "sealed")]
    through = "select sealed from es_disclosure d join es_event e on e.event_id = d.event_id"
    whole = ["select d from es_disclosure d", "copy es_disclosure to stdout", through]
    assert await let_through(auditor, [*reading, *whole, "table es_key"]) == []


async def test_the_service_erases_through_the_function(app: asyncpg.Connection) -> None:
    assert await app.fetchval("select es_erase($1, $2)", BEN, ["identity", "contact"]) == 2
    assert await app.fetchval("select count(*) from es_disclosure") == 0
    assert await app.fetchval("select count(*) from es_key") == 0
