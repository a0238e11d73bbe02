"""Group commit: what is one batch, who fails in it, and what a lost connection leads to."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import msgspec
import pytest
from libs.events.tests.conftest import EPOCHS
from libs.events.tests.drafts import loaf, placed

from events.io.postgres import PostgresStore, open_store
from events.ports import Append, Claim, Conflict, Unavailable, Unchanged
from homeward.postgres import Database


@pytest.fixture
def batches() -> list[int]:
    """How many commands each batch had."""
    return []


@pytest.fixture
async def store(emptied: Database, batches: list[int]) -> AsyncIterator[PostgresStore]:
    def stored(commands: int, _seconds: float) -> None:
        batches.append(commands)

    async with open_store(emptied.app, EPOCHS, stored=stored) as store:
        yield store


async def test_one_command_is_stored_at_once_and_alone(
    store: PostgresStore, batches: list[int]
) -> None:
    for number in range(3):
        await store.append(Append((placed(f"itm_{number}"),)))
    assert batches == [1, 1, 1]


async def test_what_queues_is_stored_together(store: PostgresStore, batches: list[int]) -> None:
    commands = [store.append(Append((placed(f"itm_{number}"),))) for number in range(200)]
    await asyncio.gather(*commands)
    assert sum(batches) == 200
    assert len(batches) < 12


async def test_a_batch_has_512_commands_at_most(store: PostgresStore, batches: list[int]) -> None:
    commands = [store.append(Append((placed(f"itm_{number}"),))) for number in range(1500)]
    await asyncio.gather(*commands)
    assert (sum(batches), max(batches)) == (1500, 512)


async def test_two_on_one_stream_or_claim_are_in_different_batches(
    store: PostgresStore, batches: list[int]
) -> None:
    claim = Claim("idempotency", "k")
    outcomes = await asyncio.gather(
        store.append(Append((placed("itm_1"),), (claim,))),
        store.append(Append((placed("itm_1"),))),
        store.append(Append((placed("itm_2"),), (claim,))),
        store.append(Append((placed("itm_3"),))),
        return_exceptions=True,
    )
    assert [isinstance(outcome, tuple) for outcome in outcomes] == [True, False, False, True]
    assert len(batches) > 1


async def test_two_that_rest_on_what_the_other_writes_are_not_both_stored(
    store: PostgresStore,
) -> None:
    """At the same instant each is lawful by itself: one of them has to see the other."""
    await asyncio.gather(*(store.append(Append((placed(f"itm_{n}"),))) for n in (1, 2)))
    one = Append((loaf("itm_1", 2),), unchanged=(Unchanged("itm_2", 1),))
    other = Append((loaf("itm_2", 2),), unchanged=(Unchanged("itm_1", 1),))
    outcomes = await asyncio.gather(store.append(one), store.append(other), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [tuple, Conflict]


async def test_many_that_rest_on_one_stream_are_one_batch(
    store: PostgresStore, batches: list[int]
) -> None:
    await store.append(Append((placed("itm_0"),)))
    rests_on = (Unchanged("itm_0", 1),)
    commands = [
        store.append(Append((placed(f"itm_{number}"),), unchanged=rests_on))
        for number in range(1, 201)
    ]
    await asyncio.gather(*commands)
    assert len(batches) < 13


async def test_only_the_guilty_fails(store: PostgresStore) -> None:
    """Something that Postgres cannot store at all: a NUL in a text."""
    bad = msgspec.structs.replace(placed("itm_2"), type="with\0nul")
    outcomes = await asyncio.gather(
        store.append(Append((placed("itm_1"),))),
        store.append(Append((bad,))),
        store.append(Append((placed("itm_3"),))),
        return_exceptions=True,
    )
    assert isinstance(outcomes[1], asyncpg.PostgresError)
    assert sorted(o for o in outcomes if isinstance(o, tuple)) == [(1,), (2,)]


async def test_who_gives_up_waiting_does_not_hold_up_the_others(store: PostgresStore) -> None:
    impatient = asyncio.create_task(store.append(Append((placed("itm_1"),))))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await store.append(Append((placed("itm_2"),))) in ((1,), (2,))


async def test_a_lost_connection_is_not_noticed(store: PostgresStore) -> None:
    """The backend is ended between two appends, and while one is waiting for the head."""
    await store.append(Append((placed("itm_1"),)))
    await _end_the_appenders_backend(store)
    assert await store.append(Append((loaf("itm_1", 2),))) == (2,)
    async with store.pool.acquire() as other, other.transaction():
        await other.execute("select es_erase('per_nobody', '{}')")  # holds the head
        waiting = asyncio.create_task(store.append(Append((loaf("itm_1", 3),))))
        await asyncio.sleep(0.05)
        await _end_the_appenders_backend(store)
        await asyncio.sleep(0.05)
    assert await waiting == (3,)
    assert await store.head() == 3


async def _end_the_appenders_backend(store: PostgresStore) -> None:
    await store.pool.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and query like '%es_append(%'"
        " and pid <> pg_backend_pid()"
    )


async def test_a_store_that_is_closed_says_so(emptied: Database) -> None:
    async with open_store(emptied.app, EPOCHS) as store:
        pass
    with pytest.raises(Unavailable):
        await store.append(Append((placed("itm_1"),)))


async def test_two_processes_wake_each_other(store: PostgresStore, emptied: Database) -> None:
    async with open_store(emptied.app, EPOCHS) as other, asyncio.timeout(60):
        waiting = asyncio.create_task(other.wait(0, 120))
        await asyncio.sleep(0.1)
        await store.append(Append((placed("itm_1"),)))
        assert await waiting == 1


async def test_without_a_database_the_store_is_unavailable(emptied: Database) -> None:
    nowhere = emptied.app.replace(emptied.app.rpartition(":")[2], "1/nothing")
    with pytest.raises(Unavailable):
        async with open_store(nowhere, EPOCHS):
            pass
