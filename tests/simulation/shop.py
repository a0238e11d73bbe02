"""Three small services that depend on each other: orders, stock and bills.

An order asks the stock for loaves (a policy); the stock reserves them or says no; what is reserved
is charged through a gateway (an effect). Nothing here forgives doing a thing twice: the stock
would shrink again, the counts in the views would be wrong, the customer would be charged twice.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from events.decider import Command, Decider, Event, Rejected, State
from events.handler import Act
from events.registry import Registry
from events.service import Effect, Heard, Policy, Service, View
from events.values import SYSTEM, Code, ItemId

SHELF = "sto_shelf"
LOAVES = 40


class PlaceOrder(Command, frozen=True):
    order: ItemId
    loaves: int


class OrderPlaced(Event, frozen=True, tag="orders.order_placed.v1"):
    order: ItemId
    loaves: int


class Reserve(Command, frozen=True):
    order: ItemId
    loaves: int


class LoavesReserved(Event, frozen=True, tag="stock.loaves_reserved.v1"):
    order: ItemId
    loaves: int


class RecordCharge(Command, frozen=True):
    order: ItemId
    receipt: Code


class OrderCharged(Event, frozen=True, tag="bills.order_charged.v1"):
    order: ItemId
    receipt: Code


@dataclass(unsafe_hash=True)
class OrderExists(Rejected):
    """There is such an order already."""

    order: ItemId


@dataclass(unsafe_hash=True)
class SoldOut(Rejected):
    """There are not that many loaves left."""

    wanted: int
    left: int


class Placed(State, frozen=True):
    loaves: int


class Shelf(State, frozen=True):
    left: int


class Charged(State, frozen=True):
    times: int


def _place(command: PlaceOrder, order: Placed | None) -> Sequence[OrderPlaced]:
    if order is not None:
        raise OrderExists(command.order)
    return [OrderPlaced(by=command.by, at=command.at, order=command.order, loaves=command.loaves)]


def _reserve(command: Reserve, shelf: Shelf | None) -> Sequence[LoavesReserved]:
    left = LOAVES if shelf is None else shelf.left
    if command.loaves > left:
        raise SoldOut(command.loaves, left)
    return [
        LoavesReserved(by=command.by, at=command.at, order=command.order, loaves=command.loaves)
    ]


def _take(shelf: Shelf | None, event: LoavesReserved) -> Shelf:
    return Shelf(left=(LOAVES if shelf is None else shelf.left) - event.loaves)


def _charge(command: RecordCharge, _charged: Charged | None) -> Sequence[OrderCharged]:
    return [
        OrderCharged(by=command.by, at=command.at, order=command.order, receipt=command.receipt)
    ]


def _placed(_order: Placed | None, event: OrderPlaced) -> Placed:
    return Placed(loaves=event.loaves)


def _charged(charged: Charged | None, _event: OrderCharged) -> Charged:
    return Charged(times=charged.times + 1 if charged else 1)


order = Decider(decide=_place, evolve=_placed)
shelf = Decider(decide=_reserve, evolve=_take)
bill = Decider(decide=_charge, evolve=_charged)

ORDERS = Registry.of("orders", [OrderPlaced])
STOCK = Registry.of("stock", [LoavesReserved])
BILLS = Registry.of("bills", [OrderCharged])


class Till(Protocol):
    async def charge(self, key: str, order: ItemId) -> Code: ...


def reserve_what_is_ordered(fact: Heard[OrderPlaced]) -> Iterator[Act[Any, Any, Any]]:
    event = fact.event
    command = Reserve(by=SYSTEM, at=event.at, order=event.order, loaves=event.loaves)
    yield Act(shelf, SHELF, command)


async def charge_what_is_reserved(
    fact: Heard[LoavesReserved], till: Till
) -> list[Act[Any, Any, Any]]:
    event = fact.event
    receipt = await till.charge(fact.envelope.id, event.order)
    command = RecordCharge(by=SYSTEM, at=event.at, order=event.order, receipt=receipt)
    return [Act(bill, event.order, command)]


def count(facts: list[Heard[Any]]) -> dict[str, int]:
    """How many of each kind, and how many loaves."""
    counted: Counter[str] = Counter()
    for fact in facts:
        counted[fact.envelope.type] += 1
        counted["loaves"] += getattr(fact.event, "loaves", 0)
    return dict(counted)


def table(view: str) -> str:
    """The view's table: `create table … (what text primary key, n bigint not null)`."""
    return view.replace(".", "_")


def _tally(name: str, **hears: Registry) -> View:
    """Counts and sums: whoever projects a fact twice, or not at all, gets them wrong."""

    async def project(facts: list[Heard[Any]], connection: Any) -> None:
        for what, n in count(facts).items():
            if isinstance(connection, dict):
                connection[what] = connection.get(what, 0) + n
            else:
                await connection.execute(
                    f"insert into {table(name)} as t values ($1, $2)"
                    " on conflict (what) do update set n = t.n + excluded.n",
                    what,
                    n,
                )

    return View(name, hears, project, (table(name),))


NOWHERE = Path()

SERVICES = (
    Service(
        "orders",
        ORDERS,
        None,
        NOWHERE,
        views=(_tally("orders.progress", orders=ORDERS, stock=STOCK, bills=BILLS),),
    ),
    Service(
        "stock",
        STOCK,
        None,
        NOWHERE,
        views=(_tally("stock.demand", stock=STOCK, orders=ORDERS),),
        policies=(Policy("stock.reserve", {"orders": ORDERS}, reserve_what_is_ordered),),
    ),
    Service(
        "bills",
        BILLS,
        None,
        NOWHERE,
        views=(_tally("bills.turnover", bills=BILLS),),
        effects=(Effect("bills.charge", {"stock": STOCK}, charge_what_is_reserved),),
    ),
)
