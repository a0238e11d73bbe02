"""Read models: how cases stand, the plans, the programmes. Each row holds a folded state."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from events import knowing
from events.canonical import canonical, decode_ours
from events.knowing import hidden, may_know
from events.service import Connection, Heard, View
from events.values import CaseId, Code, PersonId
from plans.domain import programme as programmes
from plans.domain import registry
from plans.domain.heard import from_intake
from plans.domain.plan import plan
from plans.domain.plan.facts import PlanDrafted
from plans.domain.plan.kinds import OVER, Stage
from plans.domain.plan.state import Plan
from plans.domain.programme import (
    BudgetLinesNamed,
    Programme,
    ProgrammePublished,
    VendorRulesPublished,
)
from plans.domain.shares import NOBODY, Parts, added
from plans.domain.standing import Standing, evolve
from plans.views import (
    deliveries,
    emergencies,
    followed,
    funds,
    items,
    orders,
    projects,
    referred,
    visits,
)

__all__ = [
    "PlanRow",
    "asked_for",
    "hidden",
    "may_know",
    "out_of_step",
    "plans_after",
    "plans_of",
    "programmes_after",
    "standing_of",
    "unanswered",
    "views",
]


async def _project_standings(batch: list[Heard[Any]], tables: Connection) -> None:
    standings: dict[CaseId, Standing | None] = {}
    for heard in batch:
        case = heard.event.case
        if case not in standings:
            standings[case] = await standing_of(case, tables)
        standings[case] = evolve(standings[case], heard.event)
    await tables.executemany(
        "insert into case_standing (case_id, rests, organisation, counsellor, state)"
        " values ($1, $2, $3, $4, $5) on conflict (case_id) do update set rests = excluded.rests,"
        " organisation = excluded.organisation, counsellor = excluded.counsellor,"
        " state = excluded.state",
        [
            (case, state.rests, state.organisation, state.counsellor, _written(state))
            for case, state in standings.items()
            if state is not None
        ],
    )


async def standing_of(case: CaseId, tables: Connection) -> Standing | None:
    """How the case stands; None when intake has told nothing of it yet."""
    row = await tables.fetchrow("select state from case_standing where case_id = $1", case)
    return _read(row["state"], Standing) if row else None


async def _project_plans(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        stream = heard.envelope.subject
        if not stream.startswith("pla_"):
            continue
        row = None
        if not isinstance(heard.event, PlanDrafted):
            row = await tables.fetchrow("select state from plan_state where plan_id = $1", stream)
        state = plan.evolve(_read(row["state"], Plan) if row else None, heard.event)
        asked = state.proposal
        await tables.execute(
            "insert into plan_state (plan_id, case_id, organisation, run_by, stage, asked,"
            " answer_by, version, state, counsellor, waits_for_case)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
            " on conflict (plan_id) do update set organisation = excluded.organisation,"
            " stage = excluded.stage, asked = excluded.asked, answer_by = excluded.answer_by,"
            " version = excluded.version, state = excluded.state,"
            " counsellor = excluded.counsellor, waits_for_case = excluded.waits_for_case",
            state.id,
            state.case,
            state.organisation,
            state.run_by,
            state.stage,
            asked.stage if asked else None,
            asked.answer_by if asked else None,
            int(heard.envelope.sequence),
            _written(state),
            state.counsellor,
            state.waits_for_case,
        )


class PlanRow(msgspec.Struct, frozen=True):
    plan: Plan
    version: int


async def plans_after(
    tables: Connection,
    *,
    after: str | None,
    limit: int,
    organisation: Code | None,
    person: PersonId,
    now: datetime,
    case: CaseId | None = None,
    stage: Stage | None = None,
    asked: Stage | None = None,
    short_of_funds: bool = False,
    approved_by: PersonId | None = None,
) -> list[PlanRow]:
    """Plans by id, those of cases that the person may know of (None: every organisation's).

    `asked`: the stage of what is asked for, be it a first plan or an amendment. `short_of_funds`:
    only those that wait for money.
    """
    rows = await tables.fetch(
        "select state, version from plan_state where ($1::text is null or plan_id > $1)"
        " and may_know(case_id, $2, $7, $8) and ($3::text is null or case_id = $3)"
        " and ($4::text is null or stage = $4)"
        " and ($5::text is null or asked = $5)"
        " and (not $9 or exists (select from plan_funds f"
        " where f.plan_id = plan_state.plan_id and f.short))"
        " and ($10::text is null"
        " or state::jsonb -> 'in_force' -> 'approvers' ? $10) order by plan_id limit $6",
        after,
        organisation,
        case,
        stage,
        asked,
        limit,
        person,
        now,
        short_of_funds,
        approved_by,
    )
    return [PlanRow(_read(row["state"], Plan), row["version"]) for row in rows]


async def plans_of(case: CaseId, tables: Connection) -> Sequence[Plan]:
    """All plans of a case, the latest last."""
    rows = await tables.fetch(
        "select state from plan_state where case_id = $1 order by plan_id", case
    )
    return [_read(row["state"], Plan) for row in rows]


async def unanswered(tables: Connection, at: datetime, limit: int) -> Sequence[Plan]:
    """Plans, or amendments, whose time to be answered is over, the longest overdue first."""
    rows = await tables.fetch(
        "select state from plan_state where answer_by < $1 and asked in ($2, $3)"
        " order by answer_by limit $4",
        at,
        Stage.SUBMITTED,
        Stage.FEASIBLE,
        limit,
    )
    return [_read(row["state"], Plan) for row in rows]


async def out_of_step(tables: Connection, limit: int) -> Sequence[tuple[Plan, Standing]]:
    """Plans that are not over and that do not stand as their case does."""
    rows = await tables.fetch(
        "select p.state as plan, s.state as standing from plan_state p"
        " join case_standing s using (case_id) where p.stage = any($1::text[])"
        " and (p.organisation <> s.organisation or p.counsellor <> s.counsellor"
        " or s.rests and p.stage = $2 or not s.rests and p.waits_for_case"
        " or s.state::jsonb -> 'halted' ?| array['closed', 'not_departed'])"
        " order by plan_id limit $3",
        [stage for stage in Stage if stage not in OVER],
        Stage.APPROVED,
        limit,
    )
    return [(_read(row["plan"], Plan), _read(row["standing"], Standing)) for row in rows]


def asked_for(plans: Sequence[Plan]) -> Parts:
    """What a plan asks for that is not decided on, for each person."""
    parts: Parts = NOBODY
    for each in plans:
        if each.in_force is None and not each.over:
            parts = added(parts, each.parts_of(each.live))
    return parts


async def _project_programmes(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        event = heard.event
        if isinstance(event, ProgrammePublished | VendorRulesPublished | BudgetLinesNamed):
            row = await tables.fetchrow(
                "select state from programme where programme_id = $1", event.programme
            )
            before = _read(row["state"], Programme) if row else None
            await tables.execute(
                "insert into programme (programme_id, state) values ($1, $2)"
                " on conflict (programme_id) do update set state = excluded.state",
                event.programme,
                _written(programmes.evolve(before, event)),
            )


async def programmes_after(tables: Connection, *, after: str | None, limit: int) -> list[Programme]:
    """Programmes by id."""
    rows = await tables.fetch(
        "select state from programme where ($1::text is null or programme_id > $1)"
        " order by programme_id limit $2",
        after,
        limit,
    )
    return [_read(row["state"], Programme) for row in rows]


def _written(state: object) -> str:
    return canonical(state).decode()


def _read(text: str, kind: Any) -> Any:
    return msgspec.json.decode(text, type=kind, dec_hook=decode_ours)


views = (
    View("case_standing", {"intake": from_intake}, _project_standings, ("case_standing",)),
    View("plan_state", {"plans": registry}, _project_plans, ("plan_state",)),
    knowing.cases,
    orders.view,
    projects.view,
    emergencies.view,
    View("programme", {"plans": registry}, _project_programmes, ("programme",)),
    items.view,
    followed.view,
    deliveries.view,
    visits.view,
    referred.view,
    funds.view,
)
