"""Duplicates: the pairs that wait for a person, what is decided of them, and merging."""

from fastapi import Response

from events.handler import Act
from events.io.http import (
    Body,
    Do,
    Load,
    NewIds,
    Now,
    Page,
    Paging,
    Problem,
    Request,
    View,
    Who,
)
from events.io.http.asked import json_response
from events.io.http.do import encode
from events.personal import Kind
from events.roles import READERS, Role
from events.values import CaseId, PairId
from intake import views
from intake.answers import CaseAnswer
from intake.api.enrolling import entering_again, leaving
from intake.api.reading import values_of
from intake.api.routes import CONFLICTS, SEES_ALL, UNKNOWN, api, known, sees, terms_for
from intake.domain.case import case as cases
from intake.domain.case import merging
from intake.domain.case.state import Case
from intake.domain.comparing import SHOWN, ComparePair, Purpose, comparison
from intake.domain.duplicate import (
    Confirmation,
    ConfirmDuplicate,
    Dismissal,
    DismissDuplicate,
    Known,
    Pair,
    Stage,
    pair_of,
)
from intake.domain.duplicate import pair as pairs
from intake.duplicate_answers import ComparedAnswer, ComparisonAnswer, PairAnswer

DECIDES = {Role.COUNSELLOR, Role.PROGRAMME_MANAGER}


@api.query("/v1/duplicates", answers=Page[PairAnswer], allows=READERS)
async def list_duplicates(
    me: Who, now: Now, paging: Paging, view: View, stage: Stage | None = None
) -> Page[PairAnswer]:
    """List the pairs that may be one person; `stage=suspected`: those that wait for you."""
    found = await views.pairs_after(
        view,
        after=paging.after,
        limit=paging.limit + 1,
        organisation=None if me.roles & SEES_ALL else me.organisation,
        person=me.id,
        now=now,
        stage=stage,
    )
    lines = [PairAnswer.of(row.pair, row.version, row.reached) for row in found]
    return paging.of(lines, key=lambda line: line.pair)


@api.query("/v1/duplicates/{pair}", answers=PairAnswer, allows=READERS)
async def read_duplicate(pair: PairId, me: Who, load: Load) -> Response:
    """Read a pair: in what the two agree, never what that is."""
    state, _ = await load.state(pairs, pair)
    if state is None:
        raise NOT_FOUND
    both = await _both(state, load)
    one, other = [sees(me, case, load.now) for case in both]
    hidden = any(
        case.restricted and not seen for case, seen in zip(both, (one, other), strict=True)
    )
    if hidden or not (one or other):
        raise NOT_FOUND
    return await load(pairs, pair, answer=lambda s, v: PairAnswer.of(s, v, (one, other)))


NOT_FOUND = Problem("not_found", "There is no such pair, or it is not yours to see.")


async def _both(pair: Pair | None, load: Load) -> tuple[Case, ...]:
    found = [(await load.state(cases, side.case))[0] for side in pair.sides] if pair else []
    assert all(found), "a pair is of cases"
    return tuple(case for case in found if case is not None)


@api.query(
    "/v1/duplicates/{pair}/values",
    answers=ComparisonAnswer,
    allows=DECIDES,
    unknown=UNKNOWN,
)
async def compare_duplicate(
    *, pair: PairId, purpose: Purpose, me: Who, load: Load, ids: NewIds, asked: Request
) -> Response:
    """Compare the two side by side, for a purpose. The read is recorded before it is answered."""
    state, _ = await load.state(pairs, pair)
    compare = ComparePair(
        by=me.id,
        at=asked.now,
        organisation=me.organisation,
        cases=await _both(state, load),
        pair=state,
        purpose=purpose,
    )
    handler = asked.desk.handler
    await handler.do(Act(comparison, ids.new("rea"), compare), context=asked.context)
    assert state is not None, "it was recorded who was compared"
    one, other = state.sides
    sides = (await _shown(asked, one), await _shown(asked, other))
    answer = ComparisonAnswer(pair=pair, sides=sides)
    return json_response(encode(answer), 200, {"Cache-Control": "no-store"})


async def _shown(asked: Request, side: Known) -> ComparedAnswer:
    values = await values_of(asked, side.case, side.person, (Kind.IDENTITY, Kind.CONTACT))
    return ComparedAnswer(
        person=side.person,
        case=side.case,
        values={name: values[name] for name in SHOWN if name in values},
        erased=tuple(sorted(await asked.desk.handler.store.erased(side.person))),
    )


class ConfirmDuplicateBody(Body):
    reason: Confirmation


@api.command(
    "/v1/duplicates/{pair}/confirm",
    answers=PairAnswer,
    allows=DECIDES,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def confirm_duplicate(
    *, pair: PairId, body: ConfirmDuplicateBody, me: Who, now: Now, do: Do, load: Load
) -> Response:
    """Find that the two are one person. That changes neither case: merging is an act of its own."""
    both = await _both((await load.state(pairs, pair))[0], load)
    confirmed = ConfirmDuplicate(
        by=me.id, at=now, organisation=me.organisation, cases=both, reason=body.reason
    )
    return await do(Act(pairs, pair, confirmed), answer=PairAnswer.of)


class DismissDuplicateBody(Body):
    reason: Dismissal


@api.command(
    "/v1/duplicates/{pair}/dismiss",
    answers=PairAnswer,
    allows=DECIDES,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def dismiss_duplicate(
    *, pair: PairId, body: DismissDuplicateBody, me: Who, now: Now, do: Do, load: Load
) -> Response:
    """Find that the two are two people; as a second person also when they were confirmed."""
    both = await _both((await load.state(pairs, pair))[0], load)
    dismissed = DismissDuplicate(
        by=me.id, at=now, organisation=me.organisation, cases=both, reason=body.reason
    )
    return await do(Act(pairs, pair, dismissed), answer=PairAnswer.of)


class MergeCaseBody(Body):
    into: CaseId


@api.command(
    "/v1/cases/{case}/merge",
    answers=CaseAnswer,
    allows={Role.PROGRAMME_MANAGER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def merge_case(
    *, case: CaseId, body: MergeCaseBody, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Work on in another case of the same person. Both keep their history."""
    here, into = await known(case, me, load), await known(body.into, me, load)
    pair: Pair | None = None
    if here.returnee != into.returnee:
        pair, _ = await load.state(pairs, pair_of(here.returnee, into.returnee))
    merge = merging.MergeCase(
        by=me.id,
        at=now,
        organisation=me.organisation,
        into=into,
        confirmed=pair.id if pair and pair.stage is Stage.CONFIRMED else None,
    )
    taken = merging.TakeInCase(by=me.id, at=now, organisation=me.organisation, other=case)
    left = await leaving(here, by=me.id, at=now, view=view)
    return await do(
        Act(cases, case, merge),
        Act(cases, into.id, taken),
        *left,
        answer=lambda state, version: CaseAnswer.of(state, version, (into.id,)),
    )


@api.command(
    "/v1/cases/{case}/unmerge",
    answers=CaseAnswer,
    allows={Role.PROGRAMME_MANAGER},
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def unmerge_case(
    *, case: CaseId, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Let the case stand by itself again, as it was. Done by somebody other than who merged it."""
    here = await known(case, me, load)
    apart = merging.UnmergeCase(by=me.id, at=now, organisation=me.organisation)
    if here.merged is None:
        return await do(Act(cases, case, apart), answer=CaseAnswer.of)
    back = merging.GiveBackCase(by=me.id, at=now, organisation=me.organisation, other=case)
    again = entering_again(here, await terms_for(here, view), by=me.id, at=now)
    return await do(
        Act(cases, case, apart), Act(cases, here.merged.into, back), *again, answer=CaseAnswer.of
    )
