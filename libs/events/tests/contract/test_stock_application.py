"""A history that our handler wrote, opened in a stock `eventsourcing` application."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from eventsourcing.application import Application
from eventsourcing.domain import DomainEvent
from eventsourcing.utils import register_topic
from libs.events.tests.bakery import ANA, AS_ANA, BEN, PRICE, AddLoaf, PlaceOrder, bakery, order
from libs.events.tests.contract import bridge

from events.handler import Act, Handler
from events.io.postgres import PostgresStore
from events.memory import NOON, FixedClock, SeededIds
from events.values import ItemId
from homeward.postgres import Database


@dataclass(frozen=True)
class Placed(DomainEvent):
    originator_id: str  # type: ignore[assignment]
    person: str
    by: str


@dataclass(frozen=True)
class Added(DomainEvent):
    originator_id: str  # type: ignore[assignment]
    price: dict[str, str]
    by: str


register_topic("bakery.order_placed.v1", Placed)
register_topic("bakery.loaf_added.v1", Added)


@dataclass(frozen=True)
class Read:
    """An order as the stock application sees it."""

    id: str
    version: int
    person: str
    prices: tuple[str, ...]
    last: datetime


def project(read: Read | None, events: Iterable[Any]) -> Read | None:
    for event in events:
        prices = read.prices if read else ()
        person = read.person if read else event.person
        if isinstance(event, Added):
            prices = (*prices, event.price["amount"])
        version, at = event.originator_version, event.timestamp
        read = Read(event.originator_id, version, person, prices, at)
    return read


async def test_a_stock_application_opens_our_history(
    database: Database, postgres_store: PostgresStore
) -> None:
    handler = Handler(bakery, postgres_store, FixedClock(), SeededIds())
    for stream in ("itm_1", "itm_2"):
        place = PlaceOrder(by=ANA, at=NOON, order=ItemId(stream), person=BEN, name="Zaynab")
        await handler.do(Act(order, stream, place), context=AS_ANA)
    await handler.do(
        Act(order, "itm_1", AddLoaf(by=ANA, at=NOON, price=PRICE, times=2)), context=AS_ANA
    )
    await asyncio.to_thread(_opens, database)


def _opens(database: Database) -> None:
    environment = {
        "PERSISTENCE_MODULE": bridge.__name__,
        "HOMEWARD_DATABASE_URL": database.app,
    }
    with Application[Any](env=environment) as stock:
        assert stock.repository.get("itm_1", projector_func=project) == Read(
            "itm_1", 3, BEN, ("2.500", "2.500"), NOON
        )
        notifications = stock.notification_log.select(start=1, limit=10)
        assert [(n.id, n.originator_id, n.topic) for n in notifications] == [
            (1, "itm_1", "bakery.order_placed.v1"),
            (2, "itm_2", "bakery.order_placed.v1"),
            (3, "itm_1", "bakery.loaf_added.v1"),
            (4, "itm_1", "bakery.loaf_added.v1"),
        ]
        assert b"Zaynab" not in b"".join(n.state for n in notifications)
