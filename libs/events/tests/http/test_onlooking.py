"""What is told in confidence: it is recorded what auditors and donors are shown of it."""

from collections.abc import AsyncIterator

import pytest
from fastapi import Response
from libs.events.tests.bakery import ANA, PRICE, AddLoaf, Order, PlaceOrder, bakery, order

from events import confidence
from events.handler import Act
from events.io.http import Answer, Api, Do, Load, NewIds, Now, Page, Paging, Who
from events.io.http.trial import Caller, Trial, trial
from events.ports import Unavailable
from events.registry import Registry
from events.roles import Role
from events.values import ItemId

SHELVES = [f"shelf_{n:02}" for n in range(5)]
LOOK = {Role.COUNSELLOR, Role.AUDITOR}


class Read(confidence.ConfidentialRead, frozen=True, tag="bakery.confidential_read.v1"):
    """Somebody looked."""


registry = Registry.of("bakery", [*(kind.cls for kind in bakery), Read])
api = Api("bakery", read=Read)


class Placed(Answer):
    loaves: int

    @classmethod
    def of(cls, state: Order, _version: int) -> "Placed":
        return cls(loaves=state.loaves)


@api.command("/v1/orders", creates=Placed, allows={Role.COUNSELLOR})
async def place(me: Who, now: Now, ids: NewIds, do: Do) -> Response:
    """Place an order."""
    item = ItemId(ids.new("itm"))
    told = PlaceOrder(by=me.id, at=now, order=item, person=ANA)
    loaf = AddLoaf(by=me.id, at=now, price=PRICE)
    return await do(Act(order, item, told), Act(order, item, loaf), answer=Placed.of)


@api.query("/v1/orders/{item}", answers=Placed, allows=LOOK, in_confidence=True)
async def read_order(item: ItemId, load: Load) -> Response:
    """Read one order."""
    return await load(order, item, answer=Placed.of)


@api.query("/v1/shelves", answers=Page[str], allows=LOOK, in_confidence=True)
async def list_shelves(page: Paging) -> Page[str]:
    """List the shelves."""
    shelves = [name for name in SHELVES if page.after is None or name > page.after]
    return page.of(shelves[: page.limit + 1], key=str)


@pytest.fixture
async def service() -> AsyncIterator[Trial]:
    async with trial(api, registry) as running:
        yield running


@pytest.fixture
def elif_(service: Trial) -> Caller:
    return service.sign_in("per_elif", Role.AUDITOR)


async def readings(service: Trial) -> list[tuple[object, ...]]:
    told = [each for each in await service.events() if isinstance(each, Read)]
    return [(each.by, each.what, each.key, each.shown, each.first, each.last) for each in told]


async def test_one_thing_is_told_by_its_id_and_a_page_by_where_it_begins_and_ends(
    service: Trial, elif_: Caller
) -> None:
    lina = service.sign_in("per_lina", Role.COUNSELLOR)
    path = (await lina.post("/v1/orders")).headers["location"]
    page = (await elif_.get("/v1/shelves?limit=3")).json()
    await elif_.get(f"/v1/shelves?limit=3&cursor={page['next']}")
    await elif_.get(path)
    assert await readings(service) == [
        ("per_elif", "list_shelves", None, 3, "shelf_00", "shelf_02"),
        ("per_elif", "list_shelves", None, 2, "shelf_03", "shelf_04"),
        ("per_elif", "read_order", path.rpartition("/")[2], 1, None, None),
    ]


async def test_who_is_shown_nothing_has_read_nothing(
    service: Trial, elif_: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    lina = service.sign_in("per_lina", Role.COUNSELLOR)
    placed = await lina.post("/v1/orders")
    path, tag = placed.headers["location"], placed.headers["etag"]
    assert (await elif_.get(path, if_none_match=tag)).status_code == 304
    assert (await elif_.get("/v1/orders/itm_nobodys")).status_code == 404
    monkeypatch.setattr("libs.events.tests.http.test_onlooking.SHELVES", [])
    assert (await elif_.get("/v1/shelves")).json()["items"] == []
    assert await readings(service) == []


async def test_who_has_a_part_in_the_work_is_known_by_their_acts(service: Trial) -> None:
    lina = service.sign_in("per_lina", Role.COUNSELLOR)
    await lina.get("/v1/shelves")
    assert await readings(service) == []


async def test_what_cannot_be_recorded_is_not_shown(
    service: Trial, elif_: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise Unavailable("gone")

    monkeypatch.setattr(service.store, "append", fail)
    said = await elif_.get("/v1/shelves")
    assert said.status_code == 503
    assert "shelf" not in said.text


def test_a_service_says_by_which_event_it_is_recorded() -> None:
    with pytest.raises(TypeError, match="by which event"):
        Api("bakery").query("/v1/x", answers=Placed, allows=LOOK, in_confidence=True)
