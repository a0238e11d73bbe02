"""A plan whose budget lines do not have what it asks for waits, and its approvers see it."""

from typing import Any

import pytest
from services.plans.tests.approving import approved, money
from services.plans.tests.conftest import World
from services.plans.tests.people import CASE, NOON, eur
from services.plans.tests.test_api import OVEN, consented, eligible, granted, registered

from events.io.http.trial import Caller
from events.roles import Role
from events.values import SYSTEM, Code, ItemId
from plans.domain import funds


@pytest.fixture
def zuzana(world: World) -> Caller:
    return world.plans.sign_in("per_zuzana", Role.COMMITTEE_MEMBER)


async def in_force(world: World, zuzana: Caller) -> tuple[str, dict[str, Any], Code]:
    """A plan with an oven: its path, what disbursement lacks for it, its id."""
    (item,) = await approved(world, [OVEN], (registered, consented, eligible, granted))
    (line,) = (await zuzana.get(f"/v1/plans?case={CASE}")).json()["items"]
    lacking = {
        "item": item,
        "category": "business",
        "because": "not_enough_funds",
        "asked": money(1850),
    }
    return f"/v1/plans/{line['plan']}", lacking, Code(line["plan"])


async def told(world: World, fact: funds.FundsEvent) -> None:
    await world.reaches(funds.from_disbursement, world.disbursement, fact, fact.plan)
    await world.catch_up()


def refused(plan: Code, item: str) -> funds.EarmarkRefused:
    short = funds.Shortfall(
        item=ItemId(item),
        category=Code("business"),
        because=funds.Lack.NOT_ENOUGH_FUNDS,
        asked=eur(1850),
    )
    return funds.EarmarkRefused(by=SYSTEM, at=NOON, plan=plan, short=(short,))


async def test_what_is_lacking_is_told_on_the_plan_and_to_who_approved_it(
    world: World, zuzana: Caller
) -> None:
    path, lacking, plan = await in_force(world, zuzana)
    assert (await zuzana.get(path)).json()["funds"] is None, "nothing was told yet"
    await told(world, refused(plan, lacking["item"]))
    waits = {"earmarked": False, "short": [lacking]}
    assert (await zuzana.get(path)).json()["funds"] == waits
    (line,) = (await zuzana.get("/v1/committee/held")).json()["items"]
    assert (line["plan"], line["funds"]) == (plan, waits)
    (line,) = (await zuzana.get("/v1/plans?short_of_funds=true")).json()["items"]
    assert line["plan"] == plan

    absent = world.plans.sign_in("per_milan", Role.COMMITTEE_MEMBER)
    assert (await absent.get("/v1/committee/held")).json()["items"] == [], "it was not his vote"


async def test_when_the_money_is_kept_it_no_longer_waits(world: World, zuzana: Caller) -> None:
    path, lacking, plan = await in_force(world, zuzana)
    await told(world, refused(plan, lacking["item"]))
    kept = funds.EarmarkedItem(item=lacking["item"], ceiling=eur(1850))
    await told(world, funds.ItemsEarmarked(by=SYSTEM, at=NOON, plan=plan, items=(kept,)))
    assert (await zuzana.get(path)).json()["funds"] == {"earmarked": True, "short": []}
    assert (await zuzana.get("/v1/committee/held")).json()["items"] == []
    assert (await zuzana.get("/v1/plans?short_of_funds=true")).json()["items"] == []
