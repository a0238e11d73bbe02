"""What is planted in a made history is found, and honest work is left alone."""

import ast

import pytest
from bench.figures.finding import Result, Row, measure
from bench.figures.finding_books import books
from bench.findings import is_low
from bench.frauds.history import KINDS, made

from tests.architecture.tree import ROOT

PAYMENTS, TIMES = 6_000, 8
"""Few, for a test; `./homeward bench findings` takes the figures."""
LEAST, MOST = 0.75, 0.02


@pytest.fixture(scope="module")
def result() -> Result:
    return measure(made(PAYMENTS, times=TIMES))


def test_every_rule_finds_what_was_planted_for_it(result: Result) -> None:
    missed = {row.rule: row.recall for row in result.rows if row.recall < LEAST}
    assert missed == {}
    assert sum(row.planted for row in result.rows) == TIMES * len(KINDS)


def test_honest_payments_are_left_alone(result: Result) -> None:
    assert len(result.flagged) <= MOST * result.clean_payments


def test_who_plants_frauds_knows_nothing_of_the_rules() -> None:
    for path in (ROOT / "bench" / "frauds").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in getattr(node, "names", ())]
            told = [getattr(node, "module", None) or "", *names]
            assert not any(name.partition(".")[0] == "audit" for name in told), path


def row(planted: int, caught: int) -> Row:
    return Row("split_orders", "medium", planted=planted, caught=caught)


@pytest.mark.parametrize(
    ("enough", "low"),
    [
        ([row(20, 18), row(20, 20)], [row(20, 17), row(20, 20)]),
        ([row(12, 11), row(12, 12)], [row(12, 10), row(12, 11)]),
        ([row(10, 10), row(10, 10)], [row(10, 10), row(9, 9)]),
    ],
)
def test_of_few_that_were_planted_all_histories_are_judged_together(
    enough: list[Row], low: list[Row]
) -> None:
    assert not is_low(enough)
    assert is_low(low)


def test_books_on_disk_go_on_where_they_ended() -> None:
    measured = books(6_000, seed=2)
    assert measured.entries > 3_000
    assert 0 < measured.restart_ms < 60_000
    assert measured.file_mib > 0
