"""The operator's command, as it is typed."""

import os
import subprocess
import sys
from collections.abc import Callable

import asyncpg
import pytest

from events.delivery.ports import Refusal, Stop
from events.io.postgres import PostgresTracking, migrate
from events.memory import NOON
from homeward.postgres import Database

POISON = Stop("payments.match", "vendors", 7, "KeyError at policies.py:12", NOON)

REFUSED = Refusal(
    policy="payments.spend",
    source="vendors",
    position=6,
    event_id="019cadfa-2c00-7000-8000-000000000001",
    rule="OverBudget",
    facts=b'{"left":3}',
    at=NOON,
)


@pytest.fixture
async def database(make_database: Callable[[str], Database]) -> Database:
    """A service of which one consumer stands still."""
    made = make_database("operate")
    await migrate(made.owner)
    async with asyncpg.create_pool(made.app, min_size=1, max_size=1) as pool:
        tracking = PostgresTracking(pool)
        async with tracking.batch("payments.match", "vendors") as batch:
            await batch.advance(6)
            await batch.refused(REFUSED)
        await tracking.stop(POISON)
    return made


def operate(database: Database | None, *words: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if k != "HOMEWARD_DATABASE_URL"}
    if database is not None:
        env["HOMEWARD_DATABASE_URL"] = database.app
    return subprocess.run(
        [sys.executable, "-m", "events.io.operate", *words],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_stands_still_is_listed(database: Database) -> None:
    said = operate(database, "stops")
    assert said.stdout == (
        "payments.match at vendors 7: KeyError at policies.py:12, since 2026-03-02 12:00:00 UTC\n"
    )


def test_what_was_refused_to_policies_is_listed(database: Database) -> None:
    assert operate(database, "refusals").stdout == (
        'payments.spend at vendors 6: OverBudget {"left": 3}, at 2026-03-02 12:00:00 UTC\n'
    )


def test_the_relay_leaves_nothing_out(database: Database) -> None:
    skip = ("skip", "relay", "vendors", "1", "--by", "per_omar", "--why", "in a hurry")
    said = operate(database, *skip)
    assert said.returncode == 1
    assert said.stderr == "the relay leaves nothing out: remake its stream, then resume it\n"


def test_it_may_try_again_once(database: Database) -> None:
    resume = ("resume", "payments.match", "vendors", "--by", "per_omar")
    assert operate(database, *resume).returncode == 0
    assert operate(database, "stops").stdout == ""
    again = operate(database, *resume)
    assert again.returncode == 1
    assert again.stderr == "payments.match of vendors does not stand still\n"


def test_a_skip_needs_the_position_a_person_and_a_reason(database: Database) -> None:
    skip = ("skip", "payments.match", "vendors")
    assert operate(database, *skip, "7", "--by", "per_omar").returncode == 2
    assert operate(database, *skip, "8", "--by", "per_omar", "--why", "x").returncode == 1
    assert operate(database, *skip, "7", "--by", "per_omar", "--why", "").returncode == 1
    assert (
        operate(database, *skip, "7", "--by", "per_omar", "--why", "paid by hand").returncode == 0
    )
    assert operate(database, "stops").stdout == ""


async def test_a_decision_is_kept(database: Database) -> None:
    operate(
        database,
        *("skip", "payments.match", "vendors", "7", "--by", "per_omar", "--why", "paid by hand"),
    )
    connection = await asyncpg.connect(database.app)
    [row] = await connection.fetch("select decision, decided_by, why from es_stop")
    assert tuple(row) == ("skipped", "per_omar", "paid by hand")
    position = await connection.fetchval("select pos from es_tracking")
    await connection.close()
    assert position == 7


def test_a_missing_address_is_told() -> None:
    said = operate(None, "stops")
    assert said.returncode == 1
    assert "HOMEWARD_DATABASE_URL" in said.stderr
