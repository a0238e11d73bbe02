"""Break-glass: asking to be let into a restricted case, and deciding on it."""

from datetime import datetime
from typing import Annotated

from fastapi import Response
from pydantic import Field

from events.handler import Act
from events.io.http import (
    Answer,
    Body,
    Do,
    Load,
    NewIds,
    Now,
    Page,
    Paging,
    Problem,
    Reveal,
    View,
    Who,
)
from events.personal import Kind
from events.roles import STAFF
from events.values import AccessId, CaseId, PersonId
from intake import views
from intake.api.protecting import DECIDES, Words
from intake.api.routes import CONFLICTS, UNKNOWN, api, terms_for
from intake.domain import access as ask
from intake.domain.access import access as accesses
from intake.domain.case import case as cases
from intake.domain.case import protecting
from intake.domain.case.asking import NoSuchCase
from intake.domain.protected_reading import ReadAccessWords, protected_reading

ACCESS_CONFLICTS = {ask.AccessIsAt, *CONFLICTS}
ACCESS_UNKNOWN = {ask.NoSuchAccess, *UNKNOWN}


class AccessAnswer(Answer):
    """A break-glass access. Why it was asked for in so many words is read apart."""

    access: AccessId
    case: CaseId
    person: PersonId
    reason: ask.Reason
    stage: ask.Stage
    asked_at: datetime
    decided_by: PersonId | None
    until: datetime | None
    version: int

    @classmethod
    def of(cls, state: ask.Access, version: int) -> "AccessAnswer":
        return cls(
            access=state.id,
            case=state.case,
            person=state.person,
            reason=state.reason,
            stage=state.stage,
            asked_at=state.asked_at,
            decided_by=state.decided_by,
            until=state.until,
            version=version,
        )


class AccessWordsAnswer(Answer):
    access: AccessId
    words: str | None
    """None: they were erased."""


class AskAccessBody(Body):
    case: CaseId
    reason: ask.Reason
    words: Words


@api.command(
    "/v1/accesses", creates=AccessAnswer, allows=STAFF, conflicts=ACCESS_CONFLICTS, unknown=UNKNOWN
)
async def ask_access(body: AskAccessBody, me: Who, now: Now, do: Do, ids: NewIds) -> Response:
    """Ask to be let into a restricted case. That it was asked says nothing about the case."""
    access = AccessId(ids.new("acs"))
    asked = ask.AskAccess(
        by=me.id,
        at=now,
        access=access,
        case=body.case,
        concerns=me.id,
        organisation=me.organisation,
        reason=body.reason,
        words=body.words,
    )
    return await do(Act(accesses, access, asked), answer=AccessAnswer.of)


class GrantAccessBody(Body):
    hours: Annotated[int, Field(ge=1, le=24 * 365)]


@api.command(
    "/v1/accesses/{access}/grant",
    answers=AccessAnswer,
    allows=DECIDES,
    conflicts=ACCESS_CONFLICTS,
    unknown=ACCESS_UNKNOWN,
)
async def grant_access(
    *, access: AccessId, body: GrantAccessBody, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Let somebody in for so many hours, as a second person."""
    state = await _asked(access, me, load)
    case, _ = await load.state(cases, state.case)
    if case is None:
        raise NoSuchCase(me.organisation)
    terms = await terms_for(case, view)
    granted = ask.GrantAccess(
        by=me.id, at=now, hours=body.hours, hours_at_most=terms.break_glass_hours
    )
    let_in = protecting.LetIn(
        by=me.id,
        at=now,
        organisation=me.organisation,
        person=state.person,
        of_organisation=state.organisation,
        access=access,
        until=granted.until,
    )
    return await do(
        Act(accesses, access, granted), Act(cases, state.case, let_in), answer=AccessAnswer.of
    )


@api.command(
    "/v1/accesses/{access}/refuse",
    answers=AccessAnswer,
    allows=DECIDES,
    conflicts=ACCESS_CONFLICTS,
    unknown=ACCESS_UNKNOWN,
)
async def refuse_access(access: AccessId, me: Who, now: Now, do: Do, load: Load) -> Response:
    """Do not let somebody in."""
    await _asked(access, me, load)
    refused = ask.RefuseAccess(by=me.id, at=now)
    return await do(Act(accesses, access, refused), answer=AccessAnswer.of)


@api.command(
    "/v1/accesses/{access}/end",
    answers=AccessAnswer,
    allows=STAFF,
    conflicts=ACCESS_CONFLICTS,
    unknown=ACCESS_UNKNOWN,
)
async def end_access(access: AccessId, me: Who, now: Now, do: Do, load: Load) -> Response:
    """End an access before its time is over: your own, or one that you decide on."""
    state = await _asked(access, me, load)
    ended = ask.EndAccess(by=me.id, at=now)
    shut = protecting.ShutOut(by=me.id, at=now, organisation=me.organisation, access=access)
    return await do(
        Act(accesses, access, ended), Act(cases, state.case, shut), answer=AccessAnswer.of
    )


@api.query("/v1/accesses/{access}", answers=AccessAnswer, allows=STAFF)
async def read_access(access: AccessId, me: Who, load: Load) -> Response:
    """Read an access: your own, or one that you decide on."""
    await _asked(access, me, load)
    return await load(accesses, access, answer=AccessAnswer.of)


@api.query("/v1/accesses", answers=Page[AccessAnswer], allows=STAFF)
async def list_accesses(
    me: Who, paging: Paging, view: View, stage: ask.Stage | None = None
) -> Page[AccessAnswer]:
    """List your accesses; a data protection officer or programme manager sees everybody's."""
    found = await views.accesses_after(
        view,
        after=paging.after,
        limit=paging.limit + 1,
        person=None if me.roles & DECIDES else me.id,
        organisation=me.organisation,
        stage=stage,
    )
    lines = [AccessAnswer.of(row.access, row.version) for row in found]
    return paging.of(lines, key=lambda line: line.access)


@api.query("/v1/accesses/{access}/words", answers=AccessWordsAnswer, allows=DECIDES)
async def read_access_words(
    *, access: AccessId, me: Who, now: Now, load: Load, ids: NewIds, reveal: Reveal
) -> AccessWordsAnswer:
    """Read why somebody asks to be let in. The read is recorded before it is answered."""
    state = await _asked(access, me, load)
    read = ReadAccessWords(by=me.id, at=now, access=state)
    values = await reveal(
        Act(protected_reading, ids.new("rea"), read),
        streams=[access],
        person=state.concerns,
        kinds={Kind.PROTECTION},
    )
    return AccessWordsAnswer(access=access, words=values.get("words"))


async def _asked(access: AccessId, me: Who, load: Load) -> ask.Access:
    """The access, if it is the person's own or theirs to decide on."""
    state, _ = await load.state(accesses, access)
    if state is not None and await _theirs(state, me, load):
        return state
    raise Problem("not_found", "There is no such access, or it is not yours to see.")


async def _theirs(access: ask.Access, me: Who, load: Load) -> bool:
    if access.person == me.id:
        return True
    case, _ = await load.state(cases, access.case)
    decides = {access.organisation} if case is None else {case.run_by}
    return bool(me.roles & DECIDES) and me.organisation in decides
