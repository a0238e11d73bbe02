"""Reading cases; and reading who somebody is, which is itself recorded."""

from collections.abc import Collection
from typing import Any

from fastapi import Response

from events.handler import Act
from events.io.http import Load, NewIds, Now, Page, Paging, Problem, Request, View, Who
from events.latest import latest_of
from events.personal import Kind
from events.roles import READERS, Role
from events.values import CaseId, Code, PersonId
from intake import views
from intake.answers import CaseAnswer, PersonAnswer, ProgrammeAnswer
from intake.api.routes import SEES_ALL, api, known, seen_of
from intake.domain import registry
from intake.domain.case import case as cases
from intake.domain.case.kinds import Stage
from intake.domain.reading import Purpose, ReadPersonalData, reading


@api.query("/v1/cases/{case}", answers=CaseAnswer, allows=READERS)
async def read_case(case: CaseId, me: Who, load: Load) -> Response:
    """Read a case, without a personal value."""
    seen = await seen_of((await known(case, me, load)).others, me, load)
    return await load(
        cases, case, answer=lambda state, version: CaseAnswer.of(state, version, seen)
    )


@api.query("/v1/cases", answers=Page[CaseAnswer], allows=READERS)
async def list_cases(
    *,
    me: Who,
    now: Now,
    paging: Paging,
    load: Load,
    view: View,
    office: Code | None = None,
    stage: Stage | None = None,
) -> Page[CaseAnswer]:
    """List the cases that you may see, by office or stage."""
    found = await views.cases_after(
        view,
        after=paging.after,
        limit=paging.limit + 1,
        organisation=None if me.roles & SEES_ALL else me.organisation,
        person=me.id,
        now=now,
        office=office,
        stage=stage,
    )
    seen = await seen_of({other for row in found for other in row.case.others}, me, load)
    lines = [CaseAnswer.of(row.case, row.version, seen) for row in found]
    return paging.of(lines, key=lambda line: line.case)


@api.query("/v1/programmes", answers=Page[ProgrammeAnswer], allows=READERS)
async def list_programmes(paging: Paging, view: View) -> Page[ProgrammeAnswer]:
    """List the programmes that cases can be registered under."""
    found = await views.latest_terms(view, after=paging.after, limit=paging.limit + 1)
    return paging.of([ProgrammeAnswer.of(each) for each in found], key=lambda line: line.programme)


@api.query(
    "/v1/cases/{case}/people/{person}",
    answers=PersonAnswer,
    allows={
        Role.COUNSELLOR,
        Role.RECEIVING_OFFICER,
        Role.FIELD_OFFICER,
        Role.SERVICE,
    },
)
async def read_person(
    *,
    case: CaseId,
    person: PersonId,
    purpose: Purpose,
    me: Who,
    load: Load,
    ids: NewIds,
    asked: Request,
) -> PersonAnswer:
    """Read who somebody of a case is, for a purpose. The read is recorded before it is answered."""
    state = await known(case, me, load)
    if state.member(person) is None:
        raise Problem("not_found", "There is no such person in this case.")
    kinds = (Kind.IDENTITY, Kind.CONTACT)
    read = ReadPersonalData(
        by=me.id,
        at=asked.now,
        case=state,
        person=person,
        kinds=kinds,
        purpose=purpose,
        organisation=me.organisation,
        office=me.office,
        is_service=Role.SERVICE in me.roles,
    )
    handler = asked.desk.handler
    await handler.do(Act(reading, ids.new("rea"), read), context=asked.context)
    return PersonAnswer(
        case=case,
        person=person,
        values=await values_of(asked, case, person, kinds),
        erased=tuple(sorted(await handler.store.erased(person))),
    )


async def values_of(
    asked: Request, case: CaseId, person: PersonId, kinds: Collection[Kind]
) -> dict[str, Any]:
    """What the vault can still open of that person's values of these kinds, the latest of each."""
    store = asked.desk.handler.store
    held = await latest_of(person, await store.load(case), registry, store)
    values = (each.disclosure for each in held.values())
    return {value.name: value.value for value in values if value.kind in kinds}
