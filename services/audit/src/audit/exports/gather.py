"""Cells by the million, held in order without being held in memory.

What is gathered lies in a private file of SQLite, which is gone when it is closed; only a bounded
part of it is in memory.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from types import TracebackType
from typing import Self

from audit.exports.columns import Take

BATCH = 20_000
CACHE_KIB = 32 * 1024

_INTO = "insert into cell (place, name, part, value) values (?, ?, ?, ?) on conflict do "
_PUT = {
    Take.FIRST: f"{_INTO} nothing",
    Take.LAST: f"{_INTO} update set value = excluded.value",
    Take.SUM: f"{_INTO} update set value = plus(value, excluded.value)",
}

Cell = tuple[int, str, int, str]
"""Where (a table by its number), which row, which column, and what is in it."""


def plus(one: str, other: str) -> str:
    """The sum, with as many decimals as they have."""
    return str(Decimal(one) + Decimal(other))


class Gathered:
    """Cells of several tables, put in any order, told row by row in the order of their names."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None)
        self._file.create_function("plus", 2, plus, deterministic=True)
        for pragma in ("journal_mode = off", "synchronous = off", f"cache_size = -{CACHE_KIB}"):
            self._file.execute(f"pragma {pragma}")
        self._file.execute(
            "create table cell (place integer, name text, part integer, value text,"
            " primary key (place, name, part)) without rowid"
        )
        self._waiting: dict[Take, list[Cell]] = {take: [] for take in Take}
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._file.close()

    def put(self, take: Take, cell: Cell) -> None:
        """Put what is in a cell; what was there before stays, gives way or is added to."""
        self._waiting[take].append(cell)
        self._count += 1
        if self._count >= BATCH:
            self._write()

    def rows(self, place: int) -> Iterator[tuple[str, dict[int, str]]]:
        """Each row's name, and what is in its cells."""
        self._write()
        name, cells = None, dict[int, str]()
        with closing(self._file.cursor()) as told:
            told.execute(
                "select name, part, value from cell where place = ? order by name, part", (place,)
            )
            for of, part, value in told:
                if of != name:
                    if name is not None:
                        yield name, cells
                    name, cells = of, {}
                cells[part] = value
        if name is not None:
            yield name, cells

    def _write(self) -> None:
        self._file.execute("begin")
        for take, cells in self._waiting.items():
            self._file.executemany(_PUT[take], cells)
            cells.clear()
        self._file.execute("commit")
        self._count = 0
