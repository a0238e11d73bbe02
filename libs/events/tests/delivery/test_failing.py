"""A part of the worker that fails is tried again, and whoever asks about readiness is told."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from libs.events.tests.delivery.harness import EFFECT, Mistake, Stock, eventually
from tests.simulation.shop import STOCK

from events.delivery.memory import MemoryTracking
from events.delivery.worker import Worker
from events.handler import Act
from events.io.readiness import told
from events.service import Effect


class Poller:
    """A service's task, such as one that looks for a bank's files."""

    def __init__(self, mistakes: int) -> None:
        self.mistakes = mistakes
        self.began = 0

    async def __call__(self, _: Any) -> None:
        self.began += 1
        if self.began <= self.mistakes:
            raise Mistake("Fatima, +964 770 000 0000")


class Listener:
    """A service's task with tasks of its own, one of which has trouble when first told to end."""

    def __init__(self) -> None:
        self.began = 0

    async def __call__(self, _: Any) -> None:
        self.began += 1
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._ask())

    async def _ask(self) -> None:
        try:
            await asyncio.sleep(3600)
        finally:  # what asyncpg does when the connection is lost as well
            if self.began == 1:
                raise OSError("the connection is lost")


class LosesTheLead:
    """Takes the lead away once, when told, and gives it back."""

    def __init__(self) -> None:
        self.lost = asyncio.Event()

    async def lead(self, name: str, work: Callable[[], Awaitable[None]]) -> None:  # noqa: ARG002
        working = asyncio.ensure_future(work())
        await self.lost.wait()
        working.cancel()
        await asyncio.wait({working})
        await work()


def with_task(stock: Stock, task: Poller | Listener) -> None:
    setattr(task, "__name__", "poller")  # noqa: B010  what a function has by itself
    stock.service = replace(stock.service, tasks=(task,))


async def parts(stock: Stock, worker: Worker) -> str | None:
    return await told("stock", stock.bus, stock.tracking, worker.failing)["parts"]()


async def test_a_task_that_fails_is_told_by_its_name_and_place_without_the_errors_text() -> None:
    stock, task = Stock(MemoryTracking()), Poller(mistakes=1000)
    with_task(stock, task)

    async def tried_twice() -> bool:
        return task.began >= 2

    async with stock.running() as worker:
        await eventually(tried_twice)
        said = await parts(stock, worker)
    assert said is not None
    assert said.startswith("failing, and tried again: poller: Mistake at test_failing.py:")
    assert "Fatima" not in said


async def test_where_nothing_fails_nothing_is_told() -> None:
    stock, task = Stock(MemoryTracking()), Poller(mistakes=0)
    with_task(stock, task)

    async def tried() -> bool:
        return task.began == 1

    async with stock.running() as worker:
        await eventually(tried)
        assert await parts(stock, worker) is None


async def test_what_fails_as_the_lead_is_lost_does_not_keep_the_service_from_leading_again() -> (
    None
):
    stock, task, leader = Stock(MemoryTracking()), Listener(), LosesTheLead()
    with_task(stock, task)
    stock.leader = leader

    async def at_work() -> bool:
        return await stock.demand() != {}

    async def led_again() -> bool:
        return task.began == 2

    async with stock.running():
        await stock.place(1)
        await stock.carry()
        await eventually(at_work)
        leader.lost.set()
        await eventually(led_again)
        await stock.place(2)
        await stock.carry()

        async def heard() -> bool:
            return len(await stock.log()) == 2

        await eventually(heard)


async def test_what_fails_as_the_worker_is_told_to_end_is_no_poison() -> None:
    stock, reached = Stock(MemoryTracking()), asyncio.Event()

    async def label(_fact: object, _gateways: object) -> list[Act[Any, Any, Any]]:
        reached.set()
        try:
            await asyncio.sleep(3600)
        finally:
            raise OSError("the connection is lost")

    effects = (Effect(EFFECT, {"stock": STOCK}, label),)
    stock.service = replace(stock.service, effects=effects)
    await stock.place(1)
    await stock.carry()
    async with stock.running():
        await reached.wait()
    assert not await stock.tracking.stops()
