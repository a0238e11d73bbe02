"""A small domain to test the library with: orders of a bakery, made for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, assert_never

from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.envelope import Actor, Context
from events.money import Money
from events.personal import Contact, Identity
from events.registry import Registry
from events.values import Code, ItemId, PersonId

ANA = PersonId("per_ana")
BEN = PersonId("per_ben")


class PlaceOrder(Command, frozen=True):
    order: ItemId
    person: PersonId
    name: str | None = None
    phone: str | None = None


class AddLoaf(Command, frozen=True):
    price: Money
    times: int = 1


class OrderPlaced(Event, frozen=True, tag="bakery.order_placed.v1"):
    about: ClassVar[str | None] = "person"

    order: ItemId
    person: PersonId
    name: Identity[str] = None
    phone: Contact[str] = None


class LoafAdded(Event, frozen=True, tag="bakery.loaf_added.v1"):
    price: Money


@dataclass(unsafe_hash=True)
class OrderExists(Rejected):
    """There is such an order already."""


@dataclass(unsafe_hash=True)
class NoSuchOrder(Rejected):
    """There is no such order."""


class Order(State, frozen=True):
    loaves: int = 0


def decide(command: PlaceOrder | AddLoaf, order: Order | None) -> Sequence[OrderPlaced | LoafAdded]:
    match command:
        case PlaceOrder(by=by, at=at):
            if order is not None:
                raise OrderExists
            person, name, phone = command.person, command.name, command.phone
            return [
                OrderPlaced(
                    by=by, at=at, order=command.order, person=person, name=name, phone=phone
                )
            ]
        case AddLoaf(by=by, at=at):
            if order is None:
                raise NoSuchOrder
            return [LoafAdded(by=by, at=at, price=command.price)] * command.times
        case _:
            assert_never(command)


def evolve(order: Order | None, event: OrderPlaced | LoafAdded) -> Order:
    match event:
        case OrderPlaced():
            return Order()
        case LoafAdded():
            assert order is not None
            return replace(order, loaves=order.loaves + 1)
        case _:
            assert_never(event)


order = Decider(decide=decide, evolve=evolve)
bakery = Registry.of("bakery", [OrderPlaced, LoafAdded])

AS_ANA = Context(
    actor=Actor(id=ANA, role=Code("baker"), organisation=Code("bakery")), correlation="cor_1"
)
PRICE = Money(2_500, "IQD")
