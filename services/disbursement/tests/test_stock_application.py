"""The history of this service, opened in a stock `eventsourcing` application."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from eventsourcing.application import Application
from eventsourcing.domain import DomainEvent
from eventsourcing.utils import register_topic
from libs.events.tests.contract import bridge

from disbursement.domain import registry
from disbursement.domain.grant import Conversion, OpenGrant, grant
from events.envelope import Actor, Context
from events.handler import Act, Handler
from events.io.postgres import EpochKeys, migrate, open_store
from events.memory import NOON, FixedClock, SeededIds
from events.values import Code, GrantId, PersonId
from homeward.postgres import Database

MARIA = PersonId("per_maria")
CONTEXT = Context(
    actor=Actor(id=MARIA, role=Code("grant_manager"), organisation=Code("iom")),
    correlation="01934b00-0000-7000-8000-000000000001",
)


@dataclass(frozen=True)
class Opened(DomainEvent):
    """What the stock application is told of `disbursement.grant_opened.v1`."""

    originator_id: str  # type: ignore[assignment]
    grant: str
    donor: str
    reference: str
    currency: str
    opens: str
    closes: str
    conversion: str
    rates: str
    by: str


register_topic("disbursement.grant_opened.v1", Opened)


@dataclass(frozen=True)
class Read:
    """A grant as the stock application sees it."""

    id: str
    version: int
    donor: str
    reference: str
    by: str


def project(read: Read | None, events: Iterable[Any]) -> Read | None:
    for event in events:
        assert isinstance(event, Opened)
        at = (event.originator_id, event.originator_version)
        read = Read(*at, event.donor, event.reference, event.by)
    return read


async def test_a_stock_application_opens_a_grant(empty_database: Database) -> None:
    await migrate(empty_database.owner)
    async with open_store(empty_database.app, EpochKeys(b"k" * 32)) as store:
        handler = Handler(registry, store, FixedClock(), SeededIds())
        opening = OpenGrant(
            by=MARIA,
            at=NOON,
            grant=GrantId("gra_1"),
            donor=Code("AMIF"),
            reference=Code("SK-2023-AVRR"),
            currency=Code("EUR"),
            opens=date(2026, 1, 1),
            closes=date(2027, 6, 30),
            conversion=Conversion.RATE_OF_THE_DAY_PAID,
            rates=Code("UNORE"),
        )
        await handler.do(Act(grant, "gra_1", opening), context=CONTEXT)
    await asyncio.to_thread(_opens, empty_database)


def _opens(database: Database) -> None:
    environment = {
        "PERSISTENCE_MODULE": bridge.__name__,
        "HOMEWARD_DATABASE_URL": database.app,
    }
    with Application[Any](env=environment) as stock:
        assert stock.repository.get("gra_1", projector_func=project) == Read(
            "gra_1", 1, "AMIF", "SK-2023-AVRR", MARIA
        )
        (notification,) = stock.notification_log.select(start=1, limit=10)
        assert notification.topic == "disbursement.grant_opened.v1"
