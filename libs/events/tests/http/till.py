"""The bakery's till: the bakery of these tests, spoken to over HTTP."""

from fastapi import Response
from libs.events.tests.bakery import AddLoaf, NoSuchOrder, Order, OrderExists, PlaceOrder, order

from events.handler import Act
from events.io.http import Answer, Api, Body, Do, Load, NewIds, Now, Page, Paging, View, Who
from events.money import Money
from events.roles import Role
from events.values import ItemId, PersonId

api = Api("bakery")


class PlaceOrderBody(Body):
    person: PersonId


class AddLoafBody(Body):
    price: Money
    times: int = 1


class OrderAnswer(Answer):
    loaves: int
    version: int

    @classmethod
    def of(cls, state: Order, version: int) -> "OrderAnswer":
        return cls(loaves=state.loaves, version=version)


class CounterAnswer(Answer):
    orders: int
    loaves: int


@api.command("/v1/orders", creates=OrderAnswer, allows={Role.COUNSELLOR}, conflicts={OrderExists})
async def place_order(body: PlaceOrderBody, me: Who, now: Now, do: Do, ids: NewIds) -> Response:
    """Place an order."""
    item = ItemId(ids.new("itm"))
    placed = PlaceOrder(by=me.id, at=now, order=item, person=body.person)
    return await do(Act(order, item, placed), answer=OrderAnswer.of)


@api.command(
    "/v1/orders/{item}/add-loaf",
    answers=OrderAnswer,
    allows={Role.COUNSELLOR, Role.FIELD_OFFICER},
    unknown={NoSuchOrder},
)
async def add_loaf(item: ItemId, body: AddLoafBody, me: Who, now: Now, do: Do) -> Response:
    """Add loaves to an order."""
    added = AddLoaf(by=me.id, at=now, price=body.price, times=body.times)
    return await do(Act(order, item, added), answer=OrderAnswer.of)


@api.query("/v1/orders/{item}", answers=OrderAnswer, allows={Role.COUNSELLOR, Role.AUDITOR})
async def read_order(item: ItemId, load: Load) -> Response:
    """Read one order."""
    return await load(order, item, answer=OrderAnswer.of)


@api.query("/v1/shelves", answers=Page[str], allows={Role.COUNSELLOR})
async def list_shelves(page: Paging, kind: str | None = None) -> Page[str]:
    """List the shelves."""
    shelves = [name for name in SHELVES if page.after is None or name > page.after]
    return page.of(shelves[: page.limit + 1], key=str)


@api.query("/v1/counter", answers=CounterAnswer, allows={Role.COUNSELLOR})
async def read_counter(view: View) -> CounterAnswer:
    """Read how many orders there are, and how many loaves."""
    row = await view.fetchrow("select count(*), coalesce(sum(loaves), 0)::bigint from orders")
    return CounterAnswer(orders=row[0], loaves=row[1])


SHELVES = [f"shelf {n:03}" for n in range(450)]
