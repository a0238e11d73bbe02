"""Invoices that look like one that came before: suspected by themselves, decided on by a person."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import (
    Cashier,
    ok,
    plan_approved,
    refused,
    screened,
    selected,
    vendor_approved,
)
from services.disbursement.tests.commitment_asks import bill
from services.disbursement.tests.people import (
    COMMITMENT,
    DOCUMENT,
    EVA,
    HANA,
    INVOICE,
    ITEM,
    LINA,
    NOON,
    OTHER,
    OVENS,
    TODAY,
    delivered_and_invoiced,
    eur,
    invoiced,
    iqd,
    matched,
    on_order,
    sacks,
)

from disbursement.domain import heard
from disbursement.domain.commitment import ClearSuspicion, RejectInvoice, commitment, judging
from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment.suspected import (
    Alike,
    DuplicateInvoiceCleared,
    DuplicateInvoiceSuspected,
    InvoiceRejected,
    Likeness,
)
from disbursement.domain.invoice_number import InvoiceNumber, blurred
from disbursement.domain.vendor_invoices import (
    AnotherCameBetween,
    InvoiceRegistered,
    LookAround,
    RegisterInvoice,
    alike,
    vendor_invoices,
)
from events.scenario import scenario
from events.values import Code, InvoiceId, ItemId, PersonId, VendorId

FIRST = InvoiceId("inv_0")
SEEN = (Alike(invoice=FIRST, by=(Likeness.AMOUNT,)),)
OTHER_BILL = replace(bill(10), alike=SEEN)
suspected = DuplicateInvoiceSuspected(
    by=HANA, at=NOON, commitment=COMMITMENT, invoice=INVOICE, alike=SEEN
)
LATE = TODAY + timedelta(days=8)

# What looks alike

on_file = InvoiceRegistered(
    by=HANA,
    at=NOON,
    vendor=OVENS,
    commitment=COMMITMENT,
    invoice=FIRST,
    number=InvoiceNumber("A-107"),
    date=TODAY,
    amount=iqd(100),
    document=DOCUMENT,
    replaces=None,
)
another = RegisterInvoice(
    by=HANA,
    at=NOON,
    vendor=OVENS,
    commitment=COMMITMENT,
    invoice=INVOICE,
    number=InvoiceNumber("B-9"),
    date=LATE,
    amount=iqd(100),
    document=OTHER,
    replaces=None,
    seen=(),
)


@pytest.mark.parametrize(
    ("invoice", "by"),
    [
        (another, ()),
        (replace(another, date=TODAY + timedelta(days=7)), (Likeness.AMOUNT,)),
        (replace(another, date=TODAY, amount=iqd(101)), ()),
        (replace(another, number=InvoiceNumber("A/1O7")), (Likeness.NUMBER,)),
        (replace(another, document=DOCUMENT), (Likeness.DOCUMENT,)),
        (
            replace(another, date=TODAY, document=DOCUMENT),
            (Likeness.DOCUMENT, Likeness.AMOUNT),
        ),
        (replace(another, date=TODAY, document=DOCUMENT, replaces=FIRST), ()),
    ],
    ids=["nothing", "amount", "other amount", "number", "paper", "both", "its correction"],
)
def test_what_looks_alike(invoice: RegisterInvoice, by: tuple[Likeness, ...]) -> None:
    found = alike(vendor_invoices.fold([on_file]), invoice)
    assert found == ((Alike(invoice=FIRST, by=by),) if by else ())


def test_numbers_at_a_glance() -> None:
    one, other = InvoiceNumber("INV-1O7/S"), InvoiceNumber("inv 1075")
    assert blurred(one) == blurred(other)
    assert blurred(InvoiceNumber("A-108")) != blurred(InvoiceNumber("A-107"))


def test_what_was_not_seen_is_looked_at_again() -> None:
    near = replace(another, date=TODAY)
    scenario(vendor_invoices).given(on_file).when(near).then_rejected(AnotherCameBetween(OVENS))


# Decided by a person


def test_what_looks_alike_is_suspected_and_not_paid() -> None:
    delivered = scenario(commitment).given(*on_order, sacks(10))
    delivered.when(OTHER_BILL).then(invoiced(10), suspected, matched(10))


def clear(by: PersonId = EVA) -> ClearSuspicion:
    return ClearSuspicion(by=by, at=NOON, invoice=INVOICE, reason=Code("two_ovens"))


def test_another_person_clears_it() -> None:
    stands = scenario(commitment).given(*on_order, sacks(10), invoiced(10), suspected, matched(10))
    stands.when(clear(HANA)).then_rejected(judging.RecordedByYou(HANA, INVOICE))
    stands.when(clear(LINA)).then_rejected(no.CounsellorOfTheCase(LINA))
    cleared = DuplicateInvoiceCleared(
        by=EVA, at=NOON, commitment=COMMITMENT, invoice=INVOICE, reason=Code("two_ovens")
    )
    stands.when(clear()).then(cleared)
    stands.given(cleared).when(clear()).then_rejected(judging.NotSuspected(INVOICE))


def test_what_is_rejected_is_not_paid_and_counts_for_nothing() -> None:
    reject = RejectInvoice(by=EVA, at=NOON, invoice=INVOICE, reason=Code("came_before"))
    rejected = InvoiceRejected(
        by=EVA, at=NOON, commitment=COMMITMENT, invoice=INVOICE, reason=Code("came_before")
    )
    stands = scenario(commitment).given(*delivered_and_invoiced)
    stands.when(reject).then(rejected)
    second = InvoiceId("inv_2")
    gone = stands.given(rejected)
    gone.when(reject).then_rejected(no.InvoiceReplaced(INVOICE))
    gone.when(bill(10, invoice=second)).then(
        invoiced(10, invoice=second), matched(10, invoice=second)
    )


# Over HTTP


async def twice(till: Cashier) -> tuple[str, str]:
    """Two orders of one vendor, delivered; the commitments' paths."""
    line = await chain.funded(till)
    paths = []
    for _ in range(2):
        path = await chain.ordered(till, await chain.committed(till, line))
        await chain.delivered(till, path, 10)
        paths.append(path)
    return paths[0], paths[1]


async def test_the_same_paper_waits_for_a_person_and_is_paid_when_cleared(till: Cashier) -> None:
    first, second = await twice(till)
    one = (await till.does(till.hana, f"{first}/invoices", chain.invoice(10, "A-1")))["invoices"]
    stands = await till.does(till.hana, f"{second}/invoices", chain.invoice(10, "B-2"))
    bill = stands["invoices"][0]
    assert bill["alike"] == [{"invoice": one[0]["invoice"], "by": ["document", "amount"]}]
    asked = {"commitment": stands["commitment"], "invoice": bill["invoice"]}
    assert refused(await till.hana.post("/v1/payments", asked)) == (409, "InvoiceSuspected")
    judge = f"{second}/invoices/{bill['invoice']}/clear-suspicion"
    said = await till.jozef.post(judge, {"reason": "two_ovens"}, if_match=stands["version"])
    assert ok(said)["invoices"][0]["alike"] == []
    await till.settle()
    ok(await till.hana.post("/v1/payments", asked), 201)


@pytest.mark.parametrize(("number", "digit"), [("B-2", "d"), ("B-2", "e"), ("A-l", "e")])
async def test_a_later_one_holds_the_open_payment_of_the_one_before(
    till: Cashier, number: str, digit: str
) -> None:
    first, second = await twice(till)
    await till.does(till.hana, f"{first}/invoices", chain.invoice(10, "A-1", document="d" * 64))
    payment = await chain.requested(till, first)
    later = chain.invoice(10, number, document=digit * 64)
    stands = await till.does(till.hana, f"{second}/invoices", later)
    held = "another_invoice_looks_like_it"
    assert ok(await till.eva.get(payment))["held"] == held
    seen = {"reason": "looked_at_both"}
    release = f"{payment}/release-from-hold"
    assert await till.tries(till.tomas, release, seen) == (409, "InvoiceSuspected")
    judge = f"{second}/invoices/{stands['invoices'][0]['invoice']}/reject"
    ok(await till.jozef.post(judge, {"reason": "came_before"}, if_match=stands["version"]))
    await till.settle()
    assert ok(await till.eva.get(payment))["held"] is None
    assert (await till.told())[-1] == "payment_hold_lifted"
    assert await till.tries(till.tomas, release, seen) == (422, "PaymentNotHeld")


OTHER_VENDOR, OTHER_ITEM = VendorId("ven_mills"), ItemId("itm_flour")


async def two_vendors(till: Cashier) -> tuple[str, str]:
    """An order with each of two vendors, delivered; the commitments' paths."""
    line = await chain.funded(till)
    items = (*plan_approved.items, heard.ApprovedItem(item=OTHER_ITEM, ceiling=eur(2000)))
    await till.heard(heard.from_plans, replace(plan_approved, items=items))
    for fact in (screened, vendor_approved):
        await till.heard(heard.from_vendors, replace(fact, vendor=OTHER_VENDOR))
    other = replace(selected, item=OTHER_ITEM, vendor=OTHER_VENDOR)
    await till.heard(heard.from_vendors, other)
    paths = []
    for item in (ITEM, OTHER_ITEM):
        path = await chain.ordered(till, await chain.committed(till, line, item))
        await chain.delivered(till, path, 10)
        paths.append(path)
    return paths[0], paths[1]


@pytest.mark.parametrize("requested_first", [True, False])
@pytest.mark.parametrize("verdict", ["clear-suspicion", "reject"])
async def test_one_paper_of_two_vendors_waits_until_it_is_decided_and_no_longer(
    till: Cashier, *, requested_first: bool, verdict: str
) -> None:
    first, second = await two_vendors(till)
    await till.does(till.hana, f"{first}/invoices", chain.invoice(10, "A-1"))
    if requested_first:
        payment = await chain.requested(till, first)
    stands = await till.does(till.hana, f"{second}/invoices", chain.invoice(10, "B-2"))
    if not requested_first:
        payment = await chain.requested(till, first)
    assert ok(await till.eva.get(payment))["held"] == "another_invoice_looks_like_it"
    release = f"{payment}/release-from-hold"
    assert await till.tries(till.tomas, release, {"reason": "x"}) == (409, "InvoiceSuspected")
    judge = f"{second}/invoices/{stands['invoices'][0]['invoice']}/{verdict}"
    said = await till.jozef.post(judge, {"reason": "both_seen"}, if_match=stands["version"])
    ok(said)
    await till.settle()
    assert ok(await till.eva.get(payment))["held"] is None


async def test_what_waits_for_something_else_too_goes_on_waiting(till: Cashier) -> None:
    first, second = await two_vendors(till)
    await till.does(till.hana, f"{first}/invoices", chain.invoice(10, "A-1"))
    payment = await chain.requested(till, first)
    stands = await till.does(till.hana, f"{second}/invoices", chain.invoice(10, "B-2"))
    await till.does(till.marta, f"{payment}/hold", {"reason": "call_the_vendor"})
    judge = f"{second}/invoices/{stands['invoices'][0]['invoice']}/reject"
    ok(await till.jozef.post(judge, {"reason": "came_before"}, if_match=stands["version"]))
    await till.settle()
    assert ok(await till.eva.get(payment))["held"] == "call_the_vendor"


@pytest.mark.parametrize("number", ["A-2", "A-l"])
async def test_a_payment_requested_before_the_read_models_know_waits_all_the_same(
    till: Cashier, number: str
) -> None:
    first, second = await two_vendors(till)
    stands = await till.does(till.hana, f"{first}/invoices", chain.invoice(10, "A-1"))
    version = ok(await till.hana.get(second))["version"]
    later = chain.invoice(10, number)
    ok(await till.hana.post(f"{second}/invoices", later, if_match=version))
    asked = {"commitment": stands["commitment"], "invoice": stands["invoices"][0]["invoice"]}
    requested = ok(await till.hana.post("/v1/payments", asked), 201)
    assert requested["held"] == "another_invoice_looks_like_it"


def test_nothing_is_paid_beside_a_look_alike_that_was_not_seen() -> None:
    """The look binds the register: what came at the same instant is looked at again."""
    look = LookAround(by=HANA, at=NOON, vendor=OVENS, invoice=FIRST, seen=())
    alone = scenario(vendor_invoices).given(on_file)
    alone.when(look).then()
    later = replace(on_file, invoice=INVOICE, number=InvoiceNumber("A-1O7"))
    alone.given(later).when(look).then_rejected(AnotherCameBetween(OVENS))
    alone.given(later).when(replace(look, seen=(INVOICE,))).then()


async def test_one_requested_while_nobody_has_decided_waits_from_the_first(till: Cashier) -> None:
    first, second = await twice(till)
    await till.does(till.hana, f"{first}/invoices", chain.invoice(10, "A-1"))
    await till.does(till.hana, f"{second}/invoices", chain.invoice(10, "B-2"))
    payment = await chain.requested(till, first)
    assert ok(await till.eva.get(payment))["held"] == "another_invoice_looks_like_it"


async def test_of_two_recorded_at_the_same_instant_one_is_suspected(at_once: Cashier) -> None:
    till = at_once
    paths = await twice(till)
    bodies = [chain.invoice(10, number, document=number[0] * 64) for number in ("a-1", "b-2")]
    tags = [ok(await till.hana.get(path))["version"] for path in paths]
    answers = await asyncio.gather(
        *(
            till.hana.post(f"{path}/invoices", body, if_match=tag)
            for path, body, tag in zip(paths, bodies, tags, strict=True)
        )
    )
    found = [ok(answer)["invoices"][0]["alike"] for answer in answers]
    assert sorted(len(one) for one in found) == [0, 1]
    assert [one[0]["by"] for one in found if one] == [["amount"]]
