"""The trail of anything: what happened that has to do with it, across all services, in order.

Things rest on one another: a payment on an invoice and a commitment, these on an item of a plan and
on how its vendor was chosen, the plan on a case. From a thing the trail goes down to all that it
rests on and up to all that rests on it, but never down and up again: a payment's trail has its
case, and not what else was paid in that case. What stands beside, such as a vendor, an account or a
budget line, adds what happened to itself, and what it did for this chain and no other. So does a
finding about it: who reviewed it names no more than the finding.
"""

from audit.domain.kinds import ITEM, SOURCING, height, is_beside, kind
from audit.log import mentions
from audit.log.mentions import Place
from events.service import Connection

FINDING = "fnd"


async def trail(key: str, log: Connection, *, after: int, limit: int) -> list[Place]:
    """The first entries after an index that have to do with `key`, in the log's order; none when
    it is not known.
    """
    if not height(key):
        return await mentions.mentioning(log, key, after, limit)
    linked = await links_of(key, log)
    named = {name for each in linked if _stands_by(each) for name in each.names}
    beside = set(filter(is_beside, named)) | {e.stream for e in linked if kind(e.stream) == FINDING}
    found = {each.index for each in linked}
    found.update(await mentions.alone(log, sorted(beside), after, limit))
    page = sorted(index for index in found if index > after)[:limit]
    return await mentions.places_at(log, page)


def _stands_by(place: Place) -> bool:
    """Whether what it names has a part in the chain. Vendors that made an offer alone have none."""
    return bool(height(place.stream)) and kind(place.stream) != SOURCING


async def links_of(key: str, log: Connection) -> list[Place]:
    """Every entry of the chain that a thing is part of, up and down, and of no other chain."""
    known: Known = {}
    chain = await _rests_on(key, known, log) | await _resting(key, known, log)
    told = await _places(chain, known, log)
    return [each for each in told if each.stream in chain or _links(each) <= chain]


Known = dict[str, list[Place]]
"""What mentions each id that was asked about."""


async def _places(names: set[str], known: Known, log: Connection) -> list[Place]:
    """Every entry that mentions one of the ids; each id is asked about once."""
    fresh = names - known.keys()
    if fresh:
        known |= {name: [] for name in fresh}
        for place in await mentions.places(log, sorted(fresh)):
            for name in fresh.intersection(place.names):
                known[name].append(place)
    return list({place.index: place for name in names for place in known[name]}.values())


def _links(place: Place) -> set[str]:
    """The parts of a chain that the entry mentions."""
    return {name for name in place.names if height(name)}


async def _rests_on(key: str, known: Known, log: Connection) -> set[str]:
    """It and all that it rests on: named in their streams, and lower in the chain. An item has no
    stream: it rests on those that tell of it, the plan's and the sourcing's.
    """
    found = fresh = {key}
    items = height(f"{ITEM}_")
    while fresh:
        below: set[str] = set()
        for entry in await _places(fresh, known, log):
            if entry.stream in fresh:
                below.update(n for n in _links(entry) if height(n) < height(entry.stream))
            elif 0 < height(entry.stream) < items and any(
                kind(name) == ITEM for name in fresh.intersection(entry.names)
            ):
                below.add(entry.stream)
        fresh = below - found
        found = found | fresh
    return found


async def _resting(key: str, known: Known, log: Connection) -> set[str]:
    """It and all that rests on it: higher streams that mention them, and what these name."""
    found = fresh = {key}
    while fresh:
        above: set[str] = set()
        for entry in await _places(fresh, known, log):
            foot = min(height(name) for name in fresh.intersection(entry.names))
            if height(entry.stream) > foot:
                above.add(entry.stream)
            elif entry.stream in fresh:
                above.update(n for n in _links(entry) if height(n) > height(entry.stream))
        fresh = above - found
        found = found | fresh
    return found
