"""What was paid before delivery, as it is booked: an advance until goods come, or it is owed back.

What stands as advances is added up in the order's currency and converted as a whole, so that
nothing of a cent is left on the account, and it is never below zero.
"""

from collections.abc import Sequence
from typing import assert_never

from msgspec.structs import replace

from disbursement.domain.commitment.advanced import (
    AdvanceClaimDropped,
    AdvanceClaimed,
    AdvanceClaimedAgain,
    AdvanceCleared,
    AdvanceRecovered,
)
from disbursement.domain.payment import PaymentReturned
from disbursement.ledger.state import Account, Book, Claimed, OwedBack, Posting, Settled, both, on
from events.money import Money

Booking = tuple[Book, Sequence[Posting]]
Booked = (
    AdvanceCleared | AdvanceClaimed | AdvanceClaimDropped | AdvanceClaimedAgain | AdvanceRecovered
)


def booked(book: Book, event: Booked) -> Booking:
    match event:
        case AdvanceCleared():
            return set_off(book, event)
        case AdvanceClaimed():
            return claimed(book, event)
        case AdvanceClaimDropped():
            return dropped(book, event)
        case AdvanceClaimedAgain():
            return claimed_again(book, event)
        case AdvanceRecovered():
            return recovered(book, event)
        case _:
            assert_never(event)


def paid(
    book: Book, claimed: Claimed, amount: Money, worth: Money
) -> tuple[Book, tuple[Posting, ...]]:
    """First what goods were set off against before the bank sent one back; the rest is new."""
    nothing = Money.zero(amount.currency)
    owed = claimed.owed or book.nothing
    book, advance = _by(book, amount - (claimed.uncovered or nothing))
    after = book.with_invoice(replace(claimed, owed=book.nothing, uncovered=None))
    return after, (
        *both(Account.PAYABLE, Account.BANK, owed),
        *both(Account.ADVANCE, Account.BANK, advance),
        *both(Account.EXCHANGE, Account.BANK, worth - owed - advance),
    )


def set_off(book: Book, event: AdvanceCleared) -> Booking:
    """What arrived is an expense; so much of it was paid before."""
    after = book.with_invoice(replace(book.claimed(event.invoice), set_off=event.amount))
    after, worth = _by(after, -event.amount)
    return after, both(Account.EXPENSE, Account.ADVANCE, -worth)


def not_set_off(book: Book, amount: Money | None) -> Booking:
    """The invoice does not stand any more: goods are owed for what was set off against it."""
    if amount is None:
        return book, ()
    after, postings = _goods_owed(book, amount)
    return after, (*postings, *on(Account.EXPENSE, -_sum(book, postings)))


def claimed(book: Book, event: AdvanceClaimed) -> Booking:
    """Booked once the recovery is approved: until then the vendor may still deliver it."""
    owed = book.owed_by(event.payment)
    if owed is None:
        return book, ()
    return _claim(book, owed, event.amount)


def dropped(book: Book, event: AdvanceClaimDropped) -> Booking:
    owed = book.owed_by(event.payment)
    if owed is None:
        return book, ()
    less = replace(owed, claimed=owed.claimed - event.amount)
    after = book.with_owed(less)
    if not owed.booked:
        return after, ()
    worth = owed.worth(owed.claimed) - owed.worth(less.claimed)
    after, postings = _goods_owed(after, event.amount)
    exchange = worth - _sum(book, postings)
    return after, (
        *postings,
        *on(Account.EXCHANGE, exchange),
        *on(Account.EXPENSE, -worth),
    )


def recovered(book: Book, event: AdvanceRecovered) -> Booking:
    """What was asked for before claims were told to the order is claimed as it comes."""
    owed = next((each for each in book.owed_back if each.invoice == event.invoice), None)
    if owed is None:
        return book, ()
    counted = replace(owed, counted=owed.counted + event.amount)
    late = max(counted.counted - owed.claimed, Money.zero(event.amount.currency))
    return _claim(book.with_owed(counted), counted, late)


def claimed_again(book: Book, event: AdvanceClaimedAgain) -> Booking:
    """It was given up, and did not come: what the vendor owes is on the ledger by the reversal."""
    owed = book.owed_by(event.payment)
    if owed is None:
        return book, ()
    return book.with_owed(replace(owed, counted=owed.counted - event.amount)), ()


def approved(book: Book, owed: OwedBack) -> Booking:
    """What is owed back is no expense any more, and as far as it was an advance, none of these."""
    booked = replace(owed, booked=True)
    after, worth, postings = _claim_booked(book.with_owed(booked), booked, owed.before)
    return after, (
        *both(Account.RECEIVABLE, Account.EXPENSE, owed.functional - worth),
        *on(Account.RECEIVABLE, worth),
        *postings,
    )


def returned(book: Book, event: PaymentReturned, settled: Settled) -> Booking:
    """The advance is here again: what nothing was set off against, and did not come before, is none
    any more; what goods were set off against is owed; and so is what the vendor had paid back.
    """
    owed, claimed = book.owed_by(event.payment), book.claimed(event.invoice)
    none = Money.zero(settled.amount.currency)
    came_to, lost_to, of_goods, counted = book.nothing, book.nothing, none, none
    if owed is not None:
        came_to, lost_to, counted = owed.came_to, owed.lost_to, owed.counted
        of_goods = owed.came + owed.lost - counted
    left = settled.amount - counted
    after, advance = _by(book, -min(left, book.advance))
    uncovered = left - min(left, book.advance)
    anew, expense = book.worth(uncovered), book.worth(of_goods)
    after = after.with_invoice(replace(claimed, owed=anew, uncovered=uncovered))
    postings = (
        *on(Account.BANK, event.functional_amount),
        *on(Account.ADVANCE, advance),
        *on(Account.PAYABLE, -anew - came_to),
        *on(Account.WRITTEN_OFF, -lost_to),
        *on(Account.EXPENSE, expense),
    )
    return after, (*postings, *on(Account.EXCHANGE, -_sum(book, postings)))


def _claim(book: Book, owed: OwedBack, amount: Money) -> Booking:
    more = replace(owed, claimed=owed.claimed + amount)
    after = book.with_owed(more)
    if not owed.booked:
        return after, ()
    after, worth, postings = _claim_booked(after, more, owed.claimed)
    return after, (*on(Account.EXPENSE, worth), *postings)


def _claim_booked(
    book: Book, owed: OwedBack, before: Money
) -> tuple[Book, Money, tuple[Posting, ...]]:
    """What is owed back of the advance since then, and that it is none any more."""
    worth = owed.worth(owed.claimed) - owed.worth(before)
    after, advance = _by(book, before - owed.claimed)
    return (
        after,
        worth,
        (
            *on(Account.ADVANCE, advance),
            *on(Account.EXCHANGE, -worth - advance),
        ),
    )


def _goods_owed(book: Book, amount: Money) -> Booking:
    """An advance again; where the bank had sent one back, first so much less is owed anew."""
    postings: tuple[Posting, ...] = ()
    for claimed in book.invoices:
        less = min(claimed.uncovered or Money.zero(amount.currency), amount)
        if claimed.uncovered is not None and claimed.owed is not None and less:
            left = book.worth(claimed.uncovered - less)
            postings += on(Account.PAYABLE, claimed.owed - left)
            anew = replace(claimed, owed=left, uncovered=claimed.uncovered - less)
            book, amount = book.with_invoice(anew), amount - less
    book, advance = _by(book, amount)
    return book, (*postings, *on(Account.ADVANCE, advance))


def _by(book: Book, change: Money) -> tuple[Book, Money]:
    """What stands as advances after the change, and by how much that changes its account."""
    after = replace(book, advance=book.advance + change)
    return after, book.worth(after.advance) - book.worth(book.advance)


def _sum(book: Book, postings: Sequence[Posting]) -> Money:
    so_far = book.nothing
    for each in postings:
        so_far += each.amount
    return so_far
