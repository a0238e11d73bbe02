"""A service follows an erasure: the keys go first, then it says so; if it dies, it does both."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import ClassVar

import pytest
from libs.events.tests.bakery import ANA, AS_ANA, BEN
from libs.events.tests.delivery.harness import eventually

from events import erasure
from events.confirming import confirming
from events.decider import Event
from events.delivery.memory import MemoryBus, MemoryTracking
from events.delivery.ports import Alone
from events.delivery.worker import Delivery, Worker
from events.handler import Handler
from events.io.system import SystemClock
from events.memory import NOON, MemoryStore, SeededIds
from events.personal import Contact, Identity, Kind
from events.ports import Append, Unavailable
from events.registry import Draft, Registry
from events.service import Erasing, Service
from events.values import ErasureId, ItemId, PersonId, SubjectId

ORDER = ErasureId("era_1")


class OrderPlaced(Event, frozen=True, tag="bakery.order_placed.v1"):
    about: ClassVar[str | None] = "person"
    order: ItemId
    person: PersonId
    name: Identity[str]
    phone: Contact[str]


class SubjectErased(erasure.SubjectErased, frozen=True, tag="bakery.subject_erased.v1"):
    """The bakery has forgotten somebody."""


class ErasedElsewhere(erasure.SubjectErased, frozen=True, tag="office.subject_erased.v1"):
    """What orders it."""


BAKERY = Registry.of("bakery", [OrderPlaced, SubjectErased])
OFFICE = Registry.of("office", [ErasedElsewhere], foreign=True)


def draft(registry: Registry, event: Event, stream: str) -> Draft:
    ids = SeededIds(len(stream))
    return registry.draft(
        event,
        stream=stream,
        version=1,
        event_id=ids.event_id(),
        recorded=NOON,
        context=AS_ANA,
        salt=ids.salt,
    )


PLACED = draft(
    BAKERY,
    OrderPlaced(by=ANA, at=NOON, order=ItemId("itm_1"), person=BEN, name="Ben", phone="0770"),
    "itm_1",
)


class DyingStore(MemoryStore):
    """Dies so many times between the destruction of the keys and the event that says so."""

    def __init__(self, deaths: int) -> None:
        super().__init__()
        self.deaths = deaths
        self.destroyed = 0

    async def erase(self, *args: object, **named: object) -> int:
        self.destroyed += 1
        return await super().erase(*args, **named)  # type: ignore[arg-type]

    async def append(self, append: Append) -> tuple[int, ...]:
        if self.destroyed and self.deaths:
            self.deaths -= 1
            raise Unavailable("died")
        return await super().append(append)


@asynccontextmanager
async def following(store: MemoryStore, kinds: tuple[Kind, ...]) -> AsyncIterator[None]:
    """A bakery at work, told that the office has erased Ben."""
    bus = MemoryBus()
    said = ErasedElsewhere(
        by=ANA, at=NOON, erasure=ORDER, person=SubjectId(BEN), kinds=kinds, disclosures=1
    )
    told = MemoryStore()
    await told.append(Append((draft(OFFICE, said, ORDER),)))
    await bus.publish("office", await told.read(0, 10))
    erasing = Erasing({"office": OFFICE}, confirming(SubjectErased))
    worker = Worker(
        Service("bakery", BAKERY, None, Path(), erasing=erasing),
        Delivery(
            handler=Handler(BAKERY, store, SystemClock(), SeededIds(2)),
            bus=bus,
            feed=lambda _, after, limit: told.read(after, limit),
            tracking=MemoryTracking(),
            leader=Alone(),
        ),
    )
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def confirmed(store: MemoryStore) -> list[SubjectErased]:
    events = BAKERY.read_all(await store.load(ORDER))
    return [event for event in events if isinstance(event, SubjectErased)]


@pytest.mark.parametrize("deaths", [0, 1, 3])
async def test_it_is_said_once_and_only_after_the_keys_are_gone(deaths: int) -> None:
    store = DyingStore(deaths)
    await store.append(Append((PLACED,)))
    async with following(store, (Kind.IDENTITY,)):

        async def said() -> bool:
            if await confirmed(store):
                return True
            assert store.deaths < deaths or await store.head() == 1
            return False

        await eventually(said)
    (event,) = await confirmed(store)
    assert (str(event.person), event.kinds, event.disclosures) == (BEN, (Kind.IDENTITY,), 1)
    assert store.destroyed == deaths + 1
    ((left,),) = (await store.disclosures([PLACED.event_id])).values()
    assert left.name == "phone"


async def test_who_holds_nothing_says_so_too() -> None:
    store = MemoryStore()
    async with following(store, tuple(Kind)):
        await eventually(lambda: _said(store))
    (event,) = await confirmed(store)
    assert event.disclosures == 0
    assert await store.erased(BEN) == frozenset(Kind)


async def _said(store: MemoryStore) -> bool:
    return bool(await confirmed(store))
