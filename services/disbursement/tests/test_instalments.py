"""An item paid in instalments is paid only as far as plans has released it (S8)."""

from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, plan_approved, published
from services.disbursement.tests.people import HANA, ITEM, NOON, PAYMENT, eur, iqd

from disbursement.domain import heard
from disbursement.domain.item_ceiling import (
    CeilingInOtherCurrency,
    DrawInstalments,
    DrawInstalmentsAfterAll,
    GiveBackInstalments,
    InstalmentsDrawn,
    InstalmentsGivenBack,
    NotReleased,
    item_ceiling,
)
from events.scenario import scenario
from events.values import Code, PaymentId

OTHER = PaymentId("pay_other")
draw = DrawInstalments(
    by=HANA, at=NOON, item=ITEM, payment=PAYMENT, amount=eur(300), released=eur(300)
)
drawn = InstalmentsDrawn(by=HANA, at=NOON, item=ITEM, payment=PAYMENT, amount=eur(300))
give_back = GiveBackInstalments(by=HANA, at=NOON, item=ITEM, payment=PAYMENT)
given_back = InstalmentsGivenBack(by=HANA, at=NOON, item=ITEM, payment=PAYMENT, amount=eur(300))
late = DrawInstalmentsAfterAll(by=HANA, at=NOON, item=ITEM, payment=PAYMENT)


def test_a_payment_draws_what_was_released() -> None:
    scenario(item_ceiling).when(draw).then(drawn)


def test_not_a_cent_more() -> None:
    (
        scenario(item_ceiling)
        .when(replace(draw, amount=eur(301)))
        .then_rejected(NotReleased(ITEM, eur(300), eur(0), eur(301)))
    )


def test_payments_of_one_item_count_together() -> None:
    second = replace(draw, payment=OTHER, amount=eur(1))
    (
        scenario(item_ceiling)
        .given(drawn)
        .when(second)
        .then_rejected(NotReleased(ITEM, eur(300), eur(300), eur(1)))
    )
    (
        scenario(item_ceiling)
        .given(drawn)
        .when(replace(second, released=eur(600)))
        .then(replace(drawn, payment=OTHER, amount=eur(1)))
    )


def test_what_is_paid_at_once_draws_nothing() -> None:
    scenario(item_ceiling).when(replace(draw, released=None)).then()


def test_a_payment_that_comes_to_nothing_gives_it_back_once() -> None:
    scenario(item_ceiling).given(drawn).when(give_back).then(given_back)
    scenario(item_ceiling).given(drawn, given_back).when(give_back).then()
    scenario(item_ceiling).when(give_back).then()
    scenario(item_ceiling).given(drawn, given_back).when(replace(draw, payment=OTHER)).then(
        replace(drawn, payment=OTHER)
    )


def test_what_the_bank_executes_after_all_counts_again() -> None:
    scenario(item_ceiling).given(drawn, given_back).when(late).then(drawn)
    scenario(item_ceiling).given(drawn).when(late).then()
    scenario(item_ceiling).when(late).then()


def test_what_was_released_is_in_the_grants_currency() -> None:
    (
        scenario(item_ceiling)
        .when(replace(draw, released=iqd(1)))
        .then_rejected(CeilingInOtherCurrency(ITEM, iqd(1), eur(300)))
    )


COURSE = Code("vocational_course")


async def in_instalments(till: Cashier) -> str:
    """The oven is a course, which its programme has paid in instalments; matched, unreleased."""
    assistance = (heard.Assistance(type=COURSE, instalments=heard.Instalments()),)
    matched = await chain.matched(till)
    await till.heard(heard.from_plans, replace(published, assistance=assistance))
    item = replace(plan_approved.items[0], type=COURSE)
    await till.heard(heard.from_plans, replace(plan_approved, items=(item,)))
    return matched


async def releases(till: Cashier, so_far: int) -> None:
    met = heard.InstalmentConditionMet(by=HANA, at=NOON, item=ITEM, released=eur(so_far))
    await till.heard(heard.from_plans, met)


async def asked(till: Cashier, commitment: str) -> dict[str, str]:
    stands = ok(await till.hana.get(commitment))
    return {
        "commitment": stands["commitment"],
        "invoice": stands["invoices"][-1]["invoice"],
    }


async def test_a_payment_waits_for_its_instalment(till: Cashier) -> None:
    commitment = await in_instalments(till)
    body = await asked(till, commitment)
    before = await till.told()
    assert await till.tries(till.hana, "/v1/payments", body) == (422, "NotReleased")
    await releases(till, 999)
    refused = await till.hana.post("/v1/payments", body)
    assert refused.json()["facts"] == {
        "item": ITEM,
        "released": chain.eur(999),
        "drawn": chain.eur(0),
        "asked": chain.eur(1000),
    }
    assert await till.told() == before
    await releases(till, 1000)
    await till.does(till.hana, "/v1/payments", body, status=201)
    assert (await till.told())[len(before) :] == [
        "payment_requested",
        "payment_terms_set",
        "invoice_submitted",
        "instalments_drawn",
        "first_payment_counted",
        "payment_counted",
        "payment_counted",
    ]


async def test_a_cancelled_payment_leaves_its_instalment_to_the_next(till: Cashier) -> None:
    commitment = await in_instalments(till)
    await releases(till, 1000)
    payment = await chain.requested(till, commitment)
    await till.does(till.hana, f"{payment}/cancel", {"reason": "wrong_invoice"})
    assert "instalments_given_back" in await till.told()
    await chain.requested(till, commitment)
    assert (await till.told()).count("instalments_drawn") == 2


async def test_the_banks_no_gives_it_back_and_its_late_yes_counts_again(till: Cashier) -> None:
    await in_instalments(till)
    await releases(till, 1000)
    commitment = (await till.hana.get("/v1/commitments")).json()["items"][0]["commitment"]
    payment = await chain.requested(till, f"/v1/commitments/{commitment}")
    payment = await chain.instructed(till, await chain.released(till, payment))
    await till.bank_says("1-status.xml", chain.status(payment, "RJCT"))
    assert (await till.told()).count("instalments_given_back") == 1
    await till.bank_says("2-booked.xml", chain.booked(payment))
    told = await till.told()
    assert "vendor_paid" in told
    assert told.count("instalments_drawn") == 2


async def test_an_item_of_another_type_is_paid_at_once(till: Cashier) -> None:
    await chain.requested(till)
    assert "instalments_drawn" not in await till.told()
