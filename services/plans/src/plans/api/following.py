"""Following up: what was delivered, visits as they fall due, surveys in the programme's rounds."""

from datetime import date
from typing import Annotated

from fastapi import Response
from pydantic import Field

from events.handler import Act
from events.io.http import Answer, Body, Do, Load, Now, Page, Paging, Problem, View, Who
from events.money import Money
from events.roles import READERS, Role
from events.values import CaseId, Code, Digest, ItemId, PersonId, PlanId, ProgrammeId, VisitId
from plans.api.carrying import Carrying
from plans.api.routes import SEES_ALL, api, knows
from plans.domain.delivered import Difference
from plans.domain.item import item as items
from plans.domain.item import refusals as no
from plans.domain.item import requests as ask
from plans.domain.item.kinds import Misuse
from plans.domain.visit import (
    CompleteVisit,
    Due,
    Finding,
    NoSuchVisit,
    Outcome,
    ScheduleVisit,
    Visit,
    VisitCompletedAlready,
    meant_by,
    visit,
)
from plans.views.deliveries import Delivered, delivered_by, deliveries_after, delivery_of
from plans.views.followed import followed_case
from plans.views.items import approved_item
from plans.views.visits import VisitRow, due_of, visits_after

UNKNOWN = {NoSuchVisit, no.NoSuchApprovedItem}
DONE = {VisitCompletedAlready}
DIGESTS_MAX = 20


class OrderedLine(Answer):
    spec: Code
    ordered: int
    good: int
    damaged: int


class DeliveryAnswer(Answer):
    """What was agreed for an item, and what came of it."""

    item: ItemId
    plan: PlanId
    case: CaseId
    spec: Code
    ceiling: Money
    lines: tuple[OrderedLine, ...]
    as_agreed: bool
    differences: tuple[Difference, ...]
    delivered_basis_points: int
    """Of what was ordered, how much arrived in good state: 10000 is all of it."""
    paid: Money
    first_delivery: date | None
    first_paid: date | None

    @classmethod
    def told(cls, row: Delivered) -> "DeliveryAnswer":
        approved, agreement = row.approved, row.agreement
        return cls(
            item=approved.item,
            plan=approved.plan,
            case=approved.case,
            spec=approved.spec,
            ceiling=approved.ceiling,
            lines=tuple(
                OrderedLine(spec=n.spec, ordered=n.ordered, good=n.good, damaged=n.damaged)
                for n in agreement.lines
            ),
            as_agreed=agreement.as_agreed,
            differences=agreement.differences,
            delivered_basis_points=agreement.delivered_basis_points,
            paid=row.paid,
            first_delivery=agreement.first_delivery,
            first_paid=row.first_paid,
        )


@api.query("/v1/items/{item}/delivery", answers=DeliveryAnswer, allows=READERS)
async def read_delivery(item: ItemId, me: Who, now: Now, view: View) -> DeliveryAnswer:
    """Read whether what was delivered for an item is what was agreed."""
    approved = await approved_item(view, item)
    if approved is None or not await knows(me, approved.case, now, view):
        raise Problem("not_found", "There is no such item, or it is not yours to see.")
    return DeliveryAnswer.told(await delivery_of(view, approved))


@api.query(
    "/v1/deliveries",
    answers=Page[DeliveryAnswer],
    allows={
        Role.PROGRAMME_MANAGER,
        Role.MONITORING_OFFICER,
        Role.GRANT_MANAGER,
        Role.AUDITOR,
        Role.COUNSELLOR,
    },
)
async def list_deliveries(
    me: Who, now: Now, paging: Paging, view: View, case: CaseId
) -> Page[DeliveryAnswer]:
    """List what was delivered for the items of a case, beside what was agreed."""
    followed = await followed_case(case, view)
    if followed is None or not await knows(me, case, now, view):
        raise Problem("not_found", "There is no such case, or it is not yours to see.")
    found = await deliveries_after(
        view, programme=followed.programme, case=case, after=paging.after, limit=paging.limit + 1
    )
    return paging.of([DeliveryAnswer.told(row) for row in found], key=lambda line: line.item)


# Visits


class VisitAnswer(Answer):
    visit: VisitId
    item: ItemId
    case: CaseId
    months: int
    """After the first payment for the item."""
    due: date
    until: date | None
    """From this day on it counts as missed."""
    scheduled_for: date | None
    visitor: PersonId | None
    missed: bool
    made_on: date | None
    outcome: Outcome | None
    findings: tuple[Finding, ...]
    version: int

    @classmethod
    def of(cls, state: Visit, version: int, until: date | None = None) -> "VisitAnswer":
        return cls(
            visit=state.id,
            item=state.item,
            case=state.case,
            months=state.months,
            due=state.due,
            until=until,
            scheduled_for=state.scheduled_for,
            visitor=state.visitor,
            missed=state.missed,
            made_on=state.made_on,
            outcome=state.outcome,
            findings=state.findings,
            version=version,
        )


class VisitLine(VisitAnswer):
    overdue: bool
    may_be_visited: bool
    """Whether the returnee has consented to monitoring."""

    @classmethod
    def line(cls, row: VisitRow, today: date) -> "VisitLine":
        told = VisitAnswer.of(row.visit, row.version, row.due.until)
        overdue = row.visit.made_on is None and row.due.until <= today
        may = row.followed.may_be_visited
        return cls(**dict(told), overdue=overdue, may_be_visited=may)


@api.query("/v1/visits", answers=Page[VisitLine], allows=READERS)
async def list_visits(
    *,
    me: Who,
    now: Now,
    paging: Paging,
    view: View,
    case: CaseId | None = None,
    programme: ProgrammeId | None = None,
    due_by: date | None = None,
    open_only: bool = False,
) -> Page[VisitLine]:
    """List the visits that are due by a day (today, unless told), made, scheduled or missed."""
    found = await visits_after(
        view,
        after=paging.after,
        limit=paging.limit + 1,
        organisation=None if me.roles & SEES_ALL else me.organisation,
        person=me.id,
        now=now,
        due_by=due_by or now.date(),
        case=case,
        programme=programme,
        open_only=open_only,
    )
    lines = [VisitLine.line(row, now.date()) for row in found]
    return paging.of(lines, key=lambda line: line.visit)


class Visiting:
    """One visit, and what a request about it rests on."""

    def __init__(self, carrying: Carrying, due: Due | None) -> None:
        self.carrying = carrying
        self.due = due

    @classmethod
    async def of(cls, which: VisitId, me: Who, now: Now, view: View) -> "Visiting":
        item, months = meant_by(which)
        carrying = await Carrying.out(item, me, now, view)
        return cls(carrying, await due_of(view, item, months))

    async def rests(self, me: Who, now: Now, load: Load, view: View) -> dict[str, object]:
        approved = self.carrying.approved
        carried, _ = await load.state(items, approved.item)
        return {
            "by": me.id,
            "at": now,
            "organisation": me.organisation,
            "approved": approved,
            "followed": await followed_case(approved.case, view),
            "due": self.due,
            "carried": carried,
            "delivered_by": await delivered_by(view, approved.item),
        }


@api.query("/v1/visits/{which}", answers=VisitAnswer, allows=READERS)
async def read_visit(which: VisitId, me: Who, now: Now, load: Load, view: View) -> Response:
    """Read a visit, made or to be made."""
    item, months = meant_by(which)
    approved = await approved_item(view, item)
    due = await due_of(view, item, months)
    if approved is None or due is None or not await knows(me, approved.case, now, view):
        raise Problem("not_found", "There is no such visit, or it is not yours to see.")
    to_be_made = Visit(id=which, item=item, case=approved.case, months=months, due=due.since)
    return await load(visit, which, answer=VisitAnswer.of, at_first=to_be_made)


class ScheduleVisitBody(Body):
    on: date
    visitor: PersonId


@api.command(
    "/v1/visits/{which}/schedule",
    answers=VisitAnswer,
    allows={Role.MONITORING_OFFICER, Role.PROGRAMME_MANAGER},
    conflicts=DONE,
    unknown=UNKNOWN,
)
async def schedule_visit(
    *, which: VisitId, body: ScheduleVisitBody, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Say who visits, and on which day: somebody who had no part in the item."""
    visiting = await Visiting.of(which, me, now, view)
    scheduled = ScheduleVisit(
        **await visiting.rests(me, now, load, view),  # type: ignore[arg-type]
        on=body.on,
        visitor=body.visitor,
    )
    return await do(Act(visit, which, scheduled), answer=VisitAnswer.of)


class CompleteVisitBody(Body):
    on: date
    outcome: Outcome
    findings: Annotated[tuple[Finding, ...], Field(max_length=13)]
    photos: Annotated[tuple[Digest, ...], Field(max_length=DIGESTS_MAX)]
    report: Digest


@api.command(
    "/v1/visits/{which}/complete",
    answers=VisitAnswer,
    allows={Role.MONITORING_OFFICER, Role.FIELD_OFFICER, Role.RECEIVING_OFFICER},
    conflicts=DONE,
    unknown=UNKNOWN,
)
async def complete_visit(
    *, which: VisitId, body: CompleteVisitBody, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Tell what was seen: in use as agreed, which may release an instalment, or misused."""
    visiting = await Visiting.of(which, me, now, view)
    completed = CompleteVisit(
        **await visiting.rests(me, now, load, view),  # type: ignore[arg-type]
        on=body.on,
        outcome=body.outcome,
        findings=tuple(dict.fromkeys(body.findings)),
        photos=body.photos,
        report=body.report,
    )
    carrying = visiting.carrying
    found: list[ask.AnyItemCommand] = [
        ask.ReportMisuse(**carrying.rests, kind=kind, visit=which)
        for kind in Misuse
        if kind.value in body.findings
    ]
    if body.outcome is Outcome.AS_AGREED and not found:
        found.append(ask.VerifyUse(**carrying.rests, visit=which, report=body.report))
    return await do(
        Act(visit, which, completed),
        *(carrying.act(command) for command in found),
        answer=VisitAnswer.of,
    )
