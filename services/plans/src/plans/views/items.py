"""Read models of approved items: as they were approved, and what came of them since."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from events.service import Connection, Heard, View
from events.values import CaseId, ItemId, PlanId
from plans.domain import registry
from plans.domain.emergency.facts import EmergencyAuthorised
from plans.domain.item import item as items
from plans.domain.item.kinds import Approved
from plans.domain.item.state import CarriedOut
from plans.domain.plan.facts import PlanApproved
from plans.domain.plan.facts_in_force import ItemCancelled, PlanAmendmentApproved
from plans.views.rows import read, written


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        if isinstance(heard.event, PlanApproved | PlanAmendmentApproved | EmergencyAuthorised):
            await _approve(heard.event, tables)
            if isinstance(heard.event, PlanAmendmentApproved):
                await _end(heard.event.dropped, tables)
        elif isinstance(heard.event, ItemCancelled):
            await _end((heard.event.item,), tables)
        elif heard.envelope.subject.startswith("itm_"):
            await _carry_out(heard, tables)


async def _approve(
    event: PlanApproved | PlanAmendmentApproved | EmergencyAuthorised, tables: Connection
) -> None:
    """An item is known by its plan, or by the emergency that it was authorised in."""
    by = event.emergency if isinstance(event, EmergencyAuthorised) else event.plan
    approved = [
        Approved(
            item=each.item,
            plan=PlanId(by),
            case=event.case,
            programme=event.programme,
            programme_version=event.programme_version,
            type=each.type,
            dimension=each.dimension,
            modality=each.modality,
            spec=each.spec,
            ceiling=each.ceiling,
            drafter=event.drafter,
            counsellor=event.counsellor,
        )
        for each in event.items
    ]
    await tables.executemany(
        "insert into approved_item (item_id, plan_id, case_id, approved) values ($1, $2, $3, $4)"
        " on conflict (item_id) do update set approved = excluded.approved",
        [(each.item, each.plan, each.case, written(each)) for each in approved],
    )


async def _end(ended: Sequence[ItemId], tables: Connection) -> None:
    for item in ended:
        approved = await approved_item(tables, item)
        if approved is not None:
            await tables.execute(
                "update approved_item set approved = $2 where item_id = $1",
                item,
                written(replace(approved, over=True)),
            )


async def _carry_out(heard: Heard[Any], tables: Connection) -> None:
    item = ItemId(heard.envelope.subject)
    text = await tables.fetchval("select state from carried_item where item_id = $1", item)
    state = items.evolve(read(text, CarriedOut) if text else None, heard.event)
    await tables.execute(
        "insert into carried_item (item_id, case_id, version, state) values ($1, $2, $3, $4)"
        " on conflict (item_id) do update set version = excluded.version, state = excluded.state",
        item,
        state.case,
        int(heard.envelope.sequence),
        written(state),
    )


async def approved_item(tables: Connection, item: ItemId) -> Approved | None:
    """The item as it was approved; None when no approved plan has it."""
    text = await tables.fetchval("select approved from approved_item where item_id = $1", item)
    return read(text, Approved) if text else None


class ItemRow(msgspec.Struct, frozen=True):
    approved: Approved
    state: CarriedOut
    version: int


async def items_of(
    tables: Connection, *, case: CaseId, after: str | None, limit: int
) -> list[ItemRow]:
    """The approved items of a case, by id."""
    rows = await tables.fetch(
        "select approved, state, version from approved_item a"
        " left join carried_item using (item_id) where a.case_id = $1"
        " and ($2::text is null or item_id > $2) order by item_id limit $3",
        case,
        after,
        limit,
    )
    return [_row(row) for row in rows]


def _row(row: Any) -> ItemRow:
    approved = read(row["approved"], Approved)
    state = CarriedOut(id=approved.item, case=approved.case)
    if row["state"] is None:
        return ItemRow(approved, state, 0)
    return ItemRow(approved, read(row["state"], CarriedOut), row["version"])


view = View("item", {"plans": registry}, _project, ("approved_item", "carried_item"))
