"""What a commitment answers to a request."""

from collections.abc import Sequence
from typing import assert_never

from disbursement.domain import delegation
from disbursement.domain.commitment import (
    advancing,
    amending,
    delivering,
    disputing,
    ending,
    executing,
    invoicing,
    suspecting,
    waiving,
    witnessing,
)
from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment import refusals_of_amendments as not_so
from disbursement.domain.commitment.checks import (
    adds_up_to,
    may_be_bought_from,
    may_be_spent_on,
    must_be_at,
    must_be_earmarked,
    must_bear,
    must_come_in_time,
)
from disbursement.domain.commitment.evolving import evolve
from disbursement.domain.commitment.facts import (
    CommitmentApproved,
    CommitmentCertified,
    CommitmentEvent,
    CommitmentRequested,
    CounsellorsNamed,
    PurchaseOrderIssued,
)
from disbursement.domain.commitment.lengthened import FollowWindow
from disbursement.domain.commitment.refusals import Stage
from disbursement.domain.commitment.requests import (
    AdvanceCommand,
    AmendCommitment,
    ApproveAmendment,
    ApproveCommitment,
    CancelCommitment,
    CertifyAmendment,
    CertifyCommitment,
    ClearSuspicion,
    CommitmentCommand,
    DisputeDelivery,
    ExpireCommitment,
    GoOnPaying,
    IssueOrder,
    RecordDelivery,
    RecordInvoice,
    ReduceOrder,
    RefundBeside,
    RejectAmendment,
    RejectCommitment,
    RejectInvoice,
    ReopenInvoice,
    RequestCommitment,
    ResolveDispute,
    SettleInvoice,
    StopCommitment,
    SubmitInvoice,
    WaiveException,
    WitnessDelivery,
)
from disbursement.domain.commitment.state import Commitment
from disbursement.domain.counselling import NameCounsellors
from disbursement.domain.delegation import Authority
from disbursement.domain.exchange_rate import convert
from events.decider import Decider
from events.values import Code, DelegationId, ItemId


def decide(command: CommitmentCommand, commitment: Commitment | None) -> Sequence[CommitmentEvent]:
    by, at = command.by, command.at
    if isinstance(command, RequestCommitment):
        return _requested(command, commitment)
    if isinstance(command, NameCounsellors):
        return _counselled(command, commitment)
    if commitment is None:
        raise no.NoSuchCommitment
    if isinstance(command, AdvanceCommand):
        return advancing.decide(command, commitment)
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
        case AmendCommitment():
            return amending.amended(command, commitment)
        case ReduceOrder():
            return amending.reduced(command, commitment)
        case CertifyAmendment():
            return [amending.certified(command, commitment)]
        case ApproveAmendment():
            return amending.approved(command, commitment)
        case RejectAmendment():
            return [amending.rejected(command, commitment)]
        case RecordDelivery():
            return delivering.delivered(command, commitment)
        case WitnessDelivery():
            return witnessing.witnessed(command, commitment)
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
        case RefundBeside():
            return executing.must_be_beside(command, commitment)
        case SubmitInvoice():
            return [invoicing.submitted(command, commitment)]
        case ReopenInvoice():
            return invoicing.reopened(command, commitment)
        case SettleInvoice():
            return executing.settled(command, commitment)
        case GoOnPaying():
            return executing.must_go_on(command, commitment)
        case RejectCommitment():
            return ending.rejected(command, commitment)
        case FollowWindow():
            return ending.put_off(command, commitment)
        case ExpireCommitment():
            return ending.expired(command, commitment)
        case StopCommitment():
            return ending.stopped(command, commitment)
        case CancelCommitment():
            return ending.cancelled(command, commitment)
        case _:
            assert_never(command)


# Requesting


def _requested(command: RequestCommitment, stands: Commitment | None) -> list[CommitmentEvent]:
    if stands is not None:
        raise no.CommitmentIsAt(stands.stage, None)
    funding, today = command.funding, command.at.date()
    plan = may_be_spent_on(command.item, command.plan, today)
    selection = may_be_bought_from(command.selection, command.item, command.amount, today)
    if funding is None:
        raise no.NoFunding(command.commitment)
    must_bear(funding, today)
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


def _counselled(command: NameCounsellors, commitment: Commitment | None) -> list[CounsellorsNamed]:
    """Once for each who came: the case may have passed to somebody else since it was requested."""
    all_of_them = command.with_(commitment.counsellors) if commitment else ()
    if commitment is None or not all_of_them:
        return []
    named = CounsellorsNamed(
        by=command.by, at=command.at, commitment=commitment.id, counsellors=all_of_them
    )
    return [named]


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
    if commitment.amendment is not None:
        raise not_so.AmendmentWaits(commitment.id, commitment.amendment.number)
    adds_up_to(commitment.amount, command.lines)
    must_come_in_time(command.deliver_by, command.at.date(), commitment.window)
    return PurchaseOrderIssued(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        number=command.number,
        lines=command.lines,
        deliver_by=command.deliver_by,
    )


commitment = Decider(decide=decide, evolve=evolve)
