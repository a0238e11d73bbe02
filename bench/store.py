"""The store's figures: `./homeward bench store [--json] [FIGURE ...]`."""

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
from bench.figures.append import append_vs_eventsourcing, append_vs_pgbench
from bench.figures.delivery import cross_service_p99_ms
from bench.figures.http import http_vs_bare
from bench.figures.rebuild import rebuild_vs_decode
from bench.figures.resident import service_resident_mib
from homeward import postgres

FIGURES: Mapping[str, Callable[[Setting], Coroutine[Any, Any, Figure]]] = {
    "append_vs_pgbench": append_vs_pgbench,
    "append_vs_eventsourcing": append_vs_eventsourcing,
    "rebuild_vs_decode": rebuild_vs_decode,
    "http_vs_bare": http_vs_bare,
    "service_resident_mib": service_resident_mib,
    "cross_service_p99_ms": cross_service_p99_ms,
}


def main() -> None:
    """Take the figures; the code is 1 when one of them does not hold."""
    asked = _arguments().parse_args()
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
        for name in asked.figures or FIGURES:
            figures.append(uvloop.run(FIGURES[name](setting)))
            if asked.json:
                print(msgspec.json.encode(figures[-1]).decode(), flush=True)
    if not asked.json:
        Console(highlight=False).print(_table(figures))
    sys.exit(0 if all(figure.holds for figure in figures) else 1)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./homeward bench store", description=__doc__)
    parser.add_argument("figures", nargs="*", choices=[*FIGURES, []], help="only these")
    parser.add_argument("--json", action="store_true", help="one line of JSON for each figure")
    parser.add_argument("--rounds", type=int, default=5, help="alternating rounds (%(default)s)")
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
            f"{it.value:,.1f}",
            "" if it.baseline is None else f"{it.baseline:,.1f}",
            it.unit,
            "" if it.ratio is None else f"{it.ratio:.2f}",
            f"{'<' if it.baseline is None else '>='} {it.limit:g}",
            "yes" if it.holds else "NO",
            f"{it.other_load:.2f} cores",
        )
    return table


if __name__ == "__main__":
    main()
