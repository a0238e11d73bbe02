"""Items for which nothing new may be bought, and the papers that are asked for and were seen."""

from typing import Any

from disbursement.domain import following as told
from disbursement.domain import heard
from events.service import Connection, Heard, View
from events.values import Code, ItemId

SUSPENDED = Code("plan_suspended")
CANCELLED = Code("plan_cancelled")
COMPLETED = Code("plan_completed")
ITEM_CANCELLED = Code("item_cancelled")
DROPPED = Code("item_dropped")
NOT_RATIFIED = Code("emergency_not_ratified")


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for fact in batch:
        match fact.event:
            case told.PlanSuspended(plan=plan):
                await _stop(tables, plan, SUSPENDED)
            case told.PlanResumed(plan=plan):
                await tables.execute("delete from stopped_fact where id = $1", plan)
            case told.PlanCancelled(plan=plan):
                await _stop(tables, plan, CANCELLED)
            case told.PlanCompleted(plan=plan):
                await _stop(tables, plan, COMPLETED)
            case told.ItemCancelled(item=item):
                await _stop(tables, item, ITEM_CANCELLED)
            case heard.PlanAmendmentApproved(dropped=dropped):
                for item in dropped:
                    await _stop(tables, item, DROPPED)
            case told.EmergencyNotRatified(emergency=emergency):
                await _stop(tables, emergency, NOT_RATIFIED)
            case told.DocumentRecorded(item=item, kind=kind):
                await tables.execute(
                    "insert into paper_seen_fact (item_id, kind) values ($1, $2)"
                    " on conflict do nothing",
                    item,
                    kind,
                )
            case heard.ProgrammePublished():
                await _papers(fact.event, tables)


async def _stop(tables: Connection, what: str, because: Code) -> None:
    await tables.execute(
        "insert into stopped_fact (id, because) values ($1, $2)"
        " on conflict (id) do update set because = excluded.because",
        what,
        because,
    )


async def _papers(event: heard.ProgrammePublished, tables: Connection) -> None:
    await tables.executemany(
        "insert into papers_asked_fact (programme_id, version, type, before_commitment,"
        " before_payment) values ($1, $2, $3, $4, $5) on conflict do nothing",
        [
            (
                event.programme,
                event.version,
                each.type,
                list(each.before_commitment),
                list(each.before_payment),
            )
            for each in event.assistance
        ],
    )


async def stopped(view: Connection, item: ItemId) -> Code | None:
    """Why nothing new is bought for the item: it, or its plan, rests or is over."""
    because = await view.fetchval(
        "select because from planned_item_fact join stopped_fact on id in (item_id, plan_id)"
        " where item_id = $1 order by id limit 1",
        item,
    )
    return because and Code(because)


async def missing_to_commit(view: Connection, item: ItemId) -> tuple[Code, ...]:
    """The papers that the programme wants to see before money is committed for it."""
    return await _missing(view, item, "before_commitment")


async def missing_to_pay(view: Connection, item: ItemId) -> tuple[Code, ...]:
    """The papers that the programme wants to see before anything is paid for it."""
    return await _missing(view, item, "before_payment")


async def missing_to_give(view: Connection, item: ItemId) -> tuple[Code, ...]:
    """Both, for cash: what is asked for at once is committed and to be handed over."""
    both = {*await missing_to_commit(view, item), *await missing_to_pay(view, item)}
    return tuple(sorted(both))


async def _missing(view: Connection, item: ItemId, stage: str) -> tuple[Code, ...]:
    rows = await view.fetch(
        f"select kind from (select unnest({stage}) as kind"  # noqa: S608  a column of ours
        " from planned_item_fact p join papers_asked_fact f on f.programme_id = p.programme_id"
        " and f.version = p.programme_version and f.type = p.type where p.item_id = $1) asked"
        " where not exists (select from paper_seen_fact s"
        " where s.item_id = $1 and s.kind = asked.kind) order by kind",
        item,
    )
    return tuple(Code(row["kind"]) for row in rows)


view = View(
    "following",
    {"plans": told.from_plans},
    _project,
    ("stopped_fact", "paper_seen_fact", "papers_asked_fact"),
)
