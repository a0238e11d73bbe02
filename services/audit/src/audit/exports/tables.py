"""The log as tables: a CSV file for each kind of thing, with control totals and a data dictionary.

    write_tables(entries, create)

`entries` are the log's, each with its index, in the log's order; `create(name)` opens a file to
write bytes to, and files are written one after the other (`ZipFile.open(name, "w")` will do):

    tables/payments.csv, tables/invoices.csv, …
        UTF-8, RFC 4180: a heading, then the rows in the order of their ids, byte by byte.
    tables/control-totals.csv
        Of each file: how many rows, its SHA-256; of each amount, by currency, how many and the sum.
    tables/dictionary.json
        Of each column: what it means, and from which entries and where in them each cell comes
        (`columns.py`), so that anybody can hold the files against the log.

A cell that a spreadsheet would take for a formula has an apostrophe before it, which is no part of
it; amounts never have one. Nothing is read twice, and nothing is held in memory but a bounded part.
"""

import csv
import hashlib
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import msgspec

from audit.exports.columns import Kind, Table, at
from audit.exports.dictionary import TABLES
from audit.exports.gather import Gathered
from audit.exports.scope import WHOLE, Create, Entries, Scope

FORMAT = "homeward-tables/1"
DICTIONARY = "tables/dictionary.json"
TOTALS = "tables/control-totals.csv"
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet would take for the beginning of a formula."""
NUMBERS = (Kind.AMOUNT, Kind.DECIMAL, Kind.INTEGER)
IDS = (Kind.ID, Kind.IDS)


def write_tables(
    entries: Entries,
    create: Create,
    *,
    tables: Sequence[Table] = TABLES,
    scope: Scope = WHOLE,
) -> None:
    """Write the files, of what is within the scope."""
    with Gathered() as gathered:
        gather(entries, tables, gathered)
        totals = [
            _write(table, rows(table, gathered.rows(place), scope), create)
            for place, table in enumerate(tables)
        ]
    with create(TOTALS) as file:
        file.writelines(map(line, _totals(totals)))
    with create(DICTIONARY) as file:
        file.write(dictionary(tables))


def gather(entries: Entries, tables: Sequence[Table], gathered: Gathered) -> None:
    """What the entries say of the rows of each table, under the table's number."""
    readers: dict[str, list[tuple[int, Table]]] = defaultdict(list)
    for place, table in enumerate(tables):
        for type_ in table.reads:
            readers[type_].append((place, table))
    for index, raw in entries:
        entry = msgspec.json.decode(raw)
        for place, table in readers.get(entry["type"], ()):
            key = at(entry, table.key)
            if isinstance(key, str):
                for part, text in table.cells(index, entry["type"], entry):
                    gathered.put(table.columns[part].take, (place, key, part, text))


def rows(
    table: Table, gathered: Iterator[tuple[str, dict[int, str]]], scope: Scope = WHOLE
) -> Iterator[list[str]]:
    """The rows that are within the scope, in the order of their ids."""
    dated = [n for name in table.dated for n, c in enumerate(table.columns) if c.name == name]
    ids = [n for n, column in enumerate(table.columns) if column.kind in IDS]
    for key, cells in gathered:
        day = next((cells[n][:10] for n in dated if n in cells), "")
        if key in scope.hidden or not scope.within(day):
            continue
        told = {n: scope.ids(cells[n]) for n in ids if n in cells}
        if any(told[n] != cells[n] for n in told):  # nor under which programme it is
            told = {n: "" if cell.startswith("prg_") else cell for n, cell in told.items()}
        yield [(cells | told).get(n, "") for n in range(len(table.columns))]


@dataclass
class Total:
    """What a file comes to."""

    table: Table
    rows: int = 0
    counts: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))
    sums: dict[tuple[int, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    """By the number of the column and the currency."""
    digest: str = ""

    def add(self, row: Sequence[str]) -> None:
        self.rows += 1
        columns = [each.name for each in self.table.columns]
        for number, column in enumerate(self.table.columns):
            if column.currency is not None and row[number]:
                key = number, row[columns.index(column.currency)]
                self.counts[key] += 1
                self.sums[key] += Decimal(row[number])


def _write(table: Table, rows: Iterator[list[str]], create: Create) -> Total:
    total, digest = Total(table), hashlib.sha256()
    numbers = [column.kind in NUMBERS for column in table.columns]
    with create(table.file) as file:

        def put(text: bytes) -> None:
            digest.update(text)
            file.write(text)

        put(line([column.name for column in table.columns]))
        for row in rows:
            total.add(row)
            put(line([cell if n else safe(cell) for cell, n in zip(row, numbers, strict=True)]))
    total.digest = digest.hexdigest()
    return total


def _totals(totals: Iterable[Total]) -> Iterator[list[str]]:
    yield ["file", "sha256", "rows", "column", "currency", "count", "sum"]
    for total in totals:
        whole = [total.table.file, total.digest, str(total.rows)]
        yield [*whole, "", "", "", ""]
        for number, currency in sorted(total.sums):
            key = number, currency
            name = total.table.columns[number].name
            yield [*whole, name, currency, str(total.counts[key]), str(total.sums[key])]


def dictionary(tables: Sequence[Table] = TABLES) -> bytes:
    """The data dictionary."""
    told: Mapping[str, object] = {"format": FORMAT, "tables": [each.told() for each in tables]}
    return json.dumps(told, indent=1, ensure_ascii=False).encode() + b"\n"


def safe(text: str) -> str:
    """The text, with an apostrophe before it if a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULAS) else text


def line(cells: Sequence[str]) -> bytes:
    """A line of CSV (RFC 4180)."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode()
