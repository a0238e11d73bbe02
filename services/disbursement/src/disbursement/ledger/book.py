"""One commitment's book: which postings follow from each of its facts."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import assert_never

import msgspec
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
from disbursement.domain.commitment.advanced import AdvanceApproved, AdvanceCleared
from disbursement.domain.commitment.matching import InvoicedLine
from disbursement.domain.commitment.suspected import InvoiceRejected
from disbursement.domain.commitment.waived import MatchExceptionWaived
from disbursement.domain.exchange_rate import Rate, convert
from disbursement.domain.payment import PaymentReturned, VendorPaid
from disbursement.domain.recovery import (
    RecoveryApproved,
    RecoveryReceived,
    RecoveryStopped,
    RecoveryWrittenOff,
)
from events.decider import State
from events.money import Money, total
from events.values import BudgetLineId, CommitmentId, InvoiceId, PaymentId


class Account(StrEnum):
    """What an amount is booked on, for one budget line. The first two are the budget's, in memory
    of what was promised; the rest is money and goods.
    """

    COMMITMENTS = "commitments"
    RESERVE = "reserve_for_commitments"
    EXPENSE = "expense"
    NOT_INVOICED = "received_not_invoiced"
    PAYABLE = "payable"
    ADVANCE = "advance"
    """Paid before delivery: the vendor owes goods for it."""
    RECEIVABLE = "receivable"
    BANK = "bank"
    EXCHANGE = "exchange_difference"
    WRITTEN_OFF = "written_off"
    CASH = "cash"


class Posting(msgspec.Struct, frozen=True):
    account: Account
    amount: Money
    """Debit above zero, credit below, in the grant's currency."""


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
    | AdvanceCleared
    | InvoiceRejected
    | VendorPaid
    | PaymentReturned
    | PaymentCharged
    | CommitmentAmended
    | CommitmentLiquidated
    | CommitmentCancelled
    | RecoveryApproved
    | RecoveryReceived
    | RecoveryWrittenOff
    | RecoveryStopped
    | CashRequested
    | CashHandOverConfirmed
    | CashCancelled
)
"""The facts that mean something to the ledger."""


class Claimed(State, frozen=True):
    """An invoice: its worth at the order's prices, and what of it stands to be paid."""

    invoice: InvoiceId
    at_order_prices: Money
    payable: Money | None = None
    """In the grant's currency, once the match passed."""
    owed: Money | None = None
    """The part of it that no payment has taken yet."""
    covered: Money | None = None
    """What had been accrued for its goods before."""
    set_off: Money | None = None
    """What advances had paid of it before."""
    advance: bool = False


class Settled(State, frozen=True):
    """A payment as it was booked, so that a return takes back exactly that."""

    payment: PaymentId
    postings: tuple[Posting, ...]
    invoice: InvoiceId | None = None


class OwedBack(State, frozen=True):
    """What the vendor owes back of a payment, as it was booked."""

    payment: PaymentId
    of_advance: Money
    """As much of it had been paid before delivery, and for nothing that came."""


class Book(State, frozen=True):
    """What was booked for one commitment so far."""

    commitment: CommitmentId
    budget_line: BudgetLineId
    currency: str
    rate: Rate | None
    committed: Money
    """Still in the budget's memory."""
    received: Money
    """At the order's prices, in the order's currency."""
    not_invoiced: Money
    """Accrued for goods that no matched invoice has covered. Below zero: covered by an invoice, and
    taken back in a dispute."""
    prices: tuple[tuple[int, Money], ...] = ()
    """By the order's line."""
    invoices: tuple[Claimed, ...] = ()
    payments: tuple[Settled, ...] = ()
    owed_back: tuple[OwedBack, ...] = ()
    closed: bool = False
    """Nothing of it is in the budget's memory any more."""

    def worth(self, amount: Money) -> Money:
        """In the grant's currency, at the rate at which the funds were reserved."""
        return convert(amount, self.currency, self.rate)

    def claimed(self, invoice: InvoiceId) -> Claimed:
        return next(each for each in self.invoices if each.invoice == invoice)

    def price(self, line: int) -> Money:
        return dict(self.prices)[line]


def book_of(event: Booked) -> CommitmentId:
    """Whose book the fact is for. Cash stands for a commitment of its own."""
    if isinstance(event, CashRequested | CashHandOverConfirmed | CashCancelled):
        return CommitmentId(event.cash)
    return event.commitment


def post(book: Book | None, event: Booked) -> tuple[Book, Sequence[Posting]]:
    """The book after the fact, and the fact's postings, which sum to zero."""
    if isinstance(event, CommitmentRequested):
        return _open(event), _both(Account.COMMITMENTS, Account.RESERVE, event.reserved)
    if isinstance(event, CashRequested):
        return _open_cash(event), _both(Account.COMMITMENTS, Account.RESERVE, event.reserved)
    assert book is not None, "a fact about a commitment that nobody requested"
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
            return _with(book, replace(book.claimed(invoice), at_order_prices=worth)), ()
        case AdvanceApproved(invoice=invoice):
            return _with(book, replace(book.claimed(invoice), advance=True)), ()
        case AdvanceCleared(invoice=invoice, amount=amount):
            worth = book.worth(amount)
            after = _with(book, replace(book.claimed(invoice), set_off=worth))
            return after, _both(Account.EXPENSE, Account.ADVANCE, worth)
        case InvoiceRejected(invoice=invoice):
            return _owe_no_more(book, invoice)
        case ThreeWayMatchPassed():
            return _owe(book, event)
        case ThreeWayMatchFailed(invoice=invoice):
            return _owe_no_more(book, invoice)
        case VendorPaid():
            return _pay(book, event)
        case PaymentReturned():
            return _return(book, event)
        case PaymentCharged():
            return _owed_no_more(book, event)
        case RecoveryApproved():
            return _owed_back(book, event)
        case RecoveryStopped():
            return _stop_recovery(book, event)
        case RecoveryReceived() | RecoveryWrittenOff():
            return book, _recover(event)
        case CashHandOverConfirmed(reserved=worth):
            spent = replace(book, committed=Money.zero(book.currency))
            return spent, (
                *_both(Account.EXPENSE, Account.CASH, worth),
                *_both(Account.RESERVE, Account.COMMITMENTS, worth),
            )
        case CommitmentLiquidated() | CommitmentCancelled() | CashCancelled():
            rest = book.committed
            closed = replace(book, committed=Money.zero(book.currency), closed=True)
            return closed, _both(Account.RESERVE, Account.COMMITMENTS, rest)
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
    )


def _amend(book: Book, event: CommitmentAmended) -> tuple[Book, Sequence[Posting]]:
    """The budget remembers more or less; what is delivered from now on has the new prices."""
    prices = tuple((line.line, line.unit_price) for line in event.lines)
    committed = book.committed + event.more - event.released
    return replace(book, committed=committed, prices=prices or book.prices), (
        *_both(Account.COMMITMENTS, Account.RESERVE, event.more),
        *_both(Account.RESERVE, Account.COMMITMENTS, event.released),
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
        *_both(Account.EXPENSE, Account.NOT_INVOICED, worth),
        *_both(Account.RESERVE, Account.COMMITMENTS, used),
    )


def _take_back(book: Book, event: ReceiptDisputeResolved) -> tuple[Book, Sequence[Posting]]:
    """What a dispute took back was no expense; what is not closed is committed again."""
    received = book.received
    for line in event.lines:
        received -= book.price(line.line) * line.quantity
    worth = book.worth(book.received) - book.worth(received)
    again = _nothing(book) if book.closed else worth
    after = replace(
        book,
        received=received,
        committed=book.committed + again,
        not_invoiced=book.not_invoiced - worth,
    )
    return after, (
        *_both(Account.NOT_INVOICED, Account.EXPENSE, worth),
        *_both(Account.COMMITMENTS, Account.RESERVE, again),
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
    there = max(book.not_invoiced, _nothing(book))
    covered = min(book.worth(claimed.at_order_prices), there)
    after = replace(book, not_invoiced=book.not_invoiced - covered)
    after = _with(after, replace(claimed, payable=payable, owed=payable, covered=covered))
    return after, (
        *_both(Account.NOT_INVOICED, Account.PAYABLE, covered),
        *_both(Account.EXPENSE, Account.PAYABLE, payable - covered),
    )


def _owe_no_more(book: Book, invoice: InvoiceId) -> tuple[Book, Sequence[Posting]]:
    """An invoice that had matched does not any more, for a delivery was taken back."""
    claimed = book.claimed(invoice)
    if claimed.payable is None or claimed.covered is None:
        return book, ()
    after = replace(book, not_invoiced=book.not_invoiced + claimed.covered)
    before = claimed.set_off or Money.zero(book.currency)
    after = _with(after, replace(claimed, payable=None, owed=None, covered=None, set_off=None))
    return after, (
        *_both(Account.ADVANCE, Account.EXPENSE, before),
        *_both(Account.PAYABLE, Account.NOT_INVOICED, claimed.covered),
        *_both(Account.PAYABLE, Account.EXPENSE, claimed.payable - claimed.covered),
    )


def _pay(book: Book, event: VendorPaid) -> tuple[Book, Sequence[Posting]]:
    """What the bank has beyond what is owed is exchange difference; where nothing is owed, the
    invoice was paid before, and the vendor owes it back.
    """
    claimed = book.claimed(event.invoice)
    first = all(each.invoice != event.invoice for each in book.payments)
    postings = _paid(claimed, event.functional_amount, first=first)
    after = _with(book, replace(claimed, owed=Money.zero(book.currency)))
    settled = Settled(payment=event.payment, postings=postings, invoice=event.invoice)
    return replace(after, payments=(*book.payments, settled)), postings


def _paid(claimed: Claimed, paid: Money, *, first: bool) -> tuple[Posting, ...]:
    if claimed.owed:
        return (
            *_both(Account.PAYABLE, Account.BANK, claimed.owed),
            *_both(Account.EXCHANGE, Account.BANK, paid - claimed.owed),
        )
    until = Account.ADVANCE if claimed.advance and first else Account.RECEIVABLE
    return _both(until, Account.BANK, paid)


def _owed_no_more(book: Book, event: PaymentCharged) -> tuple[Book, Sequence[Posting]]:
    """A payment that was owed back settles its invoice after all: the other one came back."""
    settled = next((each for each in book.payments if each.payment == event.payment), None)
    claimed = book.claimed(event.invoice)
    if settled is None or not event.reserved or not (claimed.owed or claimed.advance):
        return book, ()
    owed_back = any(each.account is Account.RECEIVABLE for each in settled.postings)
    others = tuple(each for each in book.payments if each.payment != event.payment)
    if not owed_back or any(each.invoice == event.invoice for each in others):
        return book, ()
    postings = _paid(claimed, event.paid, first=True)
    anew = replace(settled, postings=postings)
    after = _with(book, replace(claimed, owed=Money.zero(book.currency)))
    return replace(after, payments=(*others, anew)), (
        *(Posting(each.account, -each.amount) for each in settled.postings),
        *postings,
    )


def _return(book: Book, event: PaymentReturned) -> tuple[Book, Sequence[Posting]]:
    """Exactly what was booked for the payment, the other way round."""
    settled = next(each for each in book.payments if each.payment == event.payment)
    postings = tuple(Posting(each.account, -each.amount) for each in settled.postings)
    again = [each.amount for each in settled.postings if each.account is Account.PAYABLE]
    claimed = book.claimed(event.invoice)
    owed = (claimed.owed or Money.zero(book.currency)) + (again[0] if again else _nothing(book))
    after = _with(book, replace(claimed, owed=owed))
    rest = tuple(each for each in book.payments if each.payment != event.payment)
    return replace(after, payments=rest), postings


def _owed_back(book: Book, event: RecoveryApproved) -> tuple[Book, Sequence[Posting]]:
    """What is owed back is no expense any more, or no advance; what was paid twice never was one,
    and is owed since it was paid.
    """
    owed = event.functional_amount
    settled = (each for each in book.payments if each.payment == event.payment)
    booked_on = {posting.account for each in settled for posting in each.postings}
    if Account.RECEIVABLE in booked_on:
        return book, ()
    standing = _standing(book) if Account.ADVANCE in booked_on else _nothing(book)
    of_advance = min(owed, standing)
    part = OwedBack(payment=event.payment, of_advance=of_advance)
    return replace(book, owed_back=(*book.owed_back, part)), (
        *_both(Account.RECEIVABLE, Account.ADVANCE, of_advance),
        *_both(Account.RECEIVABLE, Account.EXPENSE, owed - of_advance),
    )


def _recover(event: RecoveryReceived | RecoveryWrittenOff) -> Sequence[Posting]:
    match event:
        case RecoveryReceived(functional_amount=owed, received=came):
            return (
                *_both(Account.BANK, Account.RECEIVABLE, owed),
                *_both(Account.BANK, Account.EXCHANGE, came - owed),
            )
        case RecoveryWrittenOff(functional_amount=owed):
            return _both(Account.WRITTEN_OFF, Account.RECEIVABLE, owed)


def _stop_recovery(book: Book, event: RecoveryStopped) -> tuple[Book, Sequence[Posting]]:
    """What was still owed is an expense again, or an advance."""
    booked = [each for each in book.owed_back if each.payment == event.payment]
    if not booked:
        return book, ()
    last, owed = booked[-1], event.functional_amount
    of_advance = min(owed, last.of_advance)
    others = tuple(each for each in book.owed_back if each is not last)
    rest = replace(last, of_advance=last.of_advance - of_advance)
    return replace(book, owed_back=(*others, rest)), (
        *_both(Account.ADVANCE, Account.RECEIVABLE, of_advance),
        *_both(Account.EXPENSE, Account.RECEIVABLE, owed - of_advance),
    )


def _standing(book: Book) -> Money:
    """What was paid as advances and is not set off yet."""
    paid = [
        p.amount for each in book.payments for p in each.postings if p.account is Account.ADVANCE
    ]
    off = [each.set_off for each in book.invoices if each.set_off is not None]
    off += [each.of_advance for each in book.owed_back]
    return max(total(paid, book.currency) - total(off, book.currency), _nothing(book))


def _nothing(book: Book) -> Money:
    return Money.zero(book.currency)


def _with(book: Book, claimed: Claimed) -> Book:
    others = tuple(each for each in book.invoices if each.invoice != claimed.invoice)
    return replace(book, invoices=(*others, claimed))


def _both(debit: Account, credit: Account, amount: Money) -> tuple[Posting, ...]:
    return (Posting(debit, amount), Posting(credit, -amount)) if amount else ()
