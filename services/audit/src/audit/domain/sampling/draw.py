"""Drawing, by SHA-256 alone, so that anybody repeats it in any language.

An item's ticket is SHA-256 of the text `SEED,ITEM` (UTF-8), in hexadecimal.

Random: of each stratum, the items with the lowest tickets, as many as are its part of the size.
The parts are in proportion to the numbers of items, rounded by largest remainder (equal ones: by
the name of the stratum), and at least one of each.

Monetary units: the items lie one after the other, each as long as its value in minor units, by
stratum and then by ticket. The first hit is the minor unit number START = 1 + N mod INTERVAL, N
being SHA-256 of the text `SEED,start` read as a number; from there on one each INTERVAL. An item
that is hit is drawn, once. What is not below the interval is hit whatever the start; of any other
item the chance is its value over the interval.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

GENERATOR = "sha-256-tickets"


@dataclass(frozen=True)
class Item:
    """One item of a population."""

    id: str
    stratum: str = ""
    value: int = 0
    """In minor units."""


@dataclass(frozen=True)
class Drawn:
    """One item of a sample."""

    item: Item
    chance: Fraction
    """How probable it was that it would be drawn."""
    hits: int = 1
    """How many of its monetary units were drawn."""

    @property
    def surely(self) -> bool:
        return self.chance == 1


class TooManyStrata(ValueError):
    """There are more strata than items to draw."""


def ticket(seed: str, name: str) -> str:
    """The item's ticket."""
    return hashlib.sha256(f"{seed},{name}".encode()).hexdigest()


def start(seed: str, interval: int) -> int:
    """The first monetary unit, from 1 on. The remainder of 256 bits favours none to speak of."""
    return 1 + int(ticket(seed, "start"), 16) % interval


def at_random(items: Sequence[Item], size: int, seed: str) -> Iterator[Drawn]:
    """So many of the items. `TooManyStrata`."""
    strata: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        strata[item.stratum].append(item)
    parts = shares({name: len(members) for name, members in strata.items()}, size)
    for name in sorted(strata):
        members, part = strata[name], parts[name]
        lowest = sorted(members, key=lambda each: (ticket(seed, each.id), each.id))[:part]
        for item in lowest:
            yield Drawn(item, Fraction(part, len(members)))


def shares(counts: Mapping[str, int], size: int) -> dict[str, int]:
    """How many to draw of each stratum; all of them if there are no more."""
    whole = sum(counts.values())
    if size >= whole:
        return dict(counts)
    if size < len(counts):
        raise TooManyStrata
    exact = {name: Fraction(size * count, whole) for name, count in counts.items()}
    parts = {name: max(int(part), 1) for name, part in exact.items()}
    while (short := size - sum(parts.values())) != 0:
        # One goes where most is lacking, or comes from where most is over; none goes below one.
        step = 1 if short > 0 else -1
        may = [name for name in parts if step > 0 or parts[name] > 1]
        name = min(may, key=lambda each: (step * (parts[each] - exact[each]), each))
        parts[name] += step
    return parts


def by_monetary_unit(items: Sequence[Item], interval: int, seed: str) -> Iterator[Drawn]:
    """The items of which a monetary unit is hit."""
    order = sorted(items, key=lambda each: (each.stratum, ticket(seed, each.id), each.id))
    return hit(order, interval, start(seed, interval))


def hit(order: Sequence[Item], interval: int, first: int) -> Iterator[Drawn]:
    """The items in this order of which a monetary unit is hit, the first being that."""
    end, following = 0, first
    for item in order:
        end += item.value
        hits = max((end - following) // interval + 1, 0)
        following += hits * interval
        if hits:
            yield Drawn(item, min(Fraction(item.value, interval), Fraction(1)), hits)
