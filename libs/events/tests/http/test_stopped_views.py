"""While a view stands still, nothing is decided with it, and who reads it is told."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

import pytest
from fastapi import Response
from libs.events.tests.bakery import PlaceOrder, bakery, order
from libs.events.tests.http.till import CounterAnswer, OrderAnswer, PlaceOrderBody

from events.handler import Act
from events.io.http import Api, Do, NewIds, Now, View, Who
from events.io.http.trial import Caller, Trial, trial
from events.roles import Role
from events.values import ItemId

api = Api("bakery")


@api.command("/v1/orders", creates=OrderAnswer, allows={Role.COUNSELLOR})
async def place_order(body: PlaceOrderBody, me: Who, now: Now, do: Do, ids: NewIds) -> Response:
    """Place an order, whatever the views say."""
    item = ItemId(ids.new("itm"))
    placed = PlaceOrder(by=me.id, at=now, order=item, person=body.person)
    return await do(Act(order, item, placed), answer=OrderAnswer.of)


@api.command("/v1/orders-of-known", creates=OrderAnswer, allows={Role.COUNSELLOR})
async def place_order_of_known(
    *,
    body: PlaceOrderBody,
    me: Who,
    now: Now,
    do: Do,
    ids: NewIds,
    view: View,
) -> Response:
    """Place an order for somebody whom a view knows."""
    item = ItemId(ids.new("itm"))
    placed = PlaceOrder(by=me.id, at=now, order=item, person=body.person)
    return await do(Act(order, item, placed), answer=OrderAnswer.of)


@api.query("/v1/counter", answers=CounterAnswer, allows={Role.COUNSELLOR})
async def read_counter(view: View) -> CounterAnswer:
    """Read how many orders there are."""
    return CounterAnswer(orders=1, loaves=0)


@api.query("/v1/price", answers=CounterAnswer, allows={Role.COUNSELLOR})
async def read_price() -> CounterAnswer:
    """Read what needs no view."""
    return CounterAnswer(orders=1, loaves=0)


class Views:
    """They are as far as they need to be, but for those that stand still."""

    def __init__(self) -> None:
        self.stopped: Sequence[str] = ()

    async def reach(self, position: int, timeout_seconds: float) -> bool:  # noqa: ARG002
        return True


@pytest.fixture
def views() -> Views:
    return Views()


@pytest.fixture
async def till(views: Views) -> AsyncIterator[Trial]:
    async with trial(api, bakery, progress=views, view=cast("Any", object())) as running:
        yield running


@pytest.fixture
def lina(till: Trial) -> Caller:
    return till.sign_in("per_lina", Role.COUNSELLOR)


ANA = {"person": "per_ana"}


async def test_what_is_decided_with_a_stopped_view_is_not_decided(
    till: Trial, lina: Caller, views: Views
) -> None:
    views.stopped = ("people", "prices")
    said = await lina.post("/v1/orders-of-known", ANA)
    assert (said.status_code, said.json()["code"]) == (503, "view_stopped")
    assert "people and prices" in said.json()["detail"]
    assert said.headers["retry-after"] == "60"
    assert await till.events() == []
    assert (await lina.post("/v1/orders", ANA)).status_code == 201, "it needs no view"
    views.stopped = ()
    assert (await lina.post("/v1/orders-of-known", ANA)).status_code == 201


async def test_what_was_decided_before_is_answered_again(lina: Caller, views: Views) -> None:
    first = await lina.post("/v1/orders-of-known", ANA, key="once")
    views.stopped = ("people",)
    again = await lina.post("/v1/orders-of-known", ANA, key="once")
    assert (again.status_code, again.json()) == (201, first.json())


async def test_who_reads_a_stopped_view_is_told(lina: Caller, views: Views) -> None:
    assert "view-stopped" not in (await lina.get("/v1/counter")).headers
    views.stopped = ("people", "prices")
    said = await lina.get("/v1/counter")
    assert (said.status_code, said.headers["view-stopped"]) == (200, "people, prices")
    assert "view-stopped" not in (await lina.get("/v1/price")).headers
