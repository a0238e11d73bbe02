"""Each fact once in effect, to views, policies, effects and copies; and what cannot be taken."""

import asyncio
from collections.abc import Callable

import pytest
from libs.events.tests.delivery.harness import (
    COPY,
    EFFECT,
    LATER,
    POLICY,
    VIEW,
    Stock,
    eventually,
)
from tests.simulation.shop import LOAVES
from tests.simulation.world import ANA

from events.delivery import sources
from events.delivery.ports import NotStopped, Stop
from events.envelope import Entry
from events.io.readiness import told

PLACED, RESERVED = "orders.order_placed.v1", "stock.loaves_reserved.v1"


async def settled(stock: Stock) -> bool:
    """Whether everybody has heard everything."""
    orders, own = await stock.orders.store.head(), await stock.handler.store.head()
    at = [
        (VIEW, "orders", orders),
        (VIEW, "stock", own),
        (POLICY, "orders", orders),
        (EFFECT, "stock", own),
        (COPY, "orders", orders),
    ]
    return all([await stock.tracking.last(name, source) == head for name, source, head in at])


async def rest(stock: Stock) -> None:
    await eventually(lambda: settled(stock))


async def stops(stock: Stock, wanted: int = 1) -> list[Stop]:
    async def stopped() -> bool:
        return len(await stock.tracking.stops()) == wanted

    await eventually(stopped)
    return list(await stock.tracking.stops())


async def test_a_fact_reaches_the_view_the_policy_the_effect_and_the_copy(stock: Stock) -> None:
    await stock.place(1, 2, 3, loaves=2)
    await stock.carry()
    async with stock.running():
        await rest(stock)
    assert await stock.demand() == {PLACED: 3, RESERVED: 3, "loaves": 12}
    reserved = await stock.handler.store.read(0, 10)
    placed = await stock.orders.store.read(0, 10)
    assert [e.envelope.causationid for e in reserved] == [e.envelope.id for e in placed]
    assert stock.labels == [entry.envelope.id for entry in reserved]
    assert await stock.log() == placed


async def test_what_follows_from_a_fact_says_so(stock: Stock) -> None:
    await stock.place(1)
    await stock.carry()
    async with stock.running():
        await rest(stock)
    [cause], [effect] = await stock.orders.store.read(0, 1), await stock.handler.store.read(0, 1)
    assert effect.envelope.correlationid == cause.envelope.correlationid
    assert effect.envelope.causationid == cause.envelope.id
    assert effect.envelope.actorid == "per_system"
    assert effect.envelope.actorrole == "service"


async def test_started_again_or_twice_it_does_nothing_twice(stock: Stock) -> None:
    await stock.place(1, 2, 3)
    await stock.carry()
    async with stock.running(), stock.running():
        await rest(stock)
    await stock.place(4)
    await stock.carry()
    async with stock.running():
        await rest(stock)
    assert await stock.demand() == {PLACED: 4, RESERVED: 4, "loaves": 8}


async def test_a_refusal_is_the_answer_and_is_kept(stock: Stock) -> None:
    await stock.place(1, loaves=LOAVES + 1)
    await stock.place(2)
    await stock.carry()
    async with stock.running():
        await rest(stock)
    async with stock.running():
        await eventually(lambda: counted(stock))
    [too_many, _] = await stock.orders.store.read(0, 2)
    assert await stock.refusals() == [("SoldOut", too_many.envelope.id)]
    claim = await stock.handler.store.claim("policy", f"{POLICY}:{too_many.envelope.id}")
    assert claim is not None
    assert claim.answer == b'{"facts":{"left":40,"wanted":41},"rule":"SoldOut"}'
    assert await stock.handler.store.head() == 1
    said = await told("stock", stock.bus, stock.tracking, dict)["refusals"]()
    assert said == "acts that policies asked for and were refused: 1; an operator can list them"
    assert stock.told.refusals == 1


async def test_the_outside_world_is_asked_again_until_it_answers(stock: Stock) -> None:
    stock.trouble[EFFECT].unavailable = 2
    await stock.place(1)
    await stock.carry()
    async with stock.running():
        await rest(stock)
    assert len(stock.labels) == 3
    assert len(set(stock.labels)) == 1, "always under the same key"
    assert not await stock.tracking.stops()


# An event that cannot be taken


async def carry_wrongly(
    stock: Stock, wrongly: Callable[[bytes], bytes], *, owner_too: bool = True
) -> None:
    """Put all on the bus, the second event wrong; it may be so where it comes from, too."""
    entries = list(await stock.orders.store.read(0, 10))
    wrong = wrongly(entries[1].raw)
    assert wrong != entries[1].raw
    entries[1] = Entry(2, wrong)
    if owner_too:
        stock.wrong[2] = wrong
    await stock.bus.publish("orders", entries)


@pytest.mark.parametrize("name", [VIEW, POLICY, COPY])
async def test_poison_stops_its_consumer_and_nobody_else(stock: Stock, name: str) -> None:
    stock.trouble[name].poison.add(3)
    await stock.place(1, 2, 3, 4)
    await stock.carry()
    async with stock.running():
        [stop] = await stops(stock)
        assert (stop.consumer, stop.source, stop.position) == (name, "orders", 3)
        assert stop.error.startswith("Mistake at harness.py:")
        assert "Fatima" not in stop.error, "an error's text may quote a person"
        assert await stock.tracking.last(name, "orders") == 2, "all before it is taken, it is not"
        others = {VIEW, POLICY, COPY} - {name}

        async def others_went_on() -> bool:
            return all([await stock.tracking.last(other, "orders") == 4 for other in others])

        await eventually(others_went_on)
        await asyncio.sleep(0.1)
        assert stock.told.stopped == {(name, "orders")}


async def counted(stock: Stock) -> bool:
    return stock.told.refusals > 0


async def test_every_process_knows_which_views_stand_still(stock: Stock) -> None:
    stock.trouble[VIEW].poison.add(1)
    stock.trouble[POLICY].poison.add(1)
    await stock.place(1)
    await stock.carry()
    reader = stock.worker()
    async with stock.running() as worker:
        assert worker.stopped == ()
        await stops(stock, 2)
        await reader.look()
        assert reader.stopped == (VIEW,), "a policy decides nothing for a request"

        async def seen(*wanted: str) -> bool:
            return tuple(worker.stopped) == wanted

        await eventually(lambda: seen(VIEW))
        stock.trouble[VIEW].poison.clear()
        await stock.tracking.resume(VIEW, "orders", by=ANA)
        await eventually(seen)


async def test_a_stopped_consumer_stays_so_after_a_restart(stock: Stock) -> None:
    stock.trouble[VIEW].poison.add(1)
    await stock.place(1)
    await stock.carry()
    async with stock.running():
        await stops(stock)
    stock.trouble[VIEW].poison.clear()
    async with stock.running():
        await asyncio.sleep(0.3)
        assert await stock.tracking.last(VIEW, "orders") == 0


async def test_an_operator_lets_it_try_again(stock: Stock) -> None:
    stock.trouble[VIEW].poison.add(2)
    await stock.place(1, 2, 3)
    await stock.carry()
    async with stock.running():
        await stops(stock)
        stock.trouble[VIEW].poison.clear()
        await stock.tracking.resume(VIEW, "orders", by=ANA)
        await rest(stock)
    assert (await stock.demand())[PLACED] == 3
    assert not await stock.tracking.stops()


async def test_an_operator_skips_it_with_a_reason(stock: Stock) -> None:
    stock.trouble[VIEW].poison.add(2)
    await stock.place(1, 2, 3)
    await stock.carry()
    async with stock.running():
        await stops(stock)
        with pytest.raises(NotStopped):
            await stock.tracking.skip(VIEW, "orders", 1, by=ANA, why="a wrong position")
        await stock.tracking.skip(VIEW, "orders", 2, by=ANA, why="the oven's test order")
        await rest(stock)
    assert (await stock.demand())[PLACED] == 2
    with pytest.raises(NotStopped):
        await stock.tracking.resume(VIEW, "orders", by=ANA)


async def test_a_damaged_entry_is_poison(stock: Stock) -> None:
    await stock.place(1, 2)
    await carry_wrongly(stock, lambda raw: raw[:-1])
    async with stock.running():
        stopped = await stops(stock, 2)
    assert {stop.consumer for stop in stopped} == {VIEW, POLICY}
    assert {stop.error.partition(" ")[0] for stop in stopped} == {"DecodeError"}


async def test_an_entry_of_another_position_is_poison(stock: Stock) -> None:
    await stock.place(1, 2)
    await carry_wrongly(stock, lambda raw: raw.replace(b'"position":"2"', b'"position":"1"'))
    async with stock.running():
        stopped = await stops(stock, 2)
    assert {(stop.position, stop.error.partition(" ")[0]) for stop in stopped} == {(2, "Misplaced")}


async def test_a_version_that_is_not_known_is_poison_not_none_of_ours(stock: Stock) -> None:
    await stock.place(1, 2)
    await carry_wrongly(stock, lambda raw: raw.replace(b"order_placed.v1", b"order_placed.v2"))
    async with stock.running():
        stopped = await stops(stock, 2)
    assert {stop.error.partition(" ")[0] for stop in stopped} == {"UnknownEvent"}


FORGED = [
    pytest.param(lambda _: b"{}", id="no event"),
    pytest.param(lambda raw: raw[:-1], id="cut off"),
    pytest.param(lambda raw: raw.replace(b'"position":"2"', b'"position":"1"'), id="misplaced"),
    pytest.param(
        lambda raw: raw.replace(b"orders.order_placed", b"stock.order_placed"),
        id="of another service",
    ),
    pytest.param(lambda raw: raw.replace(b'"loaves":1', b'"loaves":"x"'), id="not to be read"),
]


@pytest.mark.parametrize("forge", FORGED)
async def test_what_only_the_bus_has_wrong_is_taken_from_its_owner(
    stock: Stock, forge: Callable[[bytes], bytes]
) -> None:
    await stock.place(1, 2, 3)
    await carry_wrongly(stock, forge, owner_too=False)
    async with stock.running():
        await rest(stock)
    assert await stock.demand() == {PLACED: 3, RESERVED: 3, "loaves": 6}
    assert not await stock.tracking.stops()
    assert stock.told.mended == {("orders", 2)}


async def test_what_the_owner_does_not_have_is_waited_for(stock: Stock) -> None:
    await stock.place(1)
    await stock.carry()
    await stock.bus.publish("orders", [Entry(2, b"{}")])
    async with stock.running():
        await asyncio.sleep(0.3)
        assert not await stock.tracking.stops()
        await stock.place(2)
        await rest(stock)
    assert (await stock.demand())[PLACED] == 2


async def test_an_event_of_another_kind_is_none_of_ours(stock: Stock) -> None:
    await stock.place(1, 2)
    [first, second] = await stock.orders.store.read(0, 2)
    other = Entry(2, second.raw.replace(b"order_placed.v1", b"shop_closed.v1"))
    await stock.bus.publish("orders", [first, other])
    async with stock.running() as worker:
        assert await worker.progress.at_least(VIEW, "orders", 2, LATER)
        assert await worker.progress.at_least(POLICY, "orders", 2, LATER)
    assert (await stock.demand())[PLACED] == 1
    assert not await stock.tracking.stops()


# The relay before another history


async def test_a_relay_before_another_history_stands_still_until_an_operator_decides(
    stock: Stock,
) -> None:
    stock.bus.streams["stock"] = [Entry(1, b"{}"), Entry(2, b"{}")]  # more than the store will have
    await stock.place(1)
    await stock.carry()
    async with stock.running():
        [stop] = await stops(stock)
        assert (stop.consumer, stop.source, stop.position) == ("relay", "stock", 2)
        assert stop.error.startswith("BusIsAhead at relay.py:")
        await eventually(lambda: stands(stock, ("relay", "stock")))
        await stock.place(2)
        await stock.carry()
        await rest(stock)
        assert await stock.bus.last("stock") == 2, "nothing is added, while all else goes on"

        await stock.tracking.resume("relay", "stock", by=ANA)
        [again] = await stops(stock)
        assert again.error.startswith("BusDiffers at relay.py:"), "nothing was put right"

        stock.bus.lose_tail("stock", 0)
        await stock.tracking.resume("relay", "stock", by=ANA)
        await eventually(lambda: carried(stock, 2))
        assert stock.bus.streams["stock"] == await stock.handler.store.read(0, 2)


async def stands(stock: Stock, who: tuple[str, str]) -> bool:
    return who in stock.told.stopped


async def carried(stock: Stock, head: int) -> bool:
    return await stock.bus.last("stock") == head


# When the bus fails


async def test_what_a_quiet_bus_does_not_have_comes_from_the_feed(
    stock: Stock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "QUIET_SECONDS", 0.2)
    await stock.place(1, 2, 3)
    async with stock.running():
        await rest(stock)
    assert await stock.bus.last("orders") == 0


async def test_with_the_bus_down_everything_still_arrives(stock: Stock) -> None:
    stock.bus.is_down = True
    await stock.place(1, 2, 3)
    async with stock.running():
        await rest(stock)
        stock.bus.is_down = False
        await stock.carry()
        await stock.place(4)
        await stock.carry()
        await rest(stock)
    assert (await stock.demand())[PLACED] == 4


async def test_with_bus_and_feed_down_it_waits(stock: Stock) -> None:
    stock.bus.is_down = stock.feed_is_down = True
    await stock.place(1)
    async with stock.running():
        await asyncio.sleep(0.2)
        assert await stock.demand() == {}
        stock.bus.is_down = False
        await stock.carry()
        await rest(stock)
    assert not await stock.tracking.stops()


# Reading what one wrote; building anew; being watched


async def test_a_reader_waits_for_the_position_it_needs(stock: Stock) -> None:
    async with stock.running() as worker:
        assert not await worker.progress.at_least(VIEW, "orders", 1, 0.1)
        waiting = asyncio.create_task(worker.progress.at_least(VIEW, "orders", 1, LATER))
        await stock.place(1)
        await stock.carry()
        assert await waiting
        assert (await stock.demand())[PLACED] == 1


async def test_another_process_sees_how_far_the_view_is(stock: Stock) -> None:
    reader = stock.worker()
    await stock.place(1)
    await stock.carry()
    async with stock.running():
        assert await reader.progress.at_least(VIEW, "orders", 1, LATER)
        assert await reader.reach(1, LATER), "its own reservation"


async def test_a_view_is_built_anew_from_the_history(stock: Stock) -> None:
    await stock.place(1, 2, 3)
    await stock.carry()
    async with stock.running() as worker:
        await rest(stock)
        before = await stock.demand()
        async with stock.tracking.batch(VIEW, "orders") as batch:
            if stock.pool is None:
                batch.connection[PLACED] = 99
            else:
                await batch.connection.execute("update demand set n = 99")
        assert await stock.demand() != before
        await worker.rebuild(VIEW)
        assert await stock.demand() == before
        await stock.place(4)
        await stock.carry()
        await rest(stock)
    assert (await stock.demand())[PLACED] == 4


async def test_lag_is_told(stock: Stock) -> None:
    stock.trouble[VIEW].poison.add(1)
    await stock.place(1, 2, 3)
    await stock.carry()
    async with stock.running():
        await stops(stock)
    async with stock.running():

        async def told() -> bool:
            return (POLICY, "orders") in stock.told.lags

        await eventually(told)
        assert stock.told.lags["relay", "stock"] == 0
