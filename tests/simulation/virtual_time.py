"""An asyncio loop whose time is a number: it never waits, and a seed decides who goes first.

When nothing is ready, time jumps to the next timer. When several callbacks are ready, they run in
an order drawn from the seed. The same seed gives the same run, callback for callback.
"""

import asyncio
import random  # noqa: TID251  seeded: the same run every time
import selectors
from collections.abc import Coroutine, Mapping
from itertools import count
from typing import Any, TypeVar

T = TypeVar("T")


class NothingLeft(RuntimeError):
    """Everybody waits for somebody else: a deadlock."""


class _Timers(selectors.BaseSelector):
    """Stands where the loop waits for sockets; there are none, so waiting is moving the clock."""

    def __init__(self) -> None:
        self.now = 0.0
        self._keys: dict[Any, selectors.SelectorKey] = {}

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise NothingLeft
        self.now += max(0.0, timeout)
        return []

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        self._keys[fileobj] = selectors.SelectorKey(fileobj, 0, events, data)
        return self._keys[fileobj]

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._keys.pop(fileobj)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._keys


class _Task(asyncio.Task[Any]):
    """A task with a number for a hash, so that a set of tasks has the same order every time."""

    def __hash__(self) -> int:
        return self.number

    def __init__(self, number: int, coroutine: Any, **options: Any) -> None:
        self.number = number
        super().__init__(coroutine, **options)


class _Future(asyncio.Future[Any]):
    """A future with a number for a hash."""

    def __hash__(self) -> int:
        return self.number

    def __init__(self, number: int, loop: asyncio.AbstractEventLoop) -> None:
        self.number = number
        super().__init__(loop=loop)


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop. `_run_once` and `_ready` are asyncio's own, unchanged from Python 3.8 to 3.13."""

    def __init__(self, seed: int) -> None:
        self._timers = _Timers()
        self._dice = random.Random(seed)
        self._numbers = count()
        super().__init__(self._timers)
        self.set_task_factory(
            lambda loop, coroutine, **options: _Task(
                next(self._numbers), coroutine, loop=loop, **options
            )
        )

    def create_future(self) -> asyncio.Future[Any]:
        return _Future(next(self._numbers), self)

    def time(self) -> float:
        return self._timers.now

    def _run_once(self) -> None:
        ready = self._ready  # type: ignore[attr-defined]
        if len(ready) > 1:
            shuffled = list(ready)
            self._dice.shuffle(shuffled)
            ready.clear()
            ready.extend(shuffled)
        super()._run_once()  # type: ignore[misc]


def run(seed: int, main: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run` on a virtual loop."""
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(seed)) as runner:
        return runner.run(main)
