"""Drafts of the bakery's events, ready to be stored."""

from itertools import count

from libs.events.tests.bakery import ANA, AS_ANA, BEN, PRICE, LoafAdded, OrderPlaced, bakery

from events.decider import Event
from events.memory import NOON, SeededIds
from events.registry import Draft
from events.values import ItemId, PersonId

ids = SeededIds()
_salts = (number.to_bytes(16, "big") for number in count(1))


def draft(event: Event, stream: str, version: int) -> Draft:
    return bakery.draft(
        event,
        stream=stream,
        version=version,
        event_id=ids.event_id(),
        recorded=NOON,
        context=AS_ANA,
        salt=lambda: next(_salts),
    )


def placed(
    stream: str, version: int = 1, *, person: PersonId = BEN, name: str | None = None
) -> Draft:
    phone = None if name is None else "+964 770"
    order = OrderPlaced(
        by=ANA, at=NOON, order=ItemId(stream), person=person, name=name, phone=phone
    )
    return draft(order, stream, version)


def loaf(stream: str, version: int) -> Draft:
    return draft(LoafAdded(by=ANA, at=NOON, price=PRICE), stream, version)
