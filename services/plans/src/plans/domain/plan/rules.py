"""What a plan answers to a request."""

from collections.abc import Sequence
from typing import assert_never

from events.decider import Rejected
from events.money import Money, total
from events.values import Code, PersonId
from plans.domain.good_standing import (
    AboveCashCap,
    AboveEntitlement,
    claimed_in_time,
    entitled,
    reached,
    used_in_time,
)
from plans.domain.plan import refusals as no
from plans.domain.plan.facts import (
    ApprovalRecorded,
    ApprovedItem,
    AssistanceItemProposed,
    AssistanceItemRemoved,
    AssistanceItemRevised,
    ConflictDeclared,
    FeasibilityConfirmed,
    FeasibilityDeclined,
    PlanApproved,
    PlanDrafted,
    PlanEvent,
    PlanRejected,
    PlanReturned,
    PlanSigned,
    PlanSubmitted,
)
from plans.domain.plan.kinds import Method, Stage
from plans.domain.plan.requests import (
    AnyPlanCommand,
    ConfirmFeasibility,
    DeclareConflict,
    DeclineFeasibility,
    DraftPlan,
    PlanCommand,
    ProposeItem,
    RecordApproval,
    RejectPlan,
    RemoveItem,
    ReturnPlan,
    ReviseItem,
    SignPlan,
    SubmitPlan,
)
from plans.domain.plan.state import Item, Plan
from plans.domain.programme import Assistance, Modality
from plans.domain.standing import Entitled

OPEN_TO_CHANGE = (Stage.DRAFT, Stage.RETURNED)
UNDECIDED = (*OPEN_TO_CHANGE, Stage.SUBMITTED, Stage.FEASIBLE)


def decide(command: AnyPlanCommand, plan: Plan | None) -> Sequence[PlanEvent]:
    if isinstance(command, DraftPlan):
        return [_draft(command, plan)]
    if plan is None or not plan.reached_by(command.organisation):
        raise no.NoSuchPlan(command.organisation)
    match command:
        case ProposeItem():
            return [_propose(command, plan)]
        case ReviseItem():
            return [_revise(command, plan)]
        case RemoveItem():
            return [_remove(command, plan)]
        case SignPlan():
            return [_sign(command, plan)]
        case SubmitPlan():
            return [_submit(command, plan)]
        case ConfirmFeasibility():
            _may_assess(command, plan)
            return [
                FeasibilityConfirmed(by=command.by, at=command.at, plan=plan.id, case=plan.case)
            ]
        case DeclineFeasibility():
            _may_assess(command, plan)
            return [_decline(command, plan)]
        case ReturnPlan():
            return [_return(command, plan)]
        case DeclareConflict():
            return _declare(command, plan)
        case RecordApproval():
            return _approve(command, plan)
        case RejectPlan():
            return [_reject(command, plan)]
        case _:
            assert_never(command)


# Drafting


def _draft(command: DraftPlan, plan: Plan | None) -> PlanDrafted:
    if plan is not None:
        raise no.DraftedAlready(plan.id)
    standing = reached(command.standing, command.organisation)
    version, entitlement = entitled(standing)
    claimed_in_time(standing, command.at)
    if command.open_plan is not None:
        raise no.CaseHasPlan(command.open_plan)
    return PlanDrafted(
        by=command.by,
        at=command.at,
        plan=command.plan,
        case=standing.case,
        returnee=standing.returnee,
        programme=standing.programme,
        programme_version=version,
        run_by=standing.run_by,
        organisation=standing.organisation,
        counsellor=standing.counsellor,
        quorum=command.quorum,
        currency=Code(entitlement.total.currency),
    )


# Items


def _propose(command: ProposeItem, plan: Plan) -> AssistanceItemProposed:
    _at(plan, *OPEN_TO_CHANGE)
    if plan.item(command.item) is not None:
        raise no.SuchItemAlready(command.item)
    rules = _in_programme(command.assistance, command.type)
    item = Item(
        item=command.item,
        type=rules.type,
        dimension=rules.dimension,
        modality=rules.modality,
        spec=command.spec,
        ceiling=command.ceiling,
    )
    _within(command, item, rules, (*plan.items, item))
    return AssistanceItemProposed(
        by=command.by,
        at=command.at,
        plan=plan.id,
        returnee=plan.returnee,
        item=item.item,
        assistance=item.type,
        dimension=item.dimension,
        modality=item.modality,
        spec=item.spec,
        ceiling=item.ceiling,
        own_words=command.own_words,
    )


def _revise(command: ReviseItem, plan: Plan) -> AssistanceItemRevised:
    _at(plan, *OPEN_TO_CHANGE)
    old = _known(plan, command)
    rules = _in_programme(command.assistance, old.type)
    new = Item(
        item=old.item,
        type=old.type,
        dimension=old.dimension,
        modality=old.modality,
        spec=command.spec,
        ceiling=command.ceiling,
    )
    _within(command, new, rules, tuple(new if i == old else i for i in plan.items))
    return AssistanceItemRevised(
        by=command.by,
        at=command.at,
        plan=plan.id,
        returnee=plan.returnee,
        item=new.item,
        spec=new.spec,
        ceiling=new.ceiling,
        own_words=command.own_words,
    )


def _remove(command: RemoveItem, plan: Plan) -> AssistanceItemRemoved:
    _at(plan, *OPEN_TO_CHANGE)
    item = _known(plan, command)
    return AssistanceItemRemoved(by=command.by, at=command.at, plan=plan.id, item=item.item)


def _known(plan: Plan, command: ReviseItem | RemoveItem) -> Item:
    item = plan.item(command.item)
    if item is None:
        raise no.NoSuchItem(command.item)
    return item


def _in_programme(assistance: Assistance | None, kind: Code) -> Assistance:
    if assistance is None or assistance.type != kind:
        raise no.NotInProgramme(kind)
    return assistance


def _within(
    command: ProposeItem | ReviseItem, item: Item, rules: Assistance, items: tuple[Item, ...]
) -> None:
    """The item keeps to the programme, and all of them to the entitlement (A1, A2, A10)."""
    standing = command.standing
    _, entitlement = entitled(standing)
    used_in_time(standing, command.at)
    if rules.wording_for_others not in (None, item.spec):
        raise no.WordingTellsTooMuch(rules.wording_for_others)
    if item.ceiling.currency != entitlement.total.currency:
        raise no.OtherCurrency(Code(item.ceiling.currency), Code(entitlement.total.currency))
    nothing = Money.zero(item.ceiling.currency)
    if (item.ceiling == nothing) != (rules.modality is Modality.REFERRAL) or item.ceiling < nothing:
        raise no.NotAnAmount(item.ceiling)
    if rules.at_most is not None and item.ceiling > rules.at_most:
        raise no.AboveAtMost(item.ceiling, rules.at_most)
    _affordable(items, entitlement)


def _affordable(items: tuple[Item, ...], entitlement: Entitled) -> None:
    currency = entitlement.total.currency
    together = total((i.ceiling for i in items), currency)
    if together > entitlement.total:
        raise AboveEntitlement(together, entitlement.total)
    cash = total((i.ceiling for i in items if i.modality is Modality.CASH), currency)
    if cash > entitlement.cash_cap:
        raise AboveCashCap(cash, entitlement.cash_cap)


# Signing and submitting


def _sign(command: SignPlan, plan: Plan) -> PlanSigned:
    _at(plan, *OPEN_TO_CHANGE)
    if not plan.items:
        raise no.NothingToSign(plan.id)
    if command.signed_by != command.standing.signs:
        raise no.NotTheirsToSign(command.signed_by, command.standing.signs)
    if command.method is Method.THUMBPRINT and command.witness in (None, command.by):
        raise no.WitnessNeeded(command.by, command.witness)
    if command.digest != plan.digest:
        raise no.SignedSomethingElse(command.digest, plan.digest)
    return PlanSigned(
        by=command.by,
        at=command.at,
        plan=plan.id,
        version_signed=plan.changes,
        signed_by=command.signed_by,
        method=command.method,
        language=command.language,
        digest=command.digest,
        witness=command.witness,
    )


def _submit(command: SubmitPlan, plan: Plan) -> PlanSubmitted:
    _at(plan, *OPEN_TO_CHANGE)
    _, entitlement = entitled(command.standing)
    used_in_time(command.standing, command.at)
    if plan.signed is None:
        raise no.NotSigned(plan.id)
    _affordable(plan.items, entitlement)
    return PlanSubmitted(
        by=command.by,
        at=command.at,
        plan=plan.id,
        case=plan.case,
        digest=plan.signed,
        total=plan.total,
    )


# Judging


def _may_assess(command: PlanCommand, plan: Plan) -> None:
    _at(plan, Stage.SUBMITTED)
    _decides(command, plan)
    if command.by in plan.makers:
        raise no.DrafterCannotAssess(command.by)


def _decline(command: DeclineFeasibility, plan: Plan) -> FeasibilityDeclined:
    return FeasibilityDeclined(
        by=command.by, at=command.at, plan=plan.id, case=plan.case, reasons=command.reasons
    )


def _return(command: ReturnPlan, plan: Plan) -> PlanReturned:
    _at(plan, Stage.SUBMITTED, Stage.FEASIBLE)
    _decides(command, plan)
    if command.by in plan.makers:
        raise no.DrafterCannotAssess(command.by)
    return PlanReturned(
        by=command.by, at=command.at, plan=plan.id, case=plan.case, reasons=command.reasons
    )


def _declare(command: DeclareConflict, plan: Plan) -> Sequence[PlanEvent]:
    _at(plan, *UNDECIDED)
    if command.by in plan.conflicts:
        return []
    return [ConflictDeclared(by=command.by, at=command.at, plan=plan.id, person=command.by)]


def _approve(command: RecordApproval, plan: Plan) -> Sequence[PlanEvent]:
    _may_vote(command, plan)
    if command.by in plan.approvers:
        raise no.ApprovedAlready(command.by)
    _, entitlement = entitled(command.standing)
    used_in_time(command.standing, command.at)
    _affordable(plan.items, entitlement)
    assert plan.signed is not None, "what was submitted was signed"
    vote = ApprovalRecorded(
        by=command.by, at=command.at, plan=plan.id, case=plan.case, member=command.by
    )
    approvers = (*plan.approvers, command.by)
    if len(approvers) < plan.quorum:
        return [vote]
    approved = PlanApproved(
        by=command.by,
        at=command.at,
        plan=plan.id,
        case=plan.case,
        returnee=plan.returnee,
        programme=plan.programme,
        programme_version=plan.programme_version,
        approvers=approvers,
        items=tuple(_approved(i) for i in plan.items),
        total=plan.total,
        drafter=plan.drafter,
        counsellor=plan.counsellor,
        digest=plan.signed,
    )
    return [vote, approved]


def _approved(item: Item) -> ApprovedItem:
    return ApprovedItem(
        item=item.item,
        type=item.type,
        dimension=item.dimension,
        modality=item.modality,
        spec=item.spec,
        ceiling=item.ceiling,
    )


def _reject(command: RejectPlan, plan: Plan) -> PlanRejected:
    _may_vote(command, plan)
    return PlanRejected(
        by=command.by, at=command.at, plan=plan.id, case=plan.case, reason=command.reason
    )


def _may_vote(command: RecordApproval | RejectPlan, plan: Plan) -> None:
    _at(plan, Stage.FEASIBLE)
    _decides(command, plan)
    excluded = exclusion(plan, command.by)
    if excluded is not None:
        raise excluded


def exclusion(plan: Plan, person: PersonId) -> Rejected | None:
    """Why this person has no vote on the plan: persons, not roles, are compared (D1, D6, D7)."""
    if person in plan.makers:
        return no.DrafterCannotApprove(person)
    if person == plan.counsellor:
        return no.CounsellorCannotApprove(person)
    if person in plan.assessors:
        return no.AssessorCannotApprove(person)
    if person in plan.conflicts:
        return no.HasConflict(person)
    return None


def _decides(command: PlanCommand, plan: Plan) -> None:
    if command.organisation != plan.run_by:
        raise no.PartnerMayOnlyPropose(command.organisation, decides=plan.run_by)


def _at(plan: Plan, *needed: Stage) -> None:
    if plan.stage not in needed:
        raise no.PlanIsAt(plan.stage, needed)
