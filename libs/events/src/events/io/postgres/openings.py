"""Whether a vault and its history tell the same: each value is kept, or was erased by an event.

The history has a digest of every value there ever was. A value that is not in the vault any more is
missing, unless its person was erased; and who is marked as erased was erased in secret, unless an
event says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

_COUNTS = """
with told as (
    select convert_from(entry, 'UTF8')::jsonb -> 'data' as data, type from es_event
)
select
    (select coalesce(sum(jsonb_array_length(data -> '_sd')), 0) from told where data ? '_sd')
        as digests,
    (select count(*) from es_disclosure) as kept,
    (select coalesce(sum(disclosures), 0) from es_erased) as erased
"""
_UNTOLD = """
select person, kind from es_erased e where not exists (
    select from es_event
    where split_part(type, '.', 2) = 'subject_erased'
        and convert_from(entry, 'UTF8')::jsonb -> 'data' ->> 'person' = e.person
        and convert_from(entry, 'UTF8')::jsonb -> 'data' -> 'kinds' ? e.kind
) order by person, kind
"""


@dataclass(frozen=True)
class Openings:
    """What was found, at one moment."""

    digests: int
    """Values whose digests stand in the history."""
    kept: int
    erased: int
    untold: Sequence[tuple[str, str]]
    """Person and kind of what was destroyed without an event that says so."""

    @property
    def missing(self) -> int:
        """Values that are gone, and were not erased."""
        return self.digests - self.kept - self.erased


async def openings(pool: asyncpg.Pool) -> Openings:
    """Compare the two. It reads the whole history: not for every minute."""
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        counts = await connection.fetchrow(_COUNTS)
        untold = await connection.fetch(_UNTOLD)
    assert counts is not None
    return Openings(
        digests=int(counts["digests"]),
        kept=int(counts["kept"]),
        erased=int(counts["erased"]),
        untold=tuple((row["person"], row["kind"]) for row in untold),
    )
