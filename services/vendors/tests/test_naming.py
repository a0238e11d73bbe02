"""How an organisation is called is for everybody to know once it is approved; a person never is."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from msgspec.structs import replace
from services.vendors.tests.desk import VendorDesk, ok, programme_published, vendor_desk
from services.vendors.tests.people import NOON, OVENS
from services.vendors.tests.test_api import CLEAR
from services.vendors.tests.test_api import OVENS as OVENS_TOLD
from services.vendors.tests.test_vendor import (
    approved_by_karim,
    clear,
    proposed_by_nadia,
    suspended,
)

from events.personal import Kind as PersonalKind
from events.scenario import scenario
from events.values import SYSTEM, OrganisationName
from homeward.postgres import Database
from vendors.domain.programme import published
from vendors.domain.vendor import vendor
from vendors.domain.vendor.kinds import Kind
from vendors.domain.vendor.naming import ORGANISATIONS, OrganisationNamed, TellPublicName

CALLED = OrganisationName("شركة النور للأفران")
tell = TellPublicName(by=SYSTEM, at=NOON, name=CALLED)
named = OrganisationNamed(by=SYSTEM, at=NOON, vendor=OVENS, name=CALLED)


@pytest.mark.parametrize("kind", sorted(ORGANISATIONS))
def test_an_approved_organisation_is_named_once(kind: Kind) -> None:
    approved = scenario(vendor).given(
        replace(proposed_by_nadia, kind=kind), clear, approved_by_karim
    )
    approved.when(tell).then(named)
    approved.given(named).when(tell).then()


@pytest.mark.parametrize("kind", [Kind.SOLE_TRADER, Kind.LANDLORD, Kind.EMPLOYER])
def test_who_may_be_a_person_is_never_named(kind: Kind) -> None:
    person = replace(proposed_by_nadia, kind=kind)
    scenario(vendor).given(person, clear, approved_by_karim).when(tell).then()


def test_nobody_is_named_before_approval_nor_while_suspended() -> None:
    scenario(vendor).given(proposed_by_nadia, clear).when(tell).then()
    stopped = scenario(vendor).given(proposed_by_nadia, clear, approved_by_karim, suspended)
    stopped.when(tell).then()


def test_each_kind_is_one_or_may_be_a_person() -> None:
    """A new kind is in neither before somebody has thought of it."""
    assert set(Kind) - ORGANISATIONS == {Kind.SOLE_TRADER, Kind.LANDLORD, Kind.EMPLOYER}


# As it comes out of the vault


@pytest_asyncio.fixture
async def desk(database: Database) -> AsyncIterator[VendorDesk]:
    async with vendor_desk(database) as there:
        await there.heard(published, programme_published)
        yield there


async def approved(desk: VendorDesk, **changed: Any) -> str:
    new: str = ok(await desk.nadia.post("/v1/vendors", OVENS_TOLD | changed), 201)["vendor"]
    await desk.name()
    assert await told(desk) == [], "nobody has approved it"
    ok(await desk.karim.post(f"/v1/vendors/{new}/screenings", CLEAR, if_match=1))
    ok(await desk.karim.post(f"/v1/vendors/{new}/approve", if_match=2))
    return new


async def told(desk: VendorDesk) -> list[tuple[str, str]]:
    found = [e for e in await desk.trial.events() if isinstance(e, OrganisationNamed)]
    return [(each.vendor, each.name) for each in found]


async def test_the_name_is_told_as_it_was_proposed_and_approved(desk: VendorDesk) -> None:
    company = await approved(desk, name="  شركة النور  للأفران ")
    await desk.name()
    await desk.name()
    assert await told(desk) == [(company, CALLED)]


async def test_no_entry_holds_the_name_of_a_person(desk: VendorDesk) -> None:
    await approved(desk, kind="landlord", name="Umm Hassan")
    await desk.name()
    assert await told(desk) == []
    entries = await desk.trial.store.read(0, 100)
    assert not any(b"Hassan" in entry.raw for entry in entries)


async def test_of_whom_the_name_is_erased_none_is_told(desk: VendorDesk) -> None:
    company = await approved(desk)
    await desk.trial.store.erase(company, (PersonalKind.IDENTITY,))
    await desk.name()
    assert await told(desk) == []
