"""A part of the worker that fails is tried again, and whoever asks about readiness is told."""

from dataclasses import replace
from typing import Any

from libs.events.tests.delivery.harness import Mistake, Stock, eventually

from events.delivery.memory import MemoryTracking
from events.delivery.worker import Worker
from events.io.readiness import told


class Poller:
    """A service's task, such as one that looks for a bank's files."""

    def __init__(self, mistakes: int) -> None:
        self.mistakes = mistakes
        self.began = 0

    async def __call__(self, _: Any) -> None:
        self.began += 1
        if self.began <= self.mistakes:
            raise Mistake("Fatima, +964 770 000 0000")


def with_task(stock: Stock, task: Poller) -> None:
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
