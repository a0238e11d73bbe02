"""Purchases are as quiet as the cases that they are for: who buys is not told for whom."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from services.vendors.tests.desk import (
    BREAD,
    CASE,
    OVEN,
    VendorDesk,
    ok,
    plan_approved,
    programme_published,
    refused,
    registered,
    vendor_desk,
)
from services.vendors.tests.people import LINA, NOON, eur

from events import knowing
from events.roles import Role
from events.values import Code, ItemId, ProjectId
from homeward.postgres import Database
from vendors.domain.need import PlannedItem, ProjectApproved, Share, approved
from vendors.domain.programme import published


@pytest_asyncio.fixture
async def desk(database: Database) -> AsyncIterator[VendorDesk]:
    async with vendor_desk(database) as there:
        await there.heard(published, programme_published)
        await there.heard(knowing.from_intake, registered, "intake")
        await there.heard(approved, plan_approved)
        yield there


restricted = knowing.CaseRestricted(by=LINA, at=NOON, case=CASE)


def says_whose(told: Any) -> bool:
    return any(word in json.dumps(told) for word in (CASE, LINA))


async def paths(desk: VendorDesk) -> tuple[str, ...]:
    begun = ok(await desk.nadia.post("/v1/sourcings", {"item": OVEN}), 201)
    assert begun["case"] == CASE
    await desk.catch_up()
    return (f"/v1/needs/{OVEN}", f"/v1/sourcings/{begun['sourcing']}", "/v1/sourcings")


async def test_only_the_organisations_of_a_case_read_what_is_bought_for_it(
    desk: VendorDesk,
) -> None:
    need, one, many = await paths(desk)
    keeper = desk.trial.sign_in("per_arben", Role.COUNSELLOR, organisation="ngo_tirana")
    other = desk.trial.sign_in("per_linh", Role.COUNSELLOR, organisation="pacific_links")
    for path in (need, one):
        assert ok(await keeper.get(path))["case"] == CASE
        assert refused(await other.get(path)) == (404, "not_found")
    assert len(ok(await keeper.get(many))["items"]) == 1
    for path in (many, f"{many}?case={CASE}", f"/v1/needs?case={CASE}"):
        assert ok(await other.get(path))["items"] == []
    waived = await other.post(f"{one}/waive", {"reason": "emergency", "expires": "2026-04-01"})
    assert refused(waived) == (404, "not_found")


async def test_of_a_restricted_case_who_buys_sees_what_and_not_for_whom(desk: VendorDesk) -> None:
    need, one, many = await paths(desk)
    await desk.heard(knowing.from_intake, restricted, "intake")
    for who in (desk.nadia, desk.sign_in("hana", Role.FINANCE_OFFICER)):
        for path in (need, one, many):
            seen = ok(await who.get(path))
            assert "bread_oven" in json.dumps(seen)
            assert not says_whose(seen), path
        for path in (f"{many}?case={CASE}", f"/v1/needs?case={CASE}"):
            assert ok(await who.get(path))["items"] == []
    begun = ok(await desk.nadia.post("/v1/sourcings", {"item": BREAD}), 201)
    assert not says_whose(begun)


async def test_for_others_a_restricted_case_has_no_purchase(desk: VendorDesk) -> None:
    need, one, many = await paths(desk)
    await desk.heard(knowing.from_intake, restricted, "intake")
    omar = desk.sign_in("omar", Role.RECEIVING_OFFICER, Role.PROGRAMME_MANAGER)
    for path in (need, one):
        assert refused(await omar.get(path)) == (404, "not_found")
    assert ok(await omar.get(many))["items"] == []
    lina = desk.sign_in("lina", Role.COUNSELLOR)
    assert ok(await lina.get(one))["case"] == CASE


async def test_a_project_is_as_quiet_as_the_cases_that_share_in_it(desk: VendorDesk) -> None:
    bakery = ProjectApproved(
        by=LINA,
        at=NOON,
        project=ProjectId("prj_1"),
        programme=programme_published.programme,
        programme_version=1,
        items=(PlannedItem(ItemId("itm_bakery"), Code("business"), Code("ovens"), eur(1000)),),
        drafter=LINA,
        counsellors=(LINA,),
        run_by=Code("iom"),
        organisation=Code("iom"),
        shares=(Share(CASE),),
    )
    await desk.heard(approved, bakery)
    omar = desk.sign_in("omar", Role.RECEIVING_OFFICER)
    assert ok(await omar.get("/v1/needs/itm_bakery"))["case"] == "prj_1"
    await desk.heard(knowing.from_intake, restricted, "intake")
    assert refused(await omar.get("/v1/needs/itm_bakery")) == (404, "not_found")
    assert ok(await desk.nadia.get("/v1/needs/itm_bakery"))["case"] is None
