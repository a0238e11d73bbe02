"""Cash by list, and which items of approved plans are cash at all."""

from typing import Any

from disbursement.domain import planned_cash as told
from disbursement.domain import registry
from disbursement.domain.cash import Cash, Stage, cash
from disbursement.views.rows import Row, read, written
from events.service import Connection, Heard, View
from events.values import Code, ItemId


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for fact in batch:
        match fact.event:
            case told.PlanApproved() | told.PlanAmendmentApproved() | told.EmergencyAuthorised():
                await tables.executemany(
                    "insert into cash_item_fact (item_id, is_cash) values ($1, $2)"
                    " on conflict (item_id) do update set is_cash = excluded.is_cash",
                    [(each.item, each.modality == told.CASH) for each in fact.event.items],
                )
            case _ if fact.envelope.subject.startswith("csh_"):
                await _keep(fact, tables)


async def _keep(fact: Heard[Any], tables: Connection) -> None:
    text = await tables.fetchval(
        "select state from cash_view where cash_id = $1", fact.envelope.subject
    )
    state = cash.evolve(read(text, Cash) if text else None, fact.event)
    await tables.execute(
        "insert into cash_view (cash_id, list_no, stage, version, state)"
        " values ($1, $2, $3, $4, $5) on conflict (cash_id) do update"
        " set stage = excluded.stage, version = excluded.version, state = excluded.state",
        state.id,
        state.list_no,
        state.stage,
        int(fact.envelope.sequence),
        written(state),
    )


async def planned_as_cash(view: Connection, item: ItemId) -> bool:
    is_cash = await view.fetchval("select is_cash from cash_item_fact where item_id = $1", item)
    return is_cash or False


async def cash_of(
    view: Connection,
    *,
    after: str | None,
    limit: int,
    list_no: Code | None,
    stage: Stage | None,
) -> list[Row[Cash]]:
    """By id: of a list, at a stage."""
    rows = await view.fetch(
        "select state, version from cash_view where ($1::text is null or cash_id > $1)"
        " and ($2::text is null or list_no = $2) and ($3::text is null or stage = $3)"
        " order by cash_id limit $4",
        after,
        list_no,
        stage,
        limit,
    )
    return [Row(read(row["state"], Cash), row["version"]) for row in rows]


view = View(
    "cash",
    {"disbursement": registry, "plans": told.from_plans},
    _project,
    ("cash_view", "cash_item_fact"),
)
