"""What was ordered, delivered and paid for items, as disbursement tells it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from events.money import Money
from events.service import Connection, Heard, View
from events.values import CaseId, CommitmentId, ItemId, PersonId, ProgrammeId
from plans.domain import delivered as told
from plans.domain.delivered import Agreement, Order, agreement
from plans.domain.item.kinds import Approved
from plans.views.rows import read, written


async def _project(batch: list[Heard[Any]], tables: Connection) -> None:
    for heard in batch:
        match heard.event:
            case told.VendorPaid() as paid:
                await tables.execute(
                    "insert into payment_made (payment_id, item_id, case_id, value_date, amount,"
                    " stands) values ($1, $2, $3, $4, $5, true) on conflict (payment_id)"
                    " do update set stands = true, value_date = excluded.value_date",
                    paid.payment,
                    paid.item,
                    paid.case,
                    paid.value_date,
                    written(paid.functional_amount),
                )
            case told.CashRequested() as asked:
                await tables.execute(
                    "insert into payment_made (payment_id, item_id, case_id, value_date, amount,"
                    " stands) values ($1, $2, $3, $4, $5, false)",
                    asked.cash,
                    asked.item,
                    asked.case,
                    asked.at.date(),
                    written(asked.reserved),
                )
            case told.CashHandOverConfirmed() as confirmed:
                await _keep(told.handed_over(confirmed), tables)
                await tables.execute(
                    "update payment_made set stands = true, value_date = $2 where payment_id = $1",
                    confirmed.cash,
                    confirmed.at.date(),
                )
            case told.PaymentReturned(payment=payment):
                await tables.execute(
                    "update payment_made set stands = false where payment_id = $1", payment
                )
            case _:
                await _order(heard.event, tables)


async def _order(event: told.Ordering, tables: Connection) -> None:
    await _keep(told.evolve(await _order_of(event.commitment, tables), event), tables)


async def _keep(state: Order, tables: Connection) -> None:
    await tables.execute(
        "insert into delivery (commitment_id, item_id, state) values ($1, $2, $3)"
        " on conflict (commitment_id) do update set state = excluded.state",
        state.commitment,
        state.item,
        written(state),
    )


async def _order_of(commitment: CommitmentId, tables: Connection) -> Order | None:
    text = await tables.fetchval("select state from delivery where commitment_id = $1", commitment)
    return read(text, Order) if text else None


class Delivered(msgspec.Struct, frozen=True):
    """An approved item, whether what came of it is what was agreed, and what was paid."""

    approved: Approved
    agreement: Agreement
    paid: Money
    first_paid: date | None


async def delivery_of(tables: Connection, approved: Approved) -> Delivered:
    """The same of one item."""
    return (await _delivered(tables, {approved.item: approved}))[0]


async def deliveries_after(
    tables: Connection,
    *,
    programme: ProgrammeId,
    case: CaseId | None,
    after: str | None,
    limit: int,
) -> list[Delivered]:
    """Approved items of a programme, by id."""
    rows = await tables.fetch(
        "select approved from approved_item where programme_id = $1"
        " and ($2::text is null or case_id = $2) and ($3::text is null or item_id > $3)"
        " order by item_id limit $4",
        programme,
        case,
        after,
        limit,
    )
    approved: list[Approved] = [read(row["approved"], Approved) for row in rows]
    return await _delivered(tables, {each.item: each for each in approved})


async def _delivered(tables: Connection, approved: Mapping[ItemId, Approved]) -> list[Delivered]:
    items = list(approved)
    orders: dict[str, list[Order]] = {}
    for row in await tables.fetch(
        "select item_id, state from delivery where item_id = any($1) order by commitment_id", items
    ):
        orders.setdefault(row["item_id"], []).append(read(row["state"], Order))
    payments: dict[str, list[Any]] = {}
    for row in await tables.fetch(
        "select item_id, amount, value_date from payment_made where stands and item_id = any($1)",
        items,
    ):
        payments.setdefault(row["item_id"], []).append(row)
    return [
        _one(each, orders.get(each.item, []), payments.get(each.item, []))
        for each in approved.values()
    ]


def _one(approved: Approved, orders: list[Order], payments: list[Any]) -> Delivered:
    paid = Money.zero(approved.ceiling.currency)
    for row in payments:
        paid = paid + read(row["amount"], Money)
    return Delivered(
        approved=approved,
        agreement=agreement(approved.spec, orders),
        paid=paid,
        first_paid=min((row["value_date"] for row in payments), default=None),
    )


async def delivered_by(tables: Connection, item: ItemId) -> frozenset[PersonId]:
    """Who recorded or witnessed a delivery of the item."""
    rows = await tables.fetch("select state from delivery where item_id = $1", item)
    return frozenset().union(*(read(row["state"], Order).people for row in rows))


view = View(
    "delivery",
    {"disbursement": told.from_disbursement},
    _project,
    ("delivery", "payment_made"),
)
