"""The views as they stand, to hold what a replay made against: read in one snapshot a service."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import msgspec

from audit.replay.digest import Apart, TableDigest, apart, columns_that_differ, digest_of
from audit.replay.rebuild import ViewMade

SHOWN = 3
"""So many rows that differ are named."""


@dataclass(frozen=True)
class Live:
    """Services' databases, each in a snapshot, and how far its views have come."""

    connections: Mapping[str, Any]
    positions: Mapping[tuple[str, str, str], int]

    def limit(self, service: str, view: str, source: str) -> int | None:
        """Up to where the view has taken the source; nothing where nobody knows."""
        if service not in self.connections:
            return None
        return self.positions.get((service, view, source), 0)


@asynccontextmanager
async def standing(addresses: Mapping[str, str]) -> AsyncIterator[Live]:
    """By service; nothing can be written by these connections."""
    connections: dict[str, Any] = {}
    positions: dict[tuple[str, str, str], int] = {}
    async with AsyncExitStack() as until:
        for service, address in addresses.items():
            connection = await asyncpg.connect(address, server_settings={"timezone": "UTC"})
            until.push_async_callback(connection.close)
            snapshot = connection.transaction(isolation="repeatable_read", readonly=True)
            await until.enter_async_context(snapshot)
            connections[service] = connection
            for row in await connection.fetch("select consumer, source, pos from es_tracking"):
                positions[service, row["consumer"], row["source"]] = row["pos"]
        yield Live(connections, positions)


@dataclass(frozen=True)
class Compared:
    """A table that was made again, and the one that stands."""

    service: str
    view: str
    made: TableDigest
    stands: TableDigest
    apart: Apart

    @property
    def same(self) -> bool:
        return self.made == self.stands

    def told(self) -> list[str]:
        """In which rows they differ, and in what: the keys and the columns, not what is in them."""
        ours = [msgspec.json.decode(row) for row in self.apart.only_here]
        theirs = [msgspec.json.decode(row) for row in self.apart.only_there]
        by_key = {self._key(row): row for row in theirs}
        lines = []
        for row in ours:
            other = by_key.pop(self._key(row), None)
            what = ", ".join(columns_that_differ(row, other)) if other else "is not among the live"
            lines.append(f"{self._key(row)}: {what}")
        lines += [f"{key}: the log makes no such row" for key in by_key]
        more = len(lines) - SHOWN
        return [*lines[:SHOWN], *([f"and {more} more"] if more > 0 else [])]

    def _key(self, row: Mapping[str, Any]) -> str:
        return " ".join(str(row[name]) for name in self.apart.key or sorted(row))


async def compare(
    views: Sequence[ViewMade], pools: Mapping[str, Any], live: Live
) -> list[Compared]:
    """Table by table."""
    found = []
    for made in views:
        there = live.connections[made.service]
        for table in made.tables:
            stands = await digest_of(there, table.table)
            differ = Apart()
            if stands != table:
                async with pools[made.service].acquire() as here:
                    differ = await apart(here, there, table.table)
            found.append(Compared(made.service, made.view.name, table, stands, differ))
    return found
