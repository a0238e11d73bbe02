"""For which items money is committed, as disbursement tells; and which awards were taken back."""

from typing import Any

from events.money import Money
from events.service import Connection, Heard, View
from events.values import CommitmentId, ItemId, SourcingId
from vendors.domain.paid import ItemCommitted, ItemReleased, on_items


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        match heard.event:
            case ItemCommitted(item=item, commitment=commitment, amount=amount):
                await _add(tables, item, commitment, amount.minor)
            case ItemReleased(item=item, commitment=commitment, amount=Money(minor=minor)):
                await _add(tables, item, commitment, -minor)


async def _add(tables: Connection, item: ItemId, commitment: CommitmentId, minor: int) -> None:
    await tables.execute(
        "insert into item_committed as held (item_id, commitment_id, minor) values ($1, $2, $3)"
        " on conflict (item_id, commitment_id) do update set minor = held.minor + excluded.minor",
        item,
        commitment,
        minor,
    )


async def committed_on(tables: Connection, item: ItemId) -> tuple[CommitmentId, ...]:
    """What holds money for the item."""
    rows = await tables.fetch(
        "select commitment_id from item_committed where item_id = $1 and minor > 0"
        " order by commitment_id",
        item,
    )
    return tuple(CommitmentId(row["commitment_id"]) for row in rows)


async def last_taken_back(tables: Connection, item: ItemId) -> SourcingId | None:
    """The latest award of the item that was taken back."""
    found: str | None = await tables.fetchval(
        "select sourcing_id from sourcing where item_id = $1 and stage = 'taken_back'"
        " order by sourcing_id desc limit 1",
        item,
    )
    return SourcingId(found) if found else None


view = View("item_committed", {"disbursement": on_items}, _project, ("item_committed",))
