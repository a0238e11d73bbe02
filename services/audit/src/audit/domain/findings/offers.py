"""Competition."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

from audit.domain.findings.books import Books
from audit.domain.findings.entry import Seen

STEPS = tuple(Decimal(each) for each in ("5", "2.5", "2", "1"))
BY_CHANCE = Decimal("0.01")
"""What honest offers look like more often than this says nothing."""


def alike_quotations(seen: Seen, books: Books) -> Iterator[tuple[int, ...]]:
    """Offers of different vendors on one paper, or each a round percentage above the lowest."""
    search = books.searches.of(seen.data["sourcing"])
    offers, told = search.offers, books.told(search.programme)
    for one, other in combinations(offers, 2):
        if one.vendor != other.vendor and one.document == other.document:
            yield one.index, other.index
            return
    vendors = {offer.vendor for offer in offers}
    currencies = {offer.total.currency for offer in offers}
    if len(vendors) < told.alike_offers or len(currencies) > 1:
        return
    lowest, *dearer = sorted(each.total.amount for each in offers)
    unit, percent = min(_written_in(each.total.amount) for each in offers), lowest / 100
    if (unit / percent) ** len(dearer) > BY_CHANCE:
        return
    if all(_is_round_markup(price, lowest, unit) for price in dearer):
        yield tuple(offer.index for offer in offers)


def _is_round_markup(price: Decimal, lowest: Decimal, unit: Decimal) -> bool:
    """A whole number of percent above it, as exactly as prices are written.

    By chance a price is that once in as many times as a percent has units.
    """
    percent = lowest / 100
    marked_up = lowest + percent * round((price - lowest) / percent)
    return price > lowest and abs(price - marked_up) * 2 <= unit


def _written_in(price: Decimal) -> Decimal:
    """The largest round amount that it is a multiple of: 546,250 is written in steps of 250."""
    for tens in range(price.adjusted(), -4, -1):
        for step in STEPS:
            unit = step.scaleb(tens)
            if not price % unit:
                return unit
    return Decimal(1).scaleb(-3)
