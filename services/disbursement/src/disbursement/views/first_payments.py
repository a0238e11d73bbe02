"""How much may be paid to an account before anything was paid on it."""

from typing import Any

from disbursement.domain.payment.first import from_plans
from disbursement.views.rows import read, written
from events.money import Money
from events.service import Connection, Heard, View
from events.values import ItemId


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    await tables.executemany(
        "insert into first_payment_fact (programme_id, version, at_most) values ($1, $2, $3)"
        " on conflict do nothing",
        [
            (e.programme, e.version, written(e.first_payment_at_most))
            for e in (heard.event for heard in batch)
            if e.first_payment_at_most is not None
        ],
    )


async def at_most(view: Connection, item: ItemId) -> Money | None:
    """None: the programme of the item does not say."""
    text = await view.fetchval(
        "select at_most from planned_item_fact p join first_payment_fact f"
        " on f.programme_id = p.programme_id and f.version = p.programme_version"
        " where item_id = $1",
        item,
    )
    return read(text, Money) if text else None


view = View("first_payment", {"plans": from_plans}, _project, ("first_payment_fact",))
