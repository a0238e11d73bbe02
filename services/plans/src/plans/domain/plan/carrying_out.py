"""A plan in force: it rests and goes on, its items are cancelled, it ends."""

from collections.abc import Sequence

from events.money import Money
from events.values import SYSTEM, ItemId
from plans.domain.good_standing import entitled
from plans.domain.plan import refusals as no
from plans.domain.plan.checks import covers, documented, held_by_orders, plan_at, run_by
from plans.domain.plan.facts_in_force import (
    ItemCancelled,
    PlanCancelled,
    PlanCompleted,
    PlanResumed,
    PlanSuspended,
    PlanTakenOver,
)
from plans.domain.plan.kinds import IN_FORCE, Stage
from plans.domain.plan.requests import (
    CancelItem,
    CancelPlan,
    CompletePlan,
    ResumePlan,
    SuspendPlan,
    TakeOverPlan,
)
from plans.domain.plan.state import Item, Plan


def suspend(command: SuspendPlan, plan: Plan) -> PlanSuspended:
    plan_at(plan, Stage.APPROVED)
    return PlanSuspended(
        by=command.by, at=command.at, plan=plan.id, case=plan.case, reason=command.reason
    )


def resume(command: ResumePlan, plan: Plan) -> PlanResumed:
    """Another person than who suspended it says that it goes on; the system undoes its own."""
    plan_at(plan, Stage.SUSPENDED)
    assert plan.in_force is not None, "what rests was in force"
    if command.by == plan.in_force.suspended_by != SYSTEM:
        raise no.SuspenderCannotResume(command.by)
    entitled(command.standing)
    return PlanResumed(by=command.by, at=command.at, plan=plan.id, case=plan.case)


def cancel_item(command: CancelItem, plan: Plan) -> ItemCancelled:
    plan_at(plan, *IN_FORCE)
    item = _live(plan, command.item)
    if plan.amendment is not None:
        raise no.AmendmentOpen(plan.id, plan.amendment.version)
    covers(item.item, Money.zero(plan.currency), command.committed)
    return ItemCancelled(
        by=command.by,
        at=command.at,
        plan=plan.id,
        case=plan.case,
        item=item.item,
        reason=command.reason,
        freed=item.ceiling,
    )


def _live(plan: Plan, item: ItemId) -> Item:
    found = plan.item(item)
    if found is None:
        raise no.NoSuchItem(item)
    if item in plan.cancelled:
        raise no.ItemIsCancelled(item)
    return found


def cancel(command: CancelPlan, plan: Plan) -> PlanCancelled:
    """Ends it before it is carried out; what orders hold is theirs until they are over."""
    plan_at(plan, *IN_FORCE)
    run_by(plan, command)
    if command.by in (plan.drafter, plan.counsellor):
        raise no.DrafterCannotCancel(command.by)
    committed = held_by_orders(plan, command.committed)
    return PlanCancelled(
        by=command.by,
        at=command.at,
        plan=plan.id,
        case=plan.case,
        reason=command.reason,
        committed=committed,
        freed=_freed(plan, committed),
    )


def complete(command: CompletePlan, plan: Plan) -> PlanCompleted:
    plan_at(plan, Stage.APPROVED)
    if plan.amendment is not None:
        raise no.AmendmentOpen(plan.id, plan.amendment.version)
    unfinished = tuple(i.item for i in plan.live if i.item not in command.done)
    if unfinished:
        raise no.NotAllDone(unfinished)
    documented(plan, plan.live, command.asked)
    committed = held_by_orders(plan, command.committed)
    return PlanCompleted(
        by=command.by,
        at=command.at,
        plan=plan.id,
        case=plan.case,
        committed=committed,
        freed=_freed(plan, committed),
    )


def take_over(command: TakeOverPlan, plan: Plan) -> Sequence[PlanTakenOver]:
    """A plan goes where its case goes, whatever stage it is at."""
    keeps, counsellor = command.standing.organisation, command.standing.counsellor
    if (keeps, counsellor) == (plan.organisation, plan.counsellor):
        return []
    return [
        PlanTakenOver(
            by=command.by,
            at=command.at,
            plan=plan.id,
            case=plan.case,
            organisation=keeps,
            counsellor=counsellor,
        )
    ]


def _freed(plan: Plan, committed: Money) -> Money:
    return max(plan.total - committed, Money.zero(plan.currency))
