"""Vendors that go, and vendors that are none: over HTTP, with the events."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from services.vendors.tests.desk import VendorDesk, ok, programme_published, refused, vendor_desk
from services.vendors.tests.test_api import OVENS, approved_vendor, proposed_vendor

from events.roles import Role
from homeward.postgres import Database
from vendors.domain.programme import published

WHY = "It took money from three returnees for its signature."
ASKED = {"reason": "fraud", "reasoning": WHY}


@pytest_asyncio.fixture
async def desk(database: Database) -> AsyncIterator[VendorDesk]:
    async with vendor_desk(database) as there:
        await there.heard(published, programme_published)
        yield there


async def test_two_persons_debar_a_vendor_and_no_event_has_their_words(desk: VendorDesk) -> None:
    vendor = await approved_vendor(desk)
    path = f"/v1/vendors/{vendor}"
    short = ASKED | {"reasoning": "ok"}
    assert (
        await desk.nadia.post(f"{path}/propose-debarment", short, if_match=3)
    ).status_code == 422
    asked = await desk.karim.post(f"{path}/propose-debarment", ASKED, if_match=3)
    assert ok(asked)["stage"] == "suspended"
    decided = ASKED | {"verdict": "debarred"}
    alone = await desk.karim.post(f"{path}/decide-debarment", decided, if_match=5)
    assert refused(alone) == (409, "ActedAlready")
    vera = desk.sign_in("vera", Role.VENDOR_APPROVER)
    assert ok(await vera.post(f"{path}/decide-debarment", decided, if_match=5))["stage"] == (
        "debarred"
    )
    assert (await desk.told())[-4:] == [
        "vendor_debarment_proposed",
        "vendor_suspended",
        "vendor_debarment_decided",
        "vendor_debarred",
    ]
    for entry in await desk.trial.store.read(0, 100):
        assert b"three returnees" not in entry.raw


async def test_a_vendor_is_rejected_or_deactivated_by_who_did_not_propose_it(
    desk: VendorDesk,
) -> None:
    proposed = await proposed_vendor(desk)
    both = desk.sign_in("nadia", Role.VENDOR_APPROVER)
    why = {"reason": "no_such_shop"}
    own = await both.post(f"/v1/vendors/{proposed}/reject", why, if_match=1)
    assert refused(own) == (409, "ActedAlready")
    answer = await desk.karim.post(f"/v1/vendors/{proposed}/reject", why, if_match=1)
    assert ok(answer)["stage"] == "rejected"
    approved = await approved_vendor(desk)
    answer = await desk.karim.post(f"/v1/vendors/{approved}/deactivate", why, if_match=3)
    assert ok(answer)["stage"] == "inactive"
    assert (await desk.told())[-2:] == ["vendor_suspended", "vendor_deactivated"]
    await desk.catch_up()
    listed = ok(await desk.karim.get("/v1/vendors?stage=inactive"))["items"]
    assert [each["vendor"] for each in listed] == [approved]


@pytest.mark.parametrize("name", ["\u202e", "\u200b\u200d", " \u00ad ", "Oven\u202es", "A\tB"])
async def test_a_name_that_nobody_can_read_is_none(desk: VendorDesk, name: str) -> None:
    answer = await desk.nadia.post("/v1/vendors", OVENS | {"name": name})
    assert refused(answer) == (422, "body_invalid")
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/name", "not_readable")


@pytest.mark.parametrize("name", ["نان\u200cوایی", "Lò bánh mì Số 7", "7-Eleven"])
async def test_a_name_may_be_in_any_script(desk: VendorDesk, name: str) -> None:
    ok(await desk.nadia.post("/v1/vendors", OVENS | {"name": name}), 201)


async def test_no_document_is_put_on_file_about_a_vendor_that_nobody_proposed(
    desk: VendorDesk,
) -> None:
    paper = b"%PDF-1.7 registration"
    nobody = await desk.nadia.put_on_file(paper, about="ven_nope", paper="registration")
    assert refused(nobody) == (404, "not_found")
    vendor = await proposed_vendor(desk)
    ok(await desk.nadia.put_on_file(paper, about=vendor, paper="registration"), 201)
