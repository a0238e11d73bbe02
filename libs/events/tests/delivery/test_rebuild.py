"""The operator's command that makes a view again, beside the service that runs."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from libs.events.tests.bakery import bakery
from libs.events.tests.drafts import placed

from events.delivery.consume import Consumer, Ear, Projection
from events.delivery.ports import Watch
from events.delivery.sources import OwnHistory
from events.io.postgres import EpochKeys, PostgresStore, PostgresTracking, migrate, open_store
from events.io.rebuild import declared_view, rebuild
from events.ports import Append, Unavailable
from events.service import Heard, View
from homeward.postgres import Database

COUNTED = 7


async def count(facts: list[Heard[Any]], tables: Any) -> None:
    await tables.executemany(
        "insert into counted (position) values ($1)", [(f.position,) for f in facts]
    )


VIEW = View("counted", {"bakery": bakery}, count, ("counted",))


@pytest.fixture
async def database(make_database: Callable[[str], Database], tmp_path: Path) -> Database:
    (tmp_path / "0001_views.sql").write_text("create table counted (position bigint primary key)")
    made = make_database("counting")
    await migrate(made.owner, tmp_path)
    return made


async def test_the_view_is_emptied_and_the_running_service_fills_it_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.delivery.sources.IDLE_SECONDS", 0.1)
    async with open_store(database.app, EpochKeys(b"k" * 32)) as store:
        for number in range(COUNTED):
            await store.append(Append((placed(f"itm_{number}"),)))
        running = asyncio.create_task(consumer(store).run())
        tracking = PostgresTracking(store.pool)
        while await tracking.last("counted", "bakery") < COUNTED:  # noqa: ASYNC110  in a database
            await asyncio.sleep(0.01)
        await store.pool.execute("update counted set position = position + 100")
        said = await rebuild(database.app, VIEW)
        assert said.startswith("made again from 7 events")
        rows = await store.pool.fetch("select position from counted order by position")
        assert [row["position"] for row in rows] == list(range(1, COUNTED + 1))
        running.cancel()
        await asyncio.wait({running})


def consumer(store: PostgresStore) -> Consumer:
    tracking = PostgresTracking(store.pool)
    taker = Projection(VIEW, Ear("bakery", bakery), tracking)
    return Consumer("counted", "bakery", OwnHistory(store), taker, Watch(), lambda *_: None)


async def test_when_no_service_runs_that_is_told(database: Database) -> None:
    async with (
        asyncpg.create_pool(database.app, min_size=1, max_size=1) as pool,
        PostgresTracking(pool).batch("counted", "bakery") as batch,
    ):
        await batch.advance(3)
    with pytest.raises(Unavailable, match="nobody fills it"):
        await rebuild(database.app, VIEW, patience_seconds=0.3)


def test_a_view_that_nobody_has_is_told() -> None:
    with pytest.raises(LookupError, match="no service bakeri"):
        declared_view("bakeri", "counted")
    with pytest.raises(LookupError, match=r"has no view legder. It has: .*ledger"):
        declared_view("disbursement", "legder")
