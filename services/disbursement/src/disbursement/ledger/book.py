"""One commitment's book: which postings follow from each of its facts."""

from collections.abc import Iterable, Sequence
from typing import assert_never

from msgspec.structs import replace

from disbursement.domain.cash import CashCancelled, CashHandOverConfirmed, CashRequested
from disbursement.domain.commitment import (
    CommitmentAmended,
    CommitmentCancelled,
    CommitmentLiquidated,
    CommitmentRequested,
    Condition,
    GoodsReceived,
    InvoiceReceived,
    PaymentCharged,
    PurchaseOrderIssued,
    ReceiptDisputeResolved,
    ThreeWayMatchFailed,
    ThreeWayMatchPassed,
)
from disbursement.domain.commitment.advanced import (
    AdvanceApproved,
)
from disbursement.domain.commitment.matching import InvoicedLine
from disbursement.domain.commitment.suspected import InvoiceRejected
from disbursement.domain.commitment.waived import MatchExceptionWaived
from disbursement.domain.payment import BankChargeKept, PaymentReturned, VendorPaid
from disbursement.ledger import advances, owing, paying
from disbursement.ledger.state import Account, Book, Claimed, Posting, both
from events.money import Money
from events.values import CommitmentId, InvoiceId

Booked = (
    CommitmentRequested
    | PurchaseOrderIssued
    | GoodsReceived
    | ReceiptDisputeResolved
    | InvoiceReceived
    | ThreeWayMatchPassed
    | ThreeWayMatchFailed
    | MatchExceptionWaived
    | AdvanceApproved
    | advances.Booked
    | InvoiceRejected
    | VendorPaid
    | PaymentReturned
    | BankChargeKept
    | PaymentCharged
    | CommitmentAmended
    | CommitmentLiquidated
    | CommitmentCancelled
    | owing.Booked
    | CashRequested
    | CashHandOverConfirmed
    | CashCancelled
)
"""The facts that mean something to the ledger."""


def book_of(event: Booked) -> CommitmentId:
    """Whose book the fact is for. Cash stands for a commitment of its own."""
    if isinstance(event, CashRequested | CashHandOverConfirmed | CashCancelled):
        return CommitmentId(event.cash)
    return event.commitment


def post(book: Book | None, event: Booked) -> tuple[Book, Sequence[Posting]]:
    """The book after the fact, and the fact's postings, which sum to zero."""
    if isinstance(event, CommitmentRequested):
        return _open(event), both(Account.COMMITMENTS, Account.RESERVE, event.reserved)
    if isinstance(event, CashRequested):
        return _open_cash(event), both(Account.COMMITMENTS, Account.RESERVE, event.reserved)
    assert book is not None, "a fact about a commitment that nobody requested"
    if isinstance(event, advances.Booked):
        return advances.booked(book, event)
    if isinstance(event, owing.Booked):
        return owing.booked(book, event)
    match event:
        case PurchaseOrderIssued(lines=lines):
            return replace(book, prices=tuple((x.line, x.unit_price) for x in lines)), ()
        case CommitmentAmended():
            return _amend(book, event)
        case GoodsReceived():
            return _receive(book, event)
        case ReceiptDisputeResolved():
            return _take_back(book, event)
        case InvoiceReceived():
            postings: Sequence[Posting] = ()
            if event.replaces is not None:
                book, postings = _owe_no_more(book, event.replaces)
            return replace(book, invoices=(*book.invoices, _claim(book, event))), postings
        case MatchExceptionWaived(invoice=invoice, waiver=waiver):
            worth = _at_order_prices(book, waiver.lines)
            return book.with_invoice(replace(book.claimed(invoice), at_order_prices=worth)), ()
        case AdvanceApproved(invoice=invoice):
            return book.with_invoice(replace(book.claimed(invoice), advance=True)), ()
        case InvoiceRejected(invoice=invoice):
            return _owe_no_more(book, invoice)
        case ThreeWayMatchPassed():
            return _owe(book, event)
        case ThreeWayMatchFailed(invoice=invoice):
            return _owe_no_more(book, invoice)
        case VendorPaid():
            return paying.pay(book, event)
        case PaymentReturned():
            return paying.give_back(book, event)
        case BankChargeKept(functional_amount=kept):
            return book, both(Account.BANK_CHARGES, Account.BANK, kept)
        case PaymentCharged():
            return paying.owed_no_more(book, event)
        case CashHandOverConfirmed(reserved=worth):
            spent = replace(book, committed=Money.zero(book.currency))
            return spent, (
                *both(Account.EXPENSE, Account.CASH, worth),
                *both(Account.RESERVE, Account.COMMITMENTS, worth),
            )
        case CommitmentLiquidated() | CommitmentCancelled() | CashCancelled():
            rest = book.committed
            closed = replace(book, committed=Money.zero(book.currency), closed=True)
            return closed, both(Account.RESERVE, Account.COMMITMENTS, rest)
        case _:
            assert_never(event)


def _open(event: CommitmentRequested) -> Book:
    nothing = Money.zero(event.reserved.currency)
    return Book(
        commitment=event.commitment,
        budget_line=event.budget_line,
        currency=event.reserved.currency,
        rate=event.rate,
        committed=event.reserved,
        received=Money.zero(event.amount.currency),
        not_invoiced=nothing,
        advance=Money.zero(event.amount.currency),
    )


def _open_cash(event: CashRequested) -> Book:
    nothing = Money.zero(event.reserved.currency)
    return Book(
        commitment=CommitmentId(event.cash),
        budget_line=event.budget_line,
        currency=event.reserved.currency,
        rate=None,
        committed=event.reserved,
        received=nothing,
        not_invoiced=nothing,
        advance=nothing,
    )


def _amend(book: Book, event: CommitmentAmended) -> tuple[Book, Sequence[Posting]]:
    """The budget remembers more or less; what is delivered from now on has the new prices."""
    prices = tuple((line.line, line.unit_price) for line in event.lines)
    committed = book.committed + event.more - event.released
    return replace(book, committed=committed, prices=prices or book.prices), (
        *both(Account.COMMITMENTS, Account.RESERVE, event.more),
        *both(Account.RESERVE, Account.COMMITMENTS, event.released),
    )


def _receive(book: Book, event: GoodsReceived) -> tuple[Book, Sequence[Posting]]:
    """Expense at delivery: only of what arrived in good condition.

    The whole received so far is converted, less what was booked before, so that parts sum to the
    whole whatever the rounding.
    """
    good = [line for line in event.lines if line.condition is Condition.GOOD]
    received = book.received
    for line in good:
        received += book.price(line.line) * line.quantity
    worth = book.worth(received) - book.worth(book.received)
    used = min(worth, book.committed)
    after = replace(
        book,
        received=received,
        committed=book.committed - used,
        not_invoiced=book.not_invoiced + worth,
    )
    return after, (
        *both(Account.EXPENSE, Account.NOT_INVOICED, worth),
        *both(Account.RESERVE, Account.COMMITMENTS, used),
    )


def _take_back(book: Book, event: ReceiptDisputeResolved) -> tuple[Book, Sequence[Posting]]:
    """What a dispute took back was no expense; what is not closed is committed again."""
    received = book.received
    for line in event.lines:
        received -= book.price(line.line) * line.quantity
    worth = book.worth(book.received) - book.worth(received)
    again = book.nothing if book.closed else worth
    after = replace(
        book,
        received=received,
        committed=book.committed + again,
        not_invoiced=book.not_invoiced - worth,
    )
    return after, (
        *both(Account.NOT_INVOICED, Account.EXPENSE, worth),
        *both(Account.COMMITMENTS, Account.RESERVE, again),
    )


def _claim(book: Book, event: InvoiceReceived) -> Claimed:
    return Claimed(invoice=event.invoice, at_order_prices=_at_order_prices(book, event.lines))


def _at_order_prices(book: Book, lines: Iterable[InvoicedLine]) -> Money:
    """Lines that the order does not have, or has in another currency, cover no delivery."""
    value = Money.zero(book.received.currency)
    prices = dict(book.prices)
    for line in lines:
        price = prices.get(line.line)
        if price is not None and price.currency == value.currency:
            value += price * line.quantity
    return value


def _owe(book: Book, event: ThreeWayMatchPassed) -> tuple[Book, Sequence[Posting]]:
    payable = book.worth(event.payable)
    claimed = book.claimed(event.invoice)
    there = max(book.not_invoiced, book.nothing)
    covered = min(book.worth(claimed.at_order_prices), there)
    after = replace(book, not_invoiced=book.not_invoiced - covered)
    after = after.with_invoice(replace(claimed, payable=payable, owed=payable, covered=covered))
    return after, (
        *both(Account.NOT_INVOICED, Account.PAYABLE, covered),
        *both(Account.EXPENSE, Account.PAYABLE, payable - covered),
    )


def _owe_no_more(book: Book, invoice: InvoiceId) -> tuple[Book, Sequence[Posting]]:
    """An invoice that had matched does not any more, for a delivery was taken back. What of it is
    the vendor's own money is owed all the same.
    """
    claimed = book.claimed(invoice)
    if claimed.payable is None or claimed.covered is None:
        return book, ()
    after = replace(book, not_invoiced=book.not_invoiced + claimed.covered)
    no_more = replace(claimed, payable=None, owed=None, covered=None, refund=None, set_off=None)
    after, before = advances.not_set_off(after.with_invoice(no_more), claimed.set_off)
    return after, (
        *before,
        *both(Account.EXPENSE, Account.PAYABLE, claimed.refund or book.nothing),
        *both(Account.PAYABLE, Account.NOT_INVOICED, claimed.covered),
        *both(Account.PAYABLE, Account.EXPENSE, claimed.payable - claimed.covered),
    )
