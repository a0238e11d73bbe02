"""What the bank did with a payment, as it is booked."""

from collections.abc import Sequence

from msgspec.structs import replace

from disbursement.domain.commitment import PaymentCharged
from disbursement.domain.payment import PaymentReturned, VendorPaid
from disbursement.ledger import advances, owing
from disbursement.ledger.state import Account, Book, Claimed, Posting, Settled, both
from events.money import Money

Booking = tuple[Book, Sequence[Posting]]


def pay(book: Book, event: VendorPaid) -> Booking:
    """What the bank has beyond what is owed is exchange difference; where nothing is owed, the
    invoice was paid before, and the vendor owes it back.
    """
    claimed = book.claimed(event.invoice)
    first = all(each.invoice != event.invoice for each in book.payments)
    after, postings = _paid(book, claimed, event.amount, event.functional_amount, first=first)
    settled = Settled(
        payment=event.payment, amount=event.amount, postings=postings, invoice=event.invoice
    )
    return replace(after, payments=(*book.payments, settled)), postings


def _paid(
    book: Book, claimed: Claimed, amount: Money, worth: Money, *, first: bool
) -> tuple[Book, tuple[Posting, ...]]:
    if claimed.advance and first:
        return advances.paid(book, claimed, amount, worth)
    after = book.with_invoice(replace(claimed, owed=book.nothing))
    if claimed.owed:
        return after, (
            *both(Account.PAYABLE, Account.BANK, claimed.owed),
            *both(Account.EXCHANGE, Account.BANK, worth - claimed.owed),
        )
    return after, both(Account.RECEIVABLE, Account.BANK, worth)


def owed_no_more(book: Book, event: PaymentCharged) -> Booking:
    """A payment that was owed back settles its invoice after all: the other one came back."""
    settled, claimed = book.paid(event.payment), book.claimed(event.invoice)
    if settled is None or not event.reserved or not (claimed.owed or claimed.advance):
        return book, ()
    others = tuple(each for each in book.payments if each.payment != event.payment)
    if not settled.is_owed_back or any(each.invoice == event.invoice for each in others):
        return book, ()
    after, postings = _paid(book, claimed, settled.amount, event.paid, first=True)
    anew = replace(settled, postings=postings)
    return replace(after, payments=(*others, anew)), (
        *(Posting(each.account, -each.amount) for each in settled.postings),
        *postings,
    )


def give_back(book: Book, event: PaymentReturned) -> Booking:
    """Exactly what was booked for the payment, the other way round; and what the vendor had paid
    back of it before is theirs.
    """
    book, besides = owing.sent_back(book, event.payment)
    after, postings = _given_back(book, event)
    return after, (*besides, *postings)


def _given_back(book: Book, event: PaymentReturned) -> Booking:
    settled, claimed = book.paid(event.payment), book.claimed(event.invoice)
    assert settled is not None, "what the bank returns was paid"
    rest = tuple(each for each in book.payments if each is not settled)
    still_over = book.closed and settled.is_owed_back  # else its invoice is open again
    book = replace(book, payments=rest, closed=still_over)
    if claimed.advance and not settled.is_owed_back:
        return advances.returned(book, event, settled)
    postings = tuple(Posting(each.account, -each.amount) for each in settled.postings)
    owed = book.owed_by(event.payment)
    theirs = owed.came_to if owed else book.nothing
    if settled.is_owed_back:
        return book, (*postings, *both(Account.RECEIVABLE, Account.PAYABLE, theirs))
    again = (each.amount for each in settled.postings if each.account is Account.PAYABLE)
    anew = (claimed.owed or book.nothing) + next(again, book.nothing)
    return book.with_invoice(replace(claimed, owed=anew, refund=theirs or None)), postings
