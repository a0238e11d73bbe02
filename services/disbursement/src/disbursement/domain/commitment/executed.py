"""What the bank executed of a commitment's invoices, and how much of it the reservation bore.

Money that left the bank is a fact: where nothing is reserved for it, because its invoice had been
paid before or its order was cancelled meanwhile, it is borne by the budget line beyond that.
"""

from collections.abc import Callable
from typing import assert_never

import msgspec
from msgspec.structs import replace

from events.decider import Event
from events.money import Money
from events.values import BudgetLineId, CommitmentId, InvoiceId, PaymentId


class PaymentCharged(Event, frozen=True, tag="disbursement.payment_charged.v1"):
    """The bank executed it: so much of the reservation it takes, and so much goes beyond."""

    commitment: CommitmentId
    budget_line: BudgetLineId
    invoice: InvoiceId
    payment: PaymentId
    reserved: Money
    """In the grant's currency, as what follows."""
    beyond: Money
    """What it came to beyond the reservation."""
    paid: Money
    """All that it came to on its day."""


class ChargeTakenBack(Event, frozen=True, tag="disbursement.charge_taken_back.v1"):
    """The bank sent it back: what it took of the reservation is there again, and no more."""

    commitment: CommitmentId
    budget_line: BudgetLineId
    invoice: InvoiceId
    payment: PaymentId
    reserved: Money
    paid: Money


class SecondPaymentRecovered(Event, frozen=True, tag="disbursement.second_payment_recovered.v1"):
    """Of what was paid twice something came back, or a person gave it up: it stands for no other
    payment of the invoice any more.
    """

    commitment: CommitmentId
    invoice: InvoiceId
    payment: PaymentId


class ReturnedPaidAnew(Event, frozen=True, tag="disbursement.returned_paid_anew.v1"):
    """The bank had sent a payment back of which the vendor had paid something back too: its whole
    invoice is paid anew, with that.
    """

    commitment: CommitmentId
    invoice: InvoiceId
    returned: PaymentId
    payment: PaymentId


class DisplacedPaymentEnded(Event, frozen=True, tag="disbursement.displaced_payment_ended.v1"):
    """A payment whose invoice another one had settled came to nothing."""

    commitment: CommitmentId
    invoice: InvoiceId
    payment: PaymentId


ExecutedEvent = (
    PaymentCharged
    | ChargeTakenBack
    | SecondPaymentRecovered
    | ReturnedPaidAnew
    | DisplacedPaymentEnded
)


class Executed(msgspec.Struct, frozen=True, kw_only=True):
    """A payment that the bank executed and did not send back."""

    invoice: InvoiceId
    payment: PaymentId
    took: Money
    """Of the reservation, in the grant's currency."""
    back: Money
    """As much of that as came by the vendor, and is there again."""
    paid: Money | None = None
    again: bool = False
    """Its invoice was settled by another payment, or stood no more: it is owed back."""

    @property
    def reserved(self) -> Money:
        """What the reservation has again if the bank sends it back."""
        return self.took - self.back


class Executions(msgspec.Struct, frozen=True, kw_only=True):
    """What the bank executed, and what may still come of payments that others have overtaken."""

    done: tuple[Executed, ...] = ()
    displaced: tuple[tuple[InvoiceId, PaymentId], ...] = ()
    sent_back: tuple[tuple[InvoiceId, PaymentId], ...] = ()
    """What the bank executed, and sent back."""

    def of(self, payment: PaymentId) -> Executed | None:
        return next((each for each in self.done if each.payment == payment), None)

    def owed_back(self, invoice: InvoiceId) -> Executed | None:
        """The first that was paid beside the one that settled the invoice."""
        return next((each for each in self.done if each.invoice == invoice and each.again), None)

    def under_way(self, invoice: InvoiceId) -> PaymentId | None:
        """One that may still be executed, although another one settled the invoice."""
        return next((each for of, each in self.displaced if of == invoice), None)

    def settled(
        self, invoice: InvoiceId, payment: PaymentId, reserved: Money, over: PaymentId | None
    ) -> "Executions":
        """It settles its invoice, and overtakes another payment of it."""
        before = self.of(payment)
        if before is not None and before.invoice != invoice:
            return self  # it is an advance, of which nothing is left to be paid
        paid = before.paid if before else None
        nothing = Money.zero(reserved.currency)
        now = Executed(invoice=invoice, payment=payment, took=reserved, back=nothing, paid=paid)
        displaced = () if over is None else ((invoice, over),)
        rest = self._without(payment)
        return replace(rest, done=(*rest.done, now), displaced=(*rest.displaced, *displaced))

    def paid_again(self, invoice: InvoiceId, payment: PaymentId, nothing: Money) -> "Executions":
        rest = self._without(payment)
        now = Executed(invoice=invoice, payment=payment, took=nothing, back=nothing, again=True)
        return replace(rest, done=(*rest.done, now))

    def given_back(self, payment: PaymentId, amount: Money) -> "Executions":
        """So much of what it took came back by the vendor."""
        return self._changed(payment, lambda each: replace(each, back=each.back + amount))

    def after(self, event: ExecutedEvent) -> "Executions":
        match event:
            case PaymentCharged(payment=payment, paid=paid):
                return self._changed(payment, lambda each: replace(each, paid=paid))
            case SecondPaymentRecovered(payment=payment):
                return self._changed(payment, lambda each: replace(each, again=False))
            case ReturnedPaidAnew():
                return self
            case ChargeTakenBack(invoice=invoice, payment=payment):
                back = (*self.sent_back, (invoice, payment))
                return replace(self._without(payment), sent_back=back)
            case DisplacedPaymentEnded(payment=payment):
                return self._without(payment)
            case _:
                assert_never(event)

    def _changed(self, payment: PaymentId, change: Callable[[Executed], Executed]) -> "Executions":
        done = tuple(change(each) if each.payment == payment else each for each in self.done)
        return replace(self, done=done)

    def _without(self, payment: PaymentId) -> "Executions":
        return replace(
            self,
            done=tuple(each for each in self.done if each.payment != payment),
            displaced=tuple(each for each in self.displaced if each[1] != payment),
        )
