"""A plan in force: changed by amendment, suspended and resumed, its items cancelled, ended."""

from fastapi import Response

from events.handler import Act
from events.io.http import Body, Load, Now, View, Who
from events.roles import Role
from events.values import ItemId, PlanId
from plans.answers import PlanAnswer
from plans.api.routes import (
    CONFLICTS,
    UNKNOWN,
    Do,
    api,
    policy_of,
    resting,
)
from plans.domain.plan import plan as plans
from plans.domain.plan import requests as ask
from plans.domain.plan.kinds import Change, Ending, Suspension
from plans.domain.plan.state import Plan
from plans.holding import holds, ordered
from plans.views.orders import committed, done


class AmendmentBody(Body):
    reason: Change


@api.command(
    "/v1/plans/{plan}/propose-amendment",
    answers=PlanAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def propose_amendment(
    *, plan: PlanId, body: AmendmentBody, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Begin the next version of a plan; the one in force stays until that is approved."""
    state, standing = await resting(plan, me, load, view)
    proposed = ask.ProposeAmendment(
        by=me.id,
        at=now,
        organisation=me.organisation,
        standing=standing,
        quorum=(await policy_of(state, load)).approval.bands[-1].members,
        reason=body.reason,
    )
    return await do(Act(plans, plan, proposed), answer=PlanAnswer.of)


class EndingBody(Body):
    reason: Ending


@api.command(
    "/v1/plans/{plan}/withdraw",
    answers=PlanAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def withdraw_plan(plan: PlanId, body: EndingBody, me: Who, now: Now, do: Do) -> Response:
    """Take back what is asked for: a plan that is not decided on, or an amendment."""
    withdrawn = ask.WithdrawPlan(by=me.id, at=now, organisation=me.organisation, reason=body.reason)
    return await do(Act(plans, plan, withdrawn), answer=PlanAnswer.of)


class SuspensionBody(Body):
    reason: Suspension


@api.command(
    "/v1/plans/{plan}/suspend",
    answers=PlanAnswer,
    allows={Role.COUNSELLOR, Role.RECEIVING_OFFICER, Role.PROGRAMME_MANAGER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def suspend_plan(plan: PlanId, body: SuspensionBody, me: Who, now: Now, do: Do) -> Response:
    """Let a plan rest: nothing is bought under it until another person resumes it."""
    suspended = ask.SuspendPlan(by=me.id, at=now, organisation=me.organisation, reason=body.reason)
    return await do(Act(plans, plan, suspended), answer=PlanAnswer.of)


@api.command(
    "/v1/plans/{plan}/resume",
    answers=PlanAnswer,
    allows={Role.RECEIVING_OFFICER, Role.PROGRAMME_MANAGER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def resume_plan(
    *, plan: PlanId, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Say that a suspended plan goes on: another person than who suspended it."""
    _, standing = await resting(plan, me, load, view)
    resumed = ask.ResumePlan(by=me.id, at=now, organisation=me.organisation, standing=standing)
    return await do(Act(plans, plan, resumed), answer=PlanAnswer.of)


class CancelItemBody(Body):
    item: ItemId
    reason: Ending


@api.command(
    "/v1/plans/{plan}/cancel-item",
    answers=PlanAnswer,
    allows={Role.COUNSELLOR, Role.PROGRAMME_MANAGER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def cancel_item(
    *, plan: PlanId, body: CancelItemBody, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Say that an item will not be had; what it might have cost is free again."""
    state, standing = await resting(plan, me, load, view)
    cancelled = ask.CancelItem(
        by=me.id,
        at=now,
        organisation=me.organisation,
        item=body.item,
        reason=body.reason,
        committed=await committed(plan, view),
    )
    rest = [item for item in state.live if item.item != body.item]
    return await do(
        Act(plans, plan, cancelled),
        holds(state, rest, standing, me.id, now),
        answer=PlanAnswer.of,
    )


@api.command(
    "/v1/plans/{plan}/cancel",
    answers=PlanAnswer,
    allows={Role.PROGRAMME_MANAGER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def cancel_plan(
    *, plan: PlanId, body: EndingBody, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """End a plan before it is carried out; what no order holds is free again."""
    state, standing = await resting(plan, me, load, view)
    orders = await committed(plan, view)
    cancelled = ask.CancelPlan(
        by=me.id,
        at=now,
        organisation=me.organisation,
        reason=body.reason,
        committed=orders,
    )
    return await do(
        Act(plans, plan, cancelled),
        holds(state, ordered(state, orders), standing, me.id, now),
        answer=PlanAnswer.of,
    )


async def _asked_afterwards(plan: Plan, load: Load) -> tuple[ask.Asked, ...]:
    rules = (await policy_of(plan, load)).assistance
    wanted = {each.type: each.afterwards for each in rules}
    return tuple(ask.Asked(each.item, wanted.get(each.type, ())) for each in plan.live)


@api.command(
    "/v1/plans/{plan}/complete",
    answers=PlanAnswer,
    allows={Role.COUNSELLOR, Role.PROGRAMME_MANAGER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def complete_plan(
    *, plan: PlanId, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """End a plan of which every item was paid for, seen in use or cancelled, with its papers."""
    state, standing = await resting(plan, me, load, view)
    orders = await committed(plan, view)
    completed = ask.CompletePlan(
        by=me.id,
        at=now,
        organisation=me.organisation,
        done=await done(plan, view),
        asked=await _asked_afterwards(state, load),
        committed=orders,
    )
    return await do(
        Act(plans, plan, completed),
        holds(state, ordered(state, orders), standing, me.id, now),
        answer=PlanAnswer.of,
    )
