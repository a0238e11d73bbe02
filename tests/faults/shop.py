"""The simulation's three services, this time on real Postgres and real NATS."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from events.delivery.consume import Ear
from events.delivery.worker import Delivery, Worker
from events.envelope import Entry
from events.handler import Act, Handler, Once
from events.io.bus import JetStreamBus, open_bus
from events.io.postgres import (
    EpochKeys,
    PostgresLeader,
    PostgresStore,
    PostgresTracking,
    migrate,
    open_store,
)
from events.io.system import SystemClock, SystemIds
from events.ports import Unavailable
from events.service import Service
from events.values import Code, ItemId
from homeward.nats import Nats
from homeward.postgres import Database
from tests.simulation.shop import SERVICES, PlaceOrder, count, order, table
from tests.simulation.world import ANA, AS_ANA

EPOCHS = EpochKeys(b"k" * 32)
NAMES = tuple(service.name for service in SERVICES)


class Till:
    """The outside world: repeats under one key are one charge."""

    def __init__(self) -> None:
        self.charged: dict[str, ItemId] = {}

    async def charge(self, key: str, order_id: ItemId) -> Code:
        self.charged[key] = order_id
        return Code(f"receipt-{key[-12:]}")


@dataclass
class Running:
    """One service in this process, with a database and a bus of its own."""

    service: Service
    database: Database
    store: PostgresStore
    tracking: PostgresTracking
    bus: JetStreamBus
    handler: Handler
    worker: Worker

    async def tables(self, view: str) -> dict[str, int]:
        rows = await self.store.pool.fetch(f"select what, n from {table(view)}")
        return {row["what"]: row["n"] for row in rows}

    async def history(self) -> Sequence[Entry]:
        return await self.store.read(0, 100_000)


@dataclass
class Shop:
    """All of them."""

    services: dict[str, Running] = field(default_factory=dict)
    till: Till = field(default_factory=Till)

    async def feed(self, source: str, after: int, limit: int) -> Sequence[Entry]:
        return await self.services[source].store.read(after, limit)

    async def place(self, number: int) -> None:
        """One order of one loaf, asked for until there is an answer."""
        handler, id_ = self.services["orders"].handler, ItemId(f"itm_{number}")
        command = PlaceOrder(by=ANA, at=handler.clock.now(), order=id_, loaves=1)
        once = Once(f"order-{number}", b"order")
        while True:
            with suppress(Unavailable):
                await handler.do(Act(order, id_, command), context=AS_ANA, once=once)
                return
            await asyncio.sleep(0.1)

    async def settle(self, seconds: float = 30) -> None:
        """Wait until everybody has heard everything. `TimeoutError`."""
        async with asyncio.timeout(seconds):
            while not await self._at_rest():  # noqa: ASYNC110  it comes from many sides
                await asyncio.sleep(0.1)

    async def _at_rest(self) -> bool:
        heads = {name: await each.store.head() for name, each in self.services.items()}
        for each in self.services.values():
            service = each.service
            parts: tuple[Any, ...] = (*service.views, *service.policies, *service.effects)
            for part in parts:
                for source in part.hears:
                    if await each.tracking.last(part.name, source) < heads[source]:
                        return False
        return heads == {name: await each.store.head() for name, each in self.services.items()}

    async def check_views(self) -> None:
        """Every view equals a replay of what it hears."""
        for each in self.services.values():
            for view in each.service.views:
                heard = [
                    Ear(source, registry).hear(entry)
                    for source, registry in view.hears.items()
                    for entry in await self.services[source].history()
                ]
                replayed = count([fact for fact in heard if fact is not None])
                assert await each.tables(view.name) == replayed, view.name


@asynccontextmanager
async def open_shop(make_database: Callable[[str], Database], nats: Nats) -> AsyncIterator[Shop]:
    """The services, migrated and running."""
    shop = Shop()
    async with AsyncExitStack() as stack:
        for service in SERVICES:
            database = make_database(service.name)
            await migrate(database.owner)
            await _make_tables(database, service)
            store = await stack.enter_async_context(open_store(database.app, EPOCHS))
            bus = await stack.enter_async_context(
                open_bus(nats.url, service.name, nats.passwords[service.name])
            )
            handler = Handler(service.registry, store, SystemClock(), SystemIds())
            tracking = PostgresTracking(store.pool)
            delivery = Delivery(
                handler=handler,
                bus=bus,
                feed=shop.feed,
                tracking=tracking,
                leader=PostgresLeader(database.app),
                gateways=shop.till,
            )
            worker = Worker(service, delivery)
            shop.services[service.name] = Running(
                service, database, store, tracking, bus, handler, worker
            )
        working = [asyncio.create_task(each.worker.run()) for each in shop.services.values()]
        try:
            yield shop
        finally:
            for task in working:
                task.cancel()
            await asyncio.wait(working)


async def _make_tables(database: Database, service: Service) -> None:
    owner = await asyncpg.connect(database.owner)
    for view in service.views:
        await owner.execute(
            f"create table {table(view.name)} (what text primary key, n bigint not null)"
        )
    await owner.close()
    await migrate(database.owner)  # settles what the app may do with the new tables
