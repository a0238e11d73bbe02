"""A payment is not certified on papers that nobody can read."""

import hashlib

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, refused
from services.disbursement.tests.payment_asks import certify
from services.disbursement.tests.people import CASE, DOCUMENT, JOZEF, OVENS, payment_requested

from disbursement.domain.payment import payment
from events.documents import CitedNotOnFile
from events.scenario import scenario

BILL = b"%PDF-1.7 the vendor's invoice"
SIGNED = b"\xff\xd8\xff\xe0 what the returnee signed"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_nobody_certifies_a_payment_that_cites_what_is_not_on_file() -> None:
    (
        scenario(payment)
        .given(payment_requested)
        .when(replace(certify(JOZEF), wanting=(DOCUMENT,)))
        .then_rejected(CitedNotOnFile((DOCUMENT,)))
    )


async def unseen(till: Cashier) -> str:
    """A payment whose invoice and receipt were named, and sent by nobody; its path."""
    path = await chain.ordered(till)
    await till.does(
        till.dalia, f"{path}/deliveries", chain.delivery(10) | {"document": digest(SIGNED)}
    )
    bill = chain.invoice(10, document=digest(BILL))
    await till.does(till.hana, f"{path}/invoices", bill)
    return await chain.requested(till, path)


async def test_the_page_says_which_is_wanting_until_it_is_there(till: Cashier) -> None:
    payment_ = await unseen(till)
    page = ok(await till.jozef.get(payment_))
    wanting = [{"paper": "receipt", "document": digest(SIGNED), "on_file": False}]
    wanting += [{"paper": "invoice", "document": digest(BILL), "on_file": False}]
    assert page["documents"] == wanting
    yours = {each["act"]: each for each in page["you"]}["certify"]
    assert (yours["may"], yours["rule"]) == (False, "CitedNotOnFile")
    assert yours["facts"] == {"documents": [digest(SIGNED), digest(BILL)]}
    seen = {"evidence": page["evidence"]}
    refused = (422, "CitedNotOnFile")
    assert await till.tries(till.jozef, f"{payment_}/certify", seen) == refused

    await chain.on_file(till, BILL)
    assert await till.tries(till.jozef, f"{payment_}/certify", seen) == refused
    ok(
        await till.dalia.put_on_file(
            SIGNED, "image/jpeg", about="per_rana", case=CASE, paper="receipt"
        ),
        201,
    )
    page = ok(await till.jozef.get(payment_))
    assert [each["on_file"] for each in page["documents"]] == [True, True]
    await till.does(till.jozef, f"{payment_}/certify", seen)


@pytest.mark.parametrize(
    "kept_as",
    [
        {"about": OVENS, "paper": "receipt"},
        {"about": OVENS, "paper": "invoice", "case": CASE},
        {"about": "per_rana", "paper": "invoice", "case": CASE},
    ],
)
async def test_no_bill_and_no_paper_of_no_case_shows_that_goods_arrived(
    till: Cashier, kept_as: dict[str, str]
) -> None:
    payment_ = await unseen(till)
    await chain.on_file(till, BILL)
    ok(await till.hana.put_on_file(SIGNED, "image/jpeg", **kept_as), 201)
    seen = {"evidence": ok(await till.jozef.get(payment_))["evidence"]}
    refused = (422, "CitedNotOnFile")
    assert await till.tries(till.jozef, f"{payment_}/certify", seen) == refused


async def test_a_vendors_paper_is_for_those_who_answer_for_money(till: Cashier) -> None:
    """The field officer of a case reads the case's papers, and no invoice."""
    await chain.funded(till)
    path = f"/v1/documents/{await chain.on_file(till, BILL)}"
    for who in (till.hana, till.jozef, till.eva, till.elif_):
        assert (await who.get(path)).content == BILL
    assert (await till.dalia.get(path)).status_code == 404
    assert (await till.told()).count("document_read") == 4


async def test_a_paper_is_about_a_vendor_or_a_project_that_is_known(till: Cashier) -> None:
    for about in ("ven_nope", "prj_nope"):
        answer = await till.hana.put_on_file(BILL, about=about, paper="invoice")
        assert refused(answer) == (404, "not_found")
    assert "document_kept" not in await till.told()
    await chain.funded(till)
    ok(await till.hana.put_on_file(BILL, about=OVENS, paper="invoice"), 201)
