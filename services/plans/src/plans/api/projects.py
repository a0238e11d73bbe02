"""Projects: proposed, shared out, signed by each participant, sent; and read."""

from datetime import datetime
from typing import Annotated

from fastapi import Response
from pydantic import Field

from events.handler import Act
from events.io.http import Body, Load, NewIds, Now, Page, Paging, Problem, View, Who
from events.money import Money
from events.roles import READERS, Role
from events.values import (
    CaseId,
    Code,
    Digest,
    DrawerId,
    ItemId,
    PersonId,
    ProgrammeId,
    ProjectId,
)
from plans import views
from plans.api.routes import SEES_ALL, Do, api, hides, knows
from plans.domain import programme as programmes
from plans.domain.drawing import Drawing, DrawingEvent, HoldEntitlement, drawing
from plans.domain.good_standing import NoSuchCase
from plans.domain.plan.kinds import Method
from plans.domain.plan.refusals import NoSuchItem, SuchItemAlready, VotedAlready
from plans.domain.programme import Level, Policy
from plans.domain.project import project as projects
from plans.domain.project import refusals as no
from plans.domain.project import requests as ask
from plans.domain.project.allocation import WHOLE
from plans.domain.project.kinds import Leaving, Stage
from plans.domain.project.state import Project
from plans.domain.standing import Standing
from plans.project_answers import ProjectAnswer
from plans.views import funds
from plans.views.orders import committed
from plans.views.projects import projects_after

UNKNOWN = {no.NoSuchProject, NoSuchCase, NoSuchItem, no.NoShare}
CONFLICTS = {
    no.ProjectIsAt,
    no.ProposedAlready,
    VotedAlready,
    no.WithdrawnAlready,
    no.SameDocument,
    no.OrderedAlready,
    SuchItemAlready,
}
PARTICIPANTS_MAX = 99


async def found(project: ProjectId, me: Who, load: Load) -> tuple[Project, Policy]:
    """The project, and what its programme says in the version that it is pinned to."""
    state, _ = await load.state(projects, project)
    if state is None:
        raise no.NoSuchProject(me.organisation)
    programme, _ = await load.state(programmes.programme, state.programme)
    assert programme is not None, "the project was proposed under it"
    return state, programme.policy(state.programme_version)


async def _known(case: CaseId, me: Who, now: Now, view: View) -> Standing | None:
    """How the case stands, if it is one that the person may know of."""
    return await views.standing_of(case, view) if await knows(me, case, now, view) else None


async def standings_of(project: Project, view: View) -> tuple[Standing, ...]:
    """How the participants' cases stand by what this service has heard from intake."""
    found = [await views.standing_of(share.case, view) for share in project.shares]
    return tuple(standing for standing in found if standing is not None)


def documents_of(project: Project, policy: Policy) -> tuple[Code, ...]:
    """What the programme wants to see before it is approved."""
    kinds = [rules for item in project.items if (rules := policy.assistance_of(item.type))]
    wanted = [kind for rules in kinds for kind in rules.before_approval]
    if project.level is Level.COMMUNITY and policy.community:
        wanted += policy.community.before_approval
    return tuple(dict.fromkeys(wanted))


def hold(
    project: Project, standing: Standing, amount: Money, me: Who, at: datetime
) -> Act[HoldEntitlement, Drawing, DrawingEvent]:
    """From now on the project holds so much of that participant's entitlement."""
    held = HoldEntitlement(
        by=me.id,
        at=at,
        case=standing.case,
        drawn_for=DrawerId(project.id),
        amount=amount,
        cash=Money.zero(project.currency),
        entitled=standing.entitled,
        pool=standing.pool,
    )
    return Act(drawing, standing.case, held)


async def is_ordered(project: ProjectId, view: View) -> bool:
    """Whether an order holds money of the project."""
    held = await committed(project, view)
    return any(money.minor for money in held.values())


class ProposeProjectBody(Body):
    programme: ProgrammeId
    level: Level


@api.command(
    "/v1/projects",
    creates=ProjectAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def propose_project(
    *, body: ProposeProjectBody, me: Who, now: Now, do: Do, ids: NewIds, load: Load
) -> Response:
    """Begin a project of several cases, or of a community."""
    programme, _ = await load.state(programmes.programme, body.programme)
    if programme is None:
        raise Problem("not_found", "There is no such programme.")
    new = ProjectId(ids.new("prj"))
    proposed = ask.ProposeProject(
        by=me.id,
        at=now,
        organisation=me.organisation,
        project=new,
        programme=programme.id,
        programme_version=programme.latest.number,
        policy=programme.latest.policy,
        level=body.level,
    )
    return await do(Act(projects, new, proposed), answer=ProjectAnswer.of)


class ProposeProjectItemBody(Body):
    type: Code
    spec: Code
    ceiling: Money


@api.command(
    "/v1/projects/{project}/propose-item",
    answers=ProjectAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def propose_project_item(
    *,
    project: ProjectId,
    body: ProposeProjectItemBody,
    me: Who,
    now: Now,
    do: Do,
    ids: NewIds,
    load: Load,
    view: View,
) -> Response:
    """Add a line to a project; all signatures on it are void."""
    state, policy = await found(project, me, load)
    proposed = ask.ProposeProjectItem(
        by=me.id,
        at=now,
        organisation=me.organisation,
        policy=policy,
        item=ItemId(ids.new("itm")),
        type=body.type,
        assistance=policy.assistance_of(body.type),
        spec=body.spec,
        ceiling=body.ceiling,
        restricted=any(each.restricted for each in await standings_of(state, view)),
    )
    return await do(Act(projects, project, proposed), answer=ProjectAnswer.of)


class RemoveProjectItemBody(Body):
    item: ItemId


@api.command(
    "/v1/projects/{project}/remove-item",
    answers=ProjectAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def remove_project_item(
    project: ProjectId, body: RemoveProjectItemBody, me: Who, now: Now, do: Do
) -> Response:
    """Take a line out of a project; all signatures on it are void."""
    removed = ask.RemoveProjectItem(by=me.id, at=now, organisation=me.organisation, item=body.item)
    return await do(Act(projects, project, removed), answer=ProjectAnswer.of)


BasisPoints = Annotated[int, Field(ge=0, le=WHOLE)]
"""Hundredths of a percent."""


class ShareBody(Body):
    case: CaseId
    basis_points: BasisPoints


class SetSharesBody(Body):
    shares: Annotated[tuple[ShareBody, ...], Field(max_length=PARTICIPANTS_MAX)]
    host_basis_points: BasisPoints = 0


@api.command(
    "/v1/projects/{project}/set-shares",
    answers=ProjectAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def set_shares(
    *, project: ProjectId, body: SetSharesBody, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Say who is to have which share, together 100 percent; all signatures are void."""
    _, policy = await found(project, me, load)
    asked = [
        ask.ShareAsked(each.case, each.basis_points, await _known(each.case, me, now, view))
        for each in body.shares
    ]
    shares = ask.SetShares(
        by=me.id,
        at=now,
        organisation=me.organisation,
        policy=policy,
        shares=tuple(asked),
        host_basis_points=body.host_basis_points,
    )
    return await do(Act(projects, project, shares), answer=ProjectAnswer.of)


class SignShareBody(Body):
    case: CaseId
    signed_by: PersonId
    method: Method
    language: Code
    digest: Digest
    witness: PersonId | None = None


@api.command(
    "/v1/projects/{project}/sign-share",
    answers=ProjectAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def sign_share(
    *, project: ProjectId, body: SignShareBody, me: Who, now: Now, do: Do, view: View
) -> Response:
    """Record that a participant, or a child's guardian, signed the project as it stands."""
    signed = ask.SignShare(
        by=me.id,
        at=now,
        organisation=me.organisation,
        case=body.case,
        standing=await _known(body.case, me, now, view),
        signed_by=body.signed_by,
        method=body.method,
        language=body.language,
        digest=body.digest,
        witness=body.witness,
    )
    return await do(Act(projects, project, signed), answer=ProjectAnswer.of)


class RecordDocumentBody(Body):
    kind: Code
    digest: Digest


@api.command(
    "/v1/projects/{project}/record-document",
    answers=ProjectAnswer,
    allows={Role.COUNSELLOR, Role.RECEIVING_OFFICER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def record_project_document(
    *, project: ProjectId, body: RecordDocumentBody, me: Who, now: Now, do: Do, load: Load
) -> Response:
    """Record a document that the programme asks for, such as a committee's minutes."""
    state, policy = await found(project, me, load)
    recorded = ask.RecordProjectDocument(
        by=me.id,
        at=now,
        organisation=me.organisation,
        kind=body.kind,
        kinds=documents_of(state, policy),
        digest=body.digest,
    )
    return await do(Act(projects, project, recorded), answer=ProjectAnswer.of)


@api.command(
    "/v1/projects/{project}/submit",
    answers=ProjectAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def submit_project(
    *, project: ProjectId, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Send the project, whole and signed by all, to the receiving office."""
    state, policy = await found(project, me, load)
    submitted = ask.SubmitProject(
        by=me.id,
        at=now,
        organisation=me.organisation,
        standings=await standings_of(state, view),
        documents=documents_of(state, policy),
    )
    return await do(Act(projects, project, submitted), answer=ProjectAnswer.of)


class WithdrawShareBody(Body):
    case: CaseId
    reason: Leaving
    document: Digest


@api.command(
    "/v1/projects/{project}/withdraw-share",
    answers=ProjectAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def withdraw_share(
    *,
    project: ProjectId,
    body: WithdrawShareBody,
    me: Who,
    now: Now,
    do: Do,
    load: Load,
    view: View,
) -> Response:
    """Record that a participant leaves. Nobody else's share changes by it."""
    state, _ = await found(project, me, load)
    ordered = await is_ordered(project, view)
    withdrawn = ask.WithdrawShare(
        by=me.id,
        at=now,
        organisation=me.organisation,
        case=body.case,
        reason=body.reason,
        document=body.document,
        ordered=ordered,
    )
    act = Act(projects, project, withdrawn)
    standing = await views.standing_of(body.case, view)
    if ordered or body.case not in state.drawing or standing is None:
        return await do(act, answer=ProjectAnswer.of)
    nothing = Money.zero(state.currency)
    return await do(act, hold(state, standing, nothing, me, now), answer=ProjectAnswer.of)


@api.query("/v1/projects/{project}", answers=ProjectAnswer, allows=READERS)
async def read_project(project: ProjectId, me: Who, load: Load, view: View) -> Response:
    """Read a project."""
    state, _ = await load.state(projects, project)
    if (
        state is None
        or not (me.roles & SEES_ALL or state.reached_by(me.organisation))
        or await hides(state, me, load.now, view)
    ):
        raise Problem("not_found", "There is no such project, or it is not yours to see.")
    kept = await funds.funds_of(view, project)
    return await load(
        projects, project, answer=lambda state, version: ProjectAnswer.of(state, version, kept)
    )


@api.query("/v1/projects", answers=Page[ProjectAnswer], allows=READERS)
async def list_projects(
    *,
    me: Who,
    now: Now,
    paging: Paging,
    view: View,
    case: CaseId | None = None,
    stage: Stage | None = None,
) -> Page[ProjectAnswer]:
    """List the projects that you may see, by participant's case or stage."""
    rows = await projects_after(
        view,
        after=paging.after,
        limit=paging.limit + 1,
        organisation=None if me.roles & SEES_ALL else me.organisation,
        person=me.id,
        now=now,
        case=case,
        stage=stage,
    )
    kept = await funds.funds_of_all(view, [row.project.id for row in rows])
    lines = [ProjectAnswer.of(row.project, row.version, kept.get(row.project.id)) for row in rows]
    return paging.of(lines, key=lambda line: line.project)
