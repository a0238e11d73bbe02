"""Reveal: a person's values are shown after it was recorded that they were, or not at all."""

import msgspec
import pytest
from fastapi import Response
from libs.events.tests.bakery import (
    ANA,
    BEN,
    PRICE,
    AddLoaf,
    LoafAdded,
    Order,
    OrderPlaced,
    PlaceOrder,
    bakery,
    order,
)

from events.handler import Act
from events.io.http import Answer, Api, Do, NewIds, Now, Reveal, Who
from events.io.http.asked import json_response
from events.io.http.trial import Caller, Trial, trial
from events.personal import Kind, digest_of
from events.ports import Unavailable
from events.roles import Role
from events.values import ItemId, PersonId

api = Api("bakery")


class Placed(Answer):
    loaves: int

    @classmethod
    def of(cls, state: Order, _version: int) -> "Placed":
        return cls(loaves=state.loaves)


@api.command("/v1/orders", creates=Placed, allows={Role.COUNSELLOR})
async def place(me: Who, now: Now, ids: NewIds, do: Do) -> Response:
    """Place Ana's order."""
    item = ItemId(ids.new("itm"))
    told = PlaceOrder(by=me.id, at=now, order=item, person=ANA, name="Ana", phone="0770")
    return await do(Act(order, item, told), answer=Placed.of)


@api.query("/v1/orders/{item}/people/{person}", answers=Answer, allows={Role.COUNSELLOR})
async def show(item: ItemId, person: PersonId, me: Who, now: Now, reveal: Reveal) -> Response:
    """Show who ordered. (That a loaf is added stands here for the reading's own record.)"""
    values = await reveal(
        Act(order, item, AddLoaf(by=me.id, at=now, price=PRICE)),
        streams=[item],
        person=person,
        kinds={Kind.IDENTITY},
    )
    return json_response(msgspec.json.encode(values), 200, {"Cache-Control": "no-store"})


@api.query("/v1/orders/{item}/disclosed", answers=Answer, allows={Role.COUNSELLOR})
async def disclose(item: ItemId, me: Who, now: Now, reveal: Reveal) -> Response:
    """The name of who ordered, provable."""
    given = await reveal.disclosures(
        Act(order, item, AddLoaf(by=me.id, at=now, price=PRICE)),
        streams=[item],
        person=ANA,
        fields={"name"},
    )
    told = [(each.event, each.position, each.disclosure.encoded) for each in given]
    return json_response(msgspec.json.encode(told), 200, {"Cache-Control": "no-store"})


async def placed(service: Trial) -> tuple[Caller, str]:
    lina = service.sign_in("per_lina", Role.COUNSELLOR)
    return lina, (await lina.post("/v1/orders")).headers["location"]


async def test_the_reading_is_recorded_and_the_values_of_that_kind_are_shown() -> None:
    async with trial(api, bakery) as service:
        lina, path = await placed(service)
        shown = await lina.get(f"{path}/people/{ANA}")
        assert shown.json() == {"name": "Ana"}
        assert [type(event) for event in await service.events()] == [OrderPlaced, LoafAdded]


async def test_nothing_is_shown_of_anybody_else_and_after_erasure() -> None:
    async with trial(api, bakery) as service:
        lina, path = await placed(service)
        assert (await lina.get(f"{path}/people/{BEN}")).json() == {}
        await service.store.erase(ANA)
        assert (await lina.get(f"{path}/people/{ANA}")).json() == {}


async def test_a_disclosure_is_what_the_entry_has_the_digest_of() -> None:
    async with trial(api, bakery) as service:
        _, path = await placed(service)
        lina = service.sign_in("per_lina", Role.COUNSELLOR)
        ((event, position, encoded),) = (await lina.get(f"{path}/disclosed")).json()
        entry, _ = await service.store.read(0, 9)
        assert (event, position) == (entry.envelope.id, entry.position)
        assert digest_of(encoded) in msgspec.json.decode(entry.envelope.data)["_sd"]
        assert [type(each) for each in await service.events()] == [OrderPlaced, LoafAdded]


async def test_what_cannot_be_recorded_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise Unavailable("gone")

    async with trial(api, bakery) as service:
        lina, path = await placed(service)
        monkeypatch.setattr(service.store, "append", fail)
        said = await lina.get(f"{path}/people/{ANA}")
        assert said.status_code == 503
        assert "Ana" not in said.text


async def test_the_stored_answer_and_the_history_hold_no_value() -> None:
    async with trial(api, bakery) as service:
        await placed(service)
        (entry,) = await service.store.read(0, 9)
        assert b"Ana" not in entry.raw
        assert b"0770" not in entry.raw
