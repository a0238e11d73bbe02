"""A snapshot is decided on: who can write into the database makes none that is read."""

import pytest
from libs.events.tests.postgres.test_vault import NEW, OLD, as_owner

from events.io.postgres import EpochKeys, PostgresStore, open_store
from events.ports import Snapshot
from homeward.postgres import Database

KEPT = Snapshot("bud_1", 200, "code", b'{"spent":"2085.00"}')


@pytest.mark.parametrize(
    "done",
    [
        """update es_snapshot set state = '{"spent":"0.00"}'""",
        "update es_snapshot set state = ''",
        "update es_snapshot set version = 201",
        "update es_snapshot set stream = 'bud_2'",
    ],
)
async def test_one_that_was_changed_or_put_elsewhere_is_not_read(
    postgres_store: PostgresStore, database: Database, done: str
) -> None:
    await postgres_store.keep_snapshot(KEPT)
    await as_owner(database, done)
    for stream in ("bud_1", "bud_2"):
        assert await postgres_store.snapshot(stream, "code") is None


async def test_in_another_epoch_it_is_made_again(
    postgres_store: PostgresStore, database: Database
) -> None:
    async with open_store(database.app, EpochKeys(OLD)) as before:
        await before.keep_snapshot(KEPT)
    async with open_store(database.app, EpochKeys(NEW, OLD)) as after:
        assert await after.snapshot("bud_1", "code") is None
        await after.keep_snapshot(KEPT)
        assert await after.snapshot("bud_1", "code") == KEPT
