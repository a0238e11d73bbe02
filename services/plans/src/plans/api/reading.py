"""Reading plans: one, a list, the committee's queue, what is left of an entitlement."""

from fastapi import Response

from events.handler import Act
from events.io.http import Load, NewIds, Now, Page, Paging, Problem, Request, View, Who
from events.roles import READERS, Role
from events.values import CaseId, ItemId, PlanId
from plans import views
from plans.answers import (
    EntitlementAnswer,
    OwnWordsAnswer,
    PapersAnswer,
    PlanAnswer,
    QueueLine,
    ShareAnswer,
)
from plans.api.routes import SEES_ALL, api, knows, policy_of, resting
from plans.domain import registry
from plans.domain.drawing import drawing
from plans.domain.plan import plan as plans
from plans.domain.plan.facts import AssistanceItemProposed, AssistanceItemRevised
from plans.domain.plan.judging import exclusion
from plans.domain.plan.kinds import Stage
from plans.domain.plan.state import Plan
from plans.domain.reading import ReadOwnWords, reading
from plans.domain.shares import NOBODY, Parts, added, of
from plans.domain.standing import Standing
from plans.views import funds


@api.query("/v1/plans/{plan}", answers=PlanAnswer, allows=READERS)
async def read_plan(plan: PlanId, me: Who, load: Load, view: View) -> Response:
    """Read a plan."""
    await _known(plan, me, load, view)
    kept = await funds.funds_of(view, plan)
    return await load(
        plans, plan, answer=lambda state, version: PlanAnswer.of(state, version, kept)
    )


@api.query("/v1/plans/{plan}/documents", answers=PapersAnswer, allows=READERS)
async def list_documents(plan: PlanId, me: Who, load: Load, view: View) -> PapersAnswer:
    """List the documents that the programme asks for of each item, and which are missing."""
    state = await _known(plan, me, load, view)
    items = state.proposal.items if state.proposal else state.live
    return PapersAnswer.of(state, items, await policy_of(state, load))


@api.query("/v1/plans", answers=Page[PlanAnswer], allows=READERS)
async def list_plans(
    *,
    me: Who,
    now: Now,
    paging: Paging,
    view: View,
    case: CaseId | None = None,
    stage: Stage | None = None,
    short_of_funds: bool = False,
) -> Page[PlanAnswer]:
    """List the plans that you may see, by case or stage, or those that wait for their money."""
    found = await views.plans_after(
        view,
        after=paging.after,
        limit=paging.limit + 1,
        organisation=None if me.roles & SEES_ALL else me.organisation,
        person=me.id,
        now=now,
        case=case,
        stage=stage,
        short_of_funds=short_of_funds,
    )
    return paging.of(await _lines(found, view), key=lambda line: line.plan)


async def _lines(found: list[views.PlanRow], view: View) -> list[PlanAnswer]:
    kept = await funds.funds_of_all(view, [row.plan.id for row in found])
    return [PlanAnswer.of(row.plan, row.version, kept.get(row.plan.id)) for row in found]


@api.query("/v1/committee", answers=Page[QueueLine], allows={Role.COMMITTEE_MEMBER})
async def list_committee_queue(me: Who, now: Now, paging: Paging, view: View) -> Page[QueueLine]:
    """List the plans that wait for the committee, and whether you have a vote on each."""
    found = await views.plans_after(
        view,
        after=paging.after,
        limit=paging.limit + 1,
        organisation=me.organisation,
        person=me.id,
        now=now,
        asked=Stage.FEASIBLE,
    )
    return paging.of([_queued(row, me) for row in found], key=lambda line: line.plan.plan)


@api.query("/v1/committee/held", answers=Page[PlanAnswer], allows={Role.COMMITTEE_MEMBER})
async def list_held_for_funds(me: Who, now: Now, paging: Paging, view: View) -> Page[PlanAnswer]:
    """List the plans that you approved and whose money is not there: nothing is bought for them."""
    found = await views.plans_after(
        view,
        after=paging.after,
        limit=paging.limit + 1,
        organisation=me.organisation,
        person=me.id,
        now=now,
        short_of_funds=True,
        approved_by=me.id,
    )
    return paging.of(await _lines(found, view), key=lambda line: line.plan)


def _queued(row: views.PlanRow, me: Who) -> QueueLine:
    assert row.plan.proposal is not None, "it waits for the committee"
    against = exclusion(row.plan, row.plan.proposal, me.id)
    return QueueLine(
        plan=PlanAnswer.of(row.plan, row.version),
        you_may_vote=against is None,
        because=against.rule if against else None,
    )


@api.query("/v1/entitlements/{case}", answers=EntitlementAnswer, allows=READERS)
async def read_entitlement(case: CaseId, me: Who, load: Load, view: View) -> EntitlementAnswer:
    """Read how much a case may receive and how much of it is planned."""
    standing = await views.standing_of(case, view)
    if standing is None or not await knows(me, case, load.now, view):
        raise Problem("not_found", "There is no such case, or it is not yours to see.")
    entitled = standing.entitled
    currency = entitled.total.currency if entitled else None
    drawn = await _drawn(standing, load)
    planned = added(drawn, views.asked_for(await views.plans_of(case, view)))
    together = of(planned, planned, currency).amount if currency else None
    return EntitlementAnswer(
        case=standing.case,
        programme=standing.programme,
        programme_version=standing.eligible_under,
        consented=standing.consented,
        total=entitled.total if entitled else None,
        cash_cap=entitled.cash_cap if entitled else None,
        planned=together,
        drawn=of(drawn, drawn, currency).amount if currency else None,
        remaining=entitled.total - together if entitled and together is not None else None,
        shares=ShareAnswer.of(entitled.shares, standing.pool, drawn, planned) if entitled else (),
        claim_by=standing.claim_by,
        use_by=standing.use_by,
    )


async def _drawn(standing: Standing, load: Load) -> Parts:
    state, _ = await load.state(drawing, standing.case)
    return state.parts(standing.returnee) if state else NOBODY


async def _known(plan: PlanId, me: Who, load: Load, view: View) -> Plan:
    state, _ = await load.state(plans, plan)
    if state is None or not await knows(me, state.case, load.now, view):
        raise Problem("not_found", "There is no such plan, or it is not yours to see.")
    return state


@api.query(
    "/v1/plans/{plan}/own-words",
    answers=OwnWordsAnswer,
    allows={Role.COUNSELLOR, Role.RECEIVING_OFFICER},
)
async def read_own_words(
    *, plan: PlanId, me: Who, load: Load, view: View, ids: NewIds, asked: Request
) -> OwnWordsAnswer:
    """Read what the returnee said. The read is recorded before it is answered."""
    state = await _known(plan, me, load, view)
    _, standing = await resting(plan, me, load, view)
    read = ReadOwnWords(
        by=me.id,
        at=asked.now,
        plan=plan,
        standing=standing,
        organisation=me.organisation,
        office=me.office,
    )
    handler = asked.desk.handler
    await handler.do(Act(reading, ids.new("rea"), read), context=asked.context)
    said: dict[str, ItemId] = {}
    for entry in await handler.store.load(plan):
        event = registry.read(entry.envelope)
        if isinstance(event, AssistanceItemProposed | AssistanceItemRevised):
            said[entry.envelope.id] = event.item
    opened = await handler.store.disclosures(list(said))
    words = {item: d.value for event_id, item in said.items() for d in opened.get(event_id, ())}
    return OwnWordsAnswer(
        plan=plan,
        returnee=state.returnee,
        words={item: text for item, text in words.items() if state.known(item)},
        erased=tuple(sorted(await handler.store.erased(state.returnee))),
    )
