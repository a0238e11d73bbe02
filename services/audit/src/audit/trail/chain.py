"""The trail of anything: what happened that has to do with it, across all services, in order.

Things rest on one another: a payment on an invoice and a commitment, these on an item of a plan,
the plan on a case. From a thing the trail goes down to all that it rests on and up to all that
rests on it, but never down and up again: a payment's trail has its case, and not what else was
paid in that case. What stands beside, such as a vendor, an account or a budget line, adds what
happened to itself, and what it did for this chain and no other.
"""

from audit.log import table
from audit.log.table import Logged
from events.service import Connection

CHAIN = {"cas": 1, "pla": 2, "itm": 3, "com": 4, "rec": 5, "inv": 6, "pay": 7}
"""The kinds of things that rest on one another, by height."""
BESIDE = ("ven", "acc", "bud", "gra", "del", "src", "prg", "fil")
"""The kinds that stand beside a chain and serve many."""


def height(name: str) -> int:
    """How high in the chain; 0 for what is not part of one."""
    return CHAIN.get(name.partition("_")[0], 0)


def is_beside(name: str) -> bool:
    return name.partition("_")[0] in BESIDE


async def trail(key: str, log: Connection) -> list[Logged]:
    """The entries that have to do with `key`, in the log's order; empty when it is not known."""
    if not height(key):
        return await table.mentioning(log, [key])
    chain = await _rests_on({key}, log) | await _resting({key}, log)
    told = await table.mentioning(log, sorted(chain))
    own = [entry for entry in told if entry.stream in chain]
    beside = {name for entry in own for name in entry.names if is_beside(name)}
    near = [entry for entry in told if _within(entry, chain)]
    alone = [e for e in await table.of_streams(log, sorted(beside)) if not _links(e)]
    by_index = {entry.index: entry for entry in (*own, *near, *alone)}
    return [by_index[index] for index in sorted(by_index)]


def _links(entry: Logged) -> set[str]:
    """The parts of a chain that the entry mentions."""
    return {name for name in entry.names if height(name)}


def _within(entry: Logged, chain: set[str]) -> bool:
    links = _links(entry)
    return bool(links) and links <= chain


async def _rests_on(found: set[str], log: Connection) -> set[str]:
    """These and all that they rest on: named in their streams, and lower in the chain."""
    fresh = found
    while fresh:
        entries = await table.of_streams(log, sorted(fresh))
        below = {n for e in entries for n in _links(e) if height(n) < height(e.stream)}
        fresh = below - found
        found = found | fresh
    return found


async def _resting(found: set[str], log: Connection) -> set[str]:
    """These and all that rests on them: higher streams that mention them, and what these name."""
    fresh = found
    while fresh:
        above: set[str] = set()
        for entry in await table.mentioning(log, sorted(fresh)):
            foot = min(height(name) for name in fresh.intersection(entry.names))
            if height(entry.stream) > foot:
                above.add(entry.stream)
            elif entry.stream in fresh:
                above.update(n for n in _links(entry) if height(n) > height(entry.stream))
        fresh = above - found
        found = found | fresh
    return found
