"""What the bank says. Said twice it is said once; said late it still counts."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import assert_never

from disbursement.domain.conversion import CorrectConversion, correction
from disbursement.domain.exchange_rate import Rate, convert
from disbursement.domain.payment import refusals as no
from disbursement.domain.payment.facts import (
    BankChargeKept,
    EarlyReturn,
    PaymentAcceptedByBank,
    PaymentConversionCorrected,
    PaymentConversionWithdrawn,
    PaymentConverted,
    PaymentEvent,
    PaymentInstructed,
    PaymentReconciled,
    PaymentRejectedByBank,
    PaymentReturnBooked,
    PaymentReturnCameFirst,
    PaymentReturned,
    VendorPaid,
)
from disbursement.domain.payment.refusals import Stage
from disbursement.domain.payment.requests import (
    NO_BANK_REFERENCE,
    Booked,
    ConvertPayment,
    KeepEarlyReturn,
    ReconcilePayment,
    RecordAcceptance,
    RecordExecution,
    RecordInstruction,
    RecordRejection,
    RecordReturn,
)
from disbursement.domain.payment.state import Payment
from events.decider import Command
from events.money import Money
from events.values import Code

WITH_THE_BANK = (Stage.IN_FILE, Stage.INSTRUCTED, Stage.ACCEPTED)
EXECUTED = (Stage.PAID, Stage.RECONCILED)
A_DAY = timedelta(days=1)
"""A day begins earlier where the bank is."""


def by_the_bank(
    command: RecordInstruction
    | RecordAcceptance
    | RecordRejection
    | RecordExecution
    | RecordReturn
    | KeepEarlyReturn
    | ReconcilePayment,
    payment: Payment,
) -> Sequence[PaymentEvent]:
    by, at = command.by, command.at
    if payment.file is None or payment.end_to_end_id is None:
        raise no.PaymentIsAt(payment.stage, Stage.IN_FILE)
    match command:
        case RecordInstruction(file_hash=file_hash):
            if payment.stage is not Stage.IN_FILE:
                return []
            return [
                PaymentInstructed(
                    by=by,
                    at=at,
                    payment=payment.id,
                    file=payment.file,
                    end_to_end_id=payment.end_to_end_id,
                    file_hash=file_hash,
                )
            ]
        case RecordAcceptance():
            if payment.stage not in (Stage.IN_FILE, Stage.INSTRUCTED):
                return []
            return [PaymentAcceptedByBank(by=by, at=at, payment=payment.id)]
        case RecordRejection():
            return _rejected(command, payment)
        case RecordExecution():
            return _executed(command, payment)
        case RecordReturn():
            return _returned(command, payment)
        case KeepEarlyReturn():
            return _came_first(command, payment)
        case ReconcilePayment():
            return _reconciled(command, payment)
        case _:
            assert_never(command)


def _rejected(command: RecordRejection, payment: Payment) -> Sequence[PaymentRejectedByBank]:
    if payment.stage not in WITH_THE_BANK:
        return _unless(payment, Stage.REJECTED, needed=Stage.INSTRUCTED)
    return [
        PaymentRejectedByBank(
            by=command.by,
            at=command.at,
            payment=payment.id,
            commitment=payment.commitment,
            invoice=payment.invoice,
            reason=command.reason,
        )
    ]


def _executed(command: RecordExecution, payment: Payment) -> Sequence[PaymentEvent]:
    if command.amount != payment.amount:
        raise no.NotTheAmount(payment.amount, command.amount)
    if payment.stage not in (*WITH_THE_BANK, Stage.REJECTED):
        return _unless(payment, *EXECUTED, Stage.RETURNED, needed=Stage.INSTRUCTED)
    assert payment.end_to_end_id is not None, "a payment in a file has its reference"
    paid = VendorPaid(
        by=command.by,
        at=command.at,
        payment=payment.id,
        vendor=payment.vendor,
        account=payment.account,
        invoice=payment.invoice,
        commitment=payment.commitment,
        case=payment.case,
        item=payment.item,
        amount=payment.amount,
        value_date=command.value_date,
        bank_ref=command.bank_ref,
        end_to_end_id=payment.end_to_end_id,
        rate=command.rate,
        functional_amount=command.functional_amount,
        reserved=payment.reserved,
        budget_line=payment.budget_line,
        after_rejection=payment.stage is Stage.REJECTED,
    )
    if command.rate is None or not command.by_rule:
        return [paid]
    return [paid, _converted(command, command.rate, payment)]


def _converted(command: Command, rate: Rate, payment: Payment) -> PaymentConverted:
    return PaymentConverted(
        by=command.by,
        at=command.at,
        payment=payment.id,
        commitment=payment.commitment,
        budget_line=payment.budget_line,
        rate=rate,
        by_rule=convert(payment.amount, payment.reserved.currency, rate),
    )


def converted(command: ConvertPayment, payment: Payment) -> Sequence[PaymentConverted]:
    """What was paid, where it is not converted yet; also where it came back after the vendor had
    paid a part back, which is still here.
    """
    if payment.stage not in (*EXECUTED, Stage.RETURNED) or payment.converted is not None:
        return []
    return [_converted(command, command.rate, payment)]


def corrected(command: CorrectConversion, payment: Payment) -> Sequence[PaymentEvent]:
    return correction(
        payment,
        command,
        PaymentConversionWithdrawn,
        PaymentConversionCorrected,
        payment=payment.id,
        commitment=payment.commitment,
    )


def _returned(command: RecordReturn, payment: Payment) -> Sequence[PaymentEvent]:
    charge = command.charge or Money.zero(payment.amount.currency)
    _is_all_of_it(payment, command.amount, charge)
    booked = command.booked
    if payment.return_ref is not None and booked is not None:
        before = (payment.return_ref, payment.returned_on)
        if not _same_booking(booked, *before):
            raise no.BookedTwice(payment.return_ref, booked.bank_ref)
        return []
    if payment.stage not in EXECUTED:
        return _unless(payment, Stage.RETURNED, needed=Stage.PAID)
    if booked is not None and not _after_it_was_paid(booked.value_date, payment):
        raise no.ReturnedBeforePaid(payment.paid_on, booked.value_date)
    assert payment.functional_amount is not None, "an executed payment has its amount"
    returned = PaymentReturned(
        by=command.by,
        at=command.at,
        payment=payment.id,
        commitment=payment.commitment,
        invoice=payment.invoice,
        budget_line=payment.budget_line,
        reserved=payment.reserved,
        functional_amount=payment.functional_amount,
        reason=command.reason,
    )
    facts: list[PaymentEvent] = [returned]
    if charge:
        facts.append(_kept(command, payment, charge, payment.functional_amount))
    if booked is not None:
        found = PaymentReturnBooked(
            by=command.by,
            at=command.at,
            payment=payment.id,
            statement=booked.statement,
            line=booked.line,
            bank_ref=booked.bank_ref,
            value_date=booked.value_date,
        )
        facts.append(found)
    return facts


def _is_all_of_it(payment: Payment, came: Money, charge: Money) -> None:
    """With what the bank says that it kept, or is taken to have kept."""
    currencies = {came.currency, charge.currency, payment.amount.currency}
    if len(currencies) > 1 or came.minor <= 0 or came + charge != payment.amount:
        raise no.NotTheAmount(payment.amount, came)


def _kept(
    command: RecordReturn, payment: Payment, charge: Money, functional: Money
) -> BankChargeKept:
    by_rule = payment.converted.by_rule if payment.converted else functional
    parts = (command.amount.minor, charge.minor)
    return BankChargeKept(
        by=command.by,
        at=command.at,
        payment=payment.id,
        commitment=payment.commitment,
        budget_line=payment.budget_line,
        amount=charge,
        functional_amount=functional.allocate(parts)[1],
        by_rule=by_rule.allocate(parts)[1],
    )


def _came_first(command: KeepEarlyReturn, payment: Payment) -> Sequence[PaymentReturnCameFirst]:
    back, before = command.back, payment.came_first
    _is_all_of_it(payment, back.amount, back.charge)
    if payment.stage not in (*WITH_THE_BANK, Stage.REJECTED):
        raise no.PaymentIsAt(payment.stage, Stage.INSTRUCTED)
    if before is not None:
        if not _same_booking(back, before.bank_ref, before.value_date):
            raise no.BookedTwice(before.bank_ref, back.bank_ref)
        return []
    return [PaymentReturnCameFirst(by=command.by, at=command.at, payment=payment.id, back=back)]


def _after_it_was_paid(day: date, payment: Payment) -> bool:
    """By the day of its booking; without one, the day before it was told that it was executed."""
    if payment.value_date is not None:
        return day >= payment.value_date
    return payment.paid_on is None or day >= payment.paid_on - A_DAY


def _reconciled(command: ReconcilePayment, payment: Payment) -> Sequence[PaymentReconciled]:
    if payment.bank_ref is not None:
        if not _same_booking(command, payment.bank_ref, payment.value_date):
            raise no.BookedTwice(payment.bank_ref, command.bank_ref)
        return []
    if payment.stage is not Stage.PAID:
        return _unless(payment, Stage.RETURNED, needed=Stage.PAID)
    return [
        PaymentReconciled(
            by=command.by,
            at=command.at,
            payment=payment.id,
            statement=command.statement,
            line=command.line,
            bank_ref=command.bank_ref,
            value_date=command.value_date,
        )
    ]


def _same_booking(
    told: ReconcilePayment | Booked | EarlyReturn, before: Code, on: date | None
) -> bool:
    """A notice that is repeated has the bank's same reference; without one, the same day."""
    if told.bank_ref == NO_BANK_REFERENCE:
        return (before, on) == (told.bank_ref, told.value_date)
    return before == told.bank_ref


def _unless(payment: Payment, *so_already: Stage, needed: Stage) -> tuple[()]:
    """Nothing to add when it is so already; else the bank contradicts what we know."""
    if payment.stage not in so_already:
        raise no.PaymentIsAt(payment.stage, needed)
    return ()
