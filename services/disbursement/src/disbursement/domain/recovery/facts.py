"""What can happen to a recovery."""

from typing import Annotated, NewType

from msgspec import Meta

from disbursement.domain.bank_answer import BankAnswerId
from disbursement.domain.payment import Terms
from events.decider import Event
from events.money import Money
from events.values import (
    ID,
    BudgetLineId,
    Code,
    CommitmentId,
    DelegationId,
    ItemId,
    PaymentId,
    PersonId,
    Shape,
    VendorId,
)

RecoveryId = NewType("RecoveryId", Annotated[str, Meta(pattern=ID), Shape(ID)])
"""Of the payment whose money it is (`rcv_` and the rest of the payment's id)."""


def recovery_of(payment: PaymentId) -> RecoveryId:
    return RecoveryId(f"rcv_{payment.removeprefix('pay_')}")


def payment_recovered(recovery: RecoveryId) -> PaymentId:
    return PaymentId(f"pay_{recovery.removeprefix('rcv_')}")


class RecoveryInitiated(Event, frozen=True, tag="disbursement.recovery_initiated.v1"):
    recovery: RecoveryId
    payment: PaymentId
    vendor: VendorId
    commitment: CommitmentId
    item: ItemId
    budget_line: BudgetLineId
    amount: Money
    """In the payment's currency."""
    functional_amount: Money
    """The same part of what the payment came to in the grant's currency."""
    reserved: Money
    """The same part of what it took out of the reservation."""
    reason: Code
    paid_by: tuple[PersonId, ...]
    """Who had a part in the payment."""


class RecoveryApproved(Event, frozen=True, tag="disbursement.recovery_approved.v1"):
    """The vendor owes it back."""

    recovery: RecoveryId
    payment: PaymentId
    commitment: CommitmentId
    functional_amount: Money
    delegation: DelegationId


class RecoveryRejected(Event, frozen=True, tag="disbursement.recovery_rejected.v1"):
    recovery: RecoveryId
    reason: Code


class RecoveryReceived(Event, frozen=True, tag="disbursement.recovery_received.v1"):
    """The bank booked money of it to our account."""

    recovery: RecoveryId
    payment: PaymentId
    commitment: CommitmentId
    item: ItemId
    budget_line: BudgetLineId
    answer: BankAnswerId
    line: int
    amount: Money
    functional_amount: Money
    """As much of what is owed it takes away, in the grant's currency."""
    received: Money
    """What it came to on its day."""
    restored: Money
    """As much of what the payment had used up of the budget line comes back."""
    settled: bool
    """Nothing is owed any more."""


class WriteOffProposed(Event, frozen=True, tag="disbursement.write_off_proposed.v1"):
    recovery: RecoveryId
    reason: Code


class WriteOffDeclined(Event, frozen=True, tag="disbursement.write_off_declined.v1"):
    recovery: RecoveryId
    reason: Code


class RecoveryWrittenOff(Event, frozen=True, tag="disbursement.recovery_written_off.v1"):
    """What was not received is given up."""

    recovery: RecoveryId
    commitment: CommitmentId
    amount: Money
    functional_amount: Money
    delegation: DelegationId


class ReversalProposed(Event, frozen=True, tag="disbursement.reversal_proposed.v1"):
    """The vendor delivers, or pays, after all: what was given up is to be owed again."""

    recovery: RecoveryId
    reason: Code


class ReversalDeclined(Event, frozen=True, tag="disbursement.reversal_declined.v1"):
    """It stays given up."""

    recovery: RecoveryId
    reason: Code


class WriteOffReversed(Event, frozen=True, tag="disbursement.write_off_reversed.v1"):
    """What was given up is owed again, and no loss."""

    recovery: RecoveryId
    payment: PaymentId
    commitment: CommitmentId
    amount: Money
    functional_amount: Money
    delegation: DelegationId


class RecoveryStopped(Event, frozen=True, tag="disbursement.recovery_stopped.v1"):
    """The bank sent the payment back: nothing of it is owed by the vendor any more."""

    recovery: RecoveryId
    payment: PaymentId
    commitment: CommitmentId
    functional_amount: Money
    """What was still owed of it, in the grant's currency; zero where nobody had approved it."""


class RecoveryWithdrawn(Event, frozen=True, tag="disbursement.recovery_withdrawn.v1"):
    """The vendor owes goods for it again, where it was an advance, and no money."""

    recovery: RecoveryId
    payment: PaymentId
    commitment: CommitmentId
    functional_amount: Money
    """What was still owed of it, in the grant's currency."""
    reason: Code


class RefundOwed(Event, frozen=True, tag="disbursement.refund_owed.v1"):
    """The vendor paid money of a payment back, and the bank returned the payment as well: what the
    vendor paid is theirs.
    """

    recovery: RecoveryId
    payment: PaymentId
    commitment: CommitmentId
    amount: Money
    functional_amount: Money
    """What it came to on the days on which it came."""


class RefundApproved(Event, frozen=True, tag="disbursement.refund_approved.v1"):
    """It may go back to the vendor."""

    recovery: RecoveryId
    payment: PaymentId
    commitment: CommitmentId
    functional_amount: Money
    delegation: DelegationId


class RefundTermsSet(Event, frozen=True, tag="disbursement.refund_terms_set.v1"):
    """By which of the programme's rules it goes back: as a payment of that amount would."""

    recovery: RecoveryId
    terms: Terms


class RefundApprovedAgain(Event, frozen=True, tag="disbursement.refund_approved_again.v1"):
    """A second person approved it, as its terms ask."""

    recovery: RecoveryId
    payment: PaymentId
    delegation: DelegationId


class RefundSigned(Event, frozen=True, tag="disbursement.refund_signed.v1"):
    """The second signature lets it go to the vendor."""

    recovery: RecoveryId
    payment: PaymentId
    signatory_no: int
    delegation: DelegationId


class RefundPaid(Event, frozen=True, tag="disbursement.refund_paid.v1"):
    """The bank booked it off our account, on that line of its statement."""

    recovery: RecoveryId
    payment: PaymentId
    commitment: CommitmentId
    budget_line: BudgetLineId
    answer: BankAnswerId
    line: int
    amount: Money
    functional_amount: Money
    """What was owed, in the grant's currency."""
    paid: Money
    """What it came to on its day."""


class RefundPaidWithInvoice(Event, frozen=True, tag="disbursement.refund_paid_with_invoice.v1"):
    """The whole invoice was paid anew: the vendor's own money was in it."""

    recovery: RecoveryId
    payment: PaymentId
    commitment: CommitmentId
    functional_amount: Money


RecoveryEvent = (
    RecoveryInitiated
    | RecoveryApproved
    | RecoveryRejected
    | RecoveryReceived
    | WriteOffProposed
    | WriteOffDeclined
    | RecoveryWrittenOff
    | ReversalProposed
    | ReversalDeclined
    | WriteOffReversed
    | RecoveryStopped
    | RecoveryWithdrawn
    | RefundOwed
    | RefundApproved
    | RefundTermsSet
    | RefundApprovedAgain
    | RefundSigned
    | RefundPaid
    | RefundPaidWithInvoice
)
