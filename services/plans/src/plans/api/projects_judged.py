"""Judging a project; giving it up; handing it over."""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any

from fastapi import Response
from pydantic import Field

from events.handler import Act
from events.io.http import Body, Load, Now, View, Who
from events.money import Money
from events.roles import Role
from events.values import CaseId, Digest, ProjectId
from plans import views
from plans.api.projects import CONFLICTS, UNKNOWN, found, hold, is_ordered, standings_of
from plans.api.routes import Do, api
from plans.domain.plan.kinds import Rejection, Revision
from plans.domain.project import project as projects
from plans.domain.project import requests as ask
from plans.domain.project.judging import completes_the_quorum
from plans.domain.project.kinds import Cancellation
from plans.domain.project.state import Project
from plans.project_answers import ProjectAnswer
from plans.views.orders import done

Reasons = Annotated[tuple[Revision, ...], Field(min_length=1, max_length=6)]


@api.command(
    "/v1/projects/{project}/confirm-feasibility",
    answers=ProjectAnswer,
    allows={Role.RECEIVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def confirm_project_feasibility(project: ProjectId, me: Who, now: Now, do: Do) -> Response:
    """Say for the receiving office that the project can work there."""
    confirmed = ask.ConfirmProject(by=me.id, at=now, organisation=me.organisation)
    return await do(Act(projects, project, confirmed), answer=ProjectAnswer.of)


class ReturnProjectBody(Body):
    reasons: Reasons


@api.command(
    "/v1/projects/{project}/return",
    answers=ProjectAnswer,
    allows={Role.RECEIVING_OFFICER, Role.COMMITTEE_MEMBER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def return_project(
    project: ProjectId, body: ReturnProjectBody, me: Who, now: Now, do: Do
) -> Response:
    """Give the project back to be thought over."""
    returned = ask.ReturnProject(
        by=me.id, at=now, organisation=me.organisation, reasons=body.reasons
    )
    return await do(Act(projects, project, returned), answer=ProjectAnswer.of)


@api.command(
    "/v1/projects/{project}/declare-conflict",
    answers=ProjectAnswer,
    allows={Role.COMMITTEE_MEMBER, Role.RECEIVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def declare_project_conflict(project: ProjectId, me: Who, now: Now, do: Do) -> Response:
    """Say that you are too close to this project to judge it; a vote of yours is void."""
    declared = ask.DeclareProjectConflict(by=me.id, at=now, organisation=me.organisation)
    return await do(Act(projects, project, declared), answer=ProjectAnswer.of)


@api.command(
    "/v1/projects/{project}/approve",
    answers=ProjectAnswer,
    allows={Role.COMMITTEE_MEMBER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def approve_project(
    *, project: ProjectId, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Say yes as a member of the committee; the quorum's last yes approves it.

    With it each share is drawn from its participant's entitlement: all of them, or nothing is said.
    """
    state, policy = await found(project, me, load)
    standings = await standings_of(state, view)
    approval = ask.ApproveProject(
        by=me.id, at=now, organisation=me.organisation, standings=standings, policy=policy
    )
    draws: list[Act[Any, Any, Any]] = []
    if state.agreed and completes_the_quorum(state, policy):
        amounts = state.amounts
        gone = state.drawing - amounts.keys()
        draws = [hold(state, each, amounts[each.case], me, now) for each in standings]
        draws += await _freed(state, gone, me, now, view)
    return await do(Act(projects, project, approval), *draws, answer=ProjectAnswer.of)


class RejectProjectBody(Body):
    reason: Rejection


@api.command(
    "/v1/projects/{project}/reject",
    answers=ProjectAnswer,
    allows={Role.COMMITTEE_MEMBER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def reject_project(
    *,
    project: ProjectId,
    body: RejectProjectBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
) -> Response:
    """Say no as a member of the committee; the quorum's last no rejects it."""
    state, policy = await found(project, me, load)
    quorum = policy.approval.quorum(state.total)
    rejected = ask.RejectProject(
        by=me.id, at=now, organisation=me.organisation, reason=body.reason, quorum=quorum
    )
    ends = len(state.opponents) + 1 >= quorum
    freed = await _freed(state, state.drawing, me, now, view) if ends else []
    return await do(Act(projects, project, rejected), *freed, answer=ProjectAnswer.of)


async def _freed(
    project: Project, cases: Collection[CaseId], me: Who, at: datetime, view: View
) -> list[Act[Any, Any, Any]]:
    """All that it holds of these cases' entitlements is theirs again."""
    standings = [await views.standing_of(case, view) for case in sorted(cases)]
    nothing = Money.zero(project.currency)
    return [hold(project, each, nothing, me, at) for each in standings if each is not None]


class CancelProjectBody(Body):
    reason: Cancellation


@api.command(
    "/v1/projects/{project}/cancel",
    answers=ProjectAnswer,
    allows={Role.COUNSELLOR, Role.PROGRAMME_MANAGER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def cancel_project(
    *,
    project: ProjectId,
    body: CancelProjectBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
) -> Response:
    """Give a project up for which nothing was ordered."""
    state, _ = await found(project, me, load)
    cancelled = ask.CancelProject(
        by=me.id,
        at=now,
        organisation=me.organisation,
        reason=body.reason,
        ordered=await is_ordered(project, view),
    )
    freed = await _freed(state, state.drawing, me, now, view)
    return await do(Act(projects, project, cancelled), *freed, answer=ProjectAnswer.of)


class HandOverBody(Body):
    document: Digest


@api.command(
    "/v1/projects/{project}/hand-over",
    answers=ProjectAnswer,
    allows={Role.RECEIVING_OFFICER, Role.MONITORING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def hand_over_project(
    *, project: ProjectId, body: HandOverBody, me: Who, now: Now, do: Do, view: View
) -> Response:
    """Record the deed by which all that was bought became theirs."""
    handed = ask.HandOverProject(
        by=me.id,
        at=now,
        organisation=me.organisation,
        document=body.document,
        settled=await done(project, view),
    )
    return await do(Act(projects, project, handed), answer=ProjectAnswer.of)
