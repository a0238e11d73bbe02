"""Approved items over HTTP: a scholarship from the agreed months to what was released."""

from typing import Any

import pytest
from services.plans.tests.approving import approved, money
from services.plans.tests.conftest import World
from services.plans.tests.people import CASE, LINA, NGO, NOON
from services.plans.tests.test_api import consented, eligible, granted, registered

from events.io.http.trial import Caller
from events.roles import Role
from events.values import ReferralId
from plans.domain import referred

COURSE = {"type": "vocational_course", "spec": "tailoring_course", "ceiling": money(900)}
COUNSELLING = {"type": "counselling", "spec": "lender_in_town", "ceiling": money(0)}
MONTHS = {
    "parts": [
        {"since": f"2025-{m:02}-01", "until": f"2025-{m:02}-28", "amount": money(300)}
        for m in (7, 8, 9)
    ],
    "document": "f" * 64,
}


@pytest.fixture
def lina(world: World) -> Caller:
    return world.plans.sign_in("per_lina", Role.COUNSELLOR, office="baghdad")


@pytest.fixture
def dalia(world: World) -> Caller:
    return world.plans.sign_in("per_dalia", Role.FIELD_OFFICER, office="baghdad")


@pytest.fixture
def petra(world: World) -> Caller:
    return world.plans.sign_in("per_petra", Role.PROGRAMME_MANAGER)


@pytest.fixture
async def items(world: World) -> list[str]:
    """A course and a referral, approved."""
    told = (registered, consented, eligible, granted)
    return [f"/v1/items/{i}" for i in await approved(world, [COURSE, COUNSELLING], told)]


def sheet(instalment: str, attended: int, letter: str = "a") -> dict[str, Any]:
    return {
        "instalment": instalment,
        "held": 20,
        "attended": attended,
        "document": letter * 64,
    }


async def test_a_scholarship_is_released_month_by_month(
    world: World, items: list[str], lina: Caller, dalia: Caller, petra: Caller
) -> None:
    course, _ = items
    agreed = await world.says(lina, f"{course}/agree-instalments", MONTHS)
    assert agreed.status_code == 200, agreed.text
    july, august, _ = (each["instalment"] for each in agreed.json()["instalments"])
    assert agreed.json()["released"] == money(0)

    there = await world.says(dalia, f"{course}/record-attendance", sheet(july, 19))
    assert there.json()["instalments"][0]["rate_basis_points"] == 9500
    assert there.json()["released"] == money(300)
    assert there.headers["events"] == (
        "plans.attendance_recorded.v1, plans.instalment_condition_met.v1"
    )
    ill = await world.says(dalia, f"{course}/record-attendance", sheet(august, 8, "b"))
    assert ill.json()["instalments"][1]["stage"] == "short"
    assert ill.json()["released"] == money(300)
    waived = await world.says(
        petra,
        f"{course}/waive-condition",
        {"instalment": august, "reason": "illness", "document": "c" * 64},
    )
    assert waived.json()["released"] == money(600)
    assert (await world.told())[-5:] == [
        "attendance_recorded",
        "instalment_condition_met",
        "attendance_recorded",
        "instalment_condition_waived",
        "instalment_condition_met",
    ]
    (line, _) = (await lina.get(f"/v1/items?case={CASE}")).json()["items"]
    assert line == (await lina.get(course)).json()


async def test_refusals_name_their_rule_and_leave_nothing(
    world: World, items: list[str], lina: Caller, dalia: Caller
) -> None:
    course, counselling = items
    before = await world.told()
    tries: list[tuple[Caller, str, dict[str, Any], int, str]] = [
        (lina, f"{counselling}/agree-instalments", MONTHS, 422, "PaidAtOnce"),
        (dalia, f"{course}/record-attendance", sheet("ins_none", 9), 404, "NoSuchInstalment"),
        (lina, f"{course}/refer", {"referral": "ref_1"}, 422, "NotAReferral"),
    ]
    for who, path, body, status, rule in tries:
        answer = await world.says(who, path, body)
        assert (answer.status_code, answer.json()["code"]) == (status, rule), answer.text
    assert await world.told() == before


async def test_the_counsellor_does_not_confirm_what_she_agreed(
    world: World, items: list[str], lina: Caller
) -> None:
    course, _ = items
    agreed = await world.says(lina, f"{course}/agree-instalments", MONTHS)
    july = agreed.json()["instalments"][0]["instalment"]
    both = world.plans.sign_in("per_lina", Role.COUNSELLOR, Role.FIELD_OFFICER, office="baghdad")
    answer = await world.says(both, f"{course}/record-attendance", sheet(july, 20))
    assert (answer.status_code, answer.json()["code"]) == (422, "TooClose")


async def test_a_loan_is_linked_to_the_lenders_referral_by_its_id(
    world: World, items: list[str], lina: Caller
) -> None:
    _, counselling = items
    lender, other = ReferralId("ref_lender"), ReferralId("ref_other")
    named = {"referral": lender}
    unheard = await world.says(lina, f"{counselling}/refer", named)
    assert (unheard.status_code, unheard.json()["code"]) == (422, "NoSuchReferral")
    by: dict[str, Any] = {"by": LINA, "at": NOON}
    await world.intake_says_of(
        referred.from_intake,
        referred.ReferralMade(**by, referral=lender, case=CASE, item=None),
        referred.ReferralMade(**by, referral=other, case=CASE, item=None),
        referred.ReferralDeclined(**by, referral=other),
    )
    may_be = (await lina.get(f"{counselling}/referrals")).json()["items"]
    assert may_be == [{"referral": lender, "item": None}]
    declined = await world.says(lina, f"{counselling}/refer", {"referral": other})
    assert (declined.status_code, declined.json()["code"]) == (422, "ReferralWasDeclined")
    arben = world.plans.sign_in("per_arben", Role.COUNSELLOR, organisation=NGO, office="tirana")
    assert (await arben.get(f"{counselling}/referrals")).status_code == 404
    answer = await world.says(lina, f"{counselling}/refer", named)
    assert (answer.status_code, answer.json()["referral"]) == (200, "ref_lender")
    again = await world.says(lina, f"{counselling}/refer", {"referral": "ref_other"})
    assert (again.status_code, again.json()["code"]) == (409, "ReferredAlready")


async def test_items_are_seen_by_those_who_reach_the_case(world: World, items: list[str]) -> None:
    course, _ = items
    arben = world.plans.sign_in("per_arben", Role.COUNSELLOR, organisation=NGO, office="tirana")
    assert (await arben.get(course)).status_code == 404
    assert (await arben.get(f"/v1/items?case={CASE}")).status_code == 404
    assert (await arben.get("/v1/items/itm_none")).status_code == 404
    refused = await arben.post(f"{course}/agree-instalments", MONTHS, if_match=0)
    assert (refused.status_code, refused.json()["code"]) == (404, "NoSuchApprovedItem")
    assert (await arben.get("/v1/items/itm_none")).status_code == 404
    elif_ = world.plans.sign_in("per_elif", Role.AUDITOR, organisation="external")
    assert (await elif_.get(course)).status_code == 200


async def test_a_cancelled_item_is_over(world: World, items: list[str], lina: Caller) -> None:
    course, _ = items
    plan = (await lina.get(course)).json()["plan"]
    body = {"item": course.rpartition("/")[2], "reason": "returnee_asked"}
    answer = await world.says(lina, f"/v1/plans/{plan}/cancel-item", body)
    assert answer.status_code == 200, answer.text
    refused = await world.says(lina, f"{course}/agree-instalments", MONTHS)
    assert (refused.status_code, refused.json()["code"]) == (409, "ItemIsOver")
