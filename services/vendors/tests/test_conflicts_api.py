"""Who declared a conflict of interest does nothing for that vendor or case, by any route."""

from collections.abc import AsyncIterator

import pytest_asyncio
from services.vendors.tests.desk import (
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
from services.vendors.tests.people import LINA, NOON
from services.vendors.tests.test_api import (
    CLEAR,
    OVENS,
    account_of,
    approved_vendor,
    proposed_vendor,
)

from events import knowing
from events.roles import Role
from homeward.postgres import Database
from vendors.domain.need import approved
from vendors.domain.programme import published

REFUSED = (422, "ConflictDeclared")


@pytest_asyncio.fixture
async def desk(database: Database) -> AsyncIterator[VendorDesk]:
    async with vendor_desk(database) as there:
        await there.heard(published, programme_published)
        await there.heard(knowing.from_intake, registered, "intake")
        await there.heard(approved, plan_approved)
        yield there


async def test_who_declared_it_acts_no_more_on_the_vendor_nor_its_account(
    desk: VendorDesk,
) -> None:
    vendor = await proposed_vendor(desk)
    ok(await desk.nadia.post("/v1/conflicts", {"vendor": vendor, "relation": "relative"}), 201)
    screening = await desk.nadia.post(f"/v1/vendors/{vendor}/screenings", CLEAR, if_match=1)
    assert refused(screening) == REFUSED
    assert refused(await desk.nadia.post("/v1/accounts", account_of(vendor))) == REFUSED
    assert "bank_account_proposed" not in await desk.told()


async def test_cleared_by_another_they_act_again(desk: VendorDesk) -> None:
    vendor = await proposed_vendor(desk)
    declared = await desk.nadia.post("/v1/conflicts", {"vendor": vendor, "relation": "relative"})
    (conflict,) = ok(declared, 201)["conflicts"]
    path = f"/v1/people/per_nadia/conflicts/{conflict['conflict']}/clear"
    petra = desk.sign_in("nadia", Role.PROGRAMME_MANAGER)
    own = await petra.post(path, {"reason": "namesake"}, if_match=1)
    assert refused(own) == (422, "OnesOwnConflict")
    ok(await desk.karim.post(path, {"reason": "namesake"}, if_match=1))
    contact = {"source": "site_visit", "phone": "+964 790 000 0102"}
    ok(await desk.nadia.post(f"/v1/vendors/{vendor}/contacts", contact, if_match=1))


async def test_a_conflict_with_the_case_keeps_from_its_purchases(desk: VendorDesk) -> None:
    ok(await desk.nadia.post("/v1/conflicts", {"case": CASE, "relation": "friend"}), 201)
    assert refused(await desk.nadia.post("/v1/sourcings", {"item": OVEN})) == REFUSED


async def test_a_conflict_with_one_who_quoted_keeps_from_the_choice(desk: VendorDesk) -> None:
    vendor = await approved_vendor(desk)
    begun = ok(await desk.nadia.post("/v1/sourcings", {"item": OVEN}), 201)
    path = f"/v1/sourcings/{begun['sourcing']}"
    offer = {
        "vendor": vendor,
        "total": {"amount": "900.00", "currency": "EUR"},
        "document": "a" * 64,
        "valid_until": "2026-04-01",
    }
    ok(await desk.nadia.post(f"{path}/quotations", offer, if_match=2))
    ok(await desk.karim.post("/v1/conflicts", {"vendor": vendor, "relation": "owner"}), 201)
    chosen = {"vendor": vendor, "reason": "only_offer"}
    assert refused(await desk.karim.post(f"{path}/select", chosen, if_match=3)) == REFUSED


async def test_who_looks_into_them_lists_them_and_a_restricted_case_is_not_named(
    desk: VendorDesk,
) -> None:
    vendor: str = ok(await desk.nadia.post("/v1/vendors", OVENS), 201)["vendor"]
    ok(await desk.nadia.post("/v1/conflicts", {"vendor": vendor, "relation": "relative"}), 201)
    ok(await desk.nadia.post("/v1/conflicts", {"case": CASE, "relation": "friend"}), 201)
    await desk.catch_up()
    petra = desk.sign_in("petra", Role.AUDITOR)
    told = ok(await petra.get("/v1/conflicts?standing=true"))["items"]
    assert [(each["vendor"], each["case"]) for each in told] == [(vendor, None), (None, CASE)]
    assert len(ok(await petra.get(f"/v1/conflicts?vendor={vendor}"))["items"]) == 1
    restricted = knowing.CaseRestricted(by=LINA, at=NOON, case=CASE)
    await desk.heard(knowing.from_intake, restricted, "intake")
    assert CASE not in (await petra.get("/v1/conflicts")).text


async def test_nobody_reads_the_conflicts_of_others_without_need(desk: VendorDesk) -> None:
    path = "/v1/people/per_karim/conflicts"
    assert refused(await desk.nadia.get(path)) == (404, "not_found")
    assert ok(await desk.karim.get(path))["conflicts"] == []


async def test_of_another_it_is_declared_by_who_runs_the_case_or_buys(desk: VendorDesk) -> None:
    """A partner's counsellor stops nobody at another organisation's desk (D10)."""
    vendor = await proposed_vendor(desk)
    arben = desk.trial.sign_in("per_arben", Role.COUNSELLOR, organisation="ngo_tirana")
    manager = desk.trial.sign_in("per_ana", Role.PROGRAMME_MANAGER, organisation="ngo_tirana")
    eva = {"person": "per_eva", "relation": "relative"}
    for near in ({"vendor": vendor}, {"case": CASE}, {"vendor": vendor, "case": CASE}):
        for who in (arben, manager):
            said = await who.post("/v1/conflicts", near | eva)
            assert refused(said) == (422, "OfAnother")
    of_oneself = {"vendor": vendor, "relation": "friend"}
    ok(await arben.post("/v1/conflicts", of_oneself), 201)
    lina = desk.sign_in("lina", Role.COUNSELLOR)
    assert refused(await lina.post("/v1/conflicts", {"vendor": vendor} | eva)) == (422, "OfAnother")
    ok(await lina.post("/v1/conflicts", {"case": CASE} | eva), 201)
    petra = desk.sign_in("petra", Role.PROGRAMME_MANAGER)
    ok(await petra.post("/v1/conflicts", {"vendor": vendor} | eva), 201)
    ok(await desk.nadia.post("/v1/conflicts", {"vendor": vendor} | eva), 201)


async def test_a_vendor_that_is_none_and_nothing_at_all_are_refused_by_name(
    desk: VendorDesk,
) -> None:
    none = await desk.nadia.post("/v1/conflicts", {"vendor": "ven_none", "relation": "owner"})
    assert refused(none) == (404, "NoSuchVendor")
    nothing = await desk.nadia.post("/v1/conflicts", {"relation": "owner"})
    assert refused(nothing) == (422, "ConflictWithNothing")
