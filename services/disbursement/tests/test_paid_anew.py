"""A payment is recovered in part, sent back by the bank, and its invoice paid anew: what the vendor
paid back before counts with the new payment, in what may be claimed of it and in the figures.
"""

from typing import Any

from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok
from services.disbursement.tests.people import EVA, MARIA, NOON, eur, iqd
from services.disbursement.tests.test_ledger import on
from services.disbursement.tests.test_reconciliation import grant
from services.disbursement.tests.test_recovered_then_returned import (
    advance_came_twice,
    payment_of,
    went_out,
)
from services.disbursement.tests.test_recovery import (
    approve,
    approved,
    approver,
    asked,
    credited,
    executed,
    owed_back,
    received,
)

from disbursement.domain.recovery import PAID_TWICE, Stage, WithdrawRecovery, recovery
from disbursement.domain.recovery import refusals as no
from events.scenario import scenario
from events.values import Code


def money(units: int) -> dict[str, str]:
    return {"amount": f"{units}.000", "currency": "IQD"}


async def by_rule(till: Cashier) -> tuple[str, str]:
    """What was paid by the rule, and between that and the ledger."""
    told = ok(await till.maria.get(f"/v1/grants/{(await grant(till))['grant']}/budget"))
    [line] = told["lines"]
    return line["paid"]["amount"], line["between"]["amount"]


async def sent_back(till: Cashier) -> str:
    """420,000 of 1,400,000 were received, then the bank returned all of it: its order."""
    path = await owed_back(till)
    payment = await payment_of(till, path)
    await chain.money_came(till, path, await credited(till))
    await till.bank_says("3.xml", chain.came_back(payment))
    return f"/v1/commitments/{ok(await till.hana.get(payment))['commitment']}"


async def paid_anew(till: Cashier) -> str:
    """And paid anew: the new payment."""
    order = await sent_back(till)
    anew = await chain.instructed(
        till, await chain.released(till, await chain.requested(till, order))
    )
    await till.bank_says("4.xml", chain.booked(anew, message="NT-2", bank_ref="BANK-2"))
    return anew.rpartition("/")[2]


async def claim(till: Cashier, payment: str, units: int) -> Any:
    body = {"payment": payment, "amount": money(units), "reason": "goods_gone"}
    return await till.hana.post("/v1/recoveries", body)


async def test_no_more_is_claimed_than_the_vendor_has_of_both_payments(till: Cashier) -> None:
    anew = await paid_anew(till)
    said = await claim(till, anew, 980_001)
    assert (said.status_code, said.json()["code"]) == (422, "MoreThanWasPaid")
    told = ok(await claim(till, anew, 980_000), 201)
    await till.settle()
    await till.does(till.eva, f"/v1/recoveries/{told['recovery']}/approve")
    assert (await on(till)).get("expense", "0.00") == "0.00", "and no less than nothing"


async def test_the_rule_and_the_ledger_tell_the_same_at_each_step(till: Cashier) -> None:
    order = await sent_back(till)
    assert await by_rule(till) == ("-300.00", "0.00"), "what the vendor paid back, we have"
    anew = await chain.instructed(
        till, await chain.released(till, await chain.requested(till, order))
    )
    await till.bank_says("4.xml", chain.booked(anew, message="NT-2", bank_ref="BANK-2"))
    assert await by_rule(till) == ("700.00", "0.00")


async def test_what_went_to_the_vendor_again_is_kept_no_more(till: Cashier) -> None:
    _, path = await advance_came_twice(till)
    assert await by_rule(till) == ("-500.00", "0.00")
    line = await went_out(till, "700000.000")
    await chain.refund_released(till, path)
    await till.does(till.hana, f"{path}/refund", line)
    told = ok(await till.maria.get(f"/v1/grants/{(await grant(till))['grant']}/budget"))
    assert [each["paid"]["amount"] for each in told["lines"]] == ["0.00"]
    assert [each["between"]["amount"] for each in told["lines"]] == ["0.00"]


def test_what_is_asked_for_by_itself_is_held_against_it_when_it_is_approved() -> None:
    whole = replace(asked, amount=iqd(1_400_000), functional_amount=eur(1000))
    anew = replace(approve, kept=iqd(420_000))
    too_much = no.MoreThanWasPaid(iqd(980_000), iqd(1_400_000))
    scenario(recovery).given(whole).when(anew).then_rejected(too_much)
    less = replace(asked, amount=iqd(980_000), functional_amount=eur(700))
    told = replace(approved, functional_amount=eur(700))
    scenario(recovery).given(less).when(anew).then(told)


# What was approved by mistake


async def test_what_was_approved_by_mistake_two_people_take_back(till: Cashier) -> None:
    """Of an expense, and before anything came: else it could only be written off, as a loss."""
    path = await owed_back(till)
    why = {"reason": "was_delivered"}
    assert await till.tries(till.eva, f"{path}/withdraw", why) == (422, "ActedOnRecovery")
    stands = await till.does(await approver(till), f"{path}/withdraw", why)
    assert (stands["stage"], stands["owed"]["amount"]) == ("withdrawn", "0.000")
    assert await on(till) == {"expense": "1000.00", "bank": "-1000.00"}
    assert till.refusals() == []


async def test_once_something_came_it_is_received_or_given_up(till: Cashier) -> None:
    path = await owed_back(till)
    await chain.money_came(till, path, await credited(till, "140000.000"))
    said = await till.tries(await approver(till), f"{path}/withdraw", {"reason": "was_delivered"})
    assert said == (422, "NotAllOfAdvance")


def test_nobody_with_a_part_in_the_payment_says_that_it_was_a_mistake() -> None:
    withdraw = WithdrawRecovery(
        by=EVA, at=NOON, of=executed, reason=Code("was_delivered"), by_mistake=True
    )
    assert EVA in asked.paid_by
    had_a_part = no.HadAPartInThePayment(EVA)
    scenario(recovery).given(asked, approved).when(withdraw).then_rejected(had_a_part)


def test_what_came_meanwhile_was_no_mistake() -> None:
    withdraw = WithdrawRecovery(
        by=MARIA, at=NOON, of=executed, reason=Code("was_delivered"), by_mistake=True
    )
    came = no.RecoveryIsAt(Stage.APPROVED, Stage.SETTLED)
    scenario(recovery).given(asked, approved, received).when(withdraw).then_rejected(came)
    twice = replace(asked, reason=PAID_TWICE)
    scenario(recovery).given(twice, approved).when(withdraw).then_rejected(came)
