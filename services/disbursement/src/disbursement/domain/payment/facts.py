"""What can happen to a payment."""

from datetime import date

import msgspec

from disbursement.domain.bank_answer import BankAnswerId
from disbursement.domain.exchange_rate import Rate
from disbursement.domain.payment.terms import PaymentApprovedAgain, PaymentTermsSet
from events.decider import Event
from events.money import Money
from events.values import (
    AccountId,
    BankFileId,
    BudgetLineId,
    CaseId,
    Code,
    CommitmentId,
    DelegationId,
    Digest,
    InvoiceId,
    ItemId,
    PaymentId,
    PersonId,
    VendorId,
)


class PaymentRequested(Event, frozen=True, tag="disbursement.payment_requested.v1"):
    payment: PaymentId
    commitment: CommitmentId
    invoice: InvoiceId
    item: ItemId
    case: CaseId
    vendor: VendorId
    account: AccountId
    budget_line: BudgetLineId
    amount: Money
    """In the invoice's currency."""
    reserved: Money
    """What it will take out of the reservation, in the grant's currency."""
    evidence: Digest
    counsellor: PersonId
    collectors: tuple[PersonId, ...]
    """Who collected the quotations."""
    recorders: tuple[PersonId, ...]
    """Who recorded the deliveries."""
    rate: Rate | None
    """The rate at which the funds were reserved."""


class PaymentCounsellorsNamed(Event, frozen=True, tag="disbursement.payment_counsellors_named.v1"):
    """Several people counsel those whom a project is for: none of them has a part in its money."""

    payment: PaymentId
    counsellors: tuple[PersonId, ...]


class PaymentCertified(Event, frozen=True, tag="disbursement.payment_certified.v1"):
    payment: PaymentId
    evidence: Digest
    delegation: DelegationId


class PaymentApproved(Event, frozen=True, tag="disbursement.payment_approved.v1"):
    payment: PaymentId
    evidence: Digest
    delegation: DelegationId


class PaymentSigned(Event, frozen=True, tag="disbursement.payment_signed.v1"):
    payment: PaymentId
    signatory_no: int
    evidence: Digest
    delegation: DelegationId


class PaymentHeld(Event, frozen=True, tag="disbursement.payment_held.v1"):
    payment: PaymentId
    reason: Code


class PaymentReleasedFromHold(Event, frozen=True, tag="disbursement.payment_released_from_hold.v1"):
    payment: PaymentId
    reason: Code


class PaymentHoldLifted(Event, frozen=True, tag="disbursement.payment_hold_lifted.v1"):
    """One reason for which it was held is gone by itself; others for which it is held stay."""

    payment: PaymentId
    reason: Code


class PaymentCancelled(Event, frozen=True, tag="disbursement.payment_cancelled.v1"):
    payment: PaymentId
    commitment: CommitmentId
    invoice: InvoiceId
    reason: Code


class PaymentPutInFile(Event, frozen=True, tag="disbursement.payment_put_in_file.v1"):
    """From here on the bank may come to know of it: it is neither held nor cancelled any more."""

    payment: PaymentId
    file: BankFileId
    end_to_end_id: Code


class PaymentTakenOutOfFile(Event, frozen=True, tag="disbursement.payment_taken_out_of_file.v1"):
    """The file was never written: the payment is released as before, and may go into another."""

    payment: PaymentId
    file: BankFileId


class PaymentInstructed(Event, frozen=True, tag="disbursement.payment_instructed.v1"):
    payment: PaymentId
    file: BankFileId
    end_to_end_id: Code
    file_hash: Digest


class PaymentAcceptedByBank(Event, frozen=True, tag="disbursement.payment_accepted_by_bank.v1"):
    payment: PaymentId


class PaymentRejectedByBank(Event, frozen=True, tag="disbursement.payment_rejected_by_bank.v1"):
    payment: PaymentId
    commitment: CommitmentId
    invoice: InvoiceId
    reason: Code


class VendorPaid(Event, frozen=True, tag="disbursement.vendor_paid.v1"):
    """The bank confirmed that the money left for the vendor's account (S9)."""

    payment: PaymentId
    vendor: VendorId
    account: AccountId
    invoice: InvoiceId
    commitment: CommitmentId
    case: CaseId
    item: ItemId
    amount: Money
    value_date: date
    bank_ref: Code
    end_to_end_id: Code
    rate: Rate | None
    functional_amount: Money
    """In the grant's currency, at the rate of the day it was paid."""
    reserved: Money
    """What it takes out of the reservation, in the grant's currency."""
    budget_line: BudgetLineId
    after_rejection: bool
    """The bank had first said that it was rejected."""


class PaymentConverted(Event, frozen=True, tag="disbursement.payment_converted.v1"):
    """By its grant's rule: what the donor is told, whatever is published later."""

    payment: PaymentId
    commitment: CommitmentId
    budget_line: BudgetLineId
    rate: Rate
    by_rule: Money


class PaymentConversionCorrected(
    Event, frozen=True, tag="disbursement.payment_conversion_corrected.v1"
):
    """The rate at which it was converted was found wrong: what the donor is told from now on."""

    payment: PaymentId
    commitment: CommitmentId
    budget_line: BudgetLineId
    wrong: Rate
    """The rate that was corrected or withdrawn: the one that was used, or one it was crossed of."""
    reason: Code
    """Why two people found it wrong."""
    before: Money
    rate: Rate
    """By the grant's rule, as the rates stand now."""
    by_rule: Money


class PaymentConversionWithdrawn(
    Event, frozen=True, tag="disbursement.payment_conversion_withdrawn.v1"
):
    """The rate at which it was converted was found wrong, and the rule has no other: it has none
    until one is published.
    """

    payment: PaymentId
    commitment: CommitmentId
    budget_line: BudgetLineId
    wrong: Rate
    reason: Code
    before: Money


class PaymentReturned(Event, frozen=True, tag="disbursement.payment_returned.v1"):
    payment: PaymentId
    commitment: CommitmentId
    invoice: InvoiceId
    budget_line: BudgetLineId
    reserved: Money
    functional_amount: Money
    reason: Code


class PaymentReturnBooked(Event, frozen=True, tag="disbursement.payment_return_booked.v1"):
    """What came back was found on our account, booked by the bank under this reference."""

    payment: PaymentId
    statement: Code
    line: int
    bank_ref: Code
    value_date: date


class BankChargeKept(Event, frozen=True, tag="disbursement.bank_charge_kept.v1"):
    """The bank sent the payment back less its charge: that is spent, and on nobody's invoice."""

    payment: PaymentId
    commitment: CommitmentId
    budget_line: BudgetLineId
    amount: Money
    """In the payment's currency."""
    functional_amount: Money
    """In the grant's currency, at the rate of the payment."""
    by_rule: Money
    """The same by the grant's rule; as it is booked where the payment had no rate by that."""


class EarlyReturn(msgspec.Struct, frozen=True, kw_only=True):
    """What the bank booked as sent back before it showed the payment itself."""

    answer: BankAnswerId
    line: int
    """Of the bank's file: it waits for a person until the payment is seen."""
    amount: Money
    charge: Money
    """What the bank kept of it."""
    reason: Code
    statement: Code
    entry: int
    """Of the statement."""
    bank_ref: Code
    value_date: date


class PaymentReturnCameFirst(Event, frozen=True, tag="disbursement.payment_return_came_first.v1"):
    """The bank's files came out of order: the return counts when the payment has been seen."""

    payment: PaymentId
    back: EarlyReturn


class PaymentReconciled(Event, frozen=True, tag="disbursement.payment_reconciled.v1"):
    """The payment was found on our account, booked by the bank under this reference."""

    payment: PaymentId
    statement: Code
    line: int
    bank_ref: Code
    value_date: date


PaymentEvent = (
    PaymentRequested
    | PaymentCounsellorsNamed
    | PaymentTermsSet
    | PaymentCertified
    | PaymentApproved
    | PaymentApprovedAgain
    | PaymentSigned
    | PaymentHeld
    | PaymentReleasedFromHold
    | PaymentHoldLifted
    | PaymentCancelled
    | PaymentPutInFile
    | PaymentTakenOutOfFile
    | PaymentInstructed
    | PaymentAcceptedByBank
    | PaymentRejectedByBank
    | VendorPaid
    | PaymentConverted
    | PaymentConversionCorrected
    | PaymentConversionWithdrawn
    | PaymentReturned
    | PaymentReturnBooked
    | BankChargeKept
    | PaymentReturnCameFirst
    | PaymentReconciled
)
