"""What it looks like when Postgres is not there, and what only looks like it."""

import asyncio

import asyncpg
import pytest

from events.io.postgres.faults import surviving, unavailable
from events.ports import Unavailable


async def test_a_lost_connection_is_the_database_not_being_ready() -> None:
    with pytest.raises(Unavailable, match="InterfaceError"), unavailable():
        raise asyncpg.InterfaceError("connection is closed")


async def test_a_mistake_of_ours_is_not() -> None:
    with pytest.raises(asyncpg.UndefinedTableError), unavailable():
        raise asyncpg.UndefinedTableError("no such table")


@pytest.mark.parametrize("guarded", [unavailable, surviving])
async def test_who_is_cancelled_while_the_connection_is_lost_is_cancelled(guarded: object) -> None:
    async def ask() -> None:
        assert callable(guarded)
        while True:
            try:
                with guarded():
                    try:
                        await asyncio.sleep(60)
                    finally:  # what asyncpg's pool does on the way out
                        raise asyncpg.InternalClientError("another operation is in progress")
            except Unavailable:
                continue

    asking = asyncio.create_task(ask())
    await asyncio.sleep(0)
    asking.cancel()
    done, _ = await asyncio.wait({asking}, timeout=30)
    assert done, "it asks for ever"
    assert asking.cancelled()
