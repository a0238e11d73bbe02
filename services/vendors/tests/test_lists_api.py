"""Somebody tries to switch screening off with a list of their own: over HTTP, with the events."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from services.vendors.tests import lists
from services.vendors.tests.desk import VendorDesk, ok, programme_published, refused, vendor_desk
from services.vendors.tests.test_screening_api import FALSE, in_force, load, proposed, waiting

from events.roles import Role
from homeward.postgres import Database
from vendors.domain.programme import published

THREE = lists.un("2026-02-20", more=lists.ANOTHER_ENTITY)
TWO = lists.un("2026-03-01")
"""Without the one that the vendor may be."""
PATH = "/v1/sanctions-lists/un"


@pytest_asyncio.fixture
async def desk(database: Database) -> AsyncIterator[VendorDesk]:
    async with vendor_desk(database) as there:
        await there.heard(published, programme_published)
        await in_force(there, THREE, "k1")
        yield there


async def test_who_proposes_vendors_loads_no_list(desk: VendorDesk) -> None:
    assert (await load(desk, TWO, "k2", desk.nadia)).status_code == 403


async def test_a_list_that_leaves_out_a_third_is_not_searched_until_another_confirms(
    desk: VendorDesk,
) -> None:
    told = ok(await load(desk, TWO, "k2"), 202)
    assert told["in_force"]["version"] == "2026-02-20"
    assert (told["proposed"]["loaded_by"], told["proposed"]["dropped"]) == ("per_karim", 1)
    vendor = await proposed(desk)
    await desk.screen()
    assert [each["entry"] for each in await waiting(desk, vendor)] == ["QDe.903"]
    body = {"digest": told["proposed"]["list"]["digest"], "reason": "as_published"}
    assert refused(await desk.karim.post(f"{PATH}/confirm", body)) == (409, "ActedAlready")
    vera = desk.sign_in("vera", Role.VENDOR_APPROVER)
    told = ok(await vera.post(f"{PATH}/confirm", body))
    assert told["in_force"]["version"] == "2026-03-01"
    assert told["proposed"] is None


async def test_what_another_person_declines_waits_no_more(desk: VendorDesk) -> None:
    told = ok(await load(desk, TWO, "k2"), 202)
    body = {"digest": told["proposed"]["list"]["digest"], "reason": "cut_off"}
    assert refused(await desk.karim.post(f"{PATH}/decline", body)) == (409, "ActedAlready")
    assert (await desk.nadia.post(f"{PATH}/decline", body)).status_code == 403
    vera = desk.sign_in("vera", Role.VENDOR_APPROVER)
    answer = await vera.post(f"{PATH}/decline", body)
    assert answer.headers["events"] == "vendors.sanctions_list_declined.v1"
    assert ok(answer)["proposed"] is None
    assert refused(await vera.post(f"{PATH}/confirm", body)) == (409, "ListNotProposed")
    await desk.catch_up()
    (told,) = ok(await desk.sign_in("hana", Role.AUDITOR).get("/v1/screening"))["lists"]
    assert (told["in_force"]["version"], told["proposed"]) == ("2026-02-20", None)


async def test_a_list_that_one_doubts_stays_when_another_declines(desk: VendorDesk) -> None:
    await desk.catch_up()
    (told,) = ok(await desk.sign_in("hana", Role.AUDITOR).get("/v1/screening"))["lists"]
    body = {"digest": told["in_force"]["digest"], "reason": "forged"}
    ok(await desk.karim.post(f"{PATH}/propose-withdrawal", body))
    decline = f"{PATH}/decline-withdrawal"
    assert refused(await desk.karim.post(decline, body)) == (409, "ActedAlready")
    vera = desk.sign_in("vera", Role.VENDOR_APPROVER)
    answer = await vera.post(decline, body | {"reason": "as_published"})
    assert answer.headers["events"] == "vendors.sanctions_list_withdrawal_declined.v1"
    assert (ok(answer)["in_force"]["version"], ok(answer)["withdrawal"]) == ("2026-02-20", None)
    assert refused(await vera.post(f"{PATH}/withdraw", body)) == (409, "WithdrawalNotProposed")


async def test_on_a_first_list_that_nobody_else_has_seen_nobody_is_clear(
    desk: VendorDesk,
) -> None:
    told = ok(await load(desk, lists.EU.encode(), "k2"), 202)
    assert (told["in_force"], told["proposed"]["dropped"]) == (None, None)
    vendor = await proposed(desk, kind="sole_trader", name="Jaromil Krvavec")
    await desk.screen()
    assert ok(await desk.karim.get(f"/v1/vendors/{vendor}"))["screening"]["list_set"] == "un"


async def test_an_open_match_stays_until_a_person_says_that_it_is_listed_no_more(
    desk: VendorDesk,
) -> None:
    vendor = await proposed(desk)
    await desk.screen()
    await confirmed(desk)
    assert await desk.screen() == 1
    assert ok(await desk.karim.get(f"/v1/vendors/{vendor}"))["screening"]["result"] != "clear"
    (found,) = await waiting(desk, vendor)
    assert (found["entry"], found["listed"]) == ("QDe.903", False)
    path = f"/v1/vendors/{vendor}/matches/decide"
    lapse = FALSE | {"match": found["match"], "verdict": "no_longer_listed"}
    version = ok(await desk.karim.get(f"/v1/vendors/{vendor}"))["version"]
    assert refused(await desk.nadia.post(path, lapse, if_match=version)) == (409, "ActedAlready")
    answer = await desk.karim.post(path, lapse, if_match=version)
    assert ok(answer)["screening"]["result"] == "clear"
    assert answer.headers["events"].startswith("vendors.sanctions_match_lapsed.v1")


async def test_two_withdraw_a_wrong_list_and_all_are_searched_on_the_one_before(
    desk: VendorDesk,
) -> None:
    wrong = await confirmed(desk)
    vendor = await proposed(desk)
    await desk.screen()
    assert ok(await desk.karim.get(f"/v1/vendors/{vendor}"))["screening"]["result"] == "clear"
    body = {"digest": wrong, "reason": "not_the_publishers"}
    withdraw = f"{PATH}/withdraw"
    assert refused(await desk.karim.post(withdraw, body)) == (409, "WithdrawalNotProposed")
    told = ok(await desk.karim.post(f"{PATH}/propose-withdrawal", body))
    assert told["withdrawal"] == {"said_by": "per_karim", "reason": "not_the_publishers"}
    assert refused(await desk.karim.post(withdraw, body)) == (409, "ActedAlready")
    vera = desk.sign_in("vera", Role.VENDOR_APPROVER)
    told = ok(await vera.post(withdraw, body))
    assert told["in_force"]["version"] == "2026-02-20"
    await desk.catch_up()
    approve = await desk.karim.post(f"/v1/vendors/{vendor}/approve", if_match=3)
    assert refused(approve) == (422, "NotSearchedOnTheseLists")
    assert await desk.screen() == 1
    assert [each["entry"] for each in await waiting(desk, vendor)] == ["QDe.903"]


async def test_where_the_names_of_a_list_in_force_are_gone_nobody_is_found_clear(
    desk: VendorDesk,
) -> None:
    await proposed(desk)
    await desk.catch_up()
    await desk.tables.execute("delete from sanctions_file")
    with pytest.raises(Exception, match="load its file again"):
        await desk.screen()
    assert "vendor_searched" not in await desk.told()
    ok(await load(desk, THREE, "k2"), 202)
    assert await desk.screen() == 1


async def test_which_lists_wait_and_which_are_doubted_is_shown(desk: VendorDesk) -> None:
    ok(await load(desk, TWO, "k2"), 202)
    await desk.catch_up()
    (told,) = ok(await desk.sign_in("hana", Role.AUDITOR).get("/v1/screening"))["lists"]
    assert told["proposed"]["list"]["version"] == "2026-03-01"
    assert refused(await desk.karim.post("/v1/sanctions-lists/eu/confirm", WHICH)) == (
        404,
        "NoSuchList",
    )


WHICH = {"digest": "0" * 64, "reason": "as_published"}


async def confirmed(desk: VendorDesk) -> str:
    """The short list, loaded by one and confirmed by another."""
    digest: str = ok(await load(desk, TWO, "k2"), 202)["proposed"]["list"]["digest"]
    vera = desk.sign_in("vera", Role.VENDOR_APPROVER)
    ok(await vera.post(f"{PATH}/confirm", {"digest": digest, "reason": "as_published"}))
    await desk.catch_up()
    return digest
