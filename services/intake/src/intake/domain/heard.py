"""What this service listens to beside programmes: what is planned, owed and paid for a case."""

from typing import get_args

import msgspec

from events.decider import Event
from events.registry import Registry
from events.values import CaseId, CashId, CommitmentId, InvoiceId, PlanId, ProjectId


class PlanDrafted(Event, frozen=True, tag="plans.plan_drafted.v1"):
    plan: PlanId
    case: CaseId


class PlanRejected(Event, frozen=True, tag="plans.plan_rejected.v1"):
    plan: PlanId


class PlanWithdrawn(Event, frozen=True, tag="plans.plan_withdrawn.v1"):
    plan: PlanId


class PlanCancelled(Event, frozen=True, tag="plans.plan_cancelled.v1"):
    plan: PlanId


class PlanCompleted(Event, frozen=True, tag="plans.plan_completed.v1"):
    plan: PlanId


class AgreedShare(msgspec.Struct, frozen=True):
    case: CaseId


class ProjectApproved(Event, frozen=True, tag="plans.project_approved.v1"):
    project: ProjectId
    shares: tuple[AgreedShare, ...]


class ProjectShareWithdrawn(Event, frozen=True, tag="plans.project_share_withdrawn.v1"):
    project: ProjectId
    case: CaseId


PlanEnded = PlanRejected | PlanWithdrawn | PlanCancelled | PlanCompleted


class CommitmentRequested(Event, frozen=True, tag="disbursement.commitment_requested.v1"):
    commitment: CommitmentId
    case: CaseId
    """For an item of a project, the project."""


class CommitmentCancelled(Event, frozen=True, tag="disbursement.commitment_cancelled.v1"):
    commitment: CommitmentId


class CommitmentLiquidated(Event, frozen=True, tag="disbursement.commitment_liquidated.v1"):
    commitment: CommitmentId


class CashRequested(Event, frozen=True, tag="disbursement.cash_requested.v1"):
    cash: CashId
    case: CaseId


class CashHandOverConfirmed(Event, frozen=True, tag="disbursement.cash_hand_over_confirmed.v1"):
    cash: CashId


class CashCancelled(Event, frozen=True, tag="disbursement.cash_cancelled.v1"):
    cash: CashId


class InvoiceReceived(Event, frozen=True, tag="disbursement.invoice_received.v1"):
    commitment: CommitmentId
    invoice: InvoiceId
    pro_forma: bool
    replaces: InvoiceId | None


class VendorPaid(Event, frozen=True, tag="disbursement.vendor_paid.v1"):
    invoice: InvoiceId


class PaymentReturned(Event, frozen=True, tag="disbursement.payment_returned.v1"):
    invoice: InvoiceId


from_plans = Registry.of("plans", [PlanDrafted, *get_args(PlanEnded)], foreign=True)
of_projects = Registry.of("plans", [ProjectApproved, ProjectShareWithdrawn], foreign=True)
from_disbursement = Registry.of(
    "disbursement",
    [
        CommitmentRequested,
        CommitmentCancelled,
        CommitmentLiquidated,
        CashRequested,
        CashHandOverConfirmed,
        CashCancelled,
        InvoiceReceived,
        VendorPaid,
        PaymentReturned,
    ],
    foreign=True,
)
