"""A vendor's dossier over HTTP: what a page asks for is missing, brought, and then enough."""

import hashlib
from collections.abc import AsyncIterator

import pytest_asyncio
from services.vendors.tests.desk import (
    PROGRAMME,
    VendorDesk,
    ok,
    programme_published,
    refused,
    vendor_desk,
)
from services.vendors.tests.people import NOON
from services.vendors.tests.test_api import CLEAR, OVENS, proposed_vendor
from services.vendors.tests.test_dossier import AUDITED, REGISTRATION, RULES, TAX

from events.roles import Role
from events.values import PersonId
from homeward.postgres import Database
from vendors.domain import vendor_rules
from vendors.domain.programme import published


@pytest_asyncio.fixture
async def desk(database: Database) -> AsyncIterator[VendorDesk]:
    async with vendor_desk(database) as there:
        asked = vendor_rules.VendorRulesPublished(
            by=PersonId("per_petra"),
            at=NOON,
            programme=PROGRAMME,
            version=1,
            kinds=RULES.kinds,
            tiers=RULES.tiers,
        )
        await there.heard(vendor_rules.published, asked)
        await there.heard(published, programme_published)
        yield there


SCAN = b"%PDF-1.7 all that it brought, in one scan"
PAPER = hashlib.sha256(SCAN).hexdigest()


def papers(*kinds: str) -> dict[str, object]:
    return {"papers": [{"kind": kind, "document": PAPER} for kind in kinds]}


async def test_what_the_page_asks_for_is_missing_then_brought_then_enough(desk: VendorDesk) -> None:
    path = f"/v1/vendors/{await proposed_vendor(desk)}"
    ok(await desk.karim.post(f"{path}/screenings", CLEAR, if_match=1))
    assert set(ok(await desk.nadia.get(f"{path}/documents"))["missing"]) == {REGISTRATION, TAX}
    early = await desk.karim.post(f"{path}/approve", if_match=2)
    assert refused(early) == (422, "DocumentsMissing")
    ok(await desk.nadia.post(f"{path}/documents", papers(REGISTRATION, TAX), if_match=2))
    told = ok(await desk.nadia.get(f"{path}/documents"))
    assert (told["missing"], [each["on_file"] for each in told["papers"]]) == ([], [False, False])
    unread = await desk.karim.post(f"{path}/approve", if_match=3)
    assert refused(unread) == (422, "CitedNotOnFile")
    assert unread.json()["facts"] == {"documents": [PAPER]}
    vendor = path.rpartition("/")[2]
    ok(await desk.nadia.put_on_file(SCAN, about=vendor, paper="registration"), 201)
    ok(await desk.karim.post(f"{path}/approve", if_match=3))
    higher = await desk.karim.post(f"{path}/change-tier", {"tier": "enhanced"}, if_match=4)
    assert refused(higher) == (422, "DocumentsMissing")
    lower = ok(await desk.karim.post(f"{path}/change-tier", {"tier": "basic"}, if_match=4))
    assert lower["tier"] == "basic"


async def test_the_tier_without_a_limit_rests_on_papers_that_are_on_file(desk: VendorDesk) -> None:
    """Audited accounts that nobody put on file are none."""
    path = f"/v1/vendors/{await proposed_vendor(desk)}"
    ok(await desk.karim.post(f"{path}/screenings", CLEAR, if_match=1))
    ok(await desk.nadia.put_on_file(SCAN, about=path.rpartition("/")[2], paper="papers"), 201)
    ok(await desk.nadia.post(f"{path}/documents", papers(REGISTRATION, TAX), if_match=2))
    ok(await desk.karim.post(f"{path}/approve", if_match=3))
    unseen = {"papers": [{"kind": AUDITED, "document": "0" * 64}]}
    ok(await desk.nadia.post(f"{path}/documents", unseen, if_match=4))
    higher = await desk.karim.post(f"{path}/change-tier", {"tier": "enhanced"}, if_match=5)
    assert refused(higher) == (422, "CitedNotOnFile")
    assert higher.json()["facts"] == {"documents": ["0" * 64]}
    ok(await desk.nadia.post(f"{path}/documents", papers(AUDITED), if_match=5))
    ok(await desk.karim.post(f"{path}/change-tier", {"tier": "enhanced"}, if_match=6))


async def test_the_platform_suspends_whose_paper_is_over_once(desk: VendorDesk) -> None:
    path = f"/v1/vendors/{await proposed_vendor(desk)}"
    vendor = path.rpartition("/")[2]
    ok(await desk.karim.post(f"{path}/screenings", CLEAR, if_match=1))
    ok(await desk.nadia.put_on_file(SCAN, about=vendor, paper="registration"), 201)
    lasting, ending = papers(TAX), papers(REGISTRATION)
    ending["papers"][0]["valid_until"] = "2026-03-03"  # type: ignore[index]
    ok(await desk.nadia.post(f"{path}/documents", lasting, if_match=2))
    ok(await desk.nadia.post(f"{path}/documents", ending, if_match=3))
    ok(await desk.karim.post(f"{path}/approve", if_match=4))
    await desk.catch_up()
    assert await desk.dossiers().suspend_due() == 0
    desk.trial.clock.advance(2 * 24 * 3600)  # type: ignore[attr-defined]
    for looked_at in (1, 0):
        assert await desk.dossiers().suspend_due() == looked_at
        await desk.catch_up()
    assert (await desk.told()).count("vendor_suspended") == 1
    karim = desk.sign_in("karim", Role.VENDOR_APPROVER)
    assert ok(await karim.get(path))["stage"] == "suspended"


async def test_a_number_is_checked_and_shown_to_nobody(desk: VendorDesk) -> None:
    path = f"/v1/vendors/{await proposed_vendor(desk)}"
    number = {"numbered": "tax", "country": "VN", "number": "0100233480"}
    wrong = await desk.nadia.post(f"{path}/identifiers", number, if_match=1)
    assert refused(wrong) == (422, "IdentifierWrong")
    right = number | {"number": "0100233488"}
    answer = await desk.nadia.post(f"{path}/identifiers", right, if_match=1)
    ok(answer)
    history = b"".join(entry.raw for entry in await desk.trial.store.read(0, 100))
    assert b"0100233488" not in history
    assert "0100233488" not in answer.text + (await desk.nadia.get(f"{path}/documents")).text


async def test_a_telephone_that_nobody_has_is_refused_by_name(desk: VendorDesk) -> None:
    answer = await desk.nadia.post("/v1/vendors", OVENS | {"phone": "+964 111 111"})
    assert refused(answer) == (422, "PhoneWrong")
