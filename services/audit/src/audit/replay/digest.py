"""The canonical digest of a table: the same rows have the same one, wherever they stand.

A row is a JSON object of its columns in canonical form (times in UTC, decimals as text); its digest
is the SHA-256 of that. A table's is the SHA-256 of its rows' digests, sorted and put one behind the
other; a view's, that of a line for each of its tables: `name rows digest`.
"""

import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from events.canonical import canonical
from events.envelope import timestamp

PAGE = 2_000


@dataclass(frozen=True)
class TableDigest:
    table: str
    rows: int
    digest: str

    @property
    def line(self) -> str:
        return f"{self.table} {self.rows} {self.digest}\n"


def view_digest(tables: Iterable[TableDigest]) -> str:
    """Over all tables of a view."""
    lines = "".join(each.line for each in sorted(tables, key=lambda each: each.table))
    return hashlib.sha256(lines.encode()).hexdigest()


async def digest_of(connection: Any, table: str) -> TableDigest:
    """Of the table as the connection sees it."""
    rows = sorted([hashlib.sha256(row).digest() async for row in canonical_rows(connection, table)])
    return TableDigest(table, len(rows), hashlib.sha256(b"".join(rows)).hexdigest())


async def canonical_rows(connection: Any, table: str) -> AsyncIterator[bytes]:
    """Each row in canonical form."""
    async with connection.transaction():
        query = f'select * from "{table}"'  # noqa: S608  a name that a service declares
        async for row in connection.cursor(query, prefetch=PAGE):
            yield canonical({name: _plain(value) for name, value in row.items()})


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return timestamp(value.astimezone(UTC))
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case bytes():
            return value.hex()
        case list():
            return [_plain(each) for each in value]
    return value


@dataclass(frozen=True)
class Apart:
    """Rows that stand on one side only."""

    only_here: tuple[bytes, ...] = ()
    only_there: tuple[bytes, ...] = ()
    key: tuple[str, ...] = ()
    """By which columns a row is known."""


async def apart(here: Any, there: Any, table: str) -> Apart:
    """What two tables of one name do not have in common."""
    mine = Counter([row async for row in canonical_rows(here, table)])
    theirs = Counter([row async for row in canonical_rows(there, table)])
    rows = await here.fetch(
        "select attname from pg_index join pg_attribute on attrelid = indrelid"
        " where indrelid = $1::text::regclass and indisprimary and attnum = any(indkey)"
        " order by attnum",
        table,
    )
    return Apart(
        tuple(sorted((mine - theirs).elements())),
        tuple(sorted((theirs - mine).elements())),
        tuple(row["attname"] for row in rows),
    )


def columns_that_differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in one if one[name] != other.get(name))
