"""No more than the programme says goes to an account on which nothing was ever paid."""

import asyncio

from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, refused
from services.disbursement.tests.people import ACCOUNT, HANA, NOON, PAYMENT, PROGRAMME, RATE, iqd
from services.disbursement.tests.test_suspected import twice

from disbursement.domain.exchange_rate import NoRate
from disbursement.domain.payment.first import (
    CountFirstPayment,
    CountFirstPaymentAfterAll,
    FirstPaymentCapped,
    FirstPaymentCounted,
    FirstPaymentNotCounted,
    UncountFirstPayment,
    VendorRulesPublished,
    first_payments,
    from_plans,
)
from events.money import Money
from events.scenario import scenario
from events.values import PaymentId, PersonId


def eur(units: int) -> Money:
    return Money(units * 100, "EUR")


CAPPED = VendorRulesPublished(
    by=PersonId("per_petra"),
    at=NOON,
    programme=PROGRAMME,
    version=1,
    first_payment_at_most=eur(1000),
)


async def asked_after(till: Cashier, at_most: int) -> object:
    """Asking that an invoice worth 1,000 EUR be paid, under such a cap."""
    return await asked_under(till, replace(CAPPED, first_payment_at_most=eur(at_most)))


async def asked_under(till: Cashier, rules: VendorRulesPublished) -> object:
    await till.heard(from_plans, rules)
    stands = (await till.hana.get(await chain.matched(till))).json()
    asked = {"commitment": stands["commitment"], "invoice": stands["invoices"][-1]["invoice"]}
    return await till.hana.post("/v1/payments", asked)


async def test_above_the_cap_it_is_refused_by_name(till: Cashier) -> None:
    answer = await asked_after(till, 999)
    assert refused(answer) == (422, "FirstPaymentCapped")  # type: ignore[arg-type]
    assert "payment_requested" not in await till.told()


async def test_up_to_the_cap_it_is_asked_for(till: Cashier) -> None:
    answer = await asked_after(till, 1000)
    assert answer.status_code == 201  # type: ignore[attr-defined]


async def test_a_cap_in_another_currency_is_held_against_what_that_is_worth(till: Cashier) -> None:
    """A thousand euros are 1,400,000 dinars at the day's rate of the grant's source."""
    under = replace(CAPPED, first_payment_at_most=Money(1_399_999_000, "IQD"))
    answer = await asked_under(till, under)
    assert refused(answer) == (422, "FirstPaymentCapped")  # type: ignore[arg-type]


async def test_a_cap_that_nobody_can_tell_in_the_grants_currency_is_refused_by_name(
    till: Cashier,
) -> None:
    answer = await asked_under(till, replace(CAPPED, first_payment_at_most=Money(1, "XOF")))
    assert refused(answer) == (422, "NoRate")  # type: ignore[arg-type]


SECOND = PaymentId("pay_2")
count = CountFirstPayment(
    by=HANA, at=NOON, payment=PAYMENT, account=ACCOUNT, amount=eur(600), at_most=eur(1000)
)
counted = FirstPaymentCounted(by=HANA, at=NOON, payment=PAYMENT, account=ACCOUNT, amount=eur(600))


def test_what_is_on_its_way_counts_too() -> None:
    stands = scenario(first_payments).given(counted)
    rest = replace(count, payment=SECOND, amount=eur(400))
    stands.when(rest).then(replace(counted, payment=SECOND, amount=eur(400)))
    over = FirstPaymentCapped(ACCOUNT, eur(1000), eur(1001))
    stands.when(replace(rest, amount=eur(401))).then_rejected(over)


def test_what_is_on_its_way_from_another_grant_counts_at_the_days_rate() -> None:
    stands = scenario(first_payments).given(replace(counted, amount=iqd(840_000)))
    rest = replace(count, payment=SECOND, amount=eur(400), rates=(RATE,))
    stands.when(rest).then(replace(counted, payment=SECOND, amount=eur(400)))
    over = FirstPaymentCapped(ACCOUNT, eur(1000), eur(1001))
    stands.when(replace(rest, amount=eur(401))).then_rejected(over)
    stands.when(replace(rest, rates=())).then_rejected(NoRate("IQD", "EUR"))


def test_what_came_to_nothing_counts_no_more() -> None:
    gone = FirstPaymentNotCounted(by=HANA, at=NOON, payment=PAYMENT)
    uncount = UncountFirstPayment(by=HANA, at=NOON, payment=PAYMENT)
    stands = scenario(first_payments).given(counted)
    stands.when(uncount).then(gone)
    stands.given(gone).when(uncount).then()
    all_of_it = replace(count, payment=SECOND, amount=eur(1000))
    stands.given(gone).when(all_of_it).then(replace(counted, payment=SECOND, amount=eur(1000)))


def test_what_the_bank_carried_out_after_all_counts_again() -> None:
    gone = FirstPaymentNotCounted(by=HANA, at=NOON, payment=PAYMENT)
    after_all = CountFirstPaymentAfterAll(by=HANA, at=NOON, payment=PAYMENT, account=ACCOUNT)
    stands = scenario(first_payments).given(counted)
    stands.when(after_all).then()
    stands.given(gone).when(after_all).then(counted)
    stands.given(gone, counted).when(after_all).then()


async def test_of_two_requested_at_the_same_instant_one_is_refused(at_once: Cashier) -> None:
    """Each alone is within the cap; the database lets one of them be counted first."""
    till = at_once
    await till.heard(from_plans, replace(CAPPED, first_payment_at_most=eur(1500)))
    paths = await twice(till)
    asked = []
    for path, number in zip(paths, "ab", strict=True):
        bill = chain.invoice(10, f"{number}-1", document=number * 64)
        told = await till.does(till.hana, f"{path}/invoices", bill)
        invoice = told["invoices"][0]
        if invoice["alike"]:
            judge = f"{path}/invoices/{invoice['invoice']}/clear-suspicion"
            ok(await till.jozef.post(judge, {"reason": "two"}, if_match=told["version"]))
            await till.settle()
        asked.append({"commitment": told["commitment"], "invoice": invoice["invoice"]})
    answers = await asyncio.gather(*(till.hana.post("/v1/payments", one) for one in asked))
    assert sorted(answer.status_code for answer in answers) == [201, 422]
    [no] = [refused(answer) for answer in answers if answer.status_code != 201]
    assert no == (422, "FirstPaymentCapped")
