"""What is booked for one commitment, and on which accounts."""

from enum import StrEnum

import msgspec
from msgspec.structs import replace

from disbursement.domain.exchange_rate import Rate, convert
from events.decider import State
from events.money import Money
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
    BANK_CHARGES = "bank_charges"
    """What the bank kept of payments that it sent back."""
    WRITTEN_OFF = "written_off"
    CASH = "cash"


class Posting(msgspec.Struct, frozen=True):
    account: Account
    amount: Money
    """Debit above zero, credit below, in the grant's currency."""


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
    """What advances had paid of it before, in the order's currency."""
    advance: bool = False
    uncovered: Money | None = None
    """Of an advance that the bank sent back: what goods had been set off against, and is owed anew;
    in the order's currency."""
    refund: Money | None = None
    """The vendor's own money among what is owed: paid back, and the payment was returned."""


class Settled(State, frozen=True):
    """A payment as it was booked, so that a return takes back exactly that."""

    payment: PaymentId
    amount: Money
    """In the order's currency."""
    postings: tuple[Posting, ...]
    invoice: InvoiceId

    @property
    def is_owed_back(self) -> bool:
        """Its invoice was paid before, or stood no more."""
        return any(each.account is Account.RECEIVABLE for each in self.postings)


class OwedBack(State, frozen=True):
    """What the vendor owes back of a payment. In the order's currency, if nothing else is said."""

    payment: PaymentId
    invoice: InvoiceId | None
    amount: Money
    """What it is asked for now."""
    functional: Money
    """The same in the grant's currency."""
    before: Money
    """As much was claimed of an advance by recoveries that are over."""
    claimed: Money
    """As much of an advance, with that."""
    counted: Money
    """As much of that as came, or was given up."""
    came: Money
    came_to: Money
    """What came, in the grant's currency on its days."""
    lost: Money
    lost_to: Money
    """What was given up, in the grant's currency."""
    booked: bool = False
    """Whether it is on the ledger by its approval."""
    goods: Money | None = None
    """What it is asked for of goods that a dispute took back, in the grant's currency: they are no
    expense by that already."""
    goods_before: Money | None = None
    """The same of recoveries that are over."""

    def worth(self, claimed: Money) -> Money:
        """What goes with so much of what is claimed, in the grant's currency."""
        minor = self.functional.minor * (claimed - self.before).minor // self.amount.minor
        return Money(minor, self.functional.currency)


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
    advance: Money
    """What was paid before delivery, and the vendor owes goods for, in the order's currency."""
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

    @property
    def nothing(self) -> Money:
        """In the grant's currency."""
        return Money.zero(self.currency)

    def paid(self, payment: PaymentId) -> Settled | None:
        return next((each for each in self.payments if each.payment == payment), None)

    def owed_by(self, payment: PaymentId) -> OwedBack | None:
        return next((each for each in self.owed_back if each.payment == payment), None)

    def with_invoice(self, claimed: Claimed) -> "Book":
        others = tuple(each for each in self.invoices if each.invoice != claimed.invoice)
        return replace(self, invoices=(*others, claimed))

    def with_owed(self, owed: OwedBack) -> "Book":
        others = tuple(each for each in self.owed_back if each.payment != owed.payment)
        return replace(self, owed_back=(*others, owed))


def both(debit: Account, credit: Account, amount: Money) -> tuple[Posting, ...]:
    return (Posting(debit, amount), Posting(credit, -amount)) if amount else ()


def on(account: Account, amount: Money) -> tuple[Posting, ...]:
    return (Posting(account, amount),) if amount else ()
