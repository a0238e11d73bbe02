"""Amounts that stay just under what would need more people, and amounts that are made up."""

from collections.abc import Iterator
from datetime import timedelta

from audit.domain.findings.books import Books, Commitment
from audit.domain.findings.digits import are_wide, chance
from audit.domain.findings.entry import Money, Seen


def split_orders(seen: Seen, books: Books) -> Iterator[tuple[int, ...]]:
    """Orders of one vendor for one case, each just under a band's limit, together over it.

    Not where the programme sets the amount: nobody has chosen it to stay under anything.
    """
    this = books.commitments.get(seen.data["commitment"])
    assert this is not None, "the books have taken it"
    told = books.told(this.programme)
    since = this.at - timedelta(days=told.split_days)
    together = (
        books.commitments.get(each) for each in books.bought.of(f"{this.vendor} {this.case}")
    )
    lately = [
        each
        for each in together
        if each is not None and each.at >= since and not _is_fixed(each, books)
    ]
    for limit in told.bands:
        if limit.currency != this.reserved.currency:
            continue
        floor = limit.amount * told.just_under
        parts = [each for each in lately if floor <= each.reserved.amount < limit.amount]
        if this in parts and sum(each.reserved.amount for each in parts) >= limit.amount:
            yield tuple(each.index for each in parts)


def _is_fixed(commitment: Commitment, books: Books) -> bool:
    item = books.items.get(commitment.item)
    return item is not None and item.type in books.told(commitment.programme).fixed


def near_the_limit(seen: Seen, books: Books) -> Iterator[tuple[int, ...]]:
    """One approver, one vendor: again and again nearly all that the delegation allows."""
    payment = books.payments.get(seen.data["payment"])
    if payment is None:
        return
    told = books.told(payment.programme)
    lately = books.vendors.of(payment.vendor).near.get(seen.by, ())
    near = [each.index for each in lately if told.near_limit <= each.part <= 1]
    if len(near) >= told.near_limit_times and near[-1] == seen.index:
        yield tuple(near)


def made_up_amounts(seen: Seen, books: Books) -> Iterator[tuple[int, ...]]:
    """A vendor's amounts do not begin as amounts do that came about; those that somebody chose."""
    payment = books.payments.get(seen.data["payment"])
    if payment is None:
        return
    told = books.told(payment.programme)
    currency = Money.of(seen.data["amount"]).currency
    chosen = books.chosen.of(f"{payment.vendor} {currency}")
    entries = tuple(chosen.by_amount.values())
    if len(entries) < told.chosen_amounts or entries[-1] != seen.index:
        return
    amounts = chosen.amounts
    if are_wide(amounts) and chance(amounts) * told.chosen_one_in <= 1:
        yield entries
