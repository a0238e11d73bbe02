"""How much may be paid to an account before anything was paid on it."""

from typing import Any

from disbursement.domain.payment.first import FirstPayment, from_plans
from disbursement.domain.payment.requests import VendorAccount
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


async def first_payment(
    view: Connection, account: VendorAccount | None, item: ItemId, currency: str
) -> FirstPayment | None:
    """None: something was paid on it before, or the programme of the item does not say.

    Amounts are in the grant's currency; a cap in another one is none.
    """
    if account is None or not account.first_payment:
        return None
    text = await view.fetchval(
        "select at_most from planned_item_fact p join first_payment_fact f"
        " on f.programme_id = p.programme_id and f.version = p.programme_version"
        " where item_id = $1",
        item,
    )
    at_most: Money | None = read(text, Money) if text else None
    if at_most is None or at_most.currency != currency:
        return None
    minor = await view.fetchval(
        "select coalesce(sum(reserved_minor), 0)::bigint from payment_view where account_id = $1"
        " and currency = $2 and stage not in ('cancelled', 'rejected', 'returned')",
        account.account,
        currency,
    )
    return FirstPayment(at_most=at_most, on_its_way=Money(minor, currency))


view = View("first_payment", {"plans": from_plans}, _project, ("first_payment_fact",))
