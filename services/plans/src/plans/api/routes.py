"""The routes of plans, what they share: which refusals are which status, what commands rest on."""

from datetime import datetime
from typing import Annotated

from events.io.http import Api, Asked, Load, View, Who
from events.io.http.asked import Given
from events.io.http.do import Doer
from events.io.identity import Acting
from events.roles import Role
from events.service import Connection
from events.values import CaseId, Code, PlanId
from plans import views
from plans.domain import programme as programmes
from plans.domain.emergency import emergency as emergencies
from plans.domain.emergency.refusals import NoSuchEmergency
from plans.domain.good_standing import NoSuchCase
from plans.domain.plan import plan as plans
from plans.domain.plan import refusals as no
from plans.domain.plan.state import Plan
from plans.domain.programme import Assistance
from plans.domain.project import project as projects
from plans.domain.project.refusals import NoSuchProject
from plans.domain.project.state import Project
from plans.domain.standing import Standing

api = Api("plans", taken={"plan_of_case": "Another plan of this case was drafted just now."})

UNKNOWN = {no.NoSuchPlan, NoSuchCase, no.NoSuchItem}
CONFLICTS = {
    no.PlanIsAt,
    no.DraftedAlready,
    no.CaseHasPlan,
    no.SuchItemAlready,
    no.VotedAlready,
    no.AmendmentOpen,
    no.NothingAskedFor,
    no.ItemIsCancelled,
}
SEES_ALL = {Role.AUDITOR, Role.SERVICE}
"""Those who read the unrestricted plans of every organisation."""


async def knows(me: Acting, case: CaseId, at: datetime, view: Connection) -> bool:
    """Whether somebody may know of the case: of a restricted one nobody does by their role."""
    reach = None if me.roles & SEES_ALL else me.organisation
    return await views.may_know(view, case, organisation=reach, person=me.id, now=at)


async def hides(project: Project, me: Acting, at: datetime, view: Connection) -> bool:
    """Whether a restricted case has a share in it that somebody need not know of."""
    cases = [share.case for share in project.shares]
    return await views.hidden(view, cases, person=me.id, now=at)


async def _doer(asked: Asked) -> Doer:
    """For who may not know of its case, a plan, an emergency or a project is not there."""
    do = Doer(asked)
    handler, view = asked.desk.handler, asked.desk.view
    plan, emergency = asked.parameters.get("plan"), asked.parameters.get("emergency")
    state, _ = await handler.load(plans, plan) if plan else (None, 0)
    if state and view and not await knows(asked.me, state.case, asked.now, view):
        raise no.NoSuchPlan(asked.me.organisation)
    help_, _ = await handler.load(emergencies, emergency) if emergency else (None, 0)
    if help_ and view and not await knows(asked.me, help_.case, asked.now, view):
        raise NoSuchEmergency(asked.me.organisation)
    project = asked.parameters.get("project")
    shared, _ = await handler.load(projects, project) if project else (None, 0)
    if shared and view and await hides(shared, asked.me, asked.now, view):
        raise NoSuchProject(asked.me.organisation)
    return do


Do = Annotated[Doer, Given(_doer, reads_views=True)]
"""Puts commands to aggregates, as the library's; to those of a case for who may know of it."""


async def resting(plan: PlanId, me: Who, load: Load, view: View) -> tuple[Plan, Standing]:
    """The plan, and how its case stands by what this service has heard from intake."""
    state, _ = await load.state(plans, plan)
    if state is None:
        raise no.NoSuchPlan(me.organisation)
    standing = await views.standing_of(state.case, view)
    assert standing is not None, "the plan was drafted on it"
    return state, standing


async def policy_of(plan: Plan, load: Load) -> programmes.Policy:
    """The rules of the version that the plan is pinned to."""
    programme, _ = await load.state(programmes.programme, plan.programme)
    assert programme is not None, "the plan was drafted under it"
    return programme.policy(plan.programme_version)


async def assistance_of(plan: Plan, kind: Code, load: Load) -> Assistance | None:
    """The rules for that type in the version that the plan is pinned to."""
    return (await policy_of(plan, load)).assistance_of(kind)
