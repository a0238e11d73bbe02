"""A vendor that may be somebody whom we know already is not approved until a person has decided."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest_asyncio
from msgspec.structs import replace
from services.vendors.tests.desk import (
    VendorDesk,
    ok,
    programme_published,
    refused,
    vendor_desk,
)
from services.vendors.tests.people import KARIM, NADIA, NOON, OVENS
from services.vendors.tests.test_api import CLEAR, account_of, proposed_vendor
from services.vendors.tests.test_api import OVENS as OVENS_TOLD
from services.vendors.tests.test_vendor import (
    approve,
    approved_by_karim,
    clear,
    proposed_by_nadia,
)

from events.scenario import scenario
from events.values import Code, PersonId, SubjectId
from homeward.postgres import Database
from vendors.comparing import Described
from vendors.domain.duties import ActedAlready, Duty
from vendors.domain.likeness import (
    DecideDuplicate,
    DuplicateUndecided,
    DuplicateVendorConfirmed,
    DuplicateVendorDismissed,
    DuplicateVendorSuspected,
    IsDuplicate,
    Likeness,
    NoSuchDuplicate,
    Same,
    Sign,
    SuspectDuplicates,
    Whose,
)
from vendors.domain.programme import published
from vendors.domain.vendor import vendor
from vendors.domain.vendor.facts import VendorSuspended

TWIN = SubjectId("ven_twin")
BRANCH = Code("another_branch")
by_phone = Likeness(TWIN, Whose.VENDOR, (Sign.PHONE,))
suspected = DuplicateVendorSuspected(
    by=NADIA, at=NOON, vendor=OVENS, other=TWIN, whose=Whose.VENDOR, signs=(Sign.PHONE,)
)
dismissed = DuplicateVendorDismissed(by=KARIM, at=NOON, vendor=OVENS, other=TWIN, reason=BRANCH)
confirmed = DuplicateVendorConfirmed(by=KARIM, at=NOON, vendor=OVENS, other=TWIN, reason=BRANCH)
suspect = SuspectDuplicates(by=NADIA, at=NOON, found=(by_phone,))
dismiss = DecideDuplicate(by=KARIM, at=NOON, other=TWIN, verdict=Same.DISMISSED, reason=BRANCH)
confirm = replace(dismiss, verdict=Same.CONFIRMED)


def test_it_is_suspected_once() -> None:
    scenario(vendor).given(proposed_by_nadia).when(suspect).then(suspected)
    scenario(vendor).given(proposed_by_nadia, suspected).when(suspect).then()
    scenario(vendor).given(proposed_by_nadia, suspected, dismissed).when(suspect).then()


def test_with_another_sign_it_is_suspected_again() -> None:
    more = Likeness(TWIN, Whose.VENDOR, (Sign.ACCOUNT, Sign.PHONE))
    again = replace(suspected, signs=more.signs)
    facts = (proposed_by_nadia, suspected, dismissed)
    scenario(vendor).given(*facts).when(replace(suspect, found=(more,))).then(again)


def test_until_a_person_decides_it_is_not_approved() -> None:
    facts = (proposed_by_nadia, clear, suspected)
    scenario(vendor).given(*facts).when(approve).then_rejected(DuplicateUndecided((TWIN,)))
    scenario(vendor).given(*facts, dismissed).when(approve).then(approved_by_karim)


def test_what_is_found_at_the_approval_counts_at_once() -> None:
    found = replace(approve, found=(by_phone,))
    facts = (proposed_by_nadia, clear)
    scenario(vendor).given(*facts).when(found).then_rejected(DuplicateUndecided((TWIN,)))
    scenario(vendor).given(*facts, suspected, dismissed).when(found).then(approved_by_karim)


def test_another_than_the_proposer_decides() -> None:
    facts = (proposed_by_nadia, suspected)
    scenario(vendor).given(*facts).when(dismiss).then(dismissed)
    own = replace(dismiss, by=NADIA)
    scenario(vendor).given(*facts).when(own).then_rejected(ActedAlready(NADIA, Duty.PROPOSED))
    scenario(vendor).given(proposed_by_nadia).when(dismiss).then_rejected(NoSuchDuplicate(TWIN))


def test_what_waits_on_the_other_side_alone_is_decided_from_this_side_too() -> None:
    facts = (proposed_by_nadia, clear)
    from_here = replace(dismiss, found=(by_phone,))
    seen = replace(suspected, by=KARIM)
    scenario(vendor).given(*facts).when(from_here).then(seen, dismissed)
    found = replace(approve, found=(by_phone,))
    scenario(vendor).given(*facts, seen, dismissed).when(found).then(approved_by_karim)
    scenario(vendor).given(*facts, seen, dismissed).when(from_here).then_rejected(
        NoSuchDuplicate(TWIN)
    )
    own = replace(from_here, by=NADIA)
    scenario(vendor).given(*facts).when(own).then_rejected(ActedAlready(NADIA, Duty.PROPOSED))


def test_a_confirmed_one_is_never_approved_and_an_approved_one_is_suspended() -> None:
    facts = (proposed_by_nadia, clear, suspected)
    scenario(vendor).given(*facts).when(confirm).then(confirmed)
    scenario(vendor).given(*facts, confirmed).when(approve).then_rejected(IsDuplicate(TWIN))
    late = (proposed_by_nadia, clear, approved_by_karim, suspected)
    stopped = VendorSuspended(by=KARIM, at=NOON, vendor=OVENS, reason=Code("duplicate"))
    scenario(vendor).given(*late).when(confirm).then(confirmed, stopped)


class OneReturnee:
    """Knows one returnee, by a telephone."""

    def __init__(self, phone: str) -> None:
        self.phone = phone
        self.asked: list[str] = []

    async def like(self, one: Described, key: str) -> Sequence[PersonId]:
        assert key not in self.asked, "each time is another"
        self.asked.append(key)
        return [PersonId("per_returnee")] if self.phone in one.phones else []


@pytest_asyncio.fixture
async def desk(database: Database) -> AsyncIterator[VendorDesk]:
    async with vendor_desk(database, OneReturnee("+964 790 000 0999")) as there:
        await there.heard(published, programme_published)
        yield there


async def screened(desk: VendorDesk, told: dict[str, Any]) -> str:
    proposed: str = ok(await desk.nadia.post("/v1/vendors", told), 201)["vendor"]
    ok(await desk.karim.post(f"/v1/vendors/{proposed}/screenings", CLEAR, if_match=1))
    return f"/v1/vendors/{proposed}"


async def approved(desk: VendorDesk, path: str) -> tuple[int, str]:
    stands = await desk.karim.get(path)
    answer = await desk.karim.post(f"{path}/approve", if_match=stands.headers["etag"])
    return (200, "") if answer.status_code == 200 else refused(answer)


UNDECIDED = (422, "DuplicateUndecided")
OTHER = OVENS_TOLD | {"name": "مخبز", "latin_name": "Karkh Bakery", "phone": "+964 790 000 0107"}


async def test_the_same_telephone_written_otherwise_waits_for_a_decision(desk: VendorDesk) -> None:
    await proposed_vendor(desk)
    await desk.compare()
    path = await screened(desk, OTHER | {"phone": "+964 79 00 000101"})
    assert await approved(desk, path) == UNDECIDED
    await desk.compare()
    (likeness,) = ok(await desk.karim.get(f"{path}/duplicates"))["waiting"]
    assert (likeness["whose"], likeness["signs"]) == ("vendor", ["phone"])
    verdict = {"other": likeness["other"], "verdict": "dismissed", "reason": "shared_office"}
    stands = (await desk.karim.get(path)).headers["etag"]
    ok(await desk.karim.post(f"{path}/duplicates/decide", verdict, if_match=stands))
    assert await approved(desk, path) == (200, "")


async def test_the_one_that_was_there_first_is_approved_once_its_side_is_decided_too(
    desk: VendorDesk,
) -> None:
    """The likeness is found on the later one; deciding it there alone would leave no way here."""
    first = await screened(desk, OVENS_TOLD)
    await desk.compare()
    later = await screened(desk, OTHER | {"phone": "+964 79 00 000101"})
    await desk.compare()
    assert await approved(desk, first) == UNDECIDED
    for path, other in ((later, first), (first, later)):
        verdict = {
            "other": other.rpartition("/")[2],
            "verdict": "dismissed",
            "reason": "shared_office",
        }
        stands = (await desk.karim.get(path)).headers["etag"]
        ok(await desk.karim.post(f"{path}/duplicates/decide", verdict, if_match=stands))
    assert await approved(desk, first) == await approved(desk, later) == (200, "")


async def test_two_that_share_nothing_are_both_approved(desk: VendorDesk) -> None:
    one, other = await screened(desk, OVENS_TOLD), await screened(desk, OTHER)
    await desk.compare()
    assert await approved(desk, one) == await approved(desk, other) == (200, "")


async def test_a_vendor_with_the_account_of_somebody_on_the_staff(desk: VendorDesk) -> None:
    """It waits, and that person takes no part meanwhile (D6)."""
    said = {"latin_name": "Samir Haddad", "account": "IQ98 NBIQ 8501 2345 6789 012"}
    ok(await desk.samir.post("/v1/particulars", said), 201)
    path = await screened(desk, OTHER)
    account = account_of(path.rpartition("/")[2])
    proposed = ok(await desk.nadia.post("/v1/accounts", account), 201)["account"]
    await desk.compare()
    assert await approved(desk, path) == UNDECIDED
    (likeness,) = ok(await desk.karim.get(f"{path}/duplicates"))["waiting"]
    assert (likeness["other"], likeness["whose"]) == ("per_samir", "staff")
    called = {"source": "registration", "confirmed": True}
    answer = await desk.samir.post(f"/v1/accounts/{proposed}/call-back", called, if_match=1)
    assert refused(answer) == (422, "ConflictDeclared")


async def test_staff_who_say_it_later_are_found_too(desk: VendorDesk) -> None:
    path = await screened(desk, OTHER)
    said = {"latin_name": "Karkh Bakery", "phone": "+964 790 000 0107"}
    ok(await desk.samir.post("/v1/particulars", said), 201)
    await desk.compare()
    (likeness,) = ok(await desk.karim.get(f"{path}/duplicates"))["waiting"]
    assert likeness["signs"] == ["name", "phone"]


async def test_a_returnee_whom_intake_knows(desk: VendorDesk) -> None:
    path = await screened(desk, OTHER | {"phone": "+964 790 000 0999"})
    assert await approved(desk, path) == UNDECIDED
    await desk.compare()
    (likeness,) = ok(await desk.karim.get(f"{path}/duplicates"))["waiting"]
    assert (likeness["other"], likeness["whose"]) == ("per_returnee", "returnee")


async def test_tokens_tell_nothing_and_go_with_who_is_erased(desk: VendorDesk) -> None:
    path = await screened(desk, OVENS_TOLD)
    await desk.compare()
    rows = await desk.tables.fetch("select * from subject_sign")
    assert rows
    assert not any("790" in row["token"] or "noor" in row["token"] for row in rows)
    await desk.trial.store.erase(path.rpartition("/")[2])
    await desk.compare(again=True)
    assert await desk.tables.fetch("select * from subject_sign") == []
