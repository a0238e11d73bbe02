"""Event -> commands: what a payment's fate means for its invoice, its commitment and its funds."""

from collections.abc import Iterator
from typing import Any

from disbursement.domain import registry
from disbursement.domain.bank_file import BankFileRefused
from disbursement.domain.budget_line import (
    FreeEarmark,
    ReleaseFunds,
    RestoreFunds,
    SpendFunds,
    SpendOnCharge,
    budget_line,
)
from disbursement.domain.cash import CashCancelled, CashHandOverConfirmed
from disbursement.domain.commitment import (
    ChargeTakenBack,
    CommitmentAmended,
    CommitmentCancelled,
    CommitmentLiquidated,
    InvoiceSettled,
    PaymentCharged,
    RecoverAdvance,
    ReopenInvoice,
    ReturnedPaidAnew,
    SettleInvoice,
    commitment,
)
from disbursement.domain.commitment.advanced import RecoveredFundsPlaced
from disbursement.domain.item_ceiling import (
    ItemEarmarked,
    ItemEarmarkFreed,
    ReleaseOnItem,
    ReservationGivenBack,
    item_ceiling,
)
from disbursement.domain.payment import (
    BankChargeKept,
    PaymentCancelled,
    PaymentRejectedByBank,
    PaymentReturned,
    TakePaymentOutOfFile,
    VendorPaid,
    payment,
)
from disbursement.domain.recovery import (
    PAID_TWICE,
    PayRefundWithInvoice,
    RecoveryReceived,
    RecoveryWrittenOff,
    RefundPaid,
    StopRecovery,
    payment_recovered,
    recovery,
    recovery_of,
)
from events.handler import Act
from events.money import Money
from events.service import Heard, Policy
from events.values import SYSTEM, CommitmentId, PaymentId

Acts = Iterator[Act[Any, Any, Any]]


def settle_invoices(fact: Heard[Any]) -> Acts:
    """An executed payment settles its invoice; one that came to nothing opens it again (A9)."""
    event, at = fact.event, fact.envelope.time
    match event:
        case VendorPaid():
            settled = SettleInvoice(
                by=SYSTEM,
                at=at,
                invoice=event.invoice,
                payment=event.payment,
                reserved=event.reserved,
                paid=event.functional_amount,
            )
            yield Act(commitment, event.commitment, settled)
        case PaymentReturned():
            yield Act(commitment, event.commitment, _reopening(fact, event.functional_amount))
        case PaymentRejectedByBank() | PaymentCancelled():
            yield Act(commitment, event.commitment, _reopening(fact, None))


def _reopening(fact: Heard[Any], returned: Money | None) -> ReopenInvoice:
    return ReopenInvoice(
        by=SYSTEM,
        at=fact.envelope.time,
        invoice=fact.event.invoice,
        payment=fact.event.payment,
        returned=returned,
    )


def keep_the_budget(fact: Heard[Any]) -> Acts:
    """What was paid is spent; what came back is reserved again, as far as it was before."""
    event, at = fact.event, fact.envelope.time
    match event:
        case PaymentCharged():
            spent = SpendFunds(
                by=SYSTEM,
                at=at,
                line=event.budget_line,
                commitment=event.commitment,
                payment=event.payment,
                reserved=event.reserved,
                paid=event.paid,
                beyond=event.beyond,
            )
            yield Act(budget_line, event.budget_line, spent)
        case ChargeTakenBack():
            restored = RestoreFunds(
                by=SYSTEM,
                at=at,
                line=event.budget_line,
                commitment=event.commitment,
                payment=event.payment,
                reserved=event.reserved,
                paid=event.paid,
                beyond=event.paid,
            )
            yield Act(budget_line, event.budget_line, restored)
        case BankChargeKept():
            kept = SpendOnCharge(
                by=SYSTEM,
                at=at,
                line=event.budget_line,
                commitment=event.commitment,
                payment=event.payment,
                amount=event.functional_amount,
            )
            yield Act(budget_line, event.budget_line, kept)
        case RefundPaid():
            refunded = SpendFunds(
                by=SYSTEM,
                at=at,
                line=event.budget_line,
                commitment=event.commitment,
                payment=event.payment,
                reserved=Money.zero(event.paid.currency),
                paid=event.paid,
            )
            yield Act(budget_line, event.budget_line, refunded)


def release_what_is_left(fact: Heard[Any]) -> Acts:
    """A commitment that is over, or for less now, gives back the rest, to its item first."""
    event, at = fact.event, fact.envelope.time
    ends = CommitmentAmended | CommitmentLiquidated | CommitmentCancelled
    if isinstance(event, ends) and event.released:
        given_back = ReleaseOnItem(
            by=SYSTEM,
            at=at,
            item=event.item,
            line=event.budget_line,
            commitment=event.commitment,
            amount=event.released,
        )
        yield Act(item_ceiling, event.item, given_back)


def account_for_cash(fact: Heard[Any]) -> Acts:
    """Cash that two people saw handed over is spent; what was given up is free again."""
    event, by, at = fact.event, SYSTEM, fact.envelope.time
    match event:
        case CashHandOverConfirmed(cash=cash, budget_line=line, reserved=reserved):
            spent = SpendFunds(
                by=by,
                at=at,
                line=line,
                commitment=CommitmentId(cash),
                payment=PaymentId(cash),
                reserved=reserved,
                paid=reserved,
            )
            yield Act(budget_line, line, spent)
        case CashCancelled(cash=cash, item=item, budget_line=line, released=released):
            free = ReleaseOnItem(
                by=by,
                at=at,
                item=item,
                line=line,
                commitment=CommitmentId(cash),
                amount=released,
            )
            yield Act(item_ceiling, item, free)


def give_back_what_was_recovered(fact: Heard[Any]) -> Acts:
    """Money that a vendor paid back is reserved again, for its order or for its item (A11)."""
    event, by, at = fact.event, SYSTEM, fact.envelope.time
    if isinstance(event, RecoveryReceived):
        restored = RestoreFunds(
            by=by,
            at=at,
            line=event.budget_line,
            commitment=event.commitment,
            payment=event.payment,
            reserved=event.restored,
            paid=event.received,
            beyond=max(
                event.functional_amount - event.restored, Money.zero(event.restored.currency)
            ),
        )
        yield Act(budget_line, event.budget_line, restored)
        back = RecoverAdvance(
            by=by, at=at, payment=event.payment, amount=event.amount, restored=event.restored
        )
        yield Act(commitment, event.commitment, back)


def give_the_item_what_was_recovered(fact: Heard[Any]) -> Acts:
    """What no order needs again is there for the item, or else for the line."""
    event = fact.event
    if isinstance(event, RecoveredFundsPlaced) and event.to_item:
        for_item = ReleaseOnItem(
            by=SYSTEM,
            at=fact.envelope.time,
            item=event.item,
            line=event.budget_line,
            commitment=event.commitment,
            amount=event.to_item,
        )
        yield Act(item_ceiling, event.item, for_item)


def stop_what_came_back(fact: Heard[Any]) -> Acts:
    """What the bank sent back, the vendor does not owe; nor what was paid twice, when the other one
    came back.
    """
    event, at = fact.event, fact.envelope.time
    match event:
        case PaymentReturned(payment=payment):
            yield Act(recovery, recovery_of(payment), StopRecovery(by=SYSTEM, at=at))
        case InvoiceSettled(payment=payment):
            stopped = StopRecovery(by=SYSTEM, at=at, only=PAID_TWICE)
            yield Act(recovery, recovery_of(payment), stopped)
        case ReturnedPaidAnew(returned=payment):
            refunded = PayRefundWithInvoice(by=SYSTEM, at=at)
            yield Act(recovery, recovery_of(payment), refunded)


def count_what_came_back_of_advances(fact: Heard[Any]) -> Acts:
    """What a person gave up is no longer owed in goods."""
    event, at = fact.event, fact.envelope.time
    if isinstance(event, RecoveryWrittenOff):
        paid = payment_recovered(event.recovery)
        less = RecoverAdvance(by=SYSTEM, at=at, payment=paid, amount=event.amount)
        yield Act(commitment, event.commitment, less)


def keep_for_the_item_or_free(fact: Heard[Any]) -> Acts:
    """What an item may still need stays on its line; what it does not is free."""
    event, at = fact.event, fact.envelope.time
    match event:
        case ReservationGivenBack(line=line, item=item):
            released = ReleaseFunds(
                by=SYSTEM,
                at=at,
                line=line,
                commitment=event.commitment,
                amount=event.amount,
                item=item,
                earmarked=event.earmarked,
            )
            yield Act(budget_line, line, released)
        case ItemEarmarked(line=line, item=item) | ItemEarmarkFreed(line=line, item=item):
            if event.freed:
                freed = FreeEarmark(by=SYSTEM, at=at, line=line, item=item, amount=event.freed)
                yield Act(budget_line, line, freed)


def take_out_of_refused_files(fact: Heard[Any]) -> Acts:
    """A file that cannot be written lets its payments go; those that were the reason are held."""
    event = fact.event
    if isinstance(event, BankFileRefused):
        faults = {fault.payment: fault.reason for fault in event.faults}
        for one in event.payments:
            taken_out = TakePaymentOutOfFile(
                by=SYSTEM, at=fact.envelope.time, file=event.file, fault=faults.get(one)
            )
            yield Act(payment, one, taken_out)


policies = tuple(
    Policy(name, {"disbursement": registry}, react)
    for name, react in (
        ("settle_invoices", settle_invoices),
        ("keep_the_budget", keep_the_budget),
        ("release_what_is_left", release_what_is_left),
        ("account_for_cash", account_for_cash),
        ("give_back_what_was_recovered", give_back_what_was_recovered),
        ("give_the_item_what_was_recovered", give_the_item_what_was_recovered),
        ("stop_what_came_back", stop_what_came_back),
        ("count_what_came_back_of_advances", count_what_came_back_of_advances),
        ("keep_for_the_item_or_free", keep_for_the_item_or_free),
        ("take_out_of_refused_files", take_out_of_refused_files),
    )
)
