"""Drafting a plan with the returnee, until it is signed and submitted."""

from datetime import timedelta
from typing import Annotated

from fastapi import Response
from pydantic import Field

from events.handler import Act
from events.io.http import Body, Load, NewIds, Now, View, Who
from events.money import Money
from events.ports import Claim
from events.roles import Role
from events.values import CaseId, Code, Digest, ItemId, PersonId, PlanId
from plans import views
from plans.answers import PlanAnswer
from plans.api.routes import (
    CONFLICTS,
    UNKNOWN,
    Do,
    api,
    assistance_of,
    knows,
    policy_of,
    resting,
)
from plans.domain import programme as programmes
from plans.domain.plan import plan as plans
from plans.domain.plan import requests as ask
from plans.domain.plan.kinds import Method
from plans.domain.standing import Standing
from plans.views.orders import committed

OwnWords = Annotated[str, Field(min_length=1, max_length=2000)]


class DraftPlanBody(Body):
    case: CaseId


@api.command(
    "/v1/plans",
    creates=PlanAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def draft_plan(
    *, body: DraftPlanBody, me: Who, now: Now, do: Do, ids: NewIds, load: Load, view: View
) -> Response:
    """Begin a plan for a case that may receive assistance."""
    known = await knows(me, body.case, now, view)
    standing = await views.standing_of(body.case, view) if known else None
    earlier = await views.plans_of(body.case, view)
    version = await _policy_of(standing, load)
    new = PlanId(ids.new("pla"))
    drafted = ask.DraftPlan(
        by=me.id,
        at=now,
        organisation=me.organisation,
        plan=new,
        standing=standing,
        quorum=version.approval.bands[-1].members if version else 0,
        open_plan=next((p.id for p in earlier if not p.over), None),
        claimed_before=bool(earlier),
    )
    one_at_a_time = Claim("plan_of_case", f"{body.case}/{len(earlier)}")
    return await do(Act(plans, new, drafted, (one_at_a_time,)), answer=PlanAnswer.of)


async def _policy_of(standing: Standing | None, load: Load) -> programmes.Policy | None:
    if standing is None or standing.eligible_under is None:
        return None
    programme, _ = await load.state(programmes.programme, standing.programme)
    assert programme is not None, "a case was found eligible under it"
    return programme.policy(standing.eligible_under)


class ProposeItemBody(Body):
    type: Code
    spec: Code
    ceiling: Money
    own_words: OwnWords | None = None
    person: PersonId | None = None
    """For whom of the household it is, when not for the principal applicant."""


@api.command(
    "/v1/plans/{plan}/propose-item",
    answers=PlanAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def propose_item(
    *,
    plan: PlanId,
    body: ProposeItemBody,
    me: Who,
    now: Now,
    do: Do,
    ids: NewIds,
    load: Load,
    view: View,
) -> Response:
    """Add a line to a plan."""
    state, standing = await resting(plan, me, load, view)
    proposed = ask.ProposeItem(
        by=me.id,
        at=now,
        organisation=me.organisation,
        standing=standing,
        item=ItemId(ids.new("itm")),
        type=body.type,
        assistance=await assistance_of(state, body.type, load),
        spec=body.spec,
        ceiling=body.ceiling,
        own_words=body.own_words,
        person=body.person,
    )
    return await do(Act(plans, plan, proposed), answer=PlanAnswer.of)


class ReviseItemBody(Body):
    item: ItemId
    spec: Code
    ceiling: Money
    own_words: OwnWords | None = None
    person: PersonId | None = None
    """For whom of the household it is from now on, when not for whom it was."""


@api.command(
    "/v1/plans/{plan}/revise-item",
    answers=PlanAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def revise_item(
    *, plan: PlanId, body: ReviseItemBody, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Change a line of a plan; a signature on it is void."""
    state, standing = await resting(plan, me, load, view)
    old = state.known(body.item)
    revised = ask.ReviseItem(
        by=me.id,
        at=now,
        organisation=me.organisation,
        standing=standing,
        item=body.item,
        assistance=await assistance_of(state, old.type, load) if old else None,
        spec=body.spec,
        ceiling=body.ceiling,
        own_words=body.own_words,
        person=body.person,
        committed=await committed(plan, view),
    )
    return await do(Act(plans, plan, revised), answer=PlanAnswer.of)


class RemoveItemBody(Body):
    item: ItemId


@api.command(
    "/v1/plans/{plan}/remove-item",
    answers=PlanAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def remove_item(
    *, plan: PlanId, body: RemoveItemBody, me: Who, now: Now, do: Do, view: View
) -> Response:
    """Take a line out of a plan; a signature on it is void."""
    removed = ask.RemoveItem(
        by=me.id,
        at=now,
        organisation=me.organisation,
        item=body.item,
        committed=await committed(plan, view),
    )
    return await do(Act(plans, plan, removed), answer=PlanAnswer.of)


class DocumentBody(Body):
    item: ItemId
    kind: Code
    """As the programme names it."""
    digest: Digest
    """SHA-256 of the file."""


@api.command(
    "/v1/plans/{plan}/record-document",
    answers=PlanAnswer,
    allows={
        Role.COUNSELLOR,
        Role.RECEIVING_OFFICER,
        Role.FINANCE_OFFICER,
        Role.MONITORING_OFFICER,
    },
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def record_document(
    *, plan: PlanId, body: DocumentBody, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Record that a paper which the programme asks for was seen for an item."""
    state, _ = await resting(plan, me, load, view)
    item = state.known(body.item)
    rules = await assistance_of(state, item.type, load) if item else None
    recorded = ask.RecordDocument(
        by=me.id,
        at=now,
        organisation=me.organisation,
        item=body.item,
        kind=body.kind,
        digest=body.digest,
        kinds=rules.papers if rules else (),
    )
    return await do(Act(plans, plan, recorded), answer=PlanAnswer.of)


class SignPlanBody(Body):
    signed_by: PersonId
    method: Method
    language: Code
    digest: Digest
    witness: PersonId | None = None


@api.command(
    "/v1/plans/{plan}/sign",
    answers=PlanAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def sign_plan(
    *, plan: PlanId, body: SignPlanBody, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Record that the returnee, or a child's guardian, signed the plan as it stands."""
    _, standing = await resting(plan, me, load, view)
    signed = ask.SignPlan(
        by=me.id,
        at=now,
        organisation=me.organisation,
        standing=standing,
        signed_by=body.signed_by,
        method=body.method,
        language=body.language,
        digest=body.digest,
        witness=body.witness,
    )
    return await do(Act(plans, plan, signed), answer=PlanAnswer.of)


@api.command(
    "/v1/plans/{plan}/submit",
    answers=PlanAnswer,
    allows={Role.COUNSELLOR},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def submit_plan(
    *, plan: PlanId, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Send the signed plan to the receiving office."""
    state, standing = await resting(plan, me, load, view)
    policy = await policy_of(state, load)
    asked, approval = state.proposal, policy.approval
    submitted = ask.SubmitPlan(
        by=me.id,
        at=now,
        organisation=me.organisation,
        standing=standing,
        quorum=approval.quorum(state.total_of(asked.items if asked else ())),
        answer_within=timedelta(days=approval.answer_within_days),
        assistance=policy.assistance,
    )
    return await do(Act(plans, plan, submitted), answer=PlanAnswer.of)
