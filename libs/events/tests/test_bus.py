"""What a bus promises, on both: the one in memory and the one on a real NATS server."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, aclosing

import nats
import pytest
from libs.events.tests.bakery import ANA, AS_ANA, PRICE, AddLoaf, PlaceOrder, bakery, order
from nats.aio.client import Client
from nats.js.errors import APIError

from events.delivery.memory import MemoryBus
from events.delivery.ports import Watch
from events.delivery.relay import BusDiffers, BusIsAhead, Relay
from events.envelope import Entry
from events.handler import Act, Handler
from events.io.bus import JetStreamBus, Refused, connection, make_streams, open_bus
from events.io.bus.__main__ import main as make
from events.io.system import SystemClock
from events.memory import NOON, FixedClock, MemoryStore, SeededIds
from events.ports import Bus, Unavailable, WrongSequence
from events.values import ItemId
from homeward.nats import Nats
from homeward.nats import start as start_nats

LATER = 60.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nats]:
    """A server with a stream for the bakery, and one for its competitor."""
    with start_nats(tmp_path_factory.mktemp("bus"), services=("bakery", "mill")) as server:
        yield server


async def connected(bus: JetStreamBus) -> JetStreamBus:
    async with asyncio.timeout(LATER):
        while True:
            try:
                await bus.last("bakery")
            except Unavailable:
                await asyncio.sleep(0.02)
            else:
                return bus


async def _anew(server: Nats) -> None:
    """Empty streams, as only the administrator can have them."""
    admin = await nats.connect(
        server.url, user="admin", password=server.passwords["admin"], inbox_prefix="_INBOX_admin"
    )
    for stream in ("EV_BAKERY", "EV_MILL"):
        await admin.jetstream().delete_stream(stream)
    await make_streams(admin, ("bakery", "mill"))
    await admin.close()


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture(params=["memory", "jetstream"])
async def bus(request: pytest.FixtureRequest, stack: AsyncExitStack, server: Nats) -> Bus:
    if request.param == "memory":
        return MemoryBus()
    await _anew(server)
    opened = open_bus(server.url, "bakery", server.passwords["bakery"])
    return await connected(await stack.enter_async_context(opened))


@pytest.fixture
async def entries() -> Sequence[Entry]:
    """A history of twelve."""
    store = MemoryStore()
    handler = Handler(bakery, store, FixedClock(), SeededIds())
    id_ = ItemId("itm_1")
    await handler.do(
        Act(order, id_, PlaceOrder(by=ANA, at=NOON, order=id_, person=ANA)), context=AS_ANA
    )
    add = AddLoaf(by=ANA, at=NOON, price=PRICE, times=11)
    await handler.do(Act(order, id_, add), context=AS_ANA)
    return store.entries


@pytest.fixture
async def many() -> Sequence[Entry]:
    """A history of six hundred."""
    store = MemoryStore()
    handler = Handler(bakery, store, FixedClock(), SeededIds())
    id_ = ItemId("itm_1")
    place = PlaceOrder(by=ANA, at=NOON, order=id_, person=ANA)
    await handler.do(Act(order, id_, place), context=AS_ANA)
    add = AddLoaf(by=ANA, at=NOON, price=PRICE, times=599)
    await handler.do(Act(order, id_, add), context=AS_ANA)
    return store.entries


async def first(bus: Bus, after: int, wanted: int) -> list[Entry]:
    found: list[Entry] = []
    async with asyncio.timeout(LATER), aclosing(bus.listen("bakery", after)) as batches:
        async for batch in batches:
            found.extend(batch)
            if len(found) >= wanted:
                break
    return found


async def test_an_empty_bus_is_at_zero(bus: Bus) -> None:
    assert await bus.last("bakery") == 0


async def test_what_is_published_is_read_byte_for_byte(bus: Bus, entries: Sequence[Entry]) -> None:
    assert await bus.publish("bakery", entries) == 12
    assert await bus.last("bakery") == 12
    assert await first(bus, 0, 12) == entries
    assert await first(bus, 7, 5) == entries[7:]


async def test_who_listens_hears_what_comes_later(bus: Bus, entries: Sequence[Entry]) -> None:
    hearing = asyncio.create_task(first(bus, 0, 12))
    for entry in entries:
        await bus.publish("bakery", [entry])
    assert await hearing == entries


async def test_an_entry_comes_only_directly_behind_its_predecessor(
    bus: Bus, entries: Sequence[Entry]
) -> None:
    with pytest.raises(WrongSequence):
        await bus.publish("bakery", entries[1:])
    await bus.publish("bakery", entries[:5])
    for wrong in (entries[:5], entries[3:5], entries[6:]):
        with pytest.raises(WrongSequence):
            await bus.publish("bakery", wrong)
    assert await bus.last("bakery") == 5
    assert await bus.publish("bakery", entries[5:]) == 12


async def test_many_at_once_come_behind_their_predecessor_or_not_at_all(
    bus: Bus, many: Sequence[Entry]
) -> None:
    for wrong in (many[1:101], many[300:]):
        with pytest.raises(WrongSequence):
            await bus.publish("bakery", wrong)
    assert await bus.last("bakery") == 0
    assert await bus.publish("bakery", many[:500]) == 500
    with pytest.raises(WrongSequence):
        await bus.publish("bakery", many[:500])
    assert await bus.publish("bakery", many[500:]) == 600
    assert await first(bus, 0, 600) == many


async def test_what_stands_at_a_position_is_told(bus: Bus, entries: Sequence[Entry]) -> None:
    assert await bus.entry("bakery", 1) is None
    await bus.publish("bakery", entries[:7])
    assert await bus.entry("bakery", 7) == entries[6]
    assert await bus.entry("bakery", 8) is None


async def test_a_relay_adds_nothing_to_another_history(
    bus: Bus, entries: Sequence[Entry], many: Sequence[Entry]
) -> None:
    await bus.publish("bakery", entries[:7])
    store = MemoryStore()
    store.entries = [*many[:6], Entry(7, many[7].raw), *many[7:]]
    relay = Relay("bakery", store, bus, FixedClock(), Watch())
    with pytest.raises(BusDiffers, match="differ at 7"):
        await asyncio.wait_for(relay.run(), LATER)
    store.entries = list(entries[:6])
    with pytest.raises(BusIsAhead, match="the bus is at 7, the store at 6"):
        await asyncio.wait_for(relay.run(), LATER)
    assert await bus.last("bakery") == 7


async def test_two_publishers_make_one_history(bus: Bus, entries: Sequence[Entry]) -> None:
    async def publish() -> int:
        lost = 0
        while (last := await bus.last("bakery")) < len(entries):
            try:
                await bus.publish("bakery", entries[last : last + 3])
            except WrongSequence:
                lost += 1
        return lost

    await asyncio.gather(publish(), publish(), publish())
    assert await first(bus, 0, 12) == entries


# The real one


async def test_a_stream_made_anew_is_filled_from_the_store(
    server: Nats, entries: Sequence[Entry], many: Sequence[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an operator does about a stream with another history."""
    await _anew(server)
    monkeypatch.setenv("HOMEWARD_NATS_URL", server.url)
    monkeypatch.setenv("HOMEWARD_NATS_ADMIN_PASSWORD", server.passwords["admin"])
    async with open_bus(server.url, "bakery", server.passwords["bakery"]) as bus:
        await connected(bus)
        await bus.publish("bakery", entries)
        await make(["bakery"])
        assert await bus.last("bakery") == 12, "what is there stays, unless it is said"
        await make(["bakery"], anew=True)
        assert await bus.last("bakery") == 0
        store = MemoryStore()
        store.entries = list(many)
        relay = asyncio.create_task(
            Relay("bakery", store, bus, SystemClock(), Watch()).run(), name="relay"
        )
        assert await first(bus, 0, 600) == many
        relay.cancel()


async def test_a_service_that_publishes_anothers_event_is_refused(
    server: Nats, entries: Sequence[Entry]
) -> None:
    await _anew(server)
    async with open_bus(server.url, "mill", server.passwords["mill"]) as mill:
        await connected(mill)
        with pytest.raises(Refused, match=r"ev\.bakery\.order_placed\.v1"):
            await mill.publish("bakery", entries)
        assert await mill.last("bakery") == 0


@pytest.mark.parametrize(
    "subject",
    [
        "$JS.API.STREAM.DELETE.EV_MILL",
        "$JS.API.STREAM.PURGE.EV_MILL",
        "$JS.API.STREAM.UPDATE.EV_MILL",
        "$JS.API.STREAM.CREATE.MINE",
        "$JS.API.STREAM.MSG.DELETE.EV_MILL",
        "$JS.API.CONSUMER.CREATE.EV_BAKERY",
        "head.bakery",
        "_INBOX_bakery.x",
    ],
)
async def test_a_service_may_not(server: Nats, subject: str) -> None:
    refused = asyncio.Event()

    async def heard(error: Exception) -> None:
        if subject.lower() in str(error).lower():
            refused.set()

    mill = await _as(server, "mill", heard)
    await mill.publish(subject, b"{}")
    await asyncio.wait_for(refused.wait(), LATER)
    await mill.close()


async def test_a_service_may_not_listen_to_anothers_answers(server: Nats) -> None:
    refused = asyncio.Event()

    async def heard(error: Exception) -> None:
        if "subscription" in str(error).lower():
            refused.set()

    mill = await _as(server, "mill", heard)
    await mill.subscribe("_INBOX_bakery.>")
    await asyncio.wait_for(refused.wait(), LATER)
    await mill.close()


async def test_not_even_the_administrator_purges_or_deletes_an_event(
    server: Nats, bus: Bus, entries: Sequence[Entry]
) -> None:
    if isinstance(bus, MemoryBus):
        return
    await bus.publish("bakery", entries)
    admin = await _as(server, "admin")
    with pytest.raises(APIError):
        await admin.jetstream().purge_stream("EV_BAKERY")
    with pytest.raises(APIError):
        await admin.jetstream().delete_msg("EV_BAKERY", 3)
    await admin.close()
    assert await first(bus, 0, 12) == entries


async def test_without_a_server_the_bus_is_unavailable(entries: Sequence[Entry]) -> None:
    async with open_bus("nats://127.0.0.1:1", "bakery", "secret") as bus:
        for ask in (bus.last("bakery"), bus.publish("bakery", entries), first(bus, 0, 1)):
            with pytest.raises(Unavailable):
                await ask


async def test_a_wrong_password_is_unavailable(server: Nats) -> None:
    async with open_bus(server.url, "bakery", "wrong") as bus:
        await asyncio.sleep(0.2)
        with pytest.raises(Unavailable):
            await bus.last("bakery")


async def _as(
    server: Nats, user: str, heard: Callable[[Exception], object] | None = None
) -> Client:
    return await nats.connect(
        server.url,
        user=user,
        password=server.passwords[user],
        inbox_prefix=f"_INBOX_{user}",
        error_cb=heard,
        allow_reconnect=False,
    )


async def test_a_connection_ends_though_its_client_takes_that_for_one_more_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As nats-py does when it is told to end just as a server that is away refuses it."""
    told: list[str] = []

    class Busy:
        is_connected = False

        async def connect(self, *_: object, **__: object) -> None:
            while len(told) < 2:
                try:
                    await asyncio.sleep(LATER)
                except asyncio.CancelledError:
                    told.append("end")
            raise asyncio.CancelledError

        async def close(self) -> None:
            told.append("closed")

    monkeypatch.setattr(connection, "Client", Busy)
    began = asyncio.get_running_loop().time()
    async with asyncio.timeout(LATER / 2):
        async with connection.Connection("bakery", Watch()).kept_up("nats://127.0.0.1:1", ""):
            await asyncio.sleep(0)
    assert told == ["end", "end", "closed"]
    assert asyncio.get_running_loop().time() - began < LATER / 4, "nobody else told it"
