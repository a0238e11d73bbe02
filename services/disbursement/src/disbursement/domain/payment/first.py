"""The first payment to an account on which nothing was ever paid (a page's `first_payment`).

A wrong account shows at the first payment, so no more than the programme says goes there before the
bank has booked one. What is on its way there is counted in the append that requests it, so that two
requested at the same instant know of one another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from disbursement.domain.exchange_rate import Rate, together
from events.decider import Command, Decider, Event, Rejected, State
from events.money import Money
from events.registry import Registry
from events.values import AccountId, PaymentId, ProgrammeId


class VendorRulesPublished(Event, frozen=True, tag="plans.vendor_rules_published.v1"):
    programme: ProgrammeId
    version: int
    first_payment_at_most: Money | None


from_plans = Registry.of("plans", [VendorRulesPublished], foreign=True)


@dataclass(unsafe_hash=True)
class FirstPaymentCapped(Rejected):
    """So much does not go to an account on which nothing was ever paid."""

    account: AccountId
    at_most: Money
    with_this: Money
    """Together with what is on its way there."""


# Requests


class CountFirstPayment(Command, frozen=True):
    """A payment to an account on which nothing was ever paid is requested."""

    payment: PaymentId
    account: AccountId
    amount: Money
    """In the grant's currency."""
    at_most: Money | None
    """None: the programme does not say."""
    rates: tuple[Rate, ...] = ()
    """The day's, between what is counted and the currency of `at_most`."""


class UncountFirstPayment(Command, frozen=True):
    """The payment came to nothing."""

    payment: PaymentId


class CountFirstPaymentAfterAll(Command, frozen=True):
    """The bank carried it out, though it had come to nothing."""

    payment: PaymentId
    account: AccountId


FirstCommand = CountFirstPayment | UncountFirstPayment | CountFirstPaymentAfterAll

# Facts


class FirstPaymentCounted(Event, frozen=True, tag="disbursement.first_payment_counted.v1"):
    payment: PaymentId
    account: AccountId
    amount: Money


class FirstPaymentNotCounted(Event, frozen=True, tag="disbursement.first_payment_not_counted.v1"):
    payment: PaymentId


FirstEvent = FirstPaymentCounted | FirstPaymentNotCounted

# State


class FirstPayments(State, frozen=True):
    """What is on its way to the account."""

    amounts: tuple[tuple[PaymentId, Money], ...] = ()
    came_to_nothing: tuple[tuple[PaymentId, Money], ...] = ()


def evolve(stands: FirstPayments | None, event: FirstEvent) -> FirstPayments:
    before = stands or FirstPayments()
    counts, nothing = dict(before.amounts), dict(before.came_to_nothing)
    match event:
        case FirstPaymentCounted(payment=payment, amount=amount):
            nothing.pop(payment, None)
            counts[payment] = amount
        case FirstPaymentNotCounted(payment=payment):
            nothing[payment] = counts.pop(payment)
        case _:
            assert_never(event)
    return FirstPayments(amounts=tuple(counts.items()), came_to_nothing=tuple(nothing.items()))


# Rules


def decide(command: FirstCommand, stands: FirstPayments | None) -> Sequence[FirstEvent]:
    by, at, before = command.by, command.at, dict((stands or FirstPayments()).amounts)
    match command:
        case CountFirstPayment(payment=payment, account=account, amount=amount, at_most=at_most):
            if at_most is not None:
                with_this = together((amount, *before.values()), at_most.currency, command.rates)
                if with_this > at_most:
                    raise FirstPaymentCapped(account, at_most, with_this)
            return [
                FirstPaymentCounted(by=by, at=at, payment=payment, account=account, amount=amount)
            ]
        case UncountFirstPayment(payment=payment):
            return [FirstPaymentNotCounted(by=by, at=at, payment=payment)] * (payment in before)
        case CountFirstPaymentAfterAll(payment=payment, account=account):
            return [
                FirstPaymentCounted(by=by, at=at, payment=payment, account=account, amount=amount)
                for one, amount in (stands or FirstPayments()).came_to_nothing
                if one == payment
            ]
        case _:
            assert_never(command)


first_payments = Decider(decide=decide, evolve=evolve)


def first_of(account: AccountId) -> str:
    """The stream in which the payments to an account are counted."""
    return f"first_{account}"
