"""Tables of people counted, of which nobody learns about a few people; and exact shares.

A count of 1 to n - 1 people is not told (n is the programme's, 5 as a rule), nor what it could be
computed from: as many more counts are left out as it takes until every such small one might be
another number by all that is told. That nobody is counted is told: there is nobody to protect.
Somebody who reads a table knows that what it leaves out is one person at least; of a table inside
which nothing is told, not even that.

In a list that is simple: what is left out adds up to the rest of the total, so it takes two counts
that are not both one. A table with its totals is a network: each cell joins its row and its
column, and one person more here means one less there, along a closed way. A cell might be another
number if and only if such a way leads through it (the circulations of a network are sums of closed
ways: Ahuja, Magnanti, Orlin, Network Flows, 3.5). So both are decided exactly.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Generic, TypeVar

import msgspec

K = TypeVar("K", bound=Hashable)
R = TypeVar("R", bound=Hashable)
C = TypeVar("C", bound=Hashable)

Place = tuple[int, int]
"""Row and column; the last of each is the totals."""


def half_even(part: int, whole: int) -> int:
    """Part / whole as a whole number, halves to the even one; both at least zero, no float."""
    quotient, rest = divmod(part, whole)
    return quotient + (2 * rest > whole or (2 * rest == whole and quotient % 2 == 1))


def percent(part: int, whole: int) -> str | None:
    """The exact share with two decimals, halves to even: 16 of 66 is "24.24". None of nothing."""
    if whole == 0:
        return None
    hundredths = half_even(part * 10_000, whole)
    return f"{hundredths // 100}.{hundredths % 100:02}"


class Counts(msgspec.Struct, Generic[K], frozen=True):
    """How many of each; None where it is not told."""

    of: dict[K, int | None]
    total: int | None


def told(counts: Mapping[K, int], *, below: int) -> Counts[K]:
    """The counts, so that none of fewer than `below` can be known from the others and the total."""
    hidden = {key for key, count in counts.items() if 0 < count < below}
    others = sorted((key for key in counts if counts[key] >= below), key=lambda key: counts[key])
    while hidden and not _might_differ(counts, hidden) and others:
        hidden.add(others.pop(0))
    total = sum(counts.values())
    tells_total = not 0 < total < below and (not hidden or _might_differ(counts, hidden))
    return Counts(
        {key: None if key in hidden else count for key, count in counts.items()},
        total if tells_total else None,
    )


def _might_differ(counts: Mapping[K, int], hidden: AbstractSet[K]) -> bool:
    """Whether what is left out, of which only the sum is known, might be other numbers."""
    return len(hidden) > 1 and any(counts[key] > 1 for key in hidden)


class Table(msgspec.Struct, Generic[R, C], frozen=True):
    """Counts by row and column with their totals; None where it is not told."""

    rows: tuple[R, ...]
    columns: tuple[C, ...]
    cells: tuple[tuple[int | None, ...], ...]
    """One line more than rows, one cell more than columns: the totals."""

    def at(self, row: R, column: C) -> int | None:
        return self.cells[self.rows.index(row)][self.columns.index(column)]

    def of_row(self, row: R) -> int | None:
        return self.cells[self.rows.index(row)][-1]

    def of_column(self, column: C) -> int | None:
        return self.cells[-1][self.columns.index(column)]

    @property
    def total(self) -> int | None:
        return self.cells[-1][-1]


def across(
    rows: Sequence[R], columns: Sequence[C], people: Iterable[tuple[R, C]], *, below: int
) -> Table[R, C]:
    """The people by row and column, so that no count of fewer than `below` can be known.

    The totals of the rows are told exactly where `told` tells them: the list of the rows and any
    number of such tables by the same rows give nothing away together that one of them does not.
    """
    grid = [[0] * (len(columns) + 1) for _ in range(len(rows) + 1)]
    row_of = {row: number for number, row in enumerate(rows)}
    column_of = {column: number for number, column in enumerate(columns)}
    for row, column in people:
        for r in (row_of[row], -1):
            for c in (column_of[column], -1):
                grid[r][c] += 1
    totals = told(dict(enumerate(line[-1] for line in grid[:-1])), below=below)
    hidden = _left_out(grid, below, [*totals.of.values(), totals.total])
    cells = tuple(
        tuple(None if (r, c) in hidden else count for c, count in enumerate(line))
        for r, line in enumerate(grid)
    )
    return Table(tuple(rows), tuple(columns), cells)


def _left_out(
    grid: Sequence[Sequence[int]], below: int, totals: Sequence[int | None]
) -> set[Place]:
    """The cells that are not told, with the totals of the rows as they are told elsewhere."""
    last = len(grid[0]) - 1
    cells = {(r, c): n for r, line in enumerate(grid) for c, n in enumerate(line[:-1])}
    small = {place for place, count in cells.items() if 0 < count < below}
    hidden = small | {(r, last) for r, total in enumerate(totals) if total is None}
    free = {place for place, count in cells.items() if count} - small
    for place in sorted(small):
        while _is_known(place, grid, hidden):
            if not free:
                return hidden | cells.keys()
            more = min(free, key=lambda each: _rank(each, place, grid))
            free.remove(more)
            hidden.add(more)
    return hidden


def _rank(
    place: Place, known: Place, grid: Sequence[Sequence[int]]
) -> tuple[bool, bool, int, Place]:
    """What is left out first: beside the cell that is known, no total if possible, the smallest."""
    r, c = place
    return (r != known[0] and c != known[1], r == len(grid) - 1, grid[r][c], place)


def _is_known(place: Place, grid: Sequence[Sequence[int]], hidden: set[Place]) -> bool:
    """Whether the cell can be no other number, by all that is told."""
    ways = _ways(grid, hidden)
    row, column = ("row", place[0]), ("column", place[1])
    return not (_closes(ways, row, column) or _closes(ways, column, row))


Node = tuple[str, int]


def _ways(grid: Sequence[Sequence[int]], hidden: set[Place]) -> Mapping[Node, Sequence[Node]]:
    """From row to column where the cell may be one more, from column to row where one less.

    A total counts against its row or column, so that there more is less.
    """
    last_row, last_column = len(grid) - 1, len(grid[0]) - 1
    ways: dict[Node, list[Node]] = {}
    for r, c in hidden:
        row, column = ("row", r), ("column", c)
        against = (r == last_row) != (c == last_column)
        may_shrink = grid[r][c] > 1
        if may_shrink or not against:
            ways.setdefault(row, []).append(column)
        if may_shrink or against:
            ways.setdefault(column, []).append(row)
    return ways


def _closes(ways: Mapping[Node, Sequence[Node]], here: Node, there: Node) -> bool:
    """Whether the step from here to there can be taken, and leads back without being undone."""
    if there not in ways.get(here, ()):
        return False
    seen, ahead = {there}, [there]
    while ahead:
        at = ahead.pop()
        for onward in ways.get(at, ()):
            if at == there and onward == here:
                continue
            if onward == here:
                return True
            if onward not in seen:
                seen.add(onward)
                ahead.append(onward)
    return False
