"""The log's table: the truth from which tiles, proofs and trails follow."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from audit.domain.note import Checkpoint
from audit.log import grants, mentions, rows
from audit.log.coming import Coming, broken
from audit.log.logged import Logged
from events.service import Connection, Loading

_LOCKED_SIZE = (
    "select size from log_head, set_config('enable_seqscan', 'off', true) as scans,"
    " set_config('enable_bitmapscan', 'off', true) as maps,"
    " set_config('enable_sort', 'off', true) as sorts for update of log_head"
)
"""And for this transaction what is looked up is walked to by an index: a plan that was made while
the log was small may sort all of a long stream for its last version."""
_BROKEN = (
    "select came.at, came.stream, came.says, coalesce(last.version, 0) + 1 as follows"
    " from unnest($1::bigint[], $2::text[], $3::text[]) came (at, stream, says) left join lateral ("
    "select e.stream, e.version from logged e"
    " where e.stream >= came.stream and (e.stream, e.index) < (came.stream, $4::bigint)"
    " and e.source = $5 order by e.stream desc, e.index desc limit 1"
    ") last on last.stream = came.stream"
    " where came.says <> (coalesce(last.version, 0) + 1)::text"
)
"""Which streams do not go on where they ended. By the index of streams, read backwards: as much
work for a long stream as for a short one. Two services may have a stream of one name, as where both
act on a case: each numbers its own."""

_READ = "select index, source, type, stream, names, leaf, entry from logged"


async def keep(coming: Coming, log: Loading) -> None:
    """Give each entry its index and store its bytes, its leaf hash and the ids it mentions.

    Runs in the transaction that moves the source's position on, so an entry is here exactly once.
    """
    size = await log.fetchval(_LOCKED_SIZE)
    begins = [(at, stream, says) for stream, (at, says) in coming.begins.items()]
    apart = await log.fetch(_BROKEN, *zip(*begins, strict=True), size, coming.source)
    await rows.keep(coming.rows, size, log)
    await mentions.keep(coming.indexes, size, log)
    await grants.keep(coming.money, size, log)
    if findings := coming.findings + [broken(*row) for row in apart]:
        await log.executemany(
            "insert into log_finding (index, rule, detail) values ($1, $2, $3)",
            [(size + at, rule, detail) for at, rule, detail in findings],
        )


async def size_of(log: Connection) -> int:
    return int(await log.fetchval("select size from log_head"))


async def leaves(log: Connection, start: int, end: int) -> list[bytes]:
    rows = await log.fetch(
        "select leaf from logged where index >= $1 and index < $2 order by index", start, end
    )
    return [bytes(row["leaf"]) for row in rows]


async def leaves_and_entries(log: Connection, start: int, end: int) -> list[tuple[bytes, bytes]]:
    rows = await log.fetch(
        "select leaf, entry from logged where index >= $1 and index < $2 order by index",
        start,
        end,
    )
    return [(row["leaf"], row["entry"]) for row in rows]


async def entry_at(log: Connection, index: int) -> Logged | None:
    """The entry there. Like all that read whole entries here: `BrokenLog` if it was changed."""
    row = await log.fetchrow(f"{_READ} where index = $1", index)
    return Logged.sound(row) if row else None


async def at(log: Connection, indices: Collection[int]) -> list[Logged]:
    """Those entries, in the log's order."""
    rows = await log.fetch(
        f"{_READ} where index = any($1) order by index",
        list(indices),
    )
    return [Logged.sound(row) for row in rows]


async def following(log: Connection, start: int, limit: int) -> list[Logged]:
    """The entries from that index on."""
    rows = await log.fetch(f"{_READ} where index >= $1 order by index limit $2", start, limit)
    return [Logged.sound(row) for row in rows]


async def last_of_sources(log: Connection) -> list[Logged]:
    """The last entry of each source."""
    last = "select source, max(position) from logged group by source"
    rows = await log.fetch(f"{_READ} where (source, position) in ({last})")
    return [Logged.sound(row) for row in rows]


async def unread(
    log: Connection, kinds: Sequence[str], start: int, limit: int
) -> list[tuple[int, bytes]]:
    """Index and bytes of entries of these types, whatever their version, from that index on; those
    that the rules have not read.
    """
    rows = await log.fetch(
        f"{_READ} where index >= $1"
        r" and regexp_replace(type, '\.v[0-9]+$', '') = any($2)"
        " and not exists (select from finding_read r where r.index = logged.index)"
        " order by index limit $3",
        start,
        list(kinds),
        limit,
    )
    return [(each.index, each.raw) for each in map(Logged.sound, rows)]


async def note_read(log: Connection, place: int, indices: Sequence[int]) -> None:
    """That the rules read these entries next, in this order. Of two readers one comes first."""
    await log.executemany(
        "insert into finding_read (place, index) values ($1, $2)",
        [(place + number, index) for number, index in enumerate(indices)],
    )


async def count_read(log: Connection) -> int:
    """How many entries the rules have read."""
    return int(await log.fetchval("select coalesce(max(place) + 1, 0) from finding_read"))


async def read_since(log: Connection, place: int, limit: int) -> list[tuple[int, bytes]]:
    """What the rules have read, in the order in which they did."""
    rows = await log.fetch(
        f"{_READ} join finding_read using (index) where place >= $1 order by place limit $2",
        place,
        limit,
    )
    return [(each.index, each.raw) for each in map(Logged.sound, rows)]


async def actors_at(
    log: Connection, indices: Sequence[int], besides: str | None = None
) -> list[str]:
    """Who did what these entries tell, but for those of a service: each person once."""
    told = [entry.envelope for entry in await at(log, indices)]
    return sorted({each.actorid for each in told if each.service != besides})


async def of_streams(log: Connection, streams: Sequence[str]) -> list[Logged]:
    """Every entry of these streams, in the log's order."""
    rows = await log.fetch(
        f"{_READ} where stream = any($1) order by index",
        list(streams),
    )
    return [Logged.sound(row) for row in rows]


async def of_types(log: Connection, types: Sequence[str], streams: Sequence[str]) -> list[Logged]:
    """Those of these types in these streams, in the log's order. The types are the code's own: they
    stand in the query, so that it is seen which index is of them.
    """
    told = ", ".join(f"'{each}'" for each in types)
    rows = await log.fetch(
        f"{_READ} where stream = any($1) and type in ({told}) order by index",
        list(streams),
    )
    return [Logged.sound(row) for row in rows]


@dataclass(frozen=True)
class SourceCount:
    """How many entries of one source the log has. That is also its last position."""

    name: str
    entries: int
    gaps: int


async def sources(log: Connection) -> list[SourceCount]:
    rows = await log.fetch(
        "select source, count(*) as entries, max(position) - count(*) as gaps"
        " from logged group by source order by source"
    )
    return [SourceCount(row["source"], row["entries"], row["gaps"]) for row in rows]


async def findings(log: Connection, limit: int) -> list[tuple[int, str, str]]:
    rows = await log.fetch(
        "select index, rule, detail from log_finding order by index limit $1", limit
    )
    return [(row["index"], row["rule"], row["detail"]) for row in rows]


async def keep_checkpoint(
    log: Connection, signed: Checkpoint, note: str, at: datetime, before: int | None = None
) -> str:
    """Keep it for ever; keeping it again changes nothing. The note that is kept. `before`: the size
    that was signed before it, where the signer knows; else that of the last which is kept.
    """
    await log.execute(
        "insert into log_checkpoint (size, root, note, signed_at, before)"
        " values ($1, $2, $3, $4, $5) on conflict (size) do nothing",
        signed.size,
        signed.root,
        note,
        at,
        before or None,
    )
    kept = await log.fetchval("select note from log_checkpoint where size = $1", signed.size)
    return str(kept)


async def checkpoints_of_days(log: Connection, up_to: int) -> list[str]:
    """Of each day (UTC) the last checkpoint, oldest first; that of this size comes last.

    They show what the log was when, and what a month was closed on. Nothing is lost with the
    others: whatever else was signed is held against the tree by whoever has it.
    """
    rows = await log.fetch(
        "select note from (select distinct on ((signed_at at time zone 'UTC')::date) size, note"
        " from log_checkpoint where size <= $1"
        " order by (signed_at at time zone 'UTC')::date, size desc) last order by size",
        up_to,
    )
    return [row["note"] for row in rows]


async def count_checkpoints(log: Connection) -> int:
    return int(await log.fetchval("select count(*) from log_checkpoint"))


async def index_of(log: Connection, source: str, position: int) -> int | None:
    """The index of a source's event."""
    found: int | None = await log.fetchval(
        "select index from logged where source = $1 and position = $2", source, position
    )
    return found


async def streams_naming(log: Connection, names: Sequence[str], size: int) -> set[str]:
    """The streams of which an entry mentions one of the ids, in the log of that size."""
    rows = await log.fetch(
        "select distinct stream from logged where index in"
        " (select index from log_mention where name = any($1) and index < $2)",
        list(names),
        size,
    )
    return {row["stream"] for row in rows}


async def page_of_streams(
    log: Connection, streams: Sequence[str], after: int, limit: int
) -> list[Logged]:
    """The first entries of these streams after an index, in the log's order."""
    rows = await log.fetch(
        f"{_READ} where stream = any($1) and index > $2 order by index limit $3",
        list(streams),
        after,
        limit,
    )
    return [Logged.sound(row) for row in rows]


async def of_type(log: Connection, name: str, size: int) -> list[Logged]:
    """Those of a type, whatever its version, in the log of that size."""
    rows = await log.fetch(
        rf"{_READ} where index < $2 and regexp_replace(type, '\.v[0-9]+$', '') = $1 order by index",
        name,
        size,
    )
    return [Logged.sound(row) for row in rows]


async def checkpoint_by(
    log: Connection, day: date | None, before: int | None = None
) -> tuple[int, str] | None:
    """The last that is kept from until the end of that day, of fewer entries than `before`."""
    row = await log.fetchrow(
        "select size, note from log_checkpoint where ($1::date is null or signed_at < $1 + 1)"
        " and ($2::bigint is null or size < $2) order by size desc limit 1",
        day,
        before,
    )
    return (row["size"], row["note"]) if row else None


async def beyond(log: Connection) -> list[int]:
    """Where entries stand that are none: behind the end of the log; the first and the last."""
    row = await log.fetchrow(
        "select min(index) as first, max(index) as last from log_entry"
        " where index < 0 or index >= (select size from log_head)"
    )
    return [row["first"], row["last"]] if row["first"] is not None else []
