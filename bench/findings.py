"""What the rules find among planted frauds, and in honest work: `./homeward bench findings`."""

import argparse
import sys

import msgspec
from rich.console import Console
from rich.table import Table

from bench.figures.finding import Result, measure
from bench.frauds.history import made

RECALL, CLEAN = 0.9, 0.01
"""The least of what is planted that is found; the most of the clean payments that are flagged."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="./homeward bench findings", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one line of JSON for each rule")
    parser.add_argument("--payments", type=int, default=50_000, help="(%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the history (%(default)s)")
    asked = parser.parse_args()
    result = measure(made(asked.payments, asked.seed))
    if asked.json:
        for line in _lines(result):
            print(msgspec.json.encode(line).decode(), flush=True)
    else:
        _show(result)
    sys.exit(0 if holds(result) else 1)


def holds(result: Result) -> bool:
    share = len(result.flagged) / result.clean_payments
    return share <= CLEAN and all(row.planted and row.recall >= RECALL for row in result.rows)


def _lines(result: Result) -> list[dict[str, object]]:
    every = [
        {
            "rule": row.rule,
            "planted": row.planted,
            "recall": round(row.recall, 3),
            "precision": round(row.precision, 3),
            "clean_flagged": round(len(row.clean) / result.clean_payments, 5),
        }
        for row in result.rows
    ]
    return [*every, {"clean_flagged": round(len(result.flagged) / result.clean_payments, 5)}]


def _show(result: Result) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("rule", "severity"):
        table.add_column(heading)
    for heading in (
        "planted",
        "found",
        "recall",
        "findings",
        "precision",
        "clean payments flagged",
    ):
        table.add_column(heading, justify="right")
    for row in result.rows:
        share = len(row.clean) / result.clean_payments
        table.add_row(
            row.rule,
            row.severity,
            str(row.planted),
            str(row.caught),
            f"{row.recall:.2f}{'' if row.recall >= RECALL else ' <'}",
            str(row.findings),
            f"{row.precision:.2f}",
            f"{len(row.clean)} ({share:.2%})",
        )
    console = Console(highlight=False)
    console.print(table)
    flagged = len(result.flagged)
    console.print(
        f"\n{result.payments:,} payments, {result.clean_payments:,} of them clean;"
        f" {flagged} of these flagged ({flagged / result.clean_payments:.2%}, at most {CLEAN:.0%})."
        f"\n{result.entries:,} entries, {result.checked:,} read by the services' own classes;"
        f" the rules took {result.seconds:.0f} s,"
        f" {result.seconds / result.entries * 1e6:.0f} µs an entry."
    )


if __name__ == "__main__":
    main()
