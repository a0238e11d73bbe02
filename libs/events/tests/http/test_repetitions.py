"""A repetition gets the first answer, also where the function itself looks and refuses."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import msgspec
import pytest
from fastapi import Response
from libs.events.tests.bakery import AddLoaf, PlaceOrder, bakery, order
from libs.events.tests.http.till import OrderAnswer

from events.decider import Rejected
from events.handler import Act, fingerprint
from events.io.http import Api, Body, Do, Load, NewIds, Now, Problem, Who
from events.io.http.do import keyed
from events.io.http.trial import SECRET, Caller, Trial, trial
from events.money import Money
from events.roles import Role
from events.values import ItemId, PersonId

ANA = {"person": "per_ana"}
api = Api("bakery")


@dataclass(unsafe_hash=True)
class HasLoaves(Rejected):
    """There is a loaf in the order already."""

    loaves: int


class OrderBody(Body):
    person: PersonId


@api.command("/v1/orders", creates=OrderAnswer, allows={Role.COUNSELLOR})
async def place(body: OrderBody, me: Who, now: Now, do: Do, ids: NewIds) -> Response:
    """Place an order."""
    new = ItemId(ids.new("itm"))
    placed = PlaceOrder(by=me.id, at=now, order=new, person=body.person)
    return await do(Act(order, new, placed), answer=OrderAnswer.of)


@api.command("/v1/orders/{item}/first-loaf", answers=OrderAnswer, allows={Role.COUNSELLOR})
async def add_first_loaf(item: ItemId, me: Who, now: Now, do: Do, load: Load) -> Response:
    """Add a loaf to an order that has none: this function looks by itself."""
    state, _ = await load.state(order, item)
    if state is None:
        raise Problem("not_found", "There is no such order.")
    if state.loaves:
        raise HasLoaves(state.loaves)
    added = AddLoaf(by=me.id, at=now, price=Money(1250, "IQD"))
    return await do(Act(order, item, added), answer=OrderAnswer.of)


@pytest.fixture
async def till() -> AsyncIterator[Trial]:
    async with trial(api, bakery) as running:
        yield running


async def test_what_has_moved_on_by_the_request_itself_does_not_refuse_its_repetition(
    lina: Caller, order: str, till: Trial
) -> None:
    first = await lina.post(f"{order}/first-loaf", if_match=1, key="k1")
    again = await lina.post(f"{order}/first-loaf", if_match=1, key="k1")
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["position"] == first.headers["position"]
    assert len(await till.events()) == 2


async def test_another_request_is_refused_as_ever(lina: Caller, order: str) -> None:
    await lina.post(f"{order}/first-loaf", if_match=1, key="k1")
    said = await lina.post(f"{order}/first-loaf", if_match=2, key="k2")
    assert (said.status_code, said.json()["code"]) == (422, "HasLoaves")


async def test_a_refusal_is_not_kept(lina: Caller, order: str) -> None:
    """What was refused under a key may succeed under it later."""
    stale = await lina.post(f"{order}/first-loaf", if_match=0, key="k1")
    assert stale.status_code == 412
    assert (await lina.post(f"{order}/first-loaf", if_match=1, key="k1")).status_code == 200


async def test_a_key_of_another_request_is_named_before_what_the_function_says(
    lina: Caller, order: str
) -> None:
    await lina.post("/v1/orders", ANA, key="k1")
    said = await lina.post("/v1/orders/itm_none/first-loaf", if_match=1, key="k1")
    assert (said.status_code, said.json()["code"]) == (422, "idempotency_key_reused")


async def test_a_request_without_a_key_is_400_whatever_the_function_would_say(
    lina: Caller, till: Trial
) -> None:
    said = await till.client.post(
        "/v1/orders/itm_none/first-loaf",
        json={},
        headers={"authorization": f"Bearer {lina.token}", "if-match": '"1"'},
    )
    assert (said.status_code, said.json()["code"]) == (400, "idempotency_key_missing")


async def test_what_is_kept_of_a_request_is_not_to_be_guessed_from_without_the_services_key(
    till: Trial,
) -> None:
    """The claim outlives an erasure: a phone number must not be found again by trying numbers."""
    ana = till.sign_in("per_ana", Role.COUNSELLOR)
    await ana.post("/v1/orders", ANA, key="one")
    held = await till.store.claim("idempotency", "per_ana:one")
    assert held is not None
    guessed = fingerprint(b"POST", b"/v1/orders", b"", msgspec.json.encode(ANA))
    assert held.fingerprint != guessed
    assert held.fingerprint == keyed(guessed, SECRET)
    assert held.fingerprint != keyed(guessed, b"another service's")
