"""By which of its programme's rules a payment goes: a small office, two approvals, no splitting."""

import asyncio
from collections import Counter
from datetime import date, timedelta

from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import (
    Cashier,
    ok,
    plan_approved,
    published,
    selected,
)
from services.disbursement.tests.payment_asks import approve, certify, request, sign
from services.disbursement.tests.people import (
    CASE,
    DELEGATION,
    EVA,
    EVIDENCE,
    HANA,
    JOZEF,
    MARTA,
    NOON,
    OVENS,
    PAYMENT,
    RATE,
    eur,
    iqd,
    payment_approved,
    payment_certified,
    payment_requested,
    signed_by_marta,
)
from services.disbursement.tests.test_suspected import twice

from disbursement.domain import heard
from disbursement.domain.exchange_rate import NoRate
from disbursement.domain.payment import (
    PaymentApprovedAgain,
    PaymentTermsSet,
    Stage,
    Terms,
    payment,
)
from disbursement.domain.payment.refusals import ActedAlready, PaymentIsAt
from disbursement.domain.rolling import (
    CountPayment,
    CountPaymentAfterAll,
    PaymentCounted,
    PaymentNotCounted,
    SecondApprovalNeeded,
    UncountPayment,
    rolling,
)
from events.roles import STAFF
from events.scenario import scenario
from events.values import PaymentId, PersonId

ALMA = PersonId("per_alma")  # approves what is large, after Eva
OFFICE = Terms(
    certifier_may_sign=False, second_approval=False, together=eur(1000), due=date(2026, 4, 1)
)
LARGE = replace(OFFICE, second_approval=True)
SMALL_OFFICE = replace(OFFICE, certifier_may_sign=True)


def under(terms: Terms) -> PaymentTermsSet:
    return PaymentTermsSet(by=HANA, at=NOON, payment=PAYMENT, terms=terms)


approved_again = PaymentApprovedAgain(
    by=ALMA, at=NOON, payment=PAYMENT, evidence=EVIDENCE, delegation=DELEGATION
)


def test_a_payment_is_requested_under_its_programmes_terms() -> None:
    scenario(payment).when(replace(request(), terms=LARGE)).then(payment_requested, under(LARGE))


# A second approval


def test_what_is_large_is_approved_by_two_and_then_signed() -> None:
    large = scenario(payment).given(payment_requested, under(LARGE), payment_certified)
    large.when(approve(EVA)).then(payment_approved)
    once = large.given(payment_approved)
    once.when(sign(MARTA)).then_rejected(PaymentIsAt(Stage.APPROVED_ONCE, Stage.APPROVED))
    once.when(approve(ALMA)).then(approved_again)
    once.given(approved_again).when(sign(MARTA)).then(signed_by_marta)


def test_nobody_approves_twice_or_signs_what_they_approved_as_the_second() -> None:
    once = scenario(payment).given(
        payment_requested, under(LARGE), payment_certified, payment_approved
    )
    once.when(approve(EVA)).then_rejected(ActedAlready(EVA, Stage.APPROVED_ONCE))
    once.given(approved_again).when(sign(ALMA)).then_rejected(ActedAlready(ALMA, Stage.APPROVED))


# A small office


def test_in_a_small_office_who_certified_may_be_one_of_the_signatories() -> None:
    small = scenario(payment).given(
        payment_requested, under(SMALL_OFFICE), payment_certified, payment_approved
    )
    small.when(sign(JOZEF)).then(replace(signed_by_marta, by=JOZEF))
    small.given(signed_by_marta).when(sign(JOZEF)).then(
        replace(signed_by_marta, by=JOZEF, signatory_no=2)
    )
    small.given(replace(signed_by_marta, by=JOZEF)).when(sign(JOZEF)).then_rejected(
        ActedAlready(JOZEF, Stage.SIGNED)
    )


def test_a_small_office_waives_nothing_else() -> None:
    small = scenario(payment).given(payment_requested, under(SMALL_OFFICE))
    small.when(certify(HANA)).then_rejected(ActedAlready(HANA, Stage.REQUESTED))
    certified = small.given(payment_certified)
    certified.when(approve(JOZEF)).then_rejected(ActedAlready(JOZEF, Stage.CERTIFIED))
    approved = certified.given(payment_approved)
    for person, stage in ((EVA, Stage.APPROVED), (HANA, Stage.REQUESTED)):
        approved.when(sign(person)).then_rejected(ActedAlready(person, stage))


async def test_a_small_office_pays_with_four_people(till: Cashier) -> None:
    small = replace(published, paying=replace(published.paying, certifier_may_sign=True), version=2)
    line = await chain.funded(till)
    await _approved_under(till, small)
    path = await chain.matched(till, commitment=await chain.committed(till, line))
    paid = await chain.requested(till, path)
    seen = await chain.seen(till, paid)
    jozef = till.sign_in("jozef", *STAFF)
    await chain.empowered(till, "jozef", "sign")
    await till.does(jozef, f"{paid}/certify", seen)
    assert await till.tries(jozef, f"{paid}/approve", seen) == (422, "ActedAlready")
    await till.does(till.eva, f"{paid}/approve", seen)
    await till.does(jozef, f"{paid}/sign", seen)
    assert await till.tries(jozef, f"{paid}/sign", seen) == (422, "ActedAlready")
    await till.does(till.marta, f"{paid}/sign", seen)
    assert ok(await till.hana.get(paid))["stage"] == "released"


# What adds up


def count(number: int, amount: int = 600, *, second: bool = False, day: int = 0) -> CountPayment:
    at = NOON + timedelta(days=day)
    return CountPayment(
        by=HANA,
        at=at,
        payment=PaymentId(f"pay_{number}"),
        vendor=OVENS,
        case=CASE,
        amount=eur(amount),
        since=at - timedelta(days=30),
        second_approval_from=eur(1000),
        second_approval=second,
    )


def counted(number: int, amount: int = 600) -> PaymentCounted:
    return PaymentCounted(
        by=HANA,
        at=NOON,
        payment=PaymentId(f"pay_{number}"),
        vendor=OVENS,
        case=CASE,
        amount=eur(amount),
    )


def test_a_sum_divided_in_two_is_approved_like_the_whole() -> None:
    first = scenario(rolling).given(counted(1))
    first.when(count(2)).then_rejected(
        SecondApprovalNeeded(eur(1200), eur(1000), date(2026, 1, 31))
    )
    first.when(count(2, second=True)).then(counted(2))
    first.when(count(2, 399)).then(counted(2, 399))


def test_what_is_paid_in_another_programmes_currency_counts_at_the_days_rate() -> None:
    first = scenario(rolling).given(replace(counted(1), amount=iqd(840_000)))
    more = replace(count(2), rates=(RATE,))
    first.when(more).then_rejected(SecondApprovalNeeded(eur(1200), eur(1000), date(2026, 1, 31)))
    first.when(replace(more, second_approval=True)).then(counted(2))
    first.when(replace(more, rates=())).then_rejected(NoRate("IQD", "EUR"))


def test_what_is_older_than_the_window_counts_no_more() -> None:
    later = count(2, day=31)
    scenario(rolling).given(counted(1)).when(later).then(replace(counted(2), at=later.at))


def test_what_came_to_nothing_counts_no_more() -> None:
    uncount = UncountPayment(by=HANA, at=NOON, payment=PaymentId("pay_1"))
    gone = PaymentNotCounted(by=HANA, at=NOON, payment=PaymentId("pay_1"))
    scenario(rolling).given(counted(1)).when(uncount).then(gone)
    scenario(rolling).given(counted(1), gone).when(uncount).then()
    scenario(rolling).given(counted(1), gone).when(count(2)).then(counted(2))


def test_what_the_bank_carried_out_after_all_counts_again() -> None:
    gone = PaymentNotCounted(by=HANA, at=NOON, payment=PaymentId("pay_1"))
    after_all = CountPaymentAfterAll(
        by=HANA, at=NOON, payment=PaymentId("pay_1"), vendor=OVENS, case=CASE
    )
    scenario(rolling).given(counted(1)).when(after_all).then()
    scenario(rolling).given(counted(1), gone).when(after_all).then(counted(1))
    again = scenario(rolling).given(counted(1), gone, counted(1))
    again.when(after_all).then()
    again.when(count(2)).then_rejected(
        SecondApprovalNeeded(eur(1200), eur(1000), date(2026, 1, 31))
    )


async def test_a_late_success_counts_again_in_all_that_is_added_up(till: Cashier) -> None:
    """For its vendor and its case, under the limits of three authorities, and for its account."""
    first = await chain.instructed(till)
    told = await till.told()
    await till.bank_says("1.xml", chain.status(first, "RJCT"))
    await till.bank_says("2.xml", chain.booked(first))
    again = (await till.told())[len(told) :]
    sums = [each for each in again if "counted" in each or "limit" in each]
    assert Counter(sums) == {
        "payment_not_counted": 2,
        "payment_counted": 2,
        "first_payment_not_counted": 1,
        "first_payment_counted": 1,
        "limit_given_back": 1,
        "counted_under_limit": 3,
    }


async def test_under_a_page_in_another_currency_it_is_added_up_all_the_same(till: Cashier) -> None:
    """A thousand euros and a thousand euros are 2,800,000 dinars."""
    asked = []
    for path, number in zip(await twice(till), "ab", strict=True):
        bill = chain.invoice(10, f"{number}-1", document=number * 64)
        told = await till.does(till.hana, f"{path}/invoices", bill)
        invoice = told["invoices"][-1]
        if invoice["alike"]:
            clear = f"{path}/invoices/{invoice['invoice']}/clear-suspicion"
            ok(await till.jozef.post(clear, {"reason": "two_ovens"}, if_match=told["version"]))
            await till.settle()
        asked.append({"commitment": told["commitment"], "invoice": invoice["invoice"]})
    first, second = asked
    await till.does(till.hana, "/v1/payments", first, status=201)
    in_dinars = replace(published.paying, second_approval_from=iqd(2_800_000))
    await _approved_under(till, replace(published, paying=in_dinars, version=2))
    terms = (await till.does(till.hana, "/v1/payments", second, status=201))["terms"]
    assert (terms["together"]["amount"], terms["second_approval"]) == ("2800000.000", True)


async def _approved_under(till: Cashier, page: heard.ProgrammePublished) -> None:
    """The plan's item is approved again, under a later version of the programme's page."""
    await till.heard(heard.from_plans, page)
    await till.heard(heard.from_plans, replace(plan_approved, programme_version=page.version))


async def test_of_two_halves_requested_at_the_same_instant_one_is_approved_by_two(
    at_once: Cashier,
) -> None:
    till = at_once
    line = await chain.funded(till)
    low = replace(published.paying, second_approval_from=eur(1500))
    await _approved_under(till, replace(published, paying=low, version=2))
    await till.heard(heard.from_vendors, replace(selected, amount=iqd(1_400_000)))
    asked = []
    for number in ("A-1", "B-2"):
        path = await chain.ordered(till, await chain.committed(till, line))
        await chain.delivered(till, path, 10)
        body = chain.invoice(10, number, document=number[0].lower() * 64)
        stands = await till.does(till.hana, f"{path}/invoices", body)
        bill = stands["invoices"][-1]
        if bill["alike"]:
            clear = f"{path}/invoices/{bill['invoice']}/clear-suspicion"
            tag = stands["version"]
            await till.jozef.post(clear, {"reason": "another_oven"}, if_match=tag)
            await till.settle()
        asked.append(
            {"commitment": stands["commitment"], "invoice": stands["invoices"][-1]["invoice"]}
        )
    answers = await asyncio.gather(*(till.hana.post("/v1/payments", each) for each in asked))
    terms = [ok(answer, 201)["terms"] for answer in answers]
    assert sorted(each["second_approval"] for each in terms) == [False, True]
    assert {each["together"]["amount"] for each in terms} == {"1000.00", "2000.00"}
    assert {each["due"] for each in terms} == {"2026-04-01"}
    await till.settle()


async def test_a_cancelled_payment_makes_room(till: Cashier) -> None:
    paid = await chain.requested(till)
    await till.does(till.hana, f"{paid}/cancel", {"reason": "entered_twice"})
    told = await till.told()
    assert told.count("payment_not_counted") == 2
    commitment = ok(await till.hana.get(paid))["commitment"]
    again = await chain.requested(till, f"/v1/commitments/{commitment}")
    assert ok(await till.hana.get(again))["terms"]["together"] == chain.eur(1000)


async def test_who_signs_is_nobody_of_those_who_approved(till: Cashier) -> None:
    line = await chain.funded(till)
    low = replace(published.paying, second_approval_from=eur(1000))
    await _approved_under(till, replace(published, paying=low, version=2))
    paid = await chain.requested(
        till, await chain.matched(till, commitment=await chain.committed(till, line))
    )
    seen = await chain.seen(till, paid)
    alma = till.sign_in("alma", *STAFF)
    for authority in ("approve", "sign"):
        await chain.empowered(till, "alma", authority)
    await till.does(till.jozef, f"{paid}/certify", seen)
    await till.does(till.eva, f"{paid}/approve", seen)
    assert ok(await till.eva.get(paid))["stage"] == "approved_once"
    assert await till.tries(till.marta, f"{paid}/sign", seen) == (409, "PaymentIsAt")
    await till.does(alma, f"{paid}/approve", seen)
    assert await till.tries(alma, f"{paid}/sign", seen) == (422, "ActedAlready")
    await till.does(till.marta, f"{paid}/sign", seen)
    await till.does(till.ivan, f"{paid}/sign", seen)
    assert ok(await till.eva.get(paid))["stage"] == "released"


async def test_what_is_not_paid_by_its_day_is_listed_as_overdue(till: Cashier) -> None:
    paid = await chain.requested(till)
    assert ok(await till.hana.get("/v1/payments?overdue=true"))["items"] == []
    till.it_is(NOON + timedelta(days=31))
    hana = till.sign_in("hana", *STAFF)
    (late,) = ok(await hana.get("/v1/payments?overdue=true"))["items"]
    assert (late["payment"], late["terms"]["due"]) == (paid.rpartition("/")[2], "2026-04-01")
    assert ok(await hana.get("/v1/payments?overdue=false"))["items"] == []
