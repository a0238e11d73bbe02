"""Who was paid is told by its public name, if it is an organisation; everybody else by id."""

import json

from services.disbursement.tests.cashier import Cashier
from services.disbursement.tests.people import NOON, OVENS
from services.disbursement.tests.test_exports import (
    FORMS,
    checked,
    made,
    needs_the_standards,
    paid,
    restricted,
    rows,
    unpacked,
)

from disbursement.domain import reported
from events import knowing
from events.personal import Kind
from events.values import SYSTEM, ErasureId, OrganisationName, SubjectId

CALLED = OrganisationName("=شركة النور, للأفران")
named = reported.OrganisationNamed(by=SYSTEM, at=NOON, vendor=OVENS, name=CALLED)
erased = reported.ErasedByVendors(
    by=SYSTEM,
    at=NOON,
    erasure=ErasureId("era_1"),
    person=SubjectId(OVENS),
    kinds=(Kind.IDENTITY,),
    disclosures=1,
)


async def paid_to_an_organisation(till: Cashier) -> None:
    await paid(till)
    await till.heard(reported.from_vendors, named, view="exports")


async def supplier(till: Cashier) -> dict[str, str]:
    """As the award, the parties and the payment say alike."""
    (release,) = json.loads(await made(till, "ocds"))["releases"]
    [one] = release["awards"][0]["suppliers"]
    [paid_to] = release["contracts"][0]["implementation"]["transactions"]
    assert paid_to["payee"] == one
    assert {**one, "roles": ["supplier", "payee"]} in release["parties"]
    told: dict[str, str] = one
    return told


async def vendor_of_the_payment(till: Cashier) -> tuple[str, str]:
    row, *_ = rows(unpacked(await made(till, "donor_report"))["payments.csv"])
    return row["#org+vendor"], row["#org+vendor+name"]


async def test_an_organisation_is_told_by_its_name(till: Cashier) -> None:
    await paid_to_an_organisation(till)
    assert await supplier(till) == {"id": OVENS, "name": CALLED}
    assert await vendor_of_the_payment(till) == (OVENS, f"'{CALLED}"), "no formula, one cell"


@needs_the_standards
async def test_with_names_it_is_valid_by_the_schema_of_ocds(till: Cashier) -> None:
    await paid_to_an_organisation(till)
    assert checked(json.loads(await made(till, "ocds"))) == []


async def test_whoever_has_no_public_name_is_told_by_id(till: Cashier) -> None:
    await paid(till)
    assert await supplier(till) == {"id": OVENS, "name": OVENS}
    assert await vendor_of_the_payment(till) == (OVENS, "")


async def test_a_restricted_case_has_no_vendor_by_whatever_name(till: Cashier) -> None:
    await paid_to_an_organisation(till)
    await till.heard(knowing.from_intake, restricted)
    assert await supplier(till) == {"id": "withheld", "name": "withheld"}
    assert await vendor_of_the_payment(till) == ("", "")
    for form in FORMS:
        content = await made(till, form)
        whole = b"".join(unpacked(content).values()) if form == "donor_report" else content
        assert "شركة النور".encode() not in whole, form


async def test_who_was_erased_is_told_by_id_again(till: Cashier) -> None:
    """Somebody who had been taken for an organisation."""
    await paid_to_an_organisation(till)
    await till.heard(reported.from_vendors, erased, view="exports")
    assert await supplier(till) == {"id": OVENS, "name": OVENS}
