"""Taking the figures of one bench: its arguments, the table or the lines of JSON, the code."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

import msgspec
import uvloop
from rich.console import Console
from rich.table import Table

from bench.figures import Figure, Setting
from homeward import postgres

Figures = Mapping[str, Callable[[Setting], Coroutine[Any, Any, Figure]]]
"""What a bench measures, by the name that the result has."""


def take(name: str, known: Figures, *, says: str | None, rounds: int = 5) -> None:
    """Take the figures that were asked for; the code is 1 when one of them does not hold."""
    asked = _arguments(name, known, says, rounds).parse_args()
    terminal = Console(stderr=True, highlight=False)
    with tempfile.TemporaryDirectory() as folder, postgres.start(Path(folder)) as server:
        setting = Setting(
            postgres=server,
            rounds=asked.rounds,
            seconds=asked.seconds,
            events=asked.events,
            told=lambda line: terminal.print(f"  {line}", style="dim"),
        )
        figures: list[Figure] = []
        for each in asked.figures or known:
            figures.append(uvloop.run(known[each](setting)))
            if asked.json:
                print(msgspec.json.encode(figures[-1]).decode(), flush=True)
    if not asked.json:
        Console(highlight=False).print(_table(figures))
    sys.exit(0 if all(figure.holds for figure in figures) else 1)


def _arguments(name: str, known: Figures, says: str | None, rounds: int) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"./homeward bench {name}", description=says)
    parser.add_argument("figures", nargs="*", choices=[*known, []], help="only these")
    parser.add_argument("--json", action="store_true", help="one line of JSON for each figure")
    parser.add_argument(
        "--rounds", type=int, default=rounds, help="alternating rounds (%(default)s)"
    )
    parser.add_argument("--seconds", type=float, default=3.0, help="of a round (%(default)s)")
    parser.add_argument(
        "--events", type=int, default=1_000_000, help="in the history to rebuild from (%(default)s)"
    )
    return parser


def _table(figures: list[Figure]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in (
        "figure",
        "ours",
        "baseline",
        "unit",
        "ratio",
        "must be",
        "holds",
        "other load",
    ):
        table.add_column(heading, justify="left" if heading in ("figure", "unit") else "right")
    for it in figures:
        table.add_row(
            it.figure,
            f"{it.value:,.1f}" if it.value > 1 else f"{it.value:.4f}",
            "" if it.baseline is None else f"{it.baseline:,.1f}",
            it.unit,
            "" if it.ratio is None else f"{it.ratio:.2f}",
            f"{it.must_be} {it.limit:g}",
            "yes" if it.holds else "NO",
            f"{it.other_load:.2f} cores",
        )
    return table
