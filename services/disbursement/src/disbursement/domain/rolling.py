"""What is paid to one vendor, or for one case, within the programme's window (R4).

One sum that is divided into several payments is still one sum. Each payment is counted for its
vendor and for its case in the append that requests it, so that two requested at the same instant
know of one another. Cash has no vendor: it is counted for its case, with what is paid for that.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import assert_never

import msgspec
from msgspec.structs import replace

from disbursement.domain.exchange_rate import Rate, together
from events.decider import Command, Decider, Event, Rejected, State
from events.money import Money
from events.values import CaseId, CashId, PaymentId, VendorId

# Requests


class _Counting(Command, frozen=True, kw_only=True):
    case: CaseId
    amount: Money
    """In the programme's currency."""
    since: datetime
    """When the window began."""
    second_approval_from: Money
    second_approval: bool
    """Whether two people are to approve it."""
    rates: tuple[Rate, ...] = ()
    """The day's, into the programme's currency: others may be paid under another programme's."""


class CountPayment(_Counting, frozen=True, kw_only=True):
    payment: PaymentId
    vendor: VendorId


class CountCash(_Counting, frozen=True, kw_only=True):
    cash: CashId


class UncountPayment(Command, frozen=True):
    """The payment came to nothing."""

    payment: PaymentId


class CountPaymentAfterAll(Command, frozen=True):
    """The bank carried it out, though it had come to nothing."""

    payment: PaymentId
    vendor: VendorId
    case: CaseId


class UncountCash(Command, frozen=True):
    """The cash was given up."""

    cash: CashId


RollingCommand = CountPayment | CountCash | UncountPayment | UncountCash | CountPaymentAfterAll


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


class CashCounted(Event, frozen=True, tag="disbursement.cash_counted.v1"):
    """It counts together with what else is paid for the case."""

    cash: CashId
    case: CaseId
    amount: Money


class CashNotCounted(Event, frozen=True, tag="disbursement.cash_not_counted.v1"):
    """It was given up, and counts no more."""

    cash: CashId


RollingEvent = PaymentCounted | PaymentNotCounted | CashCounted | CashNotCounted


# Refusals


@dataclass(unsafe_hash=True)
class SecondApprovalNeeded(Rejected):
    """With what is paid beside it in the programme's window, two people have to approve it (R4)."""

    together: Money
    second_approval_from: Money
    since: date


# State


class Counted(msgspec.Struct, frozen=True):
    of: str
    """The id of the payment, or of the cash."""
    amount: Money
    at: datetime
    stands: bool = True
    """Until it comes to nothing."""


class Rolling(State, frozen=True):
    counted: tuple[Counted, ...] = ()

    def holds(self, of: str) -> bool:
        """Whether it counts."""
        return any(each.of == of and each.stands for each in self.counted)

    def since(self, then: datetime) -> Iterator[Money]:
        """What was requested since then and stands."""
        return (each.amount for each in self.counted if each.stands and each.at >= then)

    def together(self, amount: Money, since: datetime, rates: Sequence[Rate] = ()) -> Money:
        """The amount with those that were requested since then, in its currency. `NoRate`."""
        return together((amount, *self.since(since)), amount.currency, rates)


def evolve(rolling: Rolling | None, event: RollingEvent) -> Rolling:
    before = rolling or Rolling()
    match event:
        case PaymentCounted(payment=of, amount=amount, at=at):
            return _with(before, Counted(of, amount, at))
        case CashCounted(cash=cash, amount=amount, at=at):
            return _with(before, Counted(cash, amount, at))
        case PaymentNotCounted(payment=of):
            return _without(before, of)
        case CashNotCounted(cash=cash):
            return _without(before, cash)
        case _:
            assert_never(event)


def _with(rolling: Rolling, new: Counted) -> Rolling:
    others = (each for each in rolling.counted if each.of != new.of)
    return replace(rolling, counted=(*others, new))


def _without(rolling: Rolling, of: str) -> Rolling:
    counted = (replace(each, stands=each.stands and each.of != of) for each in rolling.counted)
    return replace(rolling, counted=tuple(counted))


# Rules


def decide(command: RollingCommand, rolling: Rolling | None) -> Sequence[RollingEvent]:
    before = rolling or Rolling()
    by, at = command.by, command.at
    match command:
        case CountPayment(payment=payment, vendor=vendor, case=case, amount=amount):
            _approved_by_as_many_as_needed(command, before)
            counted = PaymentCounted(
                by=by, at=at, payment=payment, vendor=vendor, case=case, amount=amount
            )
            return [counted] * (not before.holds(payment))
        case CountCash(cash=cash, case=case, amount=amount):
            _approved_by_as_many_as_needed(command, before)
            in_cash = CashCounted(by=by, at=at, cash=cash, case=case, amount=amount)
            return [in_cash] * (not before.holds(cash))
        case UncountPayment(payment=payment):
            gone = PaymentNotCounted(by=by, at=at, payment=payment)
            return [gone] * before.holds(payment)
        case CountPaymentAfterAll(payment=payment, vendor=vendor, case=case):
            return [
                PaymentCounted(
                    by=by, at=at, payment=payment, vendor=vendor, case=case, amount=each.amount
                )
                for each in before.counted
                if each.of == payment and not each.stands
            ]
        case UncountCash(cash=cash):
            return [CashNotCounted(by=by, at=at, cash=cash)] * before.holds(cash)
        case _:
            assert_never(command)


def _approved_by_as_many_as_needed(command: CountPayment | CountCash, before: Rolling) -> None:
    in_all = before.together(command.amount, command.since, command.rates)
    if in_all >= command.second_approval_from and not command.second_approval:
        raise SecondApprovalNeeded(in_all, command.second_approval_from, command.since.date())


rolling = Decider(decide=decide, evolve=evolve)
