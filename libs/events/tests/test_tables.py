"""Tables of people: nobody learns about a few, whatever they add and subtract."""

from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from events.tables import Counts, Place, Table, across, half_even, percent, told

FEW = 3


def people(grid: Sequence[Sequence[int]]) -> Iterator[tuple[int, int]]:
    for r, line in enumerate(grid):
        for c, count in enumerate(line):
            yield from [(r, c)] * count


def table_of(grid: Sequence[Sequence[int]]) -> Table[int, int]:
    return across(range(len(grid)), range(len(grid[0])), people(grid), below=FEW)


def agrees(grid: Sequence[Sequence[int]], table: Table[int, int], least: int) -> bool:
    """Whether the people might be these, by all that the table tells."""
    full = [[*line, sum(line)] for line in grid]
    full.append([sum(column) for column in zip(*full, strict=True)])
    return all(
        count >= least if cell is None else count == cell
        for counts, cells in zip(full, table.cells, strict=True)
        for count, cell in zip(counts, cells, strict=True)
    )


def might_be(grid: Sequence[Sequence[int]], table: Table[int, int]) -> dict[Place, set[int]]:
    """What each cell that is not told might be: everything that can be thought of, one by one.

    What is left out is known to be at least one, unless nothing inside is told at all.
    """
    inner = [cell for line in table.cells[:-1] for cell in line[:-1]]
    least = 0 if all(cell is None for cell in inner) else 1
    most = max(max(line) for line in grid) + 1
    ranges = [range(least, most + 1) if cell is None else (cell,) for cell in inner]
    might: dict[Place, set[int]] = {}
    width = len(table.columns)
    for numbers in product(*ranges):
        guess = [numbers[n : n + width] for n in range(0, len(numbers), width)]
        if agrees(guess, table, least):
            for r, line in enumerate(guess):
                for c, count in enumerate(line):
                    might.setdefault((r, c), set()).add(count)
    return might


def grids(rows: int, most: int) -> st.SearchStrategy[list[list[int]]]:
    line = st.lists(st.integers(0, most), min_size=2, max_size=2)
    return st.lists(line, min_size=1, max_size=rows)


@settings(max_examples=80, deadline=None)
@given(grids(rows=2, most=6) | grids(rows=3, most=3))
@example([[0, 1], [1, 1]])
@example([[1, 4], [3, 1], [1, 1]])
def test_no_few_people_can_be_computed_from_a_table(grid: list[list[int]]) -> None:
    table = table_of(grid)
    might = might_be(grid, table)
    for r, line in enumerate(grid):
        for c, count in enumerate(line):
            if 0 < count < FEW:
                assert table.cells[r][c] is None
                assert len(might[r, c]) > 1, f"{count} at {r, c} of {grid} is known"


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 7), min_size=1, max_size=4))
def test_nor_from_a_list(counts: list[int]) -> None:
    shown = told(dict(enumerate(counts)), below=FEW)
    hidden = [key for key, count in shown.of.items() if count is None]
    assert {key for key, n in enumerate(counts) if 0 < n < FEW} <= set(hidden)
    assert shown.total in (None, sum(counts))
    assert shown.total is None or not 0 < shown.total < FEW
    if hidden and shown.total is not None:
        rest = shown.total - sum(count for count in shown.of.values() if count is not None)
        ways = {
            numbers
            for numbers in product(range(1, rest + 1), repeat=len(hidden))
            if sum(numbers) == rest
        }
        for place, key in enumerate(hidden):
            if counts[key] < FEW:
                assert len({numbers[place] for numbers in ways}) > 1


@given(grids(rows=5, most=9))
def test_the_list_and_the_tables_by_the_same_rows_tell_the_same_totals(
    grid: list[list[int]],
) -> None:
    rows = told({r: sum(line) for r, line in enumerate(grid)}, below=FEW)
    table = table_of(grid)
    assert [table.of_row(r) for r in range(len(grid))] == list(rows.of.values())
    assert table.total == rows.total


def test_one_count_alone_is_not_left_out() -> None:
    """Of 2, 7 and 9, which are 18 together, whoever knows two knows the third."""
    assert told({"a": 2, "b": 7, "c": 9}, below=3) == Counts({"a": None, "b": None, "c": 9}, 18)


def test_two_ones_are_not_told_by_their_sum() -> None:
    counts = told({"a": 1, "b": 1, "c": 7, "d": 9}, below=3)
    assert counts == Counts({"a": None, "b": None, "c": None, "d": 9}, 18)


def test_where_nothing_is_small_everything_is_told() -> None:
    table = across("ab", "xy", [("a", "x")] * 5 + [("b", "y")] * 6, below=5)
    assert table.cells == ((5, 0, 5), (0, 6, 6), (5, 6, 11))
    assert (table.at("a", "x"), table.of_row("b"), table.of_column("y")) == (5, 6, 6)


def test_a_table_that_left_out_nothing_more_would_tell_on_somebody() -> None:
    """What the brute force above would find."""
    grid = [[2, 7], [6, 9]]
    naive = Table((0, 1), (0, 1), ((None, 7, 9), (6, 9, 15), (8, 16, 24)))
    assert might_be(grid, naive)[0, 0] == {2}
    assert len(might_be(grid, table_of(grid))[0, 0]) > 1


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (16, 66, "24.24"),
        (25, 66, "37.88"),
        (61, 66, "92.42"),
        (0, 66, "0.00"),
        (66, 66, "100.00"),
        (1, 3, "33.33"),
        (2, 3, "66.67"),
        (1, 800, "0.12"),
        (3, 800, "0.38"),
        (0, 0, None),
    ],
)
def test_a_share_is_exact_to_two_decimals_halves_to_even(
    part: int, whole: int, shown: str | None
) -> None:
    assert percent(part, whole) == shown


@given(st.integers(0, 10**6), st.integers(1, 10**4))
def test_rounding_is_never_off_by_more_than_a_half(part: int, whole: int) -> None:
    assert abs(2 * (part - half_even(part, whole) * whole)) <= whole
