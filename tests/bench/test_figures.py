"""A bench measures in turns, tells the median, and says by its code whether everything held."""

import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from bench.figures import Setting, against

from homeward.postgres import Postgres

HOME = Path(__file__).parents[2]
FIELDS = {
    "figure",
    "value",
    "unit",
    "baseline",
    "ratio",
    "limit",
    "must_be",
    "holds",
    "rounds",
    "other_load",
}


def cell(name: str, values: list[float], order: list[str]) -> Callable[[], Awaitable[float]]:
    left = iter(values)

    async def measured() -> float:
        order.append(name)
        return next(left)

    return measured


@pytest.mark.parametrize(("limit", "holds"), [(2.0, True), (2.1, False)])
async def test_in_turns_and_the_median_of_the_ratios(
    postgres: Postgres, limit: float, *, holds: bool
) -> None:
    order: list[str] = []
    figure = await against(
        Setting(postgres=postgres, rounds=3),
        figure="some",
        unit="commands/s",
        ours=cell("ours", [10.0, 40.0, 90.0], order),
        baseline=cell("baseline", [10.0, 20.0, 30.0], order),
        at_least=limit,
    )
    assert order == ["ours", "baseline", "baseline", "ours", "ours", "baseline"]
    assert (figure.value, figure.baseline, figure.ratio, figure.holds) == (40, 20, 2, holds)
    assert msgspec.to_builtins(figure).keys() == FIELDS


def test_each_figure_is_a_line_of_json() -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "bench.store", "append_vs_pgbench", "rebuild_vs_decode"),
            *("--json", "--rounds", "1", "--seconds", "0.2", "--events", "2000"),
        ],
        cwd=HOME,
        capture_output=True,
        text=True,
        check=False,
    )
    lines: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["figure"] for line in lines] == ["append_vs_pgbench", "rebuild_vs_decode"]
    assert all(line.keys() == FIELDS for line in lines)
    assert done.returncode == (0 if all(line["holds"] for line in lines) else 1)
