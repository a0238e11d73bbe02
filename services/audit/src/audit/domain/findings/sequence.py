"""The order of things."""

from collections.abc import Iterator

from audit.domain.findings.books import Books
from audit.domain.findings.entry import Seen


def delivered_before_ordered(seen: Seen, books: Books) -> Iterator[tuple[int, ...]]:
    """What is to be paid arrived before it was ordered."""
    commitment = books.commitments.get(seen.data["commitment"])
    if commitment is None or commitment.order is None:
        return
    ordered = commitment.order
    early = [each.index for each in commitment.receipts if each.on < ordered.on]
    if early:
        yield (ordered.index, *early)


def delivered_after_paid(seen: Seen, books: Books) -> Iterator[tuple[int, ...]]:
    """It was paid before it arrived, and nobody had let it be paid in advance."""
    commitment = books.commitments.get(seen.data["commitment"])
    if commitment is None or commitment.advance:
        return
    *before, this = commitment.receipts
    for payment in map(books.payments.get, commitment.payments):
        if payment is None or payment.delivered or payment.paid is None:
            continue
        paid = payment.paid
        if this.on > paid.on and all(each.on <= paid.on for each in before):
            yield (paid.index,)


def nobody_was_met(seen: Seen, books: Books) -> Iterator[tuple[int, ...]]:
    """Nothing says that anybody ever sat with the returnee or went to see them.

    What a whole community gets has no returnee.
    """
    case = seen.data["case"]
    is_a_communitys = case.startswith("prj_") and bool(books.communal.get(case))
    if not is_a_communitys and case not in books.met:
        yield ()
