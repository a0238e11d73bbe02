"""What is paid to one vendor, or for one case, within the programme's window (R4).

One sum that is divided into several payments is still one sum. Each payment is counted for its
vendor and for its case in the append that requests it, so that two requested at the same instant
know of one another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import assert_never

import msgspec
from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.money import Money, total
from events.values import CaseId, PaymentId, VendorId

# Requests


class CountPayment(Command, frozen=True):
    payment: PaymentId
    vendor: VendorId
    case: CaseId
    amount: Money
    """In the programme's currency."""
    since: datetime
    """When the window began."""
    second_approval_from: Money
    second_approval: bool
    """Whether two people are to approve it."""


class UncountPayment(Command, frozen=True):
    """The payment came to nothing."""

    payment: PaymentId


RollingCommand = CountPayment | UncountPayment


# Facts


class PaymentCounted(Event, frozen=True, tag="disbursement.payment_counted.v1"):
    """It counts together with the others of the vendor, or of the case, as the stream says."""

    payment: PaymentId
    vendor: VendorId
    case: CaseId
    amount: Money


class PaymentNotCounted(Event, frozen=True, tag="disbursement.payment_not_counted.v1"):
    """It came to nothing, and counts no more."""

    payment: PaymentId


RollingEvent = PaymentCounted | PaymentNotCounted


# Refusals


@dataclass(unsafe_hash=True)
class SecondApprovalNeeded(Rejected):
    """With what is paid beside it in the programme's window, two people have to approve it (R4)."""

    together: Money
    second_approval_from: Money
    since: date


# State


class Counted(msgspec.Struct, frozen=True):
    payment: PaymentId
    amount: Money
    at: datetime


class Rolling(State, frozen=True):
    payments: tuple[Counted, ...] = ()

    def together(self, amount: Money, since: datetime) -> Money:
        """The amount with those that were requested since then, in its currency."""
        others = (
            each.amount
            for each in self.payments
            if each.at >= since and each.amount.currency == amount.currency
        )
        return total((amount, *others), amount.currency)


def evolve(rolling: Rolling | None, event: RollingEvent) -> Rolling:
    before = rolling or Rolling()
    match event:
        case PaymentCounted(payment=payment, amount=amount, at=at):
            return replace(before, payments=(*before.payments, Counted(payment, amount, at)))
        case PaymentNotCounted(payment=payment):
            return replace(
                before, payments=tuple(p for p in before.payments if p.payment != payment)
            )
        case _:
            assert_never(event)


# Rules


def decide(command: RollingCommand, rolling: Rolling | None) -> Sequence[RollingEvent]:
    before = rolling or Rolling()
    counted = any(each.payment == command.payment for each in before.payments)
    match command:
        case CountPayment(amount=amount, since=since):
            together = before.together(amount, since)
            if together >= command.second_approval_from and not command.second_approval:
                raise SecondApprovalNeeded(together, command.second_approval_from, since.date())
            if counted:
                return []
            return [
                PaymentCounted(
                    by=command.by,
                    at=command.at,
                    payment=command.payment,
                    vendor=command.vendor,
                    case=command.case,
                    amount=amount,
                )
            ]
        case UncountPayment(payment=payment):
            return [PaymentNotCounted(by=command.by, at=command.at, payment=payment)] * counted
        case _:
            assert_never(command)


rolling = Decider(decide=decide, evolve=evolve)
