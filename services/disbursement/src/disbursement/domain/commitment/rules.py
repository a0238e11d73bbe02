"""What a commitment answers to a request."""

from collections.abc import Sequence
from datetime import timedelta
from typing import assert_never

from disbursement.domain import delegation
from disbursement.domain.commitment import (
    advancing,
    delivering,
    disputing,
    ending,
    invoicing,
    suspecting,
    waiving,
)
from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment.checks import (
    may_be_spent_on,
    must_be_at,
    must_be_earmarked,
    numbered_once,
)
from disbursement.domain.commitment.facts import (
    CommitmentApproved,
    CommitmentCertified,
    CommitmentEvent,
    CommitmentRequested,
    CounsellorsNamed,
    PurchaseOrderIssued,
)
from disbursement.domain.commitment.refusals import Stage
from disbursement.domain.commitment.requests import (
    ApproveAdvance,
    ApproveCommitment,
    CancelCommitment,
    CertifyCommitment,
    ClearSuspicion,
    CommitmentCommand,
    DisputeDelivery,
    ExpireCommitment,
    IssueOrder,
    RecordDelivery,
    RecordInvoice,
    RecoverAdvance,
    RejectCommitment,
    RejectInvoice,
    ReopenInvoice,
    RequestCommitment,
    ResolveDispute,
    SettleInvoice,
    SubmitInvoice,
    TellAdvanceOverdue,
    WaiveException,
)
from disbursement.domain.commitment.state import Commitment, evolve
from disbursement.domain.delegation import Authority
from disbursement.domain.exchange_rate import convert
from events.decider import Decider
from events.money import total
from events.values import Code, DelegationId, ItemId

SCREENING_LASTS = timedelta(days=90)


def decide(command: CommitmentCommand, commitment: Commitment | None) -> Sequence[CommitmentEvent]:
    by, at = command.by, command.at
    if isinstance(command, RequestCommitment):
        return _requested(command, commitment)
    if commitment is None:
        raise no.NoSuchCommitment
    match command:
        case CertifyCommitment(mandate=mandate):
            _documented(command, commitment)
            under = _may_act(command, mandate, commitment, Stage.REQUESTED, Authority.CERTIFY)
            return [CommitmentCertified(by=by, at=at, commitment=commitment.id, delegation=under)]
        case ApproveCommitment(mandate=mandate):
            under = _may_act(command, mandate, commitment, Stage.CERTIFIED, Authority.APPROVE)
            return [CommitmentApproved(by=by, at=at, commitment=commitment.id, delegation=under)]
        case IssueOrder():
            return [_issued(command, commitment)]
        case RecordDelivery():
            return delivering.delivered(command, commitment)
        case DisputeDelivery():
            return [disputing.disputed(command, commitment)]
        case ResolveDispute():
            return disputing.resolved(command, commitment)
        case RecordInvoice():
            return invoicing.invoiced(command, commitment)
        case ClearSuspicion():
            return [suspecting.cleared(command, commitment)]
        case RejectInvoice():
            return [suspecting.rejected(command, commitment)]
        case WaiveException():
            return waiving.waived(command, commitment)
        case ApproveAdvance():
            return [advancing.approved(command, commitment)]
        case TellAdvanceOverdue():
            return advancing.overdue(command, commitment)
        case RecoverAdvance():
            return advancing.recovered(command, commitment)
        case SubmitInvoice():
            return [invoicing.submitted(command, commitment)]
        case ReopenInvoice():
            return invoicing.reopened(command, commitment)
        case SettleInvoice():
            return invoicing.settled(command, commitment)
        case RejectCommitment():
            return ending.rejected(command, commitment)
        case ExpireCommitment():
            return ending.expired(command, commitment)
        case CancelCommitment():
            return ending.cancelled(command, commitment)
        case _:
            assert_never(command)


# Requesting


def _requested(command: RequestCommitment, stands: Commitment | None) -> list[CommitmentEvent]:
    if stands is not None:
        raise no.CommitmentIsAt(stands.stage, None)
    selection, funding, today = command.selection, command.funding, command.at.date()
    plan = may_be_spent_on(command.item, command.plan, today)
    if selection is None:
        raise no.VendorNotSelected(command.item)
    if selection.approved_until is None or selection.approved_until < today:
        raise no.VendorNotApproved(selection.vendor, selection.approved_until)
    if selection.screened is None or today - selection.screened > SCREENING_LASTS:
        raise no.ScreeningTooOld(selection.vendor, selection.screened)
    if command.amount.minor <= 0:
        raise no.AmountNotAboveZero(command.amount)
    offered = selection.amount
    if command.amount.currency != offered.currency or command.amount > offered:
        raise no.AboveSelection(offered, command.amount)
    if funding is None:
        raise no.NoFunding(command.commitment)
    if not funding.window.opens <= today <= funding.window.closes:
        raise no.OutsideGrantWindow(today, funding.window.opens, funding.window.closes)
    if plan.budget_category not in (None, funding.category):
        raise no.OtherBudgetLine(funding.category, plan.budget_category)
    must_be_earmarked(plan, command.item, command.budget_line)
    if command.by in plan.counsellors:
        raise no.CounsellorOfTheCase(command.by)
    requested = CommitmentRequested(
        by=command.by,
        at=command.at,
        commitment=command.commitment,
        plan=plan.plan,
        item=command.item,
        case=plan.case,
        programme=plan.programme,
        vendor=selection.vendor,
        budget_line=command.budget_line,
        amount=command.amount,
        reserved=convert(command.amount, funding.currency, funding.rate),
        rate=funding.rate if command.amount.currency != funding.currency else None,
        window=funding.window,
        tolerance=command.tolerance,
        counsellor=plan.counsellors[0],
        collectors=selection.collectors,
    )
    if len(plan.counsellors) == 1:
        return [requested]
    named = CounsellorsNamed(
        by=command.by,
        at=command.at,
        commitment=command.commitment,
        counsellors=plan.counsellors,
    )
    return [requested, named]


def _documented(command: CertifyCommitment, commitment: Commitment) -> None:
    """Who certifies answers for it that the programme's papers were there."""
    must_be_at(commitment, Stage.REQUESTED)
    if command.missing:
        raise no.PapersMissing(commitment.item, command.missing)


def _goes_on(item: ItemId, stopped: Code | None) -> None:
    if stopped is not None:
        raise no.ItemStopped(item, stopped)


# Certifying and approving


def _may_act(
    command: CertifyCommitment | ApproveCommitment,
    mandate: delegation.Mandate | None,
    commitment: Commitment,
    at_stage: Stage,
    authority: Authority,
) -> DelegationId:
    must_be_at(commitment, at_stage)
    _goes_on(commitment.item, command.stopped)
    if command.by in commitment.counsellors:
        raise no.CounsellorOfTheCase(command.by)
    for stage, person in commitment.acts:
        if person == command.by:
            raise no.ActedOnCommitment(person, stage)
    return delegation.require(
        mandate,
        person=command.by,
        authority=authority,
        amount=commitment.reserved,
        at=command.at,
    )


# Ordering


def _issued(command: IssueOrder, commitment: Commitment) -> PurchaseOrderIssued:
    must_be_at(commitment, Stage.APPROVED)
    if command.withdrawn:
        raise no.AssistanceWithdrawn(commitment.case)
    if command.halted is not None:
        raise no.CaseHalted(commitment.case, command.halted)
    _goes_on(commitment.item, command.stopped)
    if command.by in commitment.counsellors:
        raise no.CounsellorOfTheCase(command.by)
    numbered_once(command.lines)
    currency = commitment.amount.currency
    for line in command.lines:
        if line.unit_price.currency != currency or line.unit_price.minor <= 0:
            raise no.OrderNotAsCommitted(commitment.amount, line.unit_price)
    ordered = total((line.unit_price * line.quantity for line in command.lines), currency)
    if ordered != commitment.amount:
        raise no.OrderNotAsCommitted(commitment.amount, ordered)
    return PurchaseOrderIssued(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        number=command.number,
        lines=command.lines,
        deliver_by=command.deliver_by,
    )


# Cancelling


commitment = Decider(decide=decide, evolve=evolve)
