"""What orders hold of the items of plans and emergencies, as disbursement tells."""

from typing import Any

import msgspec

from events.canonical import canonical, decode_ours
from events.money import Money
from events.service import Connection, Heard, View
from events.values import CommitmentId, ItemId
from plans.domain import heard as told


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        match heard.event:
            case told.CommitmentRequested(commitment=commitment, plan=of, item=item):
                await tables.execute(
                    "insert into item_order (commitment_id, plan_id, item_id, held, open, settled)"
                    " values ($1, $2, $3, '', true, false)",
                    commitment,
                    of,
                    item,
                )
            case told.ItemCommitted(commitment=commitment, amount=amount):
                await _hold(commitment, amount, tables)
            case told.ItemReleased(commitment=commitment, amount=amount):
                await _hold(commitment, -amount, tables)
            case told.CommitmentLiquidated(commitment=commitment):
                await tables.execute(
                    "update item_order set open = false, settled = true where commitment_id = $1",
                    commitment,
                )
            case told.CommitmentCancelled(commitment=commitment):
                await tables.execute(
                    "update item_order set open = false where commitment_id = $1", commitment
                )


async def _hold(commitment: CommitmentId, more: Money, tables: Connection) -> None:
    text = await tables.fetchval("select held from item_order where commitment_id = $1", commitment)
    held = _money(text) + more if text else more
    await tables.execute(
        "update item_order set held = $2 where commitment_id = $1",
        commitment,
        canonical(held).decode(),
    )


async def committed(plan_id: str, tables: Connection) -> dict[ItemId, Money]:
    """What orders hold of each item of that plan or emergency."""
    rows = await tables.fetch(
        "select item_id, held from item_order where plan_id = $1 and held <> ''"
        " order by commitment_id",
        plan_id,
    )
    held: dict[ItemId, Money] = {}
    for row in rows:
        item, amount = ItemId(row["item_id"]), _money(row["held"])
        held[item] = held[item] + amount if item in held else amount
    return held


async def done(plan_id: str, tables: Connection) -> frozenset[ItemId]:
    """The items that were ordered and are paid for, and those that were seen in use."""
    rows = await tables.fetch(
        "select item_id from item_order where plan_id = $1 group by item_id"
        " having bool_or(settled) and not bool_or(open)"
        " union select item_id from carried_item join approved_item using (item_id)"
        " where plan_id = $1 and (state::json ->> 'verified')::boolean",
        plan_id,
    )
    return frozenset(ItemId(row["item_id"]) for row in rows)


def _money(text: str) -> Money:
    money: Money = msgspec.json.decode(text, type=Money, dec_hook=decode_ours)
    return money


view = View("item_order", {"disbursement": told.from_disbursement}, _project, ("item_order",))
