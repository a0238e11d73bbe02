"""What a donor is told: what was done with the money of the grants that their token names.

Every payment is told alike, whoever it was for: by amounts, days and who answered for it, never by
the case, the plan, the item, the vendor or the account. Were only those of restricted cases told
so, that would tell which they are. The bundle of a grant (`exports/grant.py`) has the same
payments; it has their entries whole, and so the ids that are not told here.
"""

from collections.abc import Collection, Sequence

from audit.domain.kinds import OF_A_GRANT, kind
from audit.log import grants, mentions
from audit.log.mentions import Place
from audit.trail.chain import links_of
from audit.trail.knowing import T
from events.io.identity import Acting
from events.service import Connection

SAID_TO_DONORS = frozenset(
    {
        *("amount", "paid", "functional_amount", "released", "more", "outstanding"),
        *("ceiling", "before", "category", "reference", "donor", "closes", "closed", "due"),
        *(
            "date",
            "value_date",
            "delegation",
            "evidence",
            "signatory_no",
            "format",
            "cut_off",
            "digest",
        ),
    }
)
"""The facts that a sentence may name."""
MANY = ("bud", "exp")
"""What stands beside the payments of many."""


async def grants_of(me: Acting, log: Connection) -> frozenset[str]:
    """The grants that this donor gave under the references that their token names."""
    return await grants.agreed(log, me.organisation, me.grants)


async def trail_of_money(
    key: str, theirs: Collection[str], log: Connection, *, after: int, limit: int
) -> list[Place]:
    """The trail of a grant, or of a line, a commitment, a payment of it; none of what is not."""
    if kind(key) == "gra":
        of = {key} & set(theirs)
        indices = await grants.entries_of(log, of, after=after, limit=limit)
    elif not {grant for _, grant in await grants.of_names(log, [key])} & set(theirs):
        indices = []
    elif kind(key) in MANY:
        indices = await grants.naming(log, key, theirs, after=after, limit=limit)
    else:
        linked = {each.index for each in await links_of(key, log) if each.index > after}
        indices = sorted(await grants.within(log, linked, theirs))[:limit]
    return await mentions.places_at(log, indices)


async def readable(
    entries: Sequence[T], theirs: Collection[str], log: Connection
) -> list[tuple[T, tuple[str, ...]]]:
    """Those of the entries that are of these grants, each with the ids in it that are."""
    of = await grants.within(log, [entry.index for entry in entries], theirs)
    named = {name for entry in entries for name in entry.names if kind(name) in OF_A_GRANT}
    known = {name for name, grant in await grants.of_names(log, named) if grant in theirs}
    known |= named.intersection(theirs)
    return [
        (entry, tuple(name for name in entry.names if name in known))
        for entry in entries
        if entry.index in of
    ]
