"""What a table of the exports is made of: columns, and where in which entries each cell comes from.

A cell can be looked up by anybody who has the log: `from` names types of entries and, for each,
where in the entry the value stands (a JSON pointer, RFC 6901). `key` says where such an entry names
the row it speaks of. Of several entries the first or the last one that has the value tells it, or
their sum; a value that is absent or null tells nothing, and a cell of which nothing tells is empty.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from typing import Any


class Kind(StrEnum):
    """How a cell is to be read."""

    ID = "id"
    IDS = "ids"
    """Several, with a space between two."""
    CODE = "code"
    CODES = "codes"
    """Several, with a space between two."""
    DIGEST = "digest"
    DATE = "date"
    """As in 2026-11-21."""
    TIME = "time"
    """RFC 3339, UTC."""
    AMOUNT = "amount"
    """A decimal number of the currency in the column that `currency` names."""
    CURRENCY = "currency"
    """ISO 4217."""
    DECIMAL = "decimal"
    INTEGER = "integer"
    INTEGERS = "integers"
    """Several, with a space between two."""
    BOOLEAN = "boolean"


class Take(StrEnum):
    """Which entry tells, where several could."""

    FIRST = "first"
    LAST = "last"
    SUM = "sum"
    """All of them, added up: amounts of one currency."""


class Of(StrEnum):
    """What of the entry is the cell."""

    VALUE = "value"
    """What stands at the pointer."""
    INDEX = "index"
    """The entry's index in the log."""
    TYPE = "type"
    """The entry's type."""


@dataclass(frozen=True)
class Source:
    """Where a cell comes from: a type of entries, and where in them."""

    type: str
    pointer: str = ""
    where: tuple[str, str | int] | None = None
    """Only where this stands at that other pointer."""


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind
    meaning: str
    sources: tuple[Source, ...]
    take: Take = Take.FIRST
    of: Of = Of.VALUE
    currency: str | None = None
    """Of an amount: the column that has its currency."""

    def told(self) -> dict[str, Any]:
        """The column in the data dictionary."""
        told: dict[str, Any] = {
            "column": self.name,
            "kind": self.kind,
            "meaning": self.meaning,
            "take": self.take,
            "of": self.of,
            "from": [_source(each) for each in self.sources],
        }
        return told | ({"currency": self.currency} if self.currency else {})


def _source(source: Source) -> dict[str, Any]:
    told: dict[str, Any] = {"type": source.type, "pointer": source.pointer}
    if source.where is not None:
        told["where"] = {"pointer": source.where[0], "is": source.where[1]}
    return told


@dataclass(frozen=True)
class Table:
    """One kind of thing, a row each."""

    name: str
    meaning: str
    key: str
    """Where every entry of the sources names the row: a JSON pointer."""
    columns: tuple[Column, ...]
    dated: tuple[str, ...]
    """A row is of the day in the first of these columns that is not empty."""

    @property
    def file(self) -> str:
        return f"tables/{self.name}.csv"

    @cached_property
    def reads(self) -> Mapping[str, Sequence[tuple[int, Source]]]:
        """By type of entry: the columns, by their number, that it may tell."""
        reads: dict[str, list[tuple[int, Source]]] = {}
        for number, column in enumerate(self.columns):
            for source in column.sources:
                reads.setdefault(source.type, []).append((number, source))
        return reads

    def told(self) -> dict[str, Any]:
        """The table in the data dictionary."""
        return {
            "table": self.name,
            "file": self.file,
            "meaning": self.meaning,
            "key": self.key,
            "dated": self.dated,
            "columns": [each.told() for each in self.columns],
        }

    def cells(self, index: int, type_: str, entry: object) -> Iterator[tuple[int, str]]:
        """What the entry says of its row: each column by its number, and its text."""
        for number, source in self.reads.get(type_, ()):
            if source.where is not None and at(entry, source.where[0]) != source.where[1]:
                continue
            match self.columns[number].of:
                case Of.INDEX:
                    yield number, str(index)
                case Of.TYPE:
                    yield number, type_
                case Of.VALUE:
                    value = at(entry, source.pointer)
                    if value is not None:
                        yield number, text_of(value)


def at(entry: Any, pointer: str) -> Any:
    """What stands there (RFC 6901); None when nothing does."""
    for name in _steps(pointer):
        if not isinstance(entry, dict):
            return None
        entry = entry.get(name)
    return entry


@cache
def _steps(pointer: str) -> tuple[str, ...]:
    return tuple(name.replace("~1", "/").replace("~0", "~") for name in pointer.split("/")[1:])


def text_of(value: object) -> str:
    """The cell's text."""
    match value:
        case bool():
            return "true" if value else "false"
        case list():
            return " ".join(text_of(each) for each in value)
        case _:
            return str(value)
