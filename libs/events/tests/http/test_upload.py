"""Files over HTTP: taken as they are, within bounds, once for each key."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import Response
from libs.events.tests.bakery import PlaceOrder, bakery
from libs.events.tests.bakery import order as order_of
from libs.events.tests.http.till import OrderAnswer

from events.handler import Act
from events.io.http import Api, Do, Files, NewIds, Now, Upload, Who
from events.io.http.trial import Caller, Trial, trial
from events.roles import Role
from events.values import ItemId, PersonId

api = Api("bakery")
MOST = 2_000_000


@api.command(
    "/v1/lists",
    creates=OrderAnswer,
    allows={Role.COUNSELLOR},
    files=Files(("text/csv",), max_bytes=MOST),
)
async def take_list(
    *, file: Upload, me: Who, now: Now, do: Do, ids: NewIds, dry_run: bool = False
) -> Response:
    """Take a list."""
    assert file.media == "text/csv"
    assert len(file.content) > 0 or dry_run
    order = ItemId(ids.new("itm"))
    placed = PlaceOrder(by=me.id, at=now, order=order, person=PersonId("per_ana"))
    return await do(Act(order_of, order, placed), answer=OrderAnswer.of)


@pytest.fixture
async def bakehouse() -> AsyncIterator[Trial]:
    async with trial(api, bakery) as running:
        yield running


@pytest.fixture
def ana(bakehouse: Trial) -> Caller:
    return bakehouse.sign_in("per_ana", Role.COUNSELLOR)


async def upload(
    who: Caller, content: bytes, media: str = "text/csv", key: str = "k", **headers: str
) -> httpx.Response:
    told = {"authorization": f"Bearer {who.token}", "content-type": media, "idempotency-key": key}
    return await who.client.post("/v1/lists", content=content, headers=told | headers)


async def test_a_file_larger_than_a_body_is_taken_to_be_worked_off_later(ana: Caller) -> None:
    said = await upload(ana, b"x" * 1_500_000)
    assert said.status_code == 202, said.text
    assert said.headers["location"].startswith("/v1/lists/itm_")


async def test_a_repetition_is_answered_as_the_first_time(ana: Caller) -> None:
    first, again = await upload(ana, b"one"), await upload(ana, b"one")
    assert again.headers["idempotent-replayed"] == "true"
    assert first.headers["location"] == again.headers["location"]
    other = await upload(ana, b"two")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("content", "media", "headers", "status"),
    [
        (b"x" * (MOST + 1), "text/csv", {}, 413),
        (b"x", "application/json", {}, 415),
        (b"x", "", {}, 415),
        (b"x", "text/csv", {"content-encoding": "gzip"}, 415),
        (b"x", "text/csv; charset=latin-9", {}, 202),
    ],
)
async def test_only_files_of_these_types_and_so_large(
    ana: Caller, content: bytes, media: str, headers: dict[str, str], status: int
) -> None:
    said = await upload(ana, content, media, **headers)
    assert said.status_code == status, said.text


def test_the_description_says_which_files_and_that_it_is_later() -> None:
    said = api.description()["paths"]["/v1/lists"]["post"]
    assert list(said["requestBody"]["content"]) == ["text/csv"]
    assert "202" in said["responses"]
    assert [each["name"] for each in said["parameters"] if each["in"] == "query"] == ["dry_run"]
