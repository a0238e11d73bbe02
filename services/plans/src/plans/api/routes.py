"""The routes of plans, what they share: which refusals are which status, what commands rest on."""

from datetime import datetime

from events.handler import Act
from events.io.http import Api, Load, View, Who
from events.roles import Role
from events.values import Code, DrawerId, PlanId
from plans import views
from plans.domain import programme as programmes
from plans.domain.drawing import Drawing, DrawingEvent, HoldEntitlement, drawing
from plans.domain.good_standing import NoSuchCase
from plans.domain.plan import plan as plans
from plans.domain.plan import refusals as no
from plans.domain.plan.state import Plan
from plans.domain.programme import Assistance
from plans.domain.standing import Standing

api = Api("plans")

UNKNOWN = {no.NoSuchPlan, NoSuchCase, no.NoSuchItem}
CONFLICTS = {no.PlanIsAt, no.DraftedAlready, no.CaseHasPlan, no.SuchItemAlready, no.ApprovedAlready}
SEES_ALL = {Role.AUDITOR, Role.SERVICE}
"""Those who read the plans of every organisation."""


async def resting(plan: PlanId, me: Who, load: Load, view: View) -> tuple[Plan, Standing]:
    """The plan, and how its case stands by what this service has heard from intake."""
    state, _ = await load.state(plans, plan)
    if state is None:
        raise no.NoSuchPlan(me.organisation)
    standing = await views.standing_of(state.case, view)
    assert standing is not None, "the plan was drafted on it"
    return state, standing


def drawn(
    plan: Plan, standing: Standing, me: Who, at: datetime
) -> Act[HoldEntitlement, Drawing, DrawingEvent]:
    """The plan, being approved, draws what its items may cost from the case's entitlement."""
    held = HoldEntitlement(
        by=me.id,
        at=at,
        case=plan.case,
        drawn_for=DrawerId(plan.id),
        amount=plan.total,
        cash=plan.cash,
        entitled=standing.entitled,
    )
    return Act(drawing, plan.case, held)


async def assistance_of(plan: Plan, kind: Code, load: Load) -> Assistance | None:
    """The rules for that type in the version that the plan is pinned to."""
    programme, _ = await load.state(programmes.programme, plan.programme)
    assert programme is not None, "the plan was drafted under it"
    return programme.policy(plan.programme_version).assistance_of(kind)
