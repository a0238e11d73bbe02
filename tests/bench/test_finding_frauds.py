"""What is planted in a made history is found, and honest work is left alone."""

import ast

import pytest
from bench.figures.finding import Result, Row, Runs, measure
from bench.figures.finding_books import books
from bench.findings import ENOUGH, holds, too_few
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


def found(planted: int, caught: int, *, bills: int | None = None) -> Result:
    """A history in which each kind is planted so often, and one of two that one rule finds."""
    kinds = dict.fromkeys(KINDS, planted) | {"invoice_paper_twice": bills or planted}
    rows = [Row("split_orders", "medium", planted=planted, caught=caught)]
    return Result(1_000, 900, 30_000, 3_000, seconds=1.0, rows=rows, planted=kinds)


def test_every_history_has_to_find_enough_of_what_was_planted() -> None:
    assert holds(Runs({1: found(20, 18), 2: found(20, 20)}))
    assert not holds(Runs({1: found(20, 17), 2: found(20, 20)}))


def test_a_kind_that_was_planted_fewer_than_twenty_times_proves_nothing() -> None:
    assert not holds(Runs({1: found(19, 19)}))
    assert not holds(Runs({1: found(20, 20), 2: found(19, 19)}))
    one_of_two = found(20, 20, bills=19)
    assert not holds(Runs({1: one_of_two}))
    assert too_few(one_of_two) == "invoice_paper_twice 19"


def test_what_is_planted_is_counted_by_its_kind(result: Result) -> None:
    assert result.planted == dict.fromkeys(KINDS, TIMES)
    assert TIMES < ENOUGH
    assert not holds(Runs({1: result}))


def test_books_on_disk_go_on_where_they_ended() -> None:
    measured = books(6_000, seed=2)
    assert measured.entries > 3_000
    assert 0 < measured.restart_ms < 60_000
    assert measured.file_mib > 0
