"""Judging a plan: the receiving office on whether it can work, the committee on yes or no."""

from datetime import datetime
from typing import Annotated

from fastapi import Response
from pydantic import Field

from events.handler import Act
from events.io.http import Body, Load, Now, View, Who
from events.roles import Role
from events.values import PersonId, PlanId
from plans import views
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
from plans.domain.plan.kinds import Rejection, Revision
from plans.domain.plan.state import Plan
from plans.domain.programme import Policy
from plans.domain.standing import Standing
from plans.holding import Holding, holds, ordered
from plans.views.orders import committed

Reasons = Annotated[tuple[Revision, ...], Field(min_length=1, max_length=6)]


@api.command(
    "/v1/plans/{plan}/confirm-feasibility",
    answers=PlanAnswer,
    allows={Role.RECEIVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def confirm_feasibility(plan: PlanId, me: Who, now: Now, do: Do) -> Response:
    """Say for the receiving office that the plan can work there."""
    confirmed = ask.ConfirmFeasibility(by=me.id, at=now, organisation=me.organisation)
    return await do(Act(plans, plan, confirmed), answer=PlanAnswer.of)


class ReasonsBody(Body):
    reasons: Reasons


@api.command(
    "/v1/plans/{plan}/decline-feasibility",
    answers=PlanAnswer,
    allows={Role.RECEIVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def decline_feasibility(
    plan: PlanId, body: ReasonsBody, me: Who, now: Now, do: Do
) -> Response:
    """Say for the receiving office that the plan cannot work as it is."""
    declined = ask.DeclineFeasibility(
        by=me.id, at=now, organisation=me.organisation, reasons=body.reasons
    )
    return await do(Act(plans, plan, declined), answer=PlanAnswer.of)


@api.command(
    "/v1/plans/{plan}/return",
    answers=PlanAnswer,
    allows={Role.RECEIVING_OFFICER, Role.COMMITTEE_MEMBER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def return_plan(plan: PlanId, body: ReasonsBody, me: Who, now: Now, do: Do) -> Response:
    """Give the plan back to be thought over."""
    returned = ask.ReturnPlan(by=me.id, at=now, organisation=me.organisation, reasons=body.reasons)
    return await do(Act(plans, plan, returned), answer=PlanAnswer.of)


@api.command(
    "/v1/plans/{plan}/declare-conflict",
    answers=PlanAnswer,
    allows={Role.COMMITTEE_MEMBER, Role.RECEIVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def declare_conflict(plan: PlanId, me: Who, now: Now, do: Do) -> Response:
    """Say that you are too close to this case to judge it; a vote of yours is void."""
    declared = ask.DeclareConflict(by=me.id, at=now, organisation=me.organisation)
    return await do(Act(plans, plan, declared), answer=PlanAnswer.of)


@api.command(
    "/v1/plans/{plan}/approve",
    answers=PlanAnswer,
    allows={Role.COMMITTEE_MEMBER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def approve_plan(
    *, plan: PlanId, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Say yes as a member of the committee; the quorum's last yes approves what is asked for."""
    state, standing = await resting(plan, me, load, view)
    asked = state.proposal
    approval = ask.RecordApproval(
        by=me.id,
        at=now,
        organisation=me.organisation,
        standing=standing,
        asked=_documents_asked(state, await policy_of(state, load)),
        committed=await committed(plan, view),
    )
    vote = Act(plans, plan, approval)
    if asked is None or not asked.one_yes_short:
        return await do(vote, answer=PlanAnswer.of)
    drawn = holds(state, asked.items, standing, me.id, now)
    earlier = await given_back(state, standing, view, by=me.id, at=now)
    return await do(vote, *earlier, drawn, answer=PlanAnswer.of)


async def given_back(
    new: Plan, standing: Standing, view: View, *, by: PersonId, at: datetime
) -> list[Holding]:
    """Plans of the case that are over hold what their orders still do, and no more."""
    over = [each for each in await views.plans_of(new.case, view) if each.over and each.in_force]
    return [
        holds(each, ordered(each, await committed(each.id, view)), standing, by, at)
        for each in over
    ]


def _documents_asked(plan: Plan, policy: Policy) -> tuple[ask.Asked, ...]:
    items = plan.proposal.items if plan.proposal else ()
    rules = {each.item: policy.assistance_of(each.type) for each in items}
    return tuple(ask.Asked(item, r.before_approval) for item, r in rules.items() if r is not None)


class RejectPlanBody(Body):
    reason: Rejection


@api.command(
    "/v1/plans/{plan}/reject",
    answers=PlanAnswer,
    allows={Role.COMMITTEE_MEMBER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def reject_plan(plan: PlanId, body: RejectPlanBody, me: Who, now: Now, do: Do) -> Response:
    """Say no as a member of the committee; the quorum's last no rejects what is asked for."""
    rejected = ask.RecordRejection(
        by=me.id, at=now, organisation=me.organisation, reason=body.reason
    )
    return await do(Act(plans, plan, rejected), answer=PlanAnswer.of)
