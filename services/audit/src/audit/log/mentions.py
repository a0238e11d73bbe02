"""What mentions what: the indexes by which a trail is found, filled with each entry for ever."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from audit.domain.kinds import SERVES_MANY, height, kind
from audit.log.logged import Logged
from audit.log.rows import Rows, text
from events.service import Connection, Loading

DIGEST = re.compile(rb'"([0-9a-f]{64})"(?!:)')
"""A document, or whatever else is here by its hash, where it stands as a value."""
OF_NO_CASE = SERVES_MANY | {"cas"}


@dataclass(frozen=True)
class Indexes:
    """The rows that entries add to each of the indexes, in the order of these."""

    log_mention: list[tuple[str, int]]
    log_of_case: list[tuple[str, str]]
    log_alone: list[tuple[str, int]]

    @classmethod
    def of(cls, entries: Sequence[Logged]) -> "Indexes":
        return cls(
            log_mention=sorted(
                (name, entry.index)
                for entry in entries
                for name in {*entry.names, *(each.decode() for each in DIGEST.findall(entry.raw))}
            ),
            log_of_case=sorted({pair for entry in entries for pair in _of_cases(entry)}),
            log_alone=[(e.stream, e.index) for e in entries if not any(map(height, e.names))],
        )

    def rows(self) -> tuple[Rows, ...]:
        """Of the two that have an index in each row."""
        return (
            Rows("log_mention", ("index", "name"), [(at, text(n)) for n, at in self.log_mention]),
            Rows("log_alone", ("index", "stream"), [(at, text(s)) for s, at in self.log_alone]),
        )


async def keep_cases(rows: Sequence[tuple[str, str]], log: Loading) -> None:
    """What has to do with which case. Runs in the transaction that stores the entries."""
    await log.execute(
        'insert into log_of_case (name, "case") select * from unnest($1::text[], $2::text[])'
        " on conflict do nothing",
        [name for name, _ in rows],
        [case for _, case in rows],
    )


def _of_cases(entry: Logged) -> list[tuple[str, str]]:
    """What has to do with which case. Who acts is of no case; nor is what serves many."""
    cases = [name for name in entry.names if kind(name) == "cas"]
    if not cases:
        return []
    actor = entry.envelope.actorid
    things = (name for name in entry.names if kind(name) not in OF_NO_CASE)
    return [(n, case) for n in things if n != actor or n == entry.stream for case in cases]


async def cases_of(log: Connection, names: Sequence[str]) -> list[tuple[str, str]]:
    """Each of the names with each case that it has to do with."""
    rows = await log.fetch('select name, "case" from log_of_case where name = any($1)', list(names))
    return [(row["name"], row["case"]) for row in rows]


async def of_cases(log: Connection, cases: Sequence[str]) -> list[str]:
    """What has to do with one of these cases."""
    rows = await log.fetch(
        'select distinct name from log_of_case where "case" = any($1)', list(cases)
    )
    return [row["name"] for row in rows]


async def named_with(log: Connection, names: Sequence[str]) -> list[str]:
    """What stands in an entry with one of these names."""
    rows = await log.fetch(
        "select distinct unnest(names) as name from logged where index in"
        " (select index from log_mention where name = any($1))",
        list(names),
    )
    return [row["name"] for row in rows]


async def absent(log: Connection, told: Sequence[tuple[str, int]]) -> list[int]:
    """Which entries are not found under a name that they mention, of these."""
    rows = await log.fetch(
        "select distinct told.index from unnest($1::text[], $2::bigint[]) told (name, index)"
        " where not exists (select from log_mention kept"
        "  where kept.name = told.name and kept.index = told.index) order by told.index",
        [name for name, _ in told],
        [index for _, index in told],
    )
    return [row["index"] for row in rows]


async def count(log: Connection, end: int) -> int:
    """How many mentions are kept, by entries before that index or by what is no entry."""
    return int(
        await log.fetchval(
            "select count(*) from log_mention"
            " where index < $1 or index >= (select size from log_head)",
            end,
        )
    )


@dataclass(frozen=True)
class Place:
    """Where an entry is and what it mentions, without its bytes."""

    index: int
    type: str
    stream: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, row: Any) -> "Place":
        return cls(row["index"], row["type"], row["stream"], tuple(row["names"]))


async def places(log: Connection, names: Sequence[str]) -> list[Place]:
    """Every entry that mentions one of the ids."""
    rows = await log.fetch(
        "select index, type, stream, names from logged where index in"
        " (select index from log_mention where name = any($1))",
        list(names),
    )
    return [Place.of(row) for row in rows]


async def places_at(log: Connection, indices: Collection[int]) -> list[Place]:
    """Those entries, in the log's order."""
    rows = await log.fetch(
        "select index, type, stream, names from logged where index = any($1) order by index",
        list(indices),
    )
    return [Place.of(row) for row in rows]


async def mentioning(log: Connection, name: str, after: int, limit: int) -> list[Place]:
    """The first entries after an index that mention the id, in the log's order."""
    rows = await log.fetch(
        "select index, type, stream, names from log_mention join logged using (index)"
        " where name = $1 and index > $2 order by index limit $3",
        name,
        after,
        limit,
    )
    return [Place.of(row) for row in rows]


async def alone(log: Connection, streams: Sequence[str], after: int, limit: int) -> list[int]:
    """The first entries after an index, of these streams, that speak of no part of a chain."""
    rows = await log.fetch(
        "select index from unnest($1::text[]) of_stream, lateral"
        " (select index from log_alone where stream = of_stream and index > $2"
        "  order by index limit $3) entry order by index limit $3",
        list(streams),
        after,
        limit,
    )
    return [row["index"] for row in rows]
