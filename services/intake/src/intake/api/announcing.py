"""Pre-notifications: somebody is expected, and nothing is said of who it is."""

from datetime import date

from fastapi import Response

from events.handler import Act
from events.io.http import Body, Do, Load, NewIds, Now, Page, Paging, Problem, View, Who
from events.roles import READERS, Role
from events.values import Code, PreNotificationId, ProgrammeId
from intake import views
from intake.answers import PreNotificationAnswer
from intake.api.routes import CONFLICTS, SEES_ALL, UNKNOWN, api, seen_of
from intake.api.words import Country
from intake.domain.pre_notification import (
    MakePreNotification,
    Notice,
    PreNotification,
    WithdrawPreNotification,
    pre_notification,
)
from intake.domain.programme import ReturnType

ANNOUNCES = {Role.COUNSELLOR, Role.PROGRAMME_MANAGER}


class MakePreNotificationBody(Body):
    """One person, even of a family; no name, no date of birth."""

    programme: ProgrammeId
    country_of_return: Country
    return_type: ReturnType
    office: Code
    departure: date
    flight: Code


@api.command(
    "/v1/pre-notifications",
    creates=PreNotificationAnswer,
    allows=ANNOUNCES,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def make_pre_notification(
    *, body: MakePreNotificationBody, me: Who, now: Now, do: Do, ids: NewIds, view: View
) -> Response:
    """Announce that somebody will return, before there is a name."""
    terms = await views.terms_of(view, body.programme)
    if terms is None:
        raise Problem("not_found", "No such programme is published, or not yet known here.")
    made = PreNotificationId(ids.new("pre"))
    asked = MakePreNotification(
        by=me.id,
        at=now,
        organisation=me.organisation,
        pre_notification=made,
        terms=terms,
        country_of_return=body.country_of_return,
        return_type=body.return_type,
        office=body.office,
        departure=body.departure,
        flight=body.flight,
    )
    return await do(Act(pre_notification, made, asked), answer=PreNotificationAnswer.of)


@api.command(
    "/v1/pre-notifications/{notice}/withdraw",
    answers=PreNotificationAnswer,
    allows=ANNOUNCES,
    conflicts=CONFLICTS,
    unknown=UNKNOWN,
)
async def withdraw_pre_notification(
    notice: PreNotificationId, me: Who, now: Now, do: Do
) -> Response:
    """Record that nobody comes for it any more."""
    asked = WithdrawPreNotification(by=me.id, at=now, organisation=me.organisation)
    return await do(Act(pre_notification, notice, asked), answer=PreNotificationAnswer.of)


@api.query("/v1/pre-notifications/{notice}", answers=PreNotificationAnswer, allows=READERS)
async def read_pre_notification(notice: PreNotificationId, me: Who, load: Load) -> Response:
    """Read a pre-notification."""
    state: PreNotification | None
    state, _ = await load.state(pre_notification, notice)
    if state is None or not (me.roles & SEES_ALL or state.reached_by(me.organisation)):
        raise Problem("not_found", "There is no such pre-notification, or it is not yours to see.")
    seen = await seen_of([state.case] if state.case else [], me, load)
    return await load(
        pre_notification,
        notice,
        answer=lambda it, version: PreNotificationAnswer.of(it, version, seen),
    )


@api.query("/v1/pre-notifications", answers=Page[PreNotificationAnswer], allows=READERS)
async def list_pre_notifications(
    *,
    me: Who,
    now: Now,
    paging: Paging,
    view: View,
    stage: Notice | None = None,
    departure: date | None = None,
) -> Page[PreNotificationAnswer]:
    """List the pre-notifications that your organisation may see, by stage or day of departure."""
    found = await views.notices_after(
        view,
        after=paging.after,
        limit=paging.limit + 1,
        organisation=None if me.roles & SEES_ALL else me.organisation,
        stage=stage,
        departure=departure,
    )
    seen = await views.reached(
        view,
        {row.notice.case for row in found if row.notice.case},
        organisation=None if me.roles & SEES_ALL else me.organisation,
        person=me.id,
        now=now,
    )
    lines = [PreNotificationAnswer.of(row.notice, row.version, seen) for row in found]
    return paging.of(lines, key=lambda line: line.pre_notification)
