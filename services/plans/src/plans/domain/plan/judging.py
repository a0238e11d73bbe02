"""Judging what was submitted: whether it can work there, yes or no, and what time does to it."""

from collections.abc import Sequence

from events.decider import Rejected
from events.money import Money
from events.values import PersonId
from plans.domain.good_standing import entitled, used_in_time
from plans.domain.plan import refusals as no
from plans.domain.plan.checks import (
    UNANSWERED,
    UNDECIDED,
    affordable,
    asked_for,
    covers,
    documented,
    run_by,
)
from plans.domain.plan.evolution import PlanEvent
from plans.domain.plan.facts import (
    ApprovalRecorded,
    ApprovedItem,
    ConflictDeclared,
    FeasibilityConfirmed,
    FeasibilityDeclined,
    PlanApproved,
    PlanRejected,
    PlanReturned,
    PlanReturnedUnanswered,
    RejectionRecorded,
)
from plans.domain.plan.facts_in_force import PlanAmendmentApproved, PlanAmendmentRejected
from plans.domain.plan.kinds import Stage
from plans.domain.plan.requests import (
    ConfirmFeasibility,
    DeclareConflict,
    DeclineFeasibility,
    RecordApproval,
    RecordRejection,
    ReturnPlan,
    ReturnUnanswered,
)
from plans.domain.plan.state import Item, Plan, Proposal


def confirm(command: ConfirmFeasibility, plan: Plan) -> FeasibilityConfirmed:
    _may_assess(command, plan, Stage.SUBMITTED)
    return FeasibilityConfirmed(by=command.by, at=command.at, plan=plan.id, case=plan.case)


def decline(command: DeclineFeasibility, plan: Plan) -> FeasibilityDeclined:
    _may_assess(command, plan, Stage.SUBMITTED)
    return FeasibilityDeclined(
        by=command.by, at=command.at, plan=plan.id, case=plan.case, reasons=command.reasons
    )


def give_back(command: ReturnPlan, plan: Plan) -> PlanReturned:
    _may_assess(command, plan, *UNANSWERED)
    return PlanReturned(
        by=command.by, at=command.at, plan=plan.id, case=plan.case, reasons=command.reasons
    )


def _may_assess(
    command: ConfirmFeasibility | DeclineFeasibility | ReturnPlan, plan: Plan, *stages: Stage
) -> None:
    asked = asked_for(plan, *stages)
    run_by(plan, command)
    if command.by in asked.makers:
        raise no.DrafterCannotAssess(command.by)


def give_back_unanswered(command: ReturnUnanswered, plan: Plan) -> Sequence[PlanReturnedUnanswered]:
    """Time answers nothing: what was not decided when it ran out goes back as it is."""
    asked = plan.proposal
    if asked is None or asked.stage not in UNANSWERED:
        return []
    if asked.answer_by is None or command.at <= asked.answer_by:
        return []
    return [
        PlanReturnedUnanswered(
            by=command.by,
            at=command.at,
            plan=plan.id,
            case=plan.case,
            version=asked.version,
            answer_by=asked.answer_by,
            approvals=len(asked.approvers),
            rejections=len(asked.opponents),
        )
    ]


def declare(command: DeclareConflict, plan: Plan) -> Sequence[ConflictDeclared]:
    asked_for(plan, *UNDECIDED)
    if command.by in plan.conflicts:
        return []
    return [ConflictDeclared(by=command.by, at=command.at, plan=plan.id, person=command.by)]


# Votes


def approve(command: RecordApproval, plan: Plan) -> Sequence[PlanEvent]:
    asked = _may_vote(command, plan)
    entitled(command.standing)
    used_in_time(command.standing, command.at)
    documented(plan, asked.items, command.asked)
    affordable(plan, asked.items, command.standing)
    _keeps_what_is_committed(command, plan, asked)
    vote = ApprovalRecorded(
        by=command.by, at=command.at, plan=plan.id, case=plan.case, member=command.by
    )
    approvers = (*asked.approvers, command.by)
    if len(approvers) < asked.quorum:
        return [vote]
    return [vote, _approved(command, plan, asked, approvers)]


def _keeps_what_is_committed(command: RecordApproval, plan: Plan, asked: Proposal) -> None:
    for item in plan.live if plan.in_force else ():
        stays = asked.item(item.item)
        ceiling = stays.ceiling if stays else Money.zero(plan.currency)
        covers(item.item, ceiling, command.committed)


def _approved(
    command: RecordApproval, plan: Plan, asked: Proposal, approvers: tuple[PersonId, ...]
) -> PlanApproved | PlanAmendmentApproved:
    assert asked.signed is not None, "what was submitted was signed"
    if plan.in_force is None:
        return PlanApproved(
            by=command.by,
            at=command.at,
            plan=plan.id,
            case=plan.case,
            returnee=plan.returnee,
            programme=plan.programme,
            programme_version=plan.programme_version,
            approvers=approvers,
            items=tuple(_line(i) for i in asked.items),
            total=plan.total_of(asked.items),
            drafter=plan.drafter,
            counsellor=plan.counsellor,
            digest=asked.signed,
        )
    return PlanAmendmentApproved(
        by=command.by,
        at=command.at,
        plan=plan.id,
        case=plan.case,
        returnee=plan.returnee,
        programme=plan.programme,
        programme_version=plan.programme_version,
        from_version=plan.in_force.version,
        to_version=asked.version,
        approvers=approvers,
        items=tuple(_line(i) for i in asked.items),
        dropped=tuple(i.item for i in plan.live if asked.item(i.item) is None),
        total=plan.total_of(asked.items),
        drafter=asked.drafter,
        counsellor=plan.counsellor,
        digest=asked.signed,
    )


def _line(item: Item) -> ApprovedItem:
    return ApprovedItem(
        item=item.item,
        type=item.type,
        dimension=item.dimension,
        modality=item.modality,
        spec=item.spec,
        ceiling=item.ceiling,
    )


def reject(command: RecordRejection, plan: Plan) -> Sequence[PlanEvent]:
    """One no is one vote; the quorum's last one ends it, with the reason that it gives."""
    asked = _may_vote(command, plan)
    by, at, reason = command.by, command.at, command.reason
    vote = RejectionRecorded(by=by, at=at, plan=plan.id, case=plan.case, member=by, reason=reason)
    if len(asked.opponents) + 1 < asked.quorum:
        return [vote]
    if plan.in_force is None:
        return [vote, PlanRejected(by=by, at=at, plan=plan.id, case=plan.case, reason=reason)]
    rejected = PlanAmendmentRejected(
        by=by,
        at=at,
        plan=plan.id,
        case=plan.case,
        from_version=plan.in_force.version,
        to_version=asked.version,
        reason=reason,
    )
    return [vote, rejected]


def _may_vote(command: RecordApproval | RecordRejection, plan: Plan) -> Proposal:
    asked = asked_for(plan, Stage.FEASIBLE)
    run_by(plan, command)
    excluded = exclusion(plan, asked, command.by)
    if excluded is not None:
        raise excluded
    return asked


def exclusion(plan: Plan, asked: Proposal, person: PersonId) -> Rejected | None:
    """Why this person has no vote now: persons, not roles, are compared (D1, D6, D7)."""
    if person in asked.makers:
        return no.DrafterCannotApprove(person)
    if person == plan.counsellor:
        return no.CounsellorCannotApprove(person)
    if person in asked.assessors:
        return no.AssessorCannotApprove(person)
    if person in plan.conflicts:
        return no.HasConflict(person)
    if person in (*asked.approvers, *asked.opponents):
        return no.VotedAlready(person)
    return None
