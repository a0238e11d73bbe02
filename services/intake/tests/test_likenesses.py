"""Whether a vendor is a returnee: a service is told ids, and of a restricted case nothing."""

import pytest
from services.intake.tests.conftest import World
from services.intake.tests.test_duplicates_api import keeper, lina, registered, restricted

from events.io.http.trial import Caller
from events.roles import Role
from intake.duplicates.keeping import Keeper

__all__ = ["keeper", "lina"]

ASKED = {
    "vendor": "ven_shop",
    "names": ["Zahra Hussein"],
    "phones": ["+964 770 000 0201"],
}


@pytest.fixture
def vendors(world: World) -> Caller:
    return world.intake.sign_in("per_svc_vendors", Role.SERVICE)


async def test_a_vendor_that_is_a_returnee_is_told_by_id_and_it_is_recorded(
    world: World,
    keeper: Keeper,
    lina: Caller,
    vendors: Caller,
) -> None:
    case = await registered(world, keeper, lina)
    answer = await vendors.post("/v1/likenesses", ASKED)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"people": [case["returnee"]]}
    entry = (await world.store.read(0, 1000))[-1]
    assert entry.envelope.type == "intake.vendor_looked_for.v1"
    assert b"Zahra" not in entry.raw


async def test_of_a_restricted_case_nothing_is_told(
    world: World,
    keeper: Keeper,
    lina: Caller,
    vendors: Caller,
) -> None:
    case = await registered(world, keeper, lina)
    await restricted(world, lina, f"/v1/cases/{case['case']}")
    assert (await vendors.post("/v1/likenesses", ASKED)).json() == {"people": []}


async def test_somebody_else_s_name_finds_nobody(
    world: World,
    keeper: Keeper,
    lina: Caller,
    vendors: Caller,
) -> None:
    await registered(world, keeper, lina)
    other = ASKED | {"names": ["Karim Abbas"], "phones": ["+964 790 111 0000"]}
    assert (await vendors.post("/v1/likenesses", other)).json() == {"people": []}
