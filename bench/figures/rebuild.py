"""Rebuilding a view from a long history, against reading and decoding that history alone.

The view has a row for every payment, so it is as long as the history: no view is harder on this
figure. Both sides read the same pages of the same store; neither keeps anything for the other.
"""

import asyncio
import os
from pathlib import Path
from time import perf_counter
from typing import Any

import asyncpg

from bench.figures import Figure, Setting, against
from bench.figures.append import empty_database
from bench.figures.domain import context, payment, registry, request
from events.delivery.consume import Consumer, Ear, Projection
from events.delivery.ports import Watch
from events.delivery.sources import PAGE, OwnHistory
from events.io.postgres import EpochKeys, PostgresStore, PostgresTracking, migrate, open_store
from events.io.system import SystemClock, SystemIds
from events.ports import Append
from events.registry import Draft
from events.service import Heard, View
from events.values import PaymentId

TABLE = """create table payments (
    payment text primary key, vendor text not null, amount_minor bigint not null,
    currency text not null, requested_at timestamptz not null)"""
CHUNK = 250
"""Events in one command while the history is made."""
WRITERS = 8


async def project(facts: list[Heard[Any]], connection: Any) -> None:
    events = [fact.event for fact in facts]
    await connection.execute(
        "insert into payments"
        " select * from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::timestamptz[])"
        " on conflict do nothing",
        [event.payment for event in events],
        [event.vendor for event in events],
        [event.amount.minor for event in events],
        [event.amount.currency for event in events],
        [event.at for event in events],
    )


VIEW = View("bench.payments", {"bench": registry}, project, ("payments",))
EAR = Ear("bench", registry)


async def rebuild_vs_decode(setting: Setting) -> Figure:
    with empty_database(setting) as database:
        await migrate(database.owner, _folder(setting))
        async with open_store(database.app, EpochKeys(os.urandom(32))) as store:
            setting.told(f"rebuild_vs_decode: making {setting.events:,} events")
            await _fill(store, setting.events)
            setting.postgres.run(f"\\connect {database.name}\nvacuum analyze es_event; checkpoint")
            return await against(
                setting,
                figure="rebuild_vs_decode",
                unit="events/s",
                ours=lambda: rebuild(store, setting.events),
                baseline=lambda: decode(store, setting.events),
                at_least=0.5,
            )


def _folder(setting: Setting) -> Path:
    folder = setting.postgres.log.with_name("rebuild")
    folder.mkdir(exist_ok=True)
    (folder / "0001_views.sql").write_text(TABLE)
    return folder


async def _fill(store: PostgresStore, events: int) -> None:
    """The history, made by commands of many events each."""
    left = iter(range(0, events, CHUNK))

    async def write() -> None:
        for begun in left:
            count = min(CHUNK, events - begun)
            await store.append(Append(tuple(_draft() for _ in range(count))))

    await asyncio.gather(*(write() for _ in range(WRITERS)))


def _draft() -> Draft:
    ids, now = SystemIds(), SystemClock().now()
    stream = ids.new("pay")
    (fact,) = payment.decide(request(PaymentId(stream)), None)
    return registry.draft(
        fact,
        stream=stream,
        version=1,
        event_id=ids.event_id(),
        recorded=now,
        context=context,
        salt=ids.salt,
    )


async def rebuild(store: PostgresStore, events: int) -> float:
    """The view emptied and made again, as an operator has it done; events a second."""
    tracking = PostgresTracking(store.pool)
    done = asyncio.Event()

    def arrived(_consumer: str, _source: str, position: int) -> None:
        if position == events:
            done.set()

    started = perf_counter()
    await tracking.reset(VIEW.name, VIEW.tables)
    consumer = Consumer(
        VIEW.name,
        "bench",
        OwnHistory(store),
        Projection(VIEW, EAR, tracking),
        Watch(),
        arrived,
    )
    running = asyncio.create_task(consumer.run())
    await asyncio.wait({running, asyncio.create_task(done.wait())}, return_when="FIRST_COMPLETED")
    passed = perf_counter() - started
    if running.done():
        running.result()
    running.cancel()
    await _count(store.pool, events)
    return events / passed


async def _count(pool: asyncpg.Pool, events: int) -> None:
    rows = await pool.fetchval("select count(*) from payments")
    assert rows == events, f"the view has {rows} rows"


async def decode(store: PostgresStore, events: int) -> float:
    """Every entry read and made into its event, and nothing done with it; events a second."""
    started = perf_counter()
    last = 0
    while entries := await store.read(last, PAGE):
        heard = [EAR.hear(entry) for entry in entries]
        assert heard[-1] is not None
        last = entries[-1].position
    assert last == events
    return events / (perf_counter() - started)
