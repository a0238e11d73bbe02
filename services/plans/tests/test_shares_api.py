"""For whom of the household an item is, over HTTP, and what then remains for each of them."""

from typing import Any

import pytest
from services.plans.tests.conftest import World
from services.plans.tests.people import CASE, ZAHRA
from services.plans.tests.test_api import OVEN, consented, eligible, registered
from services.plans.tests.test_emergency_api import PARCEL, lao_cai, linh
from services.plans.tests.test_shares import AMAL, YUSUF, granted, joins, pooled, unpooled

from events.io.http.trial import Caller
from events.roles import Role

__all__ = ["lao_cai"]

HOUSEHOLD = (registered, joins(YUSUF), joins(AMAL), consented, eligible, granted)


def needs(amount: str, **more: str) -> dict[str, Any]:
    ceiling = {"amount": amount, "currency": "EUR"}
    return {"type": "basic_needs", "spec": "school_books", "ceiling": ceiling} | more


@pytest.fixture
def lina(world: World) -> Caller:
    return world.plans.sign_in("per_lina", Role.COUNSELLOR, office="baghdad")


async def drafted(world: World, lina: Caller) -> str:
    await world.intake_says(*HOUSEHOLD)
    path: str = (await world.says(lina, "/v1/plans", {"case": CASE})).headers["location"]
    answer = await world.says(lina, f"{path}/propose-item", OVEN)
    assert answer.status_code == 200, answer.text
    return path


async def remains(lina: Caller) -> dict[str, str]:
    shares = (await lina.get(f"/v1/entitlements/{CASE}")).json()["shares"]
    return {share["person"]: share["remaining"]["amount"] for share in shares}


async def test_an_item_says_for_whom_it_is(world: World, lina: Caller) -> None:
    path = await drafted(world, lina)
    answer = await world.says(lina, f"{path}/propose-item", needs("500.00", person=AMAL))
    assert [item["person"] for item in answer.json()["items"]] == [ZAHRA, AMAL]
    assert await remains(lina) == {ZAHRA: "150.00", YUSUF: "1000.00", AMAL: "0.00"}
    revised = {"item": answer.json()["items"][1]["item"], "spec": "books"}
    body = revised | {"ceiling": {"amount": "300.00", "currency": "EUR"}, "person": YUSUF}
    answer = await world.says(lina, f"{path}/revise-item", body)
    assert [item["person"] for item in answer.json()["items"]] == [ZAHRA, YUSUF]
    assert await remains(lina) == {ZAHRA: "150.00", YUSUF: "700.00", AMAL: "500.00"}


async def test_what_is_pooled_is_used_by_all_who_pooled_it(world: World, lina: Caller) -> None:
    path = await drafted(world, lina)
    over = await world.says(lina, f"{path}/propose-item", needs("150.01"))
    assert (over.status_code, over.json()["code"]) == (422, "AboveShare")
    assert over.json()["facts"] == {
        "person": ZAHRA,
        "share": {"amount": "2000.00", "currency": "EUR"},
        "asked": {"amount": "2000.01", "currency": "EUR"},
    }
    await world.intake_says(pooled(YUSUF))
    answer = await world.says(lina, f"{path}/propose-item", needs("900.00"))
    assert answer.status_code == 200, answer.text
    assert await remains(lina) == {ZAHRA: "250.00", YUSUF: "250.00", AMAL: "500.00"}
    await world.intake_says(unpooled(YUSUF))
    assert await remains(lina) == {ZAHRA: "0.00", YUSUF: "250.00", AMAL: "500.00"}
    digest = (await lina.get(path)).json()["digest"]
    signature = {"signed_by": ZAHRA, "method": "signature", "language": "ar", "digest": digest}
    await world.says(lina, f"{path}/sign", signature)
    stopped = await world.says(lina, f"{path}/submit")
    assert (stopped.status_code, stopped.json()["code"]) == (422, "AboveShare")


async def test_nothing_is_for_who_is_not_of_the_household(world: World, lina: Caller) -> None:
    path = await drafted(world, lina)
    answer = await world.says(lina, f"{path}/propose-item", needs("1.00", person="per_nobody"))
    assert (answer.status_code, answer.json()["code"]) == (422, "NotOfTheHousehold")
    answer = await world.says(lina, f"{path}/propose-item", needs("1.00", person="nobody"))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/person")


@pytest.mark.usefixtures("lao_cai")
async def test_help_before_a_plan_says_for_whom_too(world: World) -> None:
    await world.intake_says(joins(AMAL))
    body = {"case": CASE, "items": [PARCEL | {"person": AMAL}]}
    answer = await world.says(linh(world), "/v1/emergencies", body)
    assert [item["person"] for item in answer.json()["items"]] == [AMAL]
    body = {"case": CASE, "items": [PARCEL | {"person": YUSUF}]}
    answer = await world.says(linh(world), "/v1/emergencies", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "NotOfTheHousehold")
