"""What mentions what: the indexes by which a trail is found, filled with each entry for ever."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from audit.domain.kinds import CHAIN, SERVES_MANY, kind, recovery_of
from audit.log.logged import Logged
from events.service import Connection

DIGEST = re.compile(rb'"([0-9a-f]{64})"(?!:)')
"""A document, or whatever else is here by its hash, where it stands as a value."""
_HEX = bytes.maketrans(b"0123456789abcdef", b"0" * 16)
_OF_A_DIGEST = b'"%b"' % (b"0" * 64)
"""How one looks when all digits are alike: most entries have none, and this is seen at once."""

Mention = tuple[str, int]
"""A name, and the index of an entry."""


@dataclass
class Indexes:
    """What entries add to the indexes. The names in their own column are mentioned besides."""

    digests: list[Mention] = field(default_factory=list)
    of_cases: set[tuple[str, str]] = field(default_factory=set)
    alone: list[Mention] = field(default_factory=list)

    def add(self, entry: Logged) -> None:
        self.digests += [(digest, entry.index) for digest in _digests(entry)]
        kinds = [*map(kind, entry.names)]
        if "cas" in kinds:
            self.of_cases.update(_of_cases(entry, kinds))
        if CHAIN.keys().isdisjoint(kinds):
            self.alone.append((entry.stream, entry.index))


def mentioned(entry: Logged) -> list[Mention]:
    """All that the entry mentions, each once."""
    return [(name, entry.index) for name in (*entry.names, *_digests(entry))]


async def keep(indexes: Indexes, start: int, log: Connection) -> None:
    """Runs in the transaction that stored the entries; `start` is the index of the first."""
    await log.execute(
        "insert into log_mention (name, index)"
        " select unnest(names), index from logged where index >= $1"
        " union all select name, $1 + at from unnest($2::text[], $3::bigint[]) told (name, at)",
        start,
        *_columns(indexes.digests),
    )
    await keep_cases(indexes, log)
    await keep_alone(indexes, start, log)


async def keep_cases(indexes: Indexes, log: Connection) -> None:
    """What has to do with which case."""
    await log.execute(
        'insert into log_of_case (name, "case") select * from unnest($1::text[], $2::text[])'
        " on conflict do nothing",
        *_columns(sorted(indexes.of_cases)),
    )


async def keep_alone(indexes: Indexes, start: int, log: Connection) -> None:
    """What speaks of no part of any chain."""
    await log.execute(
        "insert into log_alone (stream, index)"
        " select stream, $1 + at from unnest($2::text[], $3::bigint[]) told (stream, at)",
        start,
        *_columns(indexes.alone),
    )


def _columns(rows: Iterable[tuple[Any, Any]]) -> tuple[list[Any], list[Any]]:
    told = [*rows]
    return [first for first, _ in told], [second for _, second in told]


def _digests(entry: Logged) -> set[str]:
    if _OF_A_DIGEST not in entry.raw.translate(_HEX):
        return set()
    return {*map(bytes.decode, DIGEST.findall(entry.raw))}


def _of_cases(entry: Logged, kinds: Sequence[str]) -> list[tuple[str, str]]:
    """What has to do with which case. Who acts is of no case; nor is what serves many. A recovery
    is of its payment's case, which none of its own entries names.
    """
    actor, cases, things = entry.envelope.actorid, list[str](), list[str]()
    for name, its in zip(entry.names, kinds, strict=True):
        if its == "cas":
            cases.append(name)
        elif its not in SERVES_MANY and (name != actor or name == entry.stream):
            things.append(name)
            if its == "pay":
                things.append(recovery_of(name))
    return [(name, case) for name in things for case in cases]


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
