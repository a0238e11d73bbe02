"""The world that the services live in: it loses, repeats, delays, and kills, as the seed has it."""

import asyncio
import random  # noqa: TID251  seeded: the same run every time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from events.delivery.memory import MemoryBatch, MemoryBus, MemoryTracking
from events.delivery.ports import Alone
from events.delivery.worker import Delivery, Worker
from events.envelope import Actor, Context, Entry
from events.handler import Act, Handler, Once
from events.memory import NOON, MemoryStore, SeededIds
from events.ports import Append, Claim, Unavailable
from events.service import Effect, Policy, Service, View
from events.values import Code, ItemId, PersonId
from tests.simulation.shop import SERVICES, PlaceOrder, order

ANA = PersonId("per_ana")
AS_ANA = Context(
    actor=Actor(id=ANA, role=Code("baker"), organisation=Code("bakery")), correlation="cor_1"
)
TROUBLE_SECONDS = 20.0
"""How long the world misbehaves."""
SETTLE_SECONDS = 300.0
"""How long everybody then has to come to rest."""


class LoopClock:
    """The loop's time as a date."""

    def now(self) -> datetime:
        return NOON + timedelta(seconds=asyncio.get_running_loop().time())

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Dice:
    """What goes wrong, until the trouble is over."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def falls(self, chance: float) -> bool:
        trouble = asyncio.get_running_loop().time() < TROUBLE_SECONDS
        return self.random.random() < chance and trouble

    async def delay(self) -> None:
        await asyncio.sleep(self.random.expovariate(200))
        if self.falls(0.02):
            await asyncio.sleep(self.random.random() * 3)

    async def may_be_out(self, chance: float = 0.03) -> None:
        await self.delay()
        if self.falls(chance):
            raise Unavailable("the world is not ready")


class FaultyStore(MemoryStore):
    """Is out at times; worst, after it has stored."""

    def __init__(self, dice: Dice) -> None:
        super().__init__()
        self._dice = dice

    async def append(self, append: Append) -> tuple[int, ...]:
        await self._dice.may_be_out()
        positions = await super().append(append)
        await self._dice.may_be_out()
        return positions

    async def load(self, stream: str, after: int = 0, limit: int | None = None) -> Sequence[Entry]:
        await self._dice.may_be_out()
        return await super().load(stream, after, limit)

    async def load_all(self, streams: Sequence[str], limit: int) -> Mapping[str, Sequence[Entry]]:
        await self._dice.may_be_out()
        return await super().load_all(streams, limit)

    async def read(self, after: int, limit: int) -> Sequence[Entry]:
        await self._dice.may_be_out()
        return list(await super().read(after, limit))

    async def claim(self, scope: str, key: str) -> Claim | None:
        await self._dice.may_be_out()
        return await super().claim(scope, key)


class FaultyTracking(MemoryTracking):
    """Is out at times: before the transaction, at its end, and after it has committed."""

    def __init__(self, dice: Dice) -> None:
        super().__init__()
        self._dice = dice

    @asynccontextmanager
    async def batch(self, consumer: str, source: str) -> AsyncIterator[MemoryBatch]:
        await self._dice.may_be_out()
        async with super().batch(consumer, source) as batch:
            yield batch
            await self._dice.may_be_out()
        await self._dice.may_be_out()

    async def last(self, consumer: str, source: str) -> int:
        await self._dice.may_be_out()
        return await super().last(consumer, source)


class FaultyBus(MemoryBus):
    """Loses acknowledgements and tails, delivers twice, leaves out, is down."""

    def __init__(self, dice: Dice) -> None:
        super().__init__()
        self._dice = dice

    async def last(self, source: str) -> int:
        await self._dice.may_be_out()
        return await super().last(source)

    async def publish(self, source: str, entries: Sequence[Entry]) -> int:
        await self._dice.may_be_out()
        if self._dice.falls(0.1):
            entries = entries[: self._dice.random.randint(1, len(entries))]
        last = await super().publish(source, entries)
        await self._dice.may_be_out(0.1)
        return last

    async def listen(self, source: str, after: int) -> AsyncGenerator[Sequence[Entry], None]:
        async for batch in super().listen(source, after):
            await self._dice.may_be_out()
            if batch and self._dice.falls(0.1):
                yield batch
            if batch and self._dice.falls(0.1):
                lost = self._dice.random.randrange(len(batch))
                yield [*batch[:lost], *batch[lost + 1 :]]
                continue
            yield batch


class CountingTill:
    """The outside world: repeats under one key are one charge."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self.charged: dict[str, ItemId] = {}

    async def charge(self, key: str, order_id: ItemId) -> Code:
        await self._dice.may_be_out(0.1)
        self.charged[key] = order_id
        await self._dice.may_be_out(0.1)
        return Code(f"receipt-{key[-12:]}")


class Running:
    """One service: what survives a crash, and the worker that does not."""

    def __init__(self, service: Service, world: "World", seed: int) -> None:
        self.service = service
        self.store = FaultyStore(world.dice)
        self.tracking = FaultyTracking(world.dice)
        self.handler = Handler(service.registry, self.store, LoopClock(), SeededIds(seed))
        self._world = world
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Another process of this service; there may be several for a while."""
        delivery = Delivery(
            handler=self.handler,
            bus=self._world.bus,
            feed=self._world.feed,
            tracking=self.tracking,
            leader=Alone(),
            gateways=self._world.till,
        )
        self._tasks.append(asyncio.create_task(Worker(self.service, delivery).run()))

    def ears(self) -> Iterator[tuple[str, str]]:
        """Who listens to what."""
        service = self.service
        parts: tuple[View | Policy | Effect, ...]
        parts = (*service.views, *service.policies, *service.effects)
        return ((part.name, source) for part in parts for source in part.hears)

    async def kill(self) -> None:
        """Every process dies where it stands."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class World:
    """Three services, a bus, a till, and everything that can happen to them."""

    def __init__(self, seed: int) -> None:
        self.dice = Dice(seed)
        self.bus = FaultyBus(self.dice)
        self.till = CountingTill(self.dice)
        self.services = {
            service.name: Running(service, self, number) for number, service in enumerate(SERVICES)
        }

    async def feed(self, source: str, after: int, limit: int) -> Sequence[Entry]:
        await self.dice.may_be_out(0.2)
        return await self.services[source].store.read(after, limit)

    async def live(self, orders: int) -> None:
        """Place the orders while everything goes wrong; then come to rest."""
        for service in self.services.values():
            service.start()
        trouble = asyncio.create_task(self._trouble())
        await asyncio.gather(*(self._place(number) for number in range(orders)))
        await trouble
        try:
            async with asyncio.timeout(SETTLE_SECONDS):
                while not self._at_rest():  # noqa: ASYNC110  time is virtual, looking is free
                    await asyncio.sleep(1)
        finally:
            for service in self.services.values():
                await service.kill()

    async def _place(self, number: int) -> None:
        """A client that asks until it gets an answer, always under the same key."""
        random_ = self.dice.random
        await asyncio.sleep(random_.random() * TROUBLE_SECONDS)
        id_, loaves = ItemId(f"itm_{number}"), random_.randint(1, 4)
        once = Once(f"order-{number}", b"order")
        handler = self.services["orders"].handler
        command = PlaceOrder(by=ANA, at=handler.clock.now(), order=id_, loaves=loaves)
        while True:
            with suppress(Unavailable):
                await handler.do(Act(order, id_, command), context=AS_ANA, once=once)
                return
            await asyncio.sleep(random_.random())

    async def _trouble(self) -> None:
        """Now and then: a service is killed, or started twice; the bus goes down, or forgets."""
        random_ = self.dice.random
        while asyncio.get_running_loop().time() < TROUBLE_SECONDS:
            await asyncio.sleep(random_.expovariate(0.5))
            service = random_.choice(list(self.services.values()))
            match random_.randrange(4):
                case 0:
                    await service.kill()
                    await asyncio.sleep(random_.random() * 2)
                    service.start()
                case 1:
                    service.start()
                case 2:
                    self.bus.is_down = True
                    await asyncio.sleep(random_.random() * 4)
                    self.bus.is_down = False
                case _:
                    held = len(self.bus.streams.get(service.service.name, ()))
                    self.bus.lose_tail(service.service.name, random_.randint(0, held))

    def _at_rest(self) -> bool:
        """Everything is on the bus, and everybody has heard it all."""
        heads = {name: len(each.store.entries) for name, each in self.services.items()}
        carried = {name: len(self.bus.streams.get(name, ())) for name in heads}
        return carried == heads and all(
            each.tracking.positions.get((name, source), 0) == heads[source]
            for each in self.services.values()
            for name, source in each.ears()
        )

    def tables(self, service: str, view: str) -> dict[Any, Any]:
        return self.services[service].tracking.tables.get(view, {})
