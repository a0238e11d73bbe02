"""The lists that are searched, and what searches found: tables beside the history.

A list's names are public data about others and can be loaded again from the publisher's file; so
they are no events. The history says which file it was, by its digest.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec

from events.erasure import Ordered
from events.personal import Kind
from events.ports import Unavailable
from events.service import Connection
from events.values import Digest, VendorId
from vendors.domain.searching import Silence
from vendors.screening.lists import Listed, SanctionsList, Source


class Loaded(msgspec.Struct, frozen=True):
    """A version of a list that is searched now."""

    source: Source
    version: str
    digest: str


class Suspicion(msgspec.Struct, frozen=True):
    """Whom on which list a vendor, or one of its owners, may be."""

    match: Digest
    source: Source
    version: str
    entry: str
    listed_name: str
    owner: bool
    likeness: int
    """In basis points."""


async def keep_list(tables: Connection, found: SanctionsList) -> None:
    """Keep the names of this file; they are searched once the history says that it is loaded."""
    await tables.execute(
        "insert into sanctions_file (digest, source, version, names) values ($1, $2, $3, $4)"
        " on conflict (digest) do nothing",
        found.digest,
        found.source,
        found.version,
        msgspec.json.encode(found.names).decode(),
    )


async def loaded(tables: Connection) -> list[Loaded]:
    """The lists that are in force. `Unavailable` when the names of one are not here."""
    rows = await tables.fetch(
        "select l.in_force, f.source, f.version from sanctions_list l left join sanctions_file f"
        " on f.digest = l.in_force where l.in_force is not null order by f.source"
    )
    if any(row["source"] is None for row in rows):
        raise Unavailable("the names of a list in force are not here: load its file again")
    return [Loaded(Source(row["source"]), row["version"], row["in_force"]) for row in rows]


def digest_of(lists: Sequence[Loaded]) -> Digest:
    """One digest for all lists that are searched together."""
    told = "\n".join(f"{each.source} {each.digest}" for each in lists)
    return Digest(hashlib.sha256(told.encode()).hexdigest())


async def in_force(tables: Connection) -> Digest | None:
    """The digest of all lists in force; None: there is none. `Unavailable`."""
    lists = await loaded(tables)
    return digest_of(lists) if lists else None


async def names_on(tables: Connection, digest: str) -> tuple[Listed, ...] | None:
    """The names in the file with this digest; None: they are not here."""
    text = await tables.fetchval("select names from sanctions_file where digest = $1", digest)
    return msgspec.json.decode(text, type=tuple[Listed, ...]) if text else None


async def forget_other_files(tables: Connection) -> None:
    """Files of which no list is in force, nor was before, nor waits for a person."""
    await tables.execute(
        "delete from sanctions_file f where f.kept < now() - interval '1 day' and not exists"
        " (select from sanctions_list l where f.digest = any(l.kept))"
    )


async def keep_suspicions(tables: Connection, vendor: VendorId, found: Sequence[Suspicion]) -> None:
    await tables.executemany(
        "insert into suspicion (vendor_id, match, found) values ($1, $2, $3)"
        " on conflict (vendor_id, match) do update set found = excluded.found",
        [(vendor, each.match, msgspec.json.encode(each).decode()) for each in found],
    )


async def suspicions_of(tables: Connection, vendor: VendorId) -> Mapping[Digest, Suspicion]:
    rows = await tables.fetch("select found from suspicion where vendor_id = $1", vendor)
    found = [msgspec.json.decode(row["found"], type=Suspicion) for row in rows]
    return {each.match: each for each in found}


async def due(tables: Connection, lists: Digest, since: datetime, limit: int) -> list[VendorId]:
    """Vendors that no search of these lists knows, or none since then, or not since a new name."""
    rows = await tables.fetch(
        "select vendor_id from vendor left join payment_approved using (vendor_id)"
        " where stage not in ('debarred', 'rejected', 'inactive')"
        " and (searched_lists is distinct from $1"
        " or searched_at < $2 or names_due or searched_at < approved_at)"
        " order by searched_at nulls first, vendor_id limit $3",
        lists,
        since,
        limit,
    )
    return [VendorId(row["vendor_id"]) for row in rows]


async def silences(
    tables: Connection, overdue: date, undecided: datetime, limit: int
) -> list[tuple[VendorId, Silence, date]]:
    """Of which vendors nothing was said that should have been, and since when; not told yet.

    `overdue`: who was last screened before that day; `undecided`: whose match waits since then.
    """
    rows = await tables.fetch(
        "select vendor_id, silence, since from vendor, lateral (values"
        " ($3::text, case when coalesce(screened_on, proposed_on) < $1"
        "  then coalesce(screened_on, proposed_on) end),"
        " ($4::text, case when waiting_since < $2"
        "  then (waiting_since at time zone 'utc')::date end)"
        ") each (silence, since) where since is not null"
        " and stage not in ('debarred', 'rejected', 'inactive')"
        " and not coalesce(state::jsonb #> '{matches,silences}' @>"
        " jsonb_build_array(jsonb_build_array(silence, since::text)), false)"
        " order by since, vendor_id limit $5",
        overdue,
        undecided,
        Silence.NOT_SCREENED,
        Silence.MATCH_UNDECIDED,
        limit,
    )
    return [(VendorId(r["vendor_id"]), Silence(r["silence"]), r["since"]) for r in rows]


async def purge(ordered: Ordered, tables: Connection) -> None:
    """Whom an erased vendor may have been, nobody can decide any more."""
    if Kind.IDENTITY in ordered.kinds:
        await tables.execute("delete from suspicion where vendor_id = $1", ordered.person)
