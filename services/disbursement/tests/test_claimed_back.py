"""What is asked back of an advance the vendor does not owe in goods as well, from the moment that
somebody asks; and the order does not cost it again before it has come.
"""

import asyncio
from typing import Any

from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok
from services.disbursement.tests.commitment_asks import bill, failed
from services.disbursement.tests.people import (
    COMMITMENT,
    HANA,
    INVOICE,
    LINE,
    NOON,
    PAYMENT,
    TOMAS,
    eur,
    invoiced,
    iqd,
    matched,
    sacks,
)
from services.disbursement.tests.test_advances import (
    FINAL,
    advanced,
    cleared,
    half_paid,
    placed,
    recover,
    recovered,
)
from services.disbursement.tests.test_ledger import on
from services.disbursement.tests.test_recovery import approver, credited

from disbursement.domain.commitment import (
    CancelCommitment,
    ClaimAdvance,
    DropClaim,
    InvoiceReopened,
    MatchException,
    ReopenInvoice,
    commitment,
    judging,
)
from disbursement.domain.commitment.advanced import AdvanceClaimDropped, AdvanceClaimed
from disbursement.domain.commitment.executed import ChargeTakenBack
from disbursement.domain.payment import payment
from disbursement.domain.recovery import InitiateRecovery, recovery, recovery_of
from events.envelope import Actor, Context
from events.handler import Act
from events.scenario import scenario
from events.values import SYSTEM, Code, PaymentId

claim = ClaimAdvance(by=HANA, at=NOON, payment=PAYMENT, amount=iqd(200_000))
claimed = AdvanceClaimed(
    by=HANA,
    at=NOON,
    commitment=COMMITMENT,
    invoice=INVOICE,
    payment=PAYMENT,
    amount=iqd(200_000),
)
drop = DropClaim(by=TOMAS, at=NOON, payment=PAYMENT)
dropped = AdvanceClaimDropped(
    by=TOMAS,
    at=NOON,
    commitment=COMMITMENT,
    invoice=INVOICE,
    payment=PAYMENT,
    amount=iqd(200_000),
)
asked = (*advanced, claimed)
waits = (
    *asked,
    sacks(10),
    replace(invoiced(10), invoice=FINAL),
    failed(MatchException.OVER_ORDER, invoice=FINAL),
)
"""All of it has arrived, and the invoice for all of it waits."""


def test_as_much_is_claimed_as_goods_are_owed_for() -> None:
    scenario(commitment).given(*advanced).when(claim).then(claimed)
    more = replace(claim, amount=iqd(900_000))
    scenario(commitment).given(*advanced).when(more).then(replace(claimed, amount=iqd(700_000)))
    rest = replace(claimed, amount=iqd(500_000))
    scenario(commitment).given(*asked).when(more).then(rest)
    scenario(commitment).given(*asked).when(claim).then()


def test_of_what_was_no_advance_nothing_is_claimed_from_the_order() -> None:
    other = replace(claim, payment=PaymentId("pay_other"))
    scenario(commitment).given(*advanced).when(other).then()
    set_off = (
        sacks(10),
        replace(invoiced(10), invoice=FINAL),
        replace(matched(10, invoice=FINAL), payable=iqd(700_000)),
        cleared(700_000),
    )
    scenario(commitment).given(*advanced, *set_off).when(claim).then()


def test_a_part_invoice_is_set_off_against_the_rest_alone() -> None:
    """600,000 of sacks and oven fit into what is left; 500,000 of the advance are left."""
    part = bill(10, invoice=FINAL)
    lines = tuple(line for line in part.lines if line.line == 1)
    part = replace(part, lines=lines, amount=iqd(1_000_000))
    outcome = scenario(commitment).given(*asked, sacks(10)).when(part)
    assert outcome.events is not None
    passed, set_off = outcome.events[1:]
    assert passed.payable == iqd(500_000)  # type: ignore[union-attr]
    assert set_off == cleared(500_000)


def test_the_order_does_not_cost_it_again_before_it_has_come() -> None:
    stands = scenario(commitment).given(*asked, sacks(10)).when(bill(10, invoice=FINAL))
    stands.then(*waits[-2:])


def test_once_it_has_come_the_invoice_matches_and_the_rest_is_set_off() -> None:
    came = replace(recover, amount=iqd(200_000), restored=eur(140))
    scenario(commitment).given(*waits).when(came).then(
        recovered(200_000),
        placed(140, 0, 200_000),
        replace(matched(10, invoice=FINAL, by=SYSTEM), payable=iqd(900_000)),
        cleared(500_000, SYSTEM),
    )


def test_when_it_is_not_asked_back_any_more_all_of_it_is_set_off() -> None:
    scenario(commitment).given(*waits).when(drop).then(
        dropped,
        replace(matched(10, invoice=FINAL, by=TOMAS), payable=iqd(700_000)),
        cleared(700_000, TOMAS),
    )
    scenario(commitment).given(*asked, dropped).when(drop).then()


def test_only_what_was_all_an_advance_is_let_stand() -> None:
    more = replace(drop, all_of=iqd(300_000))
    mixed = judging.NotAllOfAdvance(COMMITMENT, iqd(200_000), iqd(300_000))
    scenario(commitment).given(*asked).when(more).then_rejected(mixed)
    scenario(commitment).given(*asked).when(replace(drop, all_of=iqd(200_000))).then(dropped)


def test_what_is_given_up_the_order_does_not_cost_again() -> None:
    given_up = replace(recover, amount=iqd(200_000))
    scenario(commitment).given(*waits).when(given_up).then(recovered(200_000))
    state = commitment.fold((*waits, recovered(200_000)))
    assert state is not None
    assert (state.claimed_back, state.gone, state.left) == (iqd(0), iqd(200_000), iqd(1_200_000))


def test_an_order_does_not_end_while_money_of_it_is_asked_back() -> None:
    everything = replace(claimed, amount=iqd(700_000))
    cancel = CancelCommitment(by=HANA, at=NOON, reason=Code("vendor_gave_up"))
    owed = judging.AdvanceOutstanding(COMMITMENT, iqd(700_000))
    scenario(commitment).given(*advanced, everything).when(cancel).then_rejected(owed)


def test_what_the_bank_sends_back_is_not_asked_of_the_vendor() -> None:
    returned = ReopenInvoice(
        by=SYSTEM, at=NOON, invoice=INVOICE, payment=PAYMENT, returned=eur(500)
    )
    again = InvoiceReopened(
        by=SYSTEM,
        at=NOON,
        commitment=COMMITMENT,
        invoice=INVOICE,
        payment=PAYMENT,
        restored=eur(500),
    )
    taken_back = ChargeTakenBack(
        by=SYSTEM,
        at=NOON,
        commitment=COMMITMENT,
        budget_line=LINE,
        invoice=INVOICE,
        payment=PAYMENT,
        reserved=eur(500),
        paid=eur(500),
    )
    whole = scenario(commitment).given(*waits).when(returned)
    whole.then(
        replace(dropped, by=SYSTEM),
        again,
        taken_back,
        replace(matched(10, invoice=FINAL, by=SYSTEM), payable=iqd(1_400_000)),
    )


# The same over HTTP, with ledger and bank

SERVICE = Actor(id=SYSTEM, role=Code("service"), organisation=Code("iom"))

PART = {"amount": "140000.000", "currency": "IQD"}


async def asked_back(till: Cashier) -> tuple[str, str]:
    """Half of the order was paid in advance; a fifth of that is asked back: order, recovery."""
    order = await half_paid(till)
    [paid] = ok(await till.hana.get("/v1/payments"))["items"]
    body = {"payment": paid["payment"], "reason": "ordered_less", "amount": PART}
    told = ok(await till.hana.post("/v1/recoveries", body), 201)
    await till.settle()
    return order, f"/v1/recoveries/{told['recovery']}"


async def all_of_it(till: Cashier, order: str) -> dict[str, Any]:
    """It arrives, and is invoiced: the invoice."""
    await till.does(till.dalia, f"{order}/deliveries", chain.delivery(10))
    last = chain.invoice(10, "F-1")
    await till.does(till.hana, f"{order}/invoices", last)
    return await final(till, order)


async def final(till: Cashier, order: str) -> dict[str, Any]:
    bills: list[dict[str, Any]] = ok(await till.hana.get(order))["invoices"]
    return bills[-1]


async def another_invoice(till: Cashier, order: str, bill: dict[str, Any]) -> None:
    """It looks like the offer; a person says that it is another one."""
    version = ok(await till.hana.get(order))["version"]
    path = f"{order}/invoices/{bill['invoice']}/clear-suspicion"
    ok(await till.eva.post(path, {"reason": "papers_seen"}, if_match=version))
    await till.settle()


async def test_the_vendor_pays_it_back_and_is_paid_the_rest_of_the_order(till: Cashier) -> None:
    order, recovery = await asked_back(till)
    await till.does(till.eva, f"{recovery}/approve")
    assert await on(till) == {
        "commitments": "1000.00",
        "reserve_for_commitments": "-1000.00",
        "advance": "400.00",
        "receivable": "100.00",
        "bank": "-500.00",
    }
    assert (await all_of_it(till, order))["exceptions"] == ["over_order"]
    stands = ok(await till.hana.get(order))
    assert stands["advance_outstanding"]["amount"] == "560000.000"
    assert stands["advance_claimed_back"] == PART
    await chain.money_came(till, recovery, await credited(till, "140000.000"))
    paid = await final(till, order)
    assert (paid["payable"], paid["set_off"]) == (
        {"amount": "840000.000", "currency": "IQD"},
        {"amount": "560000.000", "currency": "IQD"},
    )
    await another_invoice(till, order, paid)
    rest = await chain.instructed(
        till, await chain.released(till, await chain.requested(till, order))
    )
    await till.bank_says("9.xml", chain.booked(rest, amount="840000.000", bank_ref="BANK-9"))
    assert await on(till) == {"expense": "1000.00", "bank": "-1000.00"}
    stands = ok(await till.hana.get(order))
    assert (stands["stage"], stands["advance_outstanding"]["amount"]) == ("liquidated", "0.000")
    assert till.refusals() == []


async def test_a_claim_that_is_rejected_is_set_off_against_what_came_meanwhile(
    till: Cashier,
) -> None:
    order, recovery = await asked_back(till)
    assert (await all_of_it(till, order))["payable"] is None
    await till.does(till.eva, f"{recovery}/reject", {"reason": "it_comes"})
    paid = await final(till, order)
    assert (paid["payable"], paid["set_off"]) == (HALF, HALF)
    assert await on(till) == {"expense": "1000.00", "payable": "-500.00", "bank": "-500.00"}
    assert till.refusals() == []


async def test_a_claim_is_withdrawn_when_the_vendor_delivers_after_all(till: Cashier) -> None:
    order, recovery = await asked_back(till)
    await till.does(till.eva, f"{recovery}/approve")
    await all_of_it(till, order)
    stands = await till.does(till.eva, f"{recovery}/withdraw", {"reason": "it_came"})
    assert (stands["stage"], stands["owed"]["amount"]) == ("withdrawn", "0.000")
    assert (await final(till, order))["set_off"] == HALF
    assert await on(till) == {"expense": "1000.00", "payable": "-500.00", "bank": "-500.00"}
    assert till.refusals() == []


async def test_what_is_given_up_is_a_loss_and_the_rest_is_paid_under_a_waiver(
    till: Cashier,
) -> None:
    order, recovery = await asked_back(till)
    await till.does(till.eva, f"{recovery}/approve")
    bill = await all_of_it(till, order)
    await till.does(till.hana, f"{recovery}/propose-write-off", {"reason": "vendor_closed"})
    ulla = await approver(till)
    await till.does(ulla, f"{recovery}/write-off")
    assert (await final(till, order))["exceptions"] == ["over_order"]
    why = {"reason": "less_is_enough", "expires": "2026-03-30"}
    version = ok(await till.hana.get(order))["version"]
    ok(await ulla.post(f"{order}/invoices/{bill['invoice']}/waive", why, if_match=version))
    await till.settle()
    paid = await final(till, order)
    assert paid["payable"] == {"amount": "700000.000", "currency": "IQD"}
    assert paid["set_off"] == {"amount": "560000.000", "currency": "IQD"}
    assert await on(till) == {
        "expense": "900.00",
        "written_off": "100.00",
        "payable": "-500.00",
        "bank": "-500.00",
    }


async def test_what_is_asked_for_by_itself_is_claimed_when_it_is_approved(till: Cashier) -> None:
    order = await half_paid(till)
    [told] = ok(await till.hana.get("/v1/payments"))["items"]
    of, _ = await till.handler.load(payment, told["payment"])
    assert of is not None
    asked = InitiateRecovery(
        by=SYSTEM, at=NOON, payment=of, amount=iqd(140_000), reason=Code("goods_taken_back")
    )
    itself = Context(actor=SERVICE, correlation="c")
    await till.handler.do(Act(recovery, recovery_of(of.id), asked), context=itself)
    await till.settle()
    assert ok(await till.hana.get(order))["advance_claimed_back"]["amount"] == "0.000"
    await till.does(till.eva, f"/v1/recoveries/{recovery_of(of.id)}/approve")
    assert ok(await till.hana.get(order))["advance_claimed_back"] == PART
    accounts = await on(till)
    assert (accounts["advance"], accounts["receivable"]) == ("400.00", "100.00")


async def test_at_the_same_instant_goods_are_not_set_off_against_what_is_asked_back(
    till: Cashier,
) -> None:
    """Whichever comes first: the two never take the same money."""
    order = await half_paid(till)
    [paid] = ok(await till.hana.get("/v1/payments"))["items"]
    body = {"payment": paid["payment"], "reason": "ordered_less", "amount": HALF}
    await till.does(till.dalia, f"{order}/deliveries", chain.delivery(10))
    version = ok(await till.hana.get(order))["version"]
    last = chain.invoice(10, "F-1", document="e" * 64)
    _, invoiced_at_once = await asyncio.gather(
        till.hana.post("/v1/recoveries", body),
        till.hana.post(f"{order}/invoices", last, if_match=version),
    )
    await till.settle()
    if invoiced_at_once.is_error:
        await till.does(till.hana, f"{order}/invoices", last)
    stands = ok(await till.hana.get(order))
    bill = next(each for each in stands["invoices"] if each["number"] == "F-1")
    back, off = stands["advance_claimed_back"]["amount"], (bill["set_off"] or {}).get("amount")
    assert (back, off) in {("700000.000", None), ("0.000", "700000.000")}


HALF = {"amount": "700000.000", "currency": "IQD"}
