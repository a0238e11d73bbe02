"""Monitoring visits as they fall due, are made or missed; surveys as they were answered."""

from datetime import date, datetime
from typing import Any

import msgspec

from events.service import Connection, Heard, View
from events.values import CaseId, Code, ItemId, PersonId, ProgrammeId, VisitId
from plans.domain import registry
from plans.domain.followed import Followed
from plans.domain.item.kinds import Approved
from plans.domain.plan.facts import PlanApproved
from plans.domain.programme import ProgrammePublished
from plans.domain.survey import Scores, SurveyCompleted
from plans.domain.survey import survey as surveys
from plans.domain.visit import Due, Visit, visit, visit_id
from plans.views.rows import read, written


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        event = heard.event
        if isinstance(event, ProgrammePublished):
            await tables.executemany(
                "insert into programme_visit (programme_id, version, months) values ($1, $2, $3)"
                " on conflict do nothing",
                [(event.programme, event.version, n) for n in event.visits_after_months],
            )
        elif isinstance(event, PlanApproved):
            await tables.execute(
                "insert into first_approval (case_id, approved_on) values ($1, $2)"
                " on conflict do nothing",
                event.case,
                heard.envelope.time.date(),
            )
        elif isinstance(event, SurveyCompleted):
            scores = surveys.evolve(None, event)
            await tables.execute(
                "insert into survey (survey_id, case_id, programme_id, state)"
                " values ($1, $2, $3, $4)",
                scores.survey,
                scores.case,
                scores.programme,
                written(scores),
            )
        elif heard.envelope.subject.startswith("vis_"):
            await _visit(heard, tables)


async def _visit(heard: Heard[Any], tables: Connection) -> None:
    text = await tables.fetchval(
        "select state from visit where visit_id = $1", heard.envelope.subject
    )
    state = visit.evolve(read(text, Visit) if text else None, heard.event)
    await tables.execute(
        "insert into visit (visit_id, item_id, case_id, made, missed, version, state)"
        " values ($1, $2, $3, $4, $5, $6, $7) on conflict (visit_id) do update"
        " set made = excluded.made, missed = excluded.missed, version = excluded.version,"
        " state = excluded.state",
        state.id,
        state.item,
        state.case,
        state.made_on is not None,
        state.missed,
        int(heard.envelope.sequence),
        written(state),
    )


class VisitRow(msgspec.Struct, frozen=True):
    """A visit that has fallen due, or will."""

    due: Due
    approved: Approved
    followed: Followed
    visit: Visit
    version: int


_DUE = (
    "select approved, f.state as followed, months, v.state, coalesce(v.version, 0) as version,"
    " (first + make_interval(months => months))::date as since,"
    " (first + make_interval(months => months + 1))::date as until,"
    " 'vis_' || substr(a.item_id, 5) || '_' || months as visit_id"
    " from (select item_id, min(value_date) as first from payment_made where stands"
    " group by item_id) p join approved_item a using (item_id)"
    " join programme_visit w on w.programme_id = a.programme_id"
    " and w.version = a.programme_version join followed_case f on f.case_id = a.case_id"
    " left join visit v on v.visit_id = 'vis_' || substr(a.item_id, 5) || '_' || months"
)


async def visits_after(
    tables: Connection,
    *,
    after: str | None,
    limit: int,
    organisation: Code | None,
    person: PersonId,
    now: datetime,
    due_by: date,
    case: CaseId | None = None,
    programme: ProgrammeId | None = None,
    open_only: bool = False,
) -> list[VisitRow]:
    """Visits by id, due on that day or before, of cases that the person may know of."""
    rows = await tables.fetch(
        f"select * from ({_DUE} where may_know(a.case_id, $1, $8, $9)"  # noqa: S608
        " and ($2::text is null or a.case_id = $2)"
        " and ($3::text is null or a.programme_id = $3)"
        " and (not $4 or not coalesce(v.made, false))) d"
        " where since <= $5 and ($6::text is null or visit_id > $6) order by visit_id limit $7",
        organisation,
        case,
        programme,
        open_only,
        due_by,
        after,
        limit,
        person,
        now,
    )
    return [_row(row) for row in rows]


async def due_of(tables: Connection, item: ItemId, months: int) -> Due | None:
    """When the programme has the item visited for the so-manieth month; None: it has not."""
    row = await tables.fetchrow(
        f"select * from ({_DUE} where a.item_id = $1 and months = $2) d",  # noqa: S608
        item,
        months,
    )
    return Due(months=months, since=row["since"], until=row["until"]) if row else None


async def overdue(tables: Connection, today: date) -> list[VisitRow]:
    """Visits whose time has passed, of people who may be visited, that nobody said so of yet."""
    rows = await tables.fetch(
        f"select * from ({_DUE} where v.visit_id is null or not (v.made or v.missed)) d"  # noqa: S608
        " where until <= $1 order by visit_id limit 200",
        today,
    )
    return [each for each in map(_row, rows) if each.followed.may_be_visited]


def _row(row: Any) -> VisitRow:
    approved: Approved = read(row["approved"], Approved)
    due = Due(months=row["months"], since=row["since"], until=row["until"])
    nothing_yet = Visit(
        id=VisitId(visit_id(approved.item, due.months)),
        item=approved.item,
        case=approved.case,
        months=due.months,
        due=due.since,
    )
    return VisitRow(
        due=due,
        approved=approved,
        followed=read(row["followed"], Followed),
        visit=read(row["state"], Visit) if row["state"] else nothing_yet,
        version=row["version"],
    )


async def surveys_after(
    tables: Connection,
    *,
    programme: ProgrammeId | None,
    case: CaseId | None,
    after: str | None,
    limit: int,
) -> list[Scores]:
    """Surveys by id, of a programme or a case."""
    rows = await tables.fetch(
        "select state from survey where ($1::text is null or programme_id = $1)"
        " and ($2::text is null or case_id = $2) and ($3::text is null or survey_id > $3)"
        " order by survey_id limit $4",
        programme,
        case,
        after,
        limit,
    )
    return [read(row["state"], Scores) for row in rows]


view = View(
    "follow_up",
    {"plans": registry},
    _project,
    ("programme_visit", "first_approval", "visit", "survey"),
)
