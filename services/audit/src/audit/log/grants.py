"""Which entries are of which grant: what disbursement tells of its money.

What a plan, a case, a vendor or an account tells is of no grant: it serves several, and it is about
people. So a donor who looks at a grant finds every payment alike, whoever it was for.

Each thing is of one grant, that under which it was told first: a file of the bank or an invoice
that looks like another one names what is of several, and makes nothing of it another's. An entry is
of a grant if its stream is, and if it names nothing that is of another one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from audit.domain.kinds import OF_A_GRANT, kind
from audit.log.logged import Logged
from events.service import Connection

SOURCE = "disbursement"
"""The service that knows which money is whose."""


class OfMoney(NamedTuple):
    """An entry of that service, as far as grants go."""

    at: int
    stream: str
    ranked: tuple[tuple[int, str], ...]
    """What it names of a grant's money, each with its rank before it, by rank."""

    @classmethod
    def among(cls, entries: Iterable[Logged]) -> "list[OfMoney]":
        return [
            cls(
                entry.index,
                entry.stream,
                tuple(
                    sorted((OF_A_GRANT[k], n) for n in entry.names if (k := kind(n)) in OF_A_GRANT)
                ),
            )
            for entry in entries
            if entry.source == SOURCE
        ]


@dataclass
class Grants:
    """Names with the grants that they are of, followed entry by entry."""

    of: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    learned: list[tuple[str, str]] = field(default_factory=list)
    """What was not known before: a name, its grant."""

    def take(self, entry: OfMoney) -> set[str]:
        """The grant that the entry is of, if any; what it says of its names is learned."""
        named, before, at = set[str](), set[str](), -1
        """The grants of all that was named, and of all that ranks before."""
        for rank, name in entry.ranked:
            if rank > at:
                before, at = set(named), rank
            its = self._grants(rank, name)
            if not its and len(before) == 1:
                its |= before
                self.learned += [(name, grant) for grant in before]
            named |= its
        own = OF_A_GRANT.get(kind(entry.stream))
        its = self._grants(own, entry.stream) if own is not None else set()
        return its if its == named else set()

    def _grants(self, rank: int, name: str) -> set[str]:
        """A grant is of itself, and alone of its rank."""
        return self.of[name] if rank else {name}


async def keep(entries: Sequence[OfMoney], start: int, log: Connection) -> None:
    """Runs in the transaction that stores the entries; `start` is the index of the first."""
    named = {name for entry in entries for _, name in entry.ranked}
    if not named:
        return
    grants = Grants()
    for name, grant in await of_names(log, named):
        grants.of[name].add(grant)
    rows = [(grant, start + e.at) for e in entries for grant in sorted(grants.take(e))]
    if grants.learned:
        await log.execute(
            'insert into log_grant (name, "grant") select * from unnest($1::text[], $2::text[])',
            [name for name, _ in grants.learned],
            [grant for _, grant in grants.learned],
        )
    await log.execute(
        'insert into log_of_grant ("grant", index) select * from unnest($1::text[], $2::bigint[])',
        [grant for grant, _ in rows],
        [index for _, index in rows],
    )


async def of_names(log: Connection, names: Collection[str]) -> list[tuple[str, str]]:
    """Each of the names with each grant that it is of."""
    rows = await log.fetch(
        'select name, "grant" from log_grant where name = any($1)', sorted(names)
    )
    return [(row["name"], row["grant"]) for row in rows]


async def entries_of(
    log: Connection, grants: Collection[str], *, after: int = -1, limit: int
) -> list[int]:
    """The first entries after an index that are of one of these grants, in the log's order."""
    rows = await log.fetch(
        "select distinct index from unnest($1::text[]) of_grant, lateral"
        ' (select index from log_of_grant where "grant" = of_grant and index > $2'
        "  order by index limit $3) entry order by index limit $3",
        sorted(grants),
        after,
        limit,
    )
    return [row["index"] for row in rows]


async def streams_of(log: Connection, grant: str, size: int) -> set[str]:
    """The streams that are of the grant, in the log of that size."""
    rows = await log.fetch(
        "select distinct stream from log_of_grant join logged using (index)"
        ' where "grant" = $1 and index < $2',
        grant,
        size,
    )
    return {row["stream"] for row in rows}


async def naming(
    log: Connection, name: str, grants: Collection[str], *, after: int, limit: int
) -> list[int]:
    """Those of the same that mention the name."""
    rows = await log.fetch(
        "select index from log_mention where name = $1 and index > $3 and exists ("
        '  select from log_of_grant entry where entry."grant" = any($2)'
        "  and entry.index = log_mention.index) order by index limit $4",
        name,
        sorted(grants),
        after,
        limit,
    )
    return [row["index"] for row in rows]


async def within(
    log: Connection, indices: Collection[int], grants: Collection[str]
) -> frozenset[int]:
    """Which of these entries are of one of these grants."""
    rows = await log.fetch(
        'select index from log_of_grant where "grant" = any($1) and index = any($2)',
        sorted(grants),
        sorted(indices),
    )
    return frozenset(row["index"] for row in rows)


async def agreed(log: Connection, donor: str, references: Collection[str]) -> frozenset[str]:
    """The grants that were opened under these references of a donor."""
    rows = await log.fetch(
        "select stream, entry from logged where type = 'disbursement.grant_opened.v1'"
    )
    opened = ((row["stream"], msgspec.json.decode(row["entry"])["data"]) for row in rows)
    return frozenset(
        grant
        for grant, told in opened
        if told["donor"] == donor and told["reference"] in references
    )
