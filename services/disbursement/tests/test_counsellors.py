"""Whoever counsels a case, or ever did, has no part in its money, whoever keeps it now (D7)."""

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain, test_cash
from services.disbursement.tests.cashier import Cashier, ok
from services.disbursement.tests.payment_asks import sign
from services.disbursement.tests.people import (
    CASE,
    COMMITMENT,
    EVA,
    HANA,
    IVAN,
    JOZEF,
    LINA,
    MARTA,
    NOON,
    PAYMENT,
    TOMAS,
    payment_approved,
    payment_certified,
    payment_requested,
    requested,
)
from services.disbursement.tests.test_recovered_then_returned import advance_came_twice

from disbursement.domain import heard
from disbursement.domain.cash import ActedOnCash, CashCounsellorsNamed, cash
from disbursement.domain.commitment import CounsellorsNamed, commitment
from disbursement.domain.counselling import NameCounsellors
from disbursement.domain.payment import PaymentCounsellorsNamed, payment
from disbursement.domain.payment.refusals import CounsellorNeverActs
from events.roles import Role
from events.scenario import scenario
from events.values import Code, PersonId

NEVER = (422, "CounsellorNeverActs")
name = NameCounsellors(by=HANA, at=NOON, counsellors=frozenset({MARTA}))
both = tuple(sorted((LINA, MARTA)))
on_payment = PaymentCounsellorsNamed(by=HANA, at=NOON, payment=PAYMENT, counsellors=both)
on_order = CounsellorsNamed(by=HANA, at=NOON, commitment=COMMITMENT, counsellors=both)
on_cash = CashCounsellorsNamed(by=HANA, at=NOON, cash=test_cash.CASH, counsellors=both)


def transferred(to: PersonId, *, outside: bool = False) -> heard.CaseTransferred:
    return heard.CaseTransferred(
        by=LINA,
        at=NOON,
        case=CASE,
        to_organisation=Code("iom"),
        counsellor=to,
        outside=outside,
    )


def test_who_came_since_is_named_once_and_who_was_there_stays() -> None:
    nobody = replace(name, counsellors=frozenset({LINA}))
    paid = scenario(payment).given(payment_requested)
    paid.when(name).then(on_payment)
    paid.when(nobody).then()
    paid.given(on_payment).when(name).then()
    ordered = scenario(commitment).given(requested)
    ordered.when(name).then(on_order)
    ordered.when(nobody).then()
    ordered.given(on_order).when(name).then()
    given = scenario(cash).given(test_cash.requested)
    given.when(name).then(on_cash)
    given.given(on_cash).when(name).then()
    scenario(payment).when(name).then()


def test_neither_the_new_counsellor_nor_the_old_one_acts() -> None:
    approved = (payment_requested, payment_certified, payment_approved, on_payment)
    for person in both:
        command = sign(PersonId(person))
        refusal = CounsellorNeverActs(PersonId(person))
        scenario(payment).given(*approved).when(command).then_rejected(refusal)
    by_marta = replace(test_cash.approve, by=MARTA)
    refused = scenario(cash).given(test_cash.requested, on_cash).when(by_marta)
    refused.then_rejected(ActedOnCash(MARTA))


# Over HTTP


@pytest.mark.parametrize("to", [JOZEF, LINA])
async def test_after_a_transfer_neither_certifies_a_payment_that_was_requested_before(
    till: Cashier, to: PersonId
) -> None:
    """Lina made the plan; the case is Jozef's now, or it went to another and came back."""
    payment = await chain.requested(till)
    for each in {JOZEF, to}:
        await till.heard(heard.from_intake, transferred(each))
    seen = await chain.seen(till, payment)
    await chain.empowered(till, "lina", "certify")
    lina = till.sign_in("lina", Role.CERTIFYING_OFFICER)
    for who in (till.jozef, lina):
        [certify] = [act for act in ok(await who.get(payment))["you"] if act["act"] == "certify"]
        assert (certify["may"], certify["rule"]) == (False, NEVER[1])
        assert await till.tries(who, f"{payment}/certify", seen) == NEVER
    olga = await chain.empowered(till, "olga", "certify")
    await till.does(olga, f"{payment}/certify", seen)
    named = "payment_counsellors_named"
    assert (await till.told()).count(named) == 1, "with the first act that was done"
    assert till.refusals() == []


async def test_who_signed_before_they_took_the_case_over_signed_rightly(till: Cashier) -> None:
    payment = await chain.requested(till)
    seen = await chain.seen(till, payment)
    await till.does(till.jozef, f"{payment}/certify", seen)
    await till.heard(heard.from_intake, transferred(JOZEF))
    await till.does(till.eva, f"{payment}/approve", seen)
    await till.does(till.marta, f"{payment}/sign", seen)
    await till.heard(heard.from_intake, transferred(IVAN))
    assert await till.tries(till.ivan, f"{payment}/sign", seen) == NEVER
    await till.does(till.eva, f"{payment}/hold", {"reason": "unclear"})
    await till.heard(heard.from_intake, transferred(TOMAS))
    why = {"reason": "explained"}
    assert await till.tries(till.tomas, f"{payment}/release-from-hold", why) == NEVER


async def test_an_order_is_as_strict_and_what_is_asked_for_later_too(till: Cashier) -> None:
    line = await chain.funded(till)
    before = f"/v1/commitments/{await chain.committed(till, line)}"
    await till.heard(heard.from_intake, transferred(JOZEF))
    refused = (422, "CounsellorOfTheCase")
    assert await till.tries(till.jozef, f"{before}/certify") == refused
    olga = await chain.empowered(till, "olga", "certify")
    await till.does(olga, f"{before}/certify")
    assert (await till.told()).count("counsellors_named") == 1


async def test_a_case_that_goes_to_somebody_outside_leaves_nobody_here_out(till: Cashier) -> None:
    payment = await chain.requested(till)
    await till.heard(heard.from_intake, transferred(JOZEF, outside=True))
    await till.does(till.jozef, f"{payment}/certify", await chain.seen(till, payment))


async def test_a_refund_is_as_strict(till: Cashier) -> None:
    _, path = await advance_came_twice(till)
    await till.heard(heard.from_intake, transferred(EVA))
    assert await till.tries(till.eva, f"{path}/approve-refund") == NEVER


async def test_a_transfer_that_the_read_models_have_not_come_to_is_not_overlooked(
    till: Cashier,
) -> None:
    payment = await chain.requested(till)
    await till.news_alone(heard.from_intake, transferred(JOZEF))
    seen = await chain.seen(till, payment)
    refused = await till.tries(till.jozef, f"{payment}/certify", seen)
    assert refused == (409, "NewsCameBetween")


async def test_cash_is_as_strict(till: Cashier) -> None:
    asked = await till.does(
        till.hana, "/v1/cash", test_cash.body(await test_cash.planned(till)), status=201
    )
    path = f"/v1/cash/{asked['cash']}"
    await till.heard(heard.from_intake, transferred(EVA))
    assert await till.tries(till.eva, f"{path}/approve") == (422, "ActedOnCash")
