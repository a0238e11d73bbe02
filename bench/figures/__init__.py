"""What a bench measures, and how: in alternating rounds, beside its baseline, the median told."""

import os
import statistics
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Literal

import msgspec
import psutil

from homeward.postgres import Postgres

Cell = Callable[[], Awaitable[float]]
"""One timed round of one side; its value."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the result."""

    figure: str
    value: float
    unit: str
    baseline: float | None = None
    """The baseline's value, in the same unit."""
    ratio: float | None = None
    """The median, over the rounds, of ours to the baseline's."""
    limit: float
    """Of the ratio where there is a baseline and nothing else is said, else of the value."""
    must_be: Literal["<", ">="] = ">="
    """Than the limit."""
    holds: bool
    rounds: int
    other_load: float
    """Cores that other programs of this machine were using meanwhile."""


@dataclass(frozen=True)
class Setting:
    """What the figures are taken with."""

    postgres: Postgres
    """A durable server of the bench's own."""
    rounds: int = 5
    seconds: float = 3.0
    """Of each timed cell."""
    events: int = 1_000_000
    """How many events a history has that is rebuilt from."""
    told: Callable[[str], None] = field(default=lambda _: None)
    """Is told how far the bench has come."""


async def against(
    setting: Setting,
    *,
    figure: str,
    unit: str,
    ours: Cell,
    baseline: Cell,
    at_least: float,
    of: Literal["ratio", "value"] = "ratio",
) -> Figure:
    """Ours and the baseline in turns, beginning with each alternately; the limit is of the ratio,
    or of our value, and then the baseline says what the machine could do.
    """
    values: list[float] = []
    baselines: list[float] = []
    with other_load() as load:
        for number in range(1, setting.rounds + 1):
            pairs = [(values, ours), (baselines, baseline)]
            for into, cell in pairs if number % 2 else reversed(pairs):
                into.append(await cell())
            setting.told(
                f"{figure} {number}/{setting.rounds}: {values[-1]:,.0f} {unit},"
                f" baseline {baselines[-1]:,.0f}"
            )
    ratio = statistics.median(v / b for v, b in zip(values, baselines, strict=True))
    return Figure(
        figure=figure,
        value=round(statistics.median(values), 1),
        unit=unit,
        baseline=round(statistics.median(baselines), 1),
        ratio=round(ratio, 2),
        limit=at_least,
        holds=(ratio if of == "ratio" else statistics.median(values)) >= at_least,
        rounds=setting.rounds,
        other_load=round(load[0], 2),
    )


@contextmanager
def other_load() -> Iterator[list[float]]:
    """Fills in, at the end, how many cores were used by programs that are not of this bench."""
    found: list[float] = []
    started, all_before, own_before = perf_counter(), _all_seconds(), _own_seconds()
    yield found
    passed = perf_counter() - started
    others = (_all_seconds() - all_before) - (_own_seconds() - own_before)
    found.append(max(0.0, others / passed))


def _all_seconds() -> float:
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0))


def _own_seconds() -> float:
    """Of this process and all that it started; the ended ones are counted in their parents."""
    me = psutil.Process(os.getpid())
    total = 0.0
    for process in (me, *me.children(recursive=True)):
        try:
            total += sum(process.cpu_times()[:4])
        except psutil.NoSuchProcess:
            continue
    return total
