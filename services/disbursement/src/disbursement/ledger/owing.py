"""What the vendor owes back of a payment, and what we owe the vendor of it."""

from collections.abc import Sequence
from typing import assert_never

from msgspec.structs import replace

from disbursement.domain.recovery import (
    RecoveryApproved,
    RecoveryInitiated,
    RecoveryReceived,
    RecoveryStopped,
    RecoveryWithdrawn,
    RecoveryWrittenOff,
    RefundPaid,
    RefundPaidWithInvoice,
    WriteOffReversed,
    payment_recovered,
)
from disbursement.ledger import advances
from disbursement.ledger.state import Account, Book, OwedBack, Posting, both
from events.money import Money, total
from events.values import PaymentId

Booking = tuple[Book, Sequence[Posting]]
Booked = (
    RecoveryInitiated
    | RecoveryApproved
    | RecoveryReceived
    | RecoveryWrittenOff
    | WriteOffReversed
    | RecoveryStopped
    | RecoveryWithdrawn
    | RefundPaid
    | RefundPaidWithInvoice
)


def booked(book: Book, event: Booked) -> Booking:
    match event:
        case RecoveryInitiated():
            return asked(book, event)
        case RecoveryApproved():
            return approved(book, event)
        case RecoveryReceived():
            return received(book, event)
        case RecoveryWrittenOff():
            return given_up(book, event)
        case WriteOffReversed():
            return given_up_no_more(book, event)
        case RecoveryStopped() | RecoveryWithdrawn():
            return not_owed(book, event)
        case RefundPaid() | RefundPaidWithInvoice():
            return refunded(book, event)
        case _:
            assert_never(event)


def asked(book: Book, event: RecoveryInitiated) -> Booking:
    """Nothing is owed before it is approved."""
    earlier, settled = book.owed_by(event.payment), book.paid(event.payment)
    none = Money.zero(event.amount.currency)
    owed = OwedBack(
        payment=event.payment,
        invoice=settled.invoice if settled else None,
        amount=event.amount,
        functional=event.functional_amount,
        before=earlier.claimed if earlier else none,
        claimed=earlier.claimed if earlier else none,
        counted=earlier.counted if earlier else none,
        came=earlier.came if earlier else none,
        came_to=earlier.came_to if earlier else book.nothing,
        lost=earlier.lost if earlier else none,
        lost_to=earlier.lost_to if earlier else book.nothing,
        goods_before=_all_goods(book, earlier) if earlier else None,
    )
    return book.with_owed(owed), ()


def approved(book: Book, event: RecoveryApproved) -> Booking:
    """What was paid twice never was an expense, and is owed since it was paid."""
    owed, settled = book.owed_by(event.payment), book.paid(event.payment)
    if owed is None or (settled is not None and settled.is_owed_back):
        return book, ()
    after, postings = advances.approved(book, owed)
    expense = (each.amount for each in postings if each.account is Account.EXPENSE)
    after, besides = _claimed_as_goods(after, event.payment, -total(expense, book.currency))
    return after, (*postings, *besides)


def _claimed_as_goods(book: Book, payment: PaymentId, lowered: Money) -> Booking:
    """What a dispute had taken back was no expense before, and is claimed now: not twice."""
    owed = book.owed_by(payment)
    goods = min(max(-book.not_invoiced, book.nothing), lowered)
    if owed is None or goods <= book.nothing:
        return book, ()
    after = replace(book, not_invoiced=book.not_invoiced + goods)
    return after.with_owed(replace(owed, goods=goods)), both(
        Account.EXPENSE, Account.NOT_INVOICED, goods
    )


def sent_back(book: Book, payment: PaymentId) -> Booking:
    """The bank has returned it: of goods that were taken back, nothing is owed in money."""
    owed = book.owed_by(payment)
    if owed is None:
        return book, ()
    none = replace(owed, goods=None, goods_before=None)
    return _goods_not_claimed(book.with_owed(none), _all_goods(book, owed))


def _goods_not_claimed(book: Book, goods: Money) -> Booking:
    after = replace(book, not_invoiced=book.not_invoiced - goods)
    return after, both(Account.NOT_INVOICED, Account.EXPENSE, goods)


def _all_goods(book: Book, owed: OwedBack) -> Money:
    return (owed.goods or book.nothing) + (owed.goods_before or book.nothing)


def received(book: Book, event: RecoveryReceived) -> Booking:
    owed = book.owed_by(event.payment)
    if owed is not None:
        came, came_to = owed.came + event.amount, owed.came_to + event.received
        book = book.with_owed(replace(owed, came=came, came_to=came_to))
    return book, (
        *both(Account.BANK, Account.RECEIVABLE, event.functional_amount),
        *both(Account.BANK, Account.EXCHANGE, event.received - event.functional_amount),
    )


def given_up(book: Book, event: RecoveryWrittenOff) -> Booking:
    owed = book.owed_by(payment_recovered(event.recovery))
    if owed is not None:
        lost, lost_to = owed.lost + event.amount, owed.lost_to + event.functional_amount
        book = book.with_owed(replace(owed, lost=lost, lost_to=lost_to))
    return book, both(Account.WRITTEN_OFF, Account.RECEIVABLE, event.functional_amount)


def given_up_no_more(book: Book, event: WriteOffReversed) -> Booking:
    owed = book.owed_by(event.payment)
    if owed is not None:
        lost, lost_to = owed.lost - event.amount, owed.lost_to - event.functional_amount
        book = book.with_owed(replace(owed, lost=lost, lost_to=lost_to))
    return book, both(Account.RECEIVABLE, Account.WRITTEN_OFF, event.functional_amount)


def not_owed(book: Book, event: RecoveryStopped | RecoveryWithdrawn) -> Booking:
    """What was still owed is an expense again; what of it was an advance, the order says."""
    owed = book.owed_by(event.payment)
    if owed is None or not owed.booked:
        return book, ()
    worth = event.functional_amount
    less = min(owed.goods or book.nothing, worth)
    stands = replace(owed, goods=(owed.goods or book.nothing) - less)
    after, besides = _goods_not_claimed(book.with_owed(stands), less)
    return after, (*both(Account.EXPENSE, Account.RECEIVABLE, worth), *besides)


def refunded(book: Book, event: RefundPaid | RefundPaidWithInvoice) -> Booking:
    """The vendor has its own money; with an invoice, that was among what was owed on it."""
    owed = book.owed_by(event.payment)
    if owed is not None and owed.invoice is not None:
        book = book.with_invoice(replace(book.claimed(owed.invoice), refund=None))
    if isinstance(event, RefundPaidWithInvoice):
        return book, ()
    return book, (
        *both(Account.PAYABLE, Account.BANK, event.functional_amount),
        *both(Account.EXCHANGE, Account.BANK, event.paid - event.functional_amount),
    )
