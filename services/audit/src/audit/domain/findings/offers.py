"""Competition."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

from audit.domain.findings.books import Books, Offer
from audit.domain.findings.entry import Seen

HUNDREDTH = Decimal("0.01")
ROUND = 5
"""Round percentages of a multiple of this are what people write anyway."""


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
    lowest, *dearer = sorted(offers, key=lambda offer: offer.total.amount)
    if lowest.total.amount % ROUND and all(_is_round_markup(each, lowest) for each in dearer):
        yield tuple(offer.index for offer in offers)


def _is_round_markup(offer: Offer, lowest: Offer) -> bool:
    """A whole number of percent above it, to the hundredth."""
    percent = (offer.total.amount / lowest.total.amount - 1) * 100
    marked_up = lowest.total.amount * (100 + round(percent)) / 100
    return percent > 0 and abs(offer.total.amount - marked_up) <= HUNDREDTH
