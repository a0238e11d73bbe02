"""The relay has no cursor: the bus says where to go on."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import pytest
from libs.events.tests.bakery import ANA, AS_ANA, PRICE, AddLoaf, PlaceOrder, bakery, order
from tests.simulation.virtual_time import run
from tests.simulation.world import LoopClock

from events.delivery.memory import MemoryBus
from events.delivery.ports import Watch
from events.delivery.relay import BusDiffers, BusIsAhead, Relay
from events.envelope import Entry
from events.handler import Act, Handler
from events.memory import NOON, MemoryStore, SeededIds
from events.ports import Unavailable
from events.values import ItemId


class World:
    """A bakery, a bus, and as many relays as are started."""

    def __init__(self, seed: int = 0) -> None:
        self.store, self.bus = MemoryStore(), MemoryBus()
        self.handler = Handler(bakery, self.store, LoopClock(), SeededIds(seed))
        self.relays: list[asyncio.Task[None]] = []

    def start(self) -> None:
        relay = Relay("bakery", self.store, self.bus, LoopClock(), Watch())
        self.relays.append(asyncio.create_task(relay.run()))

    async def stop(self) -> None:
        for relay in self.relays:
            relay.cancel()
            with suppress(asyncio.CancelledError):
                await relay
        self.relays.clear()

    async def bake(self, loaves: int) -> None:
        id_ = ItemId("itm_1")
        if not self.store.entries:
            place = PlaceOrder(by=ANA, at=NOON, order=id_, person=ANA)
            await self.handler.do(Act(order, id_, place), context=AS_ANA)
        add = AddLoaf(by=ANA, at=NOON, price=PRICE, times=loaves)
        await self.handler.do(Act(order, id_, add), context=AS_ANA)

    async def comes_to_rest(self) -> None:
        async with asyncio.timeout(60):
            while self.carried != self.store.entries:  # noqa: ASYNC110  time is virtual
                await asyncio.sleep(0.1)

    @property
    def carried(self) -> Sequence[Entry]:
        return self.bus.streams.get("bakery", [])


def test_what_is_stored_is_carried() -> None:
    async def story() -> None:
        world = World()
        world.start()
        await world.bake(1200)
        await world.comes_to_rest()
        await world.bake(1)
        await world.comes_to_rest()
        await world.stop()

    run(1, story())


def test_after_a_crash_it_goes_on_where_the_bus_stands() -> None:
    async def story() -> None:
        world = World()
        world.start()
        await world.bake(10)
        await world.comes_to_rest()
        await world.stop()
        await world.bake(10)
        world.start()
        await world.comes_to_rest()
        await world.stop()

    run(2, story())


def test_a_second_relay_does_no_harm() -> None:
    async def story() -> None:
        world = World()
        for _ in range(3):
            world.start()
        for _ in range(20):
            await world.bake(3)
            await asyncio.sleep(0.05)
        await world.comes_to_rest()
        assert not any(relay.done() for relay in world.relays)
        await world.stop()

    run(3, story())


@pytest.mark.parametrize("kept", [0, 7])
def test_a_lost_tail_is_filled_again_even_when_nothing_new_happens(kept: int) -> None:
    async def story() -> None:
        world = World()
        world.start()
        await world.bake(20)
        await world.comes_to_rest()
        world.bus.lose_tail("bakery", kept)
        await world.comes_to_rest()
        await world.stop()

    run(4, story())


def test_while_the_bus_is_down_the_service_goes_on() -> None:
    async def story() -> None:
        world = World()
        world.start()
        world.bus.is_down = True
        await world.bake(5)
        await asyncio.sleep(60)
        with pytest.raises(Unavailable):
            await world.bus.last("bakery")
        world.bus.is_down = False
        await world.comes_to_rest()
        await world.stop()

    run(5, story())


def test_a_bus_with_another_history_is_not_written_to() -> None:
    """The database was restored to an earlier moment: what others have heard is not true here."""

    async def story() -> None:
        world, lost = World(), World(seed=1)
        await lost.bake(9)
        await world.bake(4)
        await world.bus.publish("bakery", lost.store.entries)
        relay = Relay("bakery", world.store, world.bus, LoopClock(), Watch())
        with pytest.raises(BusIsAhead, match="the bus is at 10, the store at 5"):
            await relay.run()

    run(6, story())


@pytest.mark.parametrize("since", [3, 9, 20])
def test_nor_when_the_store_has_overtaken_it(since: int) -> None:
    """Numbers do not tell one history from another: what stands last on the bus does."""

    async def story() -> None:
        world, lost = World(), World(seed=1)
        await lost.bake(9)
        await world.bake(6)
        await world.bake(since)
        await world.bus.publish("bakery", lost.store.entries)
        relay = Relay("bakery", world.store, world.bus, LoopClock(), Watch())
        with pytest.raises(BusDiffers, match="differ at 10"):
            await relay.run()
        assert world.carried == lost.store.entries, "nothing is added to it"

    run(7, story())


def test_what_somebody_else_put_on_the_bus_is_not_built_upon() -> None:
    async def story() -> None:
        world = World()
        await world.bake(4)
        world.start()
        await world.comes_to_rest()
        await world.bus.publish("bakery", [Entry(6, b"rogue")])
        await world.bake(3)
        with pytest.raises(BusDiffers):
            await world.relays.pop()
        assert len(world.carried) == 6

    run(8, story())
