"""What the rules find among planted frauds, and in honest work: `./homeward bench findings`."""

import argparse
import sys
from collections.abc import Sequence

import msgspec
from rich.console import Console
from rich.table import Table

from bench.figures.finding import Result, Row, Runs, measure
from bench.figures.finding_books import books
from bench.frauds.history import made

RECALL, CLEAN = 0.9, 0.01
"""The least of what is planted that is found; the most of the clean payments that are flagged."""
ENOUGH = 20
"""So often each kind has to be planted in each history that is measured: of fewer a share says
nothing.
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="./homeward bench findings", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one line of JSON for each rule")
    parser.add_argument("--payments", type=int, default=50_000, help="(%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the one history (%(default)s)")
    parser.add_argument("--seeds", type=_seeds, help="several, each a history: 1,2,3")
    parser.add_argument(
        "--books",
        type=int,
        metavar="ENTRIES",
        help="instead: memory and restart of who reads so many entries into books on disk",
    )
    asked = parser.parse_args()
    if asked.books:
        print(msgspec.json.encode(books(asked.books, asked.seed)).decode())
        return
    runs = Runs()
    for seed in asked.seeds or [asked.seed]:
        result = runs.results[seed] = measure(made(asked.payments, seed))
        if not asked.json:
            _show(seed, result)
    if asked.json:
        for line in _lines(runs):
            print(msgspec.json.encode(line).decode(), flush=True)
    elif len(runs.results) > 1:
        _show_worst(runs)
    sys.exit(0 if holds(runs) else 1)


def _seeds(told: str) -> list[int]:
    try:
        return list(dict.fromkeys(int(each) for each in told.split(",")))
    except ValueError:
        raise argparse.ArgumentTypeError("numbers with commas between them: 1,2,3") from None


def holds(runs: Runs) -> bool:
    """In each history enough of each kind was planted, every rule finds enough of it, and not too
    many clean payments are flagged.
    """
    low = any(is_low(its) for its in runs.by_rule.values())
    few = any(too_few(result) for result in runs.results.values())
    return runs.most_flagged <= CLEAN and not low and not few


def is_low(its: Sequence[Row]) -> bool:
    """One rule in each of the histories."""
    return any(row.recall < RECALL for row in its)


def too_few(result: Result) -> str:
    """The kinds of which too few were planted to say anything, and how many."""
    few = [f"{kind} {count}" for kind, count in result.planted.items() if count < ENOUGH]
    return ", ".join(few)


def _lines(runs: Runs) -> list[dict[str, object]]:
    every = [
        {
            "rule": row.rule,
            "planted": row.planted,
            "recall": round(row.recall, 3),
            "precision": round(row.precision, 3),
            "clean_flagged": round(len(row.clean) / result.clean_payments, 5),
            "seed": seed,
        }
        for seed, result in runs.results.items()
        for row in result.rows
    ]
    flagged: list[dict[str, object]] = [
        {
            "clean_flagged": round(result.share_flagged, 5),
            "planted_at_least": min(result.planted.values()),
            "seed": seed,
        }
        for seed, result in runs.results.items()
    ]
    return [*every, *flagged]


def _show(seed: int, result: Result) -> None:
    table = _table("planted", "found", "recall", "findings", "precision", "clean payments flagged")
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
    console.print(f"[bold]Seed {seed}[/bold]")
    console.print(table)
    console.print(
        f"\n{result.payments:,} payments, {result.clean_payments:,} of them clean;"
        f" {len(result.flagged)} of these flagged"
        f" ({result.share_flagged:.2%}, at most {CLEAN:.0%})."
        f"\n{result.entries:,} entries, {result.checked:,} read by the services' own classes;"
        f" the rules took {result.seconds:.0f} s,"
        f" {result.seconds / result.entries * 1e6:.0f} µs an entry."
    )
    if few := too_few(result):
        console.print(
            f"[bold]Planted fewer than {ENOUGH} times, which proves nothing: {few}.[/bold]"
        )
    console.print()


def _show_worst(runs: Runs) -> None:
    """Each rule as bad as in the history where it was worst, and over all of them."""
    table = _table("planted", "found", "recall of all", "worst", "precision of all", "worst")
    for rule, its in runs.by_rule.items():
        planted, caught = sum(row.planted for row in its), sum(row.caught for row in its)
        findings, right = sum(row.findings for row in its), sum(row.right for row in its)
        table.add_row(
            rule,
            its[0].severity,
            str(planted),
            str(caught),
            f"{caught / planted if planted else 0:.2f}{' <' if is_low(its) else ''}",
            f"{min(row.recall for row in its):.2f}",
            f"{right / findings if findings else 1:.2f}",
            f"{min(row.precision for row in its):.2f}",
        )
    console = Console(highlight=False)
    console.print(f"[bold]Seeds {', '.join(map(str, runs.results))}[/bold]")
    console.print(table)
    console.print(
        f"\nAt worst {runs.most_flagged:.2%} of a history's clean payments flagged"
        f" (at most {CLEAN:.0%})."
    )


def _table(*figures: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("rule", "severity"):
        table.add_column(heading)
    for heading in figures:
        table.add_column(heading, justify="right")
    return table


if __name__ == "__main__":
    main()
