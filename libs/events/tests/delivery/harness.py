"""The stock of the simulated shop: a service with a view, a policy, an effect and a copy, each of
which a test can break."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.simulation.shop import (
    ORDERS,
    SHELF,
    STOCK,
    LoavesReserved,
    OrderPlaced,
    PlaceOrder,
    Reserve,
    count,
    order,
    shelf,
)
from tests.simulation.world import ANA, AS_ANA

from events.delivery.memory import MemoryBus, MemoryTracking
from events.delivery.ports import Alone, Leader, Tracking, Watch
from events.delivery.worker import Delivery, Worker
from events.envelope import Entry
from events.handler import Act, Handler
from events.io.system import SystemClock
from events.memory import NOON, MemoryStore, SeededIds
from events.ports import Unavailable
from events.service import Copy, Effect, Heard, Policy, Service, View
from events.values import SYSTEM, ItemId

LATER = 60.0
VIEW, POLICY, EFFECT, COPY = "stock.demand", "stock.reserve", "stock.label", "stock.log"
TABLES = (
    "create table demand (what text primary key, n bigint not null)",
    "create table log (source text, position bigint, raw bytea, primary key (source, position))",
)


class Mistake(Exception):
    """What a bug raises. Its text quotes what it was at, so it must not be kept."""


@dataclass
class Trouble:
    """What a test makes go wrong, and where."""

    poison: set[int] = field(default_factory=set)
    """Positions that the code of the service cannot take."""
    unavailable: int = 0
    """How many more times the outside world is not there."""

    def at(self, position: int) -> None:
        if position in self.poison:
            raise Mistake("Fatima, +964 770 000 0000")
        if self.unavailable:
            self.unavailable -= 1
            raise Unavailable("the printer does not answer")


class Told(Watch):
    """Remembers the last of everything."""

    def __init__(self) -> None:
        self.lags: dict[tuple[str, str], int] = {}
        self.stopped: set[tuple[str, str]] = set()
        self.refusals = 0
        self.mended: set[tuple[str, int]] = set()

    def lag(self, consumer: str, source: str, behind: int) -> None:
        self.lags[consumer, source] = behind

    def standing(self, consumer: str, source: str, *, stopped: bool) -> None:
        (self.stopped.add if stopped else self.stopped.discard)((consumer, source))

    def refused(self, count: int) -> None:
        self.refusals = count

    def healed(self, source: str, position: int) -> None:
        self.mended.add((source, position))


async def _ready(source: str, entries: Sequence[Entry]) -> tuple[str, Sequence[Entry]]:
    return source, entries


class Stock:
    """The service under test; `orders` is the other one, of which it hears by the bus."""

    def __init__(self, tracking: Tracking, pool: Any = None) -> None:
        self.tracking = tracking
        self.pool = pool
        self.trouble = {name: Trouble() for name in (VIEW, POLICY, EFFECT, COPY)}
        self.labels: list[str] = []
        """The keys under which a label was printed."""
        self.bus = MemoryBus()
        self.told = Told()
        self.leader: Leader = Alone()
        self.orders = Handler(ORDERS, MemoryStore(), SystemClock(), SeededIds(1))
        self.handler = Handler(STOCK, MemoryStore(), SystemClock(), SeededIds(2))
        self.feed_is_down = False
        self.wrong: dict[int, bytes] = {}
        """What the other service itself has wrong, by position."""
        both = {"orders": ORDERS, "stock": STOCK}
        self.service = Service(
            "stock",
            STOCK,
            None,
            Path(),
            views=(View(VIEW, both, self._project, ("demand",)),),
            policies=(Policy(POLICY, {"orders": ORDERS}, self._reserve),),
            effects=(Effect(EFFECT, {"stock": STOCK}, self._label),),
            copies=(Copy(COPY, ("orders",), _ready, self._keep),),
        )

    async def _project(self, facts: list[Heard[Any]], connection: Any) -> None:
        for what, n in count(facts).items():
            if isinstance(connection, dict):
                connection[what] = connection.get(what, 0) + n
            else:
                await connection.execute(
                    "insert into demand as t values ($1, $2)"
                    " on conflict (what) do update set n = t.n + excluded.n",
                    what,
                    n,
                )
        for fact in facts:
            if fact.envelope.service == "orders":
                self.trouble[VIEW].at(fact.position)

    def _reserve(self, fact: Heard[OrderPlaced]) -> list[Act[Any, Any, Any]]:
        self.trouble[POLICY].at(fact.position)
        event = fact.event
        command = Reserve(by=SYSTEM, at=event.at, order=event.order, loaves=event.loaves)
        return [Act(shelf, SHELF, command)]

    async def _label(self, fact: Heard[LoavesReserved], _: Any) -> list[Act[Any, Any, Any]]:
        self.labels.append(fact.envelope.id)
        self.trouble[EFFECT].at(fact.position)
        return []

    async def _keep(self, ready: tuple[str, Sequence[Entry]], connection: Any) -> None:
        source, entries = ready
        for entry in entries:
            if isinstance(connection, dict):
                connection[source, entry.position] = entry.raw
            else:
                await connection.execute(
                    "insert into log values ($1, $2, $3)", source, entry.position, entry.raw
                )
            self.trouble[COPY].at(entry.position)

    async def _feed(self, source: str, after: int, limit: int) -> Sequence[Entry]:
        if self.feed_is_down:
            raise Unavailable("orders does not answer")
        assert source == "orders"
        entries = await self.orders.store.read(after, limit)
        return [Entry(e.position, self.wrong.get(e.position, e.raw)) for e in entries]

    async def place(self, *numbers: int, loaves: int = 1) -> None:
        """Place orders with the other service; they are not on the bus yet."""
        for number in numbers:
            id_ = ItemId(f"itm_{number}")
            command = PlaceOrder(by=ANA, at=NOON, order=id_, loaves=loaves)
            await self.orders.do(Act(order, id_, command), context=AS_ANA)

    async def carry(self) -> None:
        """Put on the bus what is not there yet."""
        last = await self.bus.last("orders")
        await self.bus.publish("orders", await self.orders.store.read(last, 500))

    def worker(self) -> Worker:
        return Worker(
            self.service,
            Delivery(
                handler=self.handler,
                bus=self.bus,
                feed=self._feed,
                tracking=self.tracking,
                leader=self.leader,
                watch=self.told,
            ),
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Worker]:
        worker = self.worker()
        task = asyncio.create_task(worker.run())
        try:
            yield worker
        finally:
            task.cancel()
            ended, _ = await asyncio.wait({task}, timeout=LATER)
            assert ended, "it goes on though it was told to end"

    async def demand(self) -> dict[str, int]:
        """The view's table."""
        if isinstance(self.tracking, MemoryTracking):
            return self.tracking.tables.get(VIEW, {})
        return {row["what"]: row["n"] for row in await self.pool.fetch("select * from demand")}

    async def log(self) -> list[Entry]:
        """The copy's table."""
        if isinstance(self.tracking, MemoryTracking):
            kept = self.tracking.tables.get(COPY, {})
            return [Entry(position, raw) for (_, position), raw in sorted(kept.items())]
        rows = await self.pool.fetch("select position, raw from log order by position")
        return [Entry(row["position"], row["raw"]) for row in rows]

    async def refusals(self) -> list[tuple[str, str]]:
        """The rule and the event of each refusal."""
        return [(r.rule, r.event_id) for r in await self.tracking.refusals(10)]


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until it holds. `TimeoutError`."""
    async with asyncio.timeout(LATER):
        while not await holds():  # noqa: ASYNC110  what is waited for is in a database
            await asyncio.sleep(0.02)
