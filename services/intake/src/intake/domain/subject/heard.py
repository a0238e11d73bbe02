"""What is heard about data subjects: money for their cases, vendors, erasures elsewhere."""

from datetime import date

from events import erasure
from events.decider import Event
from events.registry import Registry
from events.values import CaseId, Code, CommitmentId, VendorId
from intake.domain.heard import CashCancelled, CashHandOverConfirmed, CashRequested


class CommitmentRequested(Event, frozen=True, tag="disbursement.commitment_requested.v1"):
    commitment: CommitmentId
    case: CaseId
    vendor: VendorId


class VendorPaid(Event, frozen=True, tag="disbursement.vendor_paid.v1"):
    commitment: CommitmentId
    value_date: date


class CommitmentLiquidated(Event, frozen=True, tag="disbursement.commitment_liquidated.v1"):
    commitment: CommitmentId


class CommitmentCancelled(Event, frozen=True, tag="disbursement.commitment_cancelled.v1"):
    commitment: CommitmentId


class InvoiceReopened(Event, frozen=True, tag="disbursement.invoice_reopened.v1"):
    commitment: CommitmentId


class VendorProposed(Event, frozen=True, tag="vendors.vendor_proposed.v1"):
    vendor: VendorId
    kind: Code


class ErasedInPlans(erasure.SubjectErased, frozen=True, tag="plans.subject_erased.v1"):
    pass


class ErasedInVendors(erasure.SubjectErased, frozen=True, tag="vendors.subject_erased.v1"):
    pass


class ErasedInDisbursement(
    erasure.SubjectErased, frozen=True, tag="disbursement.subject_erased.v1"
):
    pass


money = Registry.of(
    "disbursement",
    [
        CommitmentRequested,
        VendorPaid,
        CommitmentLiquidated,
        CommitmentCancelled,
        InvoiceReopened,
        CashRequested,
        CashHandOverConfirmed,
        CashCancelled,
    ],
    foreign=True,
)
vendors = Registry.of("vendors", [VendorProposed], foreign=True)
erased = {
    "plans": Registry.of("plans", [ErasedInPlans], foreign=True),
    "vendors": Registry.of("vendors", [ErasedInVendors], foreign=True),
    "disbursement": Registry.of("disbursement", [ErasedInDisbursement], foreign=True),
}
