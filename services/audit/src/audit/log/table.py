"""The log's table: the truth from which tiles, proofs and trails follow."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from audit.domain.merkle import leaf_hash
from audit.domain.note import Checkpoint
from audit.log import grants, mentions
from audit.log.logged import Logged
from events.envelope import Entry, Envelope, open_entry
from events.service import Connection

NAMES = re.compile(rb'"([a-z]{2,5}_[0-9a-z_]{1,48})"(?!:)')
"""An id where it stands as a value. A word of that shape that is no id does no harm here."""


async def keep(source: str, entries: Sequence[Entry], log: Connection) -> None:
    """Give each entry its index and store its bytes, its leaf hash and the ids it mentions.

    Runs in the transaction that moves the source's position on, so an entry is here exactly once.
    """
    size = await log.fetchval("select size from log_head for update")
    envelopes = [entry.envelope for entry in entries]
    rows = [
        (
            size + number,
            source,
            entry.position,
            envelope.subject,
            int(envelope.sequence),
            envelope.type,
            entry.raw,
            leaf_hash(entry.raw),
            sorted({name.decode() for name in NAMES.findall(entry.raw)} | {envelope.subject}),
        )
        for number, (entry, envelope) in enumerate(zip(entries, envelopes, strict=True))
    ]
    findings = await _findings(source, entries, envelopes, size, log)
    await log.executemany(
        "insert into log_entry (index, source, position, stream, version, type, entry, leaf, names)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        rows,
    )
    kept = [
        Logged(index, source, kind, stream, tuple(names), raw)
        for index, _, _, stream, _, kind, raw, _, names in rows
    ]
    await mentions.keep(kept, log)
    await grants.keep(kept, log)
    await log.executemany(
        "insert into log_finding (index, rule, detail) values ($1, $2, $3)", findings
    )
    await log.execute("update log_head set size = $1", size + len(entries))


async def _findings(
    source: str,
    entries: Sequence[Entry],
    envelopes: Sequence[Envelope],
    size: int,
    log: Connection,
) -> list[tuple[int, str, str]]:
    """What is wrong with these entries: the continuous check of every source."""
    streams = {envelope.subject for envelope in envelopes}
    rows = await log.fetch(
        "select stream, count(*) as versions from log_entry"
        " where stream = any($1) and source = $2 group by stream",
        list(streams),
        source,
    )
    versions = {row["stream"]: int(row["versions"]) for row in rows}
    found: list[tuple[int, str, str]] = []
    for index, (entry, envelope) in enumerate(zip(entries, envelopes, strict=True), start=size):
        follows = versions.get(envelope.subject, 0) + 1
        versions[envelope.subject] = follows
        if envelope.sequence != str(follows):
            told = f"{envelope.subject} has {envelope.sequence} where {follows} follows"
            found.append((index, "StreamBroken", told))
        if envelope.position != str(entry.position):
            told = f"says {envelope.position}, came as {entry.position}"
            found.append((index, "PositionMisstated", told))
        if not envelope.service == source == envelope.source.rpartition("/")[2]:
            found.append((index, "ForeignEvent", f"{envelope.type} in the history of {source}"))
    return found


async def size_of(log: Connection) -> int:
    return int(await log.fetchval("select size from log_head"))


async def leaves(log: Connection, start: int, end: int) -> list[bytes]:
    rows = await log.fetch(
        "select leaf from log_entry where index >= $1 and index < $2 order by index", start, end
    )
    return [bytes(row["leaf"]) for row in rows]


async def raw_entries(log: Connection, start: int, end: int) -> list[bytes]:
    rows = await log.fetch(
        "select entry from log_entry where index >= $1 and index < $2 order by index", start, end
    )
    return [bytes(row["entry"]) for row in rows]


async def entry_at(log: Connection, index: int) -> Logged | None:
    row = await log.fetchrow(
        "select index, source, type, stream, names, entry from log_entry where index = $1", index
    )
    return Logged.of(row) if row else None


async def at(log: Connection, indices: Collection[int]) -> list[Logged]:
    """Those entries, in the log's order."""
    rows = await log.fetch(
        "select index, source, type, stream, names, entry from log_entry"
        " where index = any($1) order by index",
        list(indices),
    )
    return [Logged.of(row) for row in rows]


async def of_kinds(
    log: Connection, kinds: Sequence[str], start: int, limit: int
) -> list[tuple[int, bytes]]:
    """Index and bytes of entries of these types, whatever their version, from that index on."""
    rows = await log.fetch(
        "select index, entry from log_entry where index >= $1"
        r" and regexp_replace(type, '\.v[0-9]+$', '') = any($2) order by index limit $3",
        start,
        list(kinds),
        limit,
    )
    return [(row["index"], bytes(row["entry"])) for row in rows]


async def actors_at(log: Connection, indices: Sequence[int]) -> list[str]:
    """Who did what these entries tell: each person once."""
    rows = await log.fetch("select entry from log_entry where index = any($1)", list(indices))
    return sorted({open_entry(bytes(row["entry"])).actorid for row in rows})


async def of_streams(log: Connection, streams: Sequence[str]) -> list[Logged]:
    """Every entry of these streams, in the log's order."""
    rows = await log.fetch(
        "select index, source, type, stream, names, entry from log_entry"
        " where stream = any($1) order by index",
        list(streams),
    )
    return [Logged.of(row) for row in rows]


async def of_types(log: Connection, types: Sequence[str], streams: Sequence[str]) -> list[Logged]:
    """Those of these types in these streams, in the log's order."""
    rows = await log.fetch(
        "select index, source, type, stream, names, entry from log_entry"
        " where stream = any($1) and type = any($2) order by index",
        list(streams),
        list(types),
    )
    return [Logged.of(row) for row in rows]


@dataclass(frozen=True)
class SourceCount:
    """How many entries of one source the log has. That is also its last position."""

    name: str
    entries: int
    gaps: int


async def sources(log: Connection) -> list[SourceCount]:
    rows = await log.fetch(
        "select source, count(*) as entries, max(position) - count(*) as gaps"
        " from log_entry group by source order by source"
    )
    return [SourceCount(row["source"], row["entries"], row["gaps"]) for row in rows]


async def findings(log: Connection, limit: int) -> list[tuple[int, str, str]]:
    rows = await log.fetch(
        "select index, rule, detail from log_finding order by index limit $1", limit
    )
    return [(row["index"], row["rule"], row["detail"]) for row in rows]


async def keep_checkpoint(log: Connection, signed: Checkpoint, note: str, at: datetime) -> None:
    """Keep it for ever; keeping it again changes nothing."""
    await log.execute(
        "insert into log_checkpoint (size, root, note, signed_at) values ($1, $2, $3, $4)"
        " on conflict (size) do nothing",
        signed.size,
        signed.root,
        note,
        at,
    )


async def checkpoints(log: Connection, up_to: int) -> list[str]:
    """Every checkpoint up to that size, oldest first."""
    rows = await log.fetch("select note from log_checkpoint where size <= $1 order by size", up_to)
    return [row["note"] for row in rows]


async def count_checkpoints(log: Connection) -> int:
    return int(await log.fetchval("select count(*) from log_checkpoint"))


async def index_of(log: Connection, source: str, position: int) -> int | None:
    """The index of a source's event."""
    found: int | None = await log.fetchval(
        "select index from log_entry where source = $1 and position = $2", source, position
    )
    return found


async def streams_naming(log: Connection, names: Sequence[str], size: int) -> set[str]:
    """The streams of which an entry mentions one of the ids, in the log of that size."""
    rows = await log.fetch(
        "select distinct stream from log_entry where index in"
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
        "select index, source, type, stream, names, entry from log_entry"
        " where stream = any($1) and index > $2 order by index limit $3",
        list(streams),
        after,
        limit,
    )
    return [Logged.of(row) for row in rows]


async def of_type(log: Connection, name: str, size: int) -> list[Logged]:
    """Those of a type, whatever its version, in the log of that size."""
    rows = await log.fetch(
        "select index, source, type, stream, names, entry from log_entry"
        r" where index < $2 and regexp_replace(type, '\.v[0-9]+$', '') = $1 order by index",
        name,
        size,
    )
    return [Logged.of(row) for row in rows]
