"""Advances: where the programme allows it, capped, set off against what arrives, told when late."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, plan_approved, published, refused
from services.disbursement.tests.commitment_asks import bill, deliver, failed
from services.disbursement.tests.people import (
    COMMITMENT,
    DALIA,
    DELEGATION,
    EVA,
    HANA,
    INVOICE,
    ITEM,
    LINE,
    NOON,
    OVENS,
    PAYMENT,
    WINDOW,
    eur,
    invoiced,
    iqd,
    mandate,
    matched,
    on_order,
    ordered,
    requested,
    sacks,
)
from services.disbursement.tests.people import paid as vendor_paid
from services.disbursement.tests.test_recovery import approver, credited

from disbursement.domain import heard
from disbursement.domain.commitment import (
    ApproveAdvance,
    CancelCommitment,
    CommitmentCancelled,
    ExpireCommitment,
    InvoiceSettled,
    InvoiceSubmitted,
    MatchException,
    RecoverAdvance,
    SubmitInvoice,
    TellAdvanceOverdue,
    commitment,
    judging,
)
from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment.advanced import (
    AdvanceApproved,
    AdvanceCleared,
    AdvanceOverdue,
    AdvanceRecovered,
    AdvanceRule,
    RecoveredFundsPlaced,
)
from disbursement.domain.delegation import Authority
from disbursement.ledger import Account, post
from disbursement.overdue import tell_overdue_advances
from events.money import Money
from events.scenario import scenario
from events.values import SYSTEM, Code, InvoiceId, PaymentId, PersonId

HALF = AdvanceRule(percent_at_most=50, clear_within_days=30)
FINAL = InvoiceId("inv_2")
offer = (
    *on_order,
    replace(invoiced(10), pro_forma=True),
    failed(MatchException.PRO_FORMA),
)


def advance(units: int = 700_000, **changes: object) -> ApproveAdvance:
    asked = ApproveAdvance(
        by=EVA,
        at=NOON,
        invoice=INVOICE,
        amount=iqd(units),
        rule=HALF,
        mandate=mandate(EVA, Authority.APPROVE),
    )
    return replace(asked, **changes)


def approved(units: int = 700_000) -> AdvanceApproved:
    return AdvanceApproved(
        by=EVA,
        at=NOON,
        commitment=COMMITMENT,
        invoice=INVOICE,
        vendor=OVENS,
        amount=iqd(units),
        rule=HALF,
        delegation=DELEGATION,
    )


submitted = InvoiceSubmitted(
    by=HANA, at=NOON, commitment=COMMITMENT, invoice=INVOICE, payment=PAYMENT
)
paid = InvoiceSettled(
    by=SYSTEM,
    at=NOON,
    commitment=COMMITMENT,
    invoice=INVOICE,
    payment=PAYMENT,
    reserved=eur(500),
    displaced=None,
)
advanced = (*offer, approved(), submitted, paid)


def cleared(units: int, by: PersonId = HANA) -> AdvanceCleared:
    return AdvanceCleared(by=by, at=NOON, commitment=COMMITMENT, invoice=FINAL, amount=iqd(units))


def test_half_of_the_order_is_paid_on_an_offer() -> None:
    scenario(commitment).given(*offer).when(advance()).then(approved())


def test_an_advance_is_refused() -> None:
    stands = scenario(commitment).given(*offer)
    stands.when(advance(rule=None)).then_rejected(judging.AdvanceNotAllowed(ITEM))
    stands.when(advance(700_001)).then_rejected(
        judging.AboveAdvanceCap(iqd(700_000), iqd(0), iqd(700_001))
    )
    stands.when(advance(by=HANA)).then_rejected(judging.RecordedByYou(HANA, INVOICE))
    matched_one = scenario(commitment).given(*on_order, sacks(10), invoiced(10), matched(10))
    matched_one.when(advance()).then_rejected(judging.NothingToAdvance(INVOICE))


def test_what_was_paid_before_is_not_paid_again() -> None:
    final = replace(invoiced(10), invoice=FINAL)
    rest = replace(matched(10, invoice=FINAL), payable=iqd(700_000))
    (
        scenario(commitment)
        .given(*advanced, sacks(10))
        .when(bill(10, invoice=FINAL))
        .then(final, rest, cleared(700_000))
    )
    state = commitment.fold((*advanced, sacks(10), final, rest, cleared(700_000)))
    assert state is not None
    assert (state.outstanding, state.advance_due) == (iqd(0), None)


def test_a_delivery_sets_it_off_by_itself_when_the_invoice_came_before() -> None:
    final = replace(invoiced(10), invoice=FINAL)
    waiting = failed(MatchException.NO_RECEIPT, invoice=FINAL)
    outcome = scenario(commitment).given(*advanced, final, waiting).when(deliver(10))
    assert outcome.events is not None
    assert outcome.events[1:] == [
        replace(matched(10, invoice=FINAL, by=DALIA), payable=iqd(700_000)),
        cleared(700_000, DALIA),
    ]


def test_an_advance_under_way_takes_from_the_order() -> None:
    outcome = (
        scenario(commitment)
        .given(*offer, approved(), submitted, sacks(10))
        .when(bill(10, invoice=FINAL))
    )
    assert outcome.events is not None
    assert outcome.events[1] == failed(MatchException.OVER_ORDER, invoice=FINAL)


def test_one_that_covers_a_whole_part_invoice_settles_it_without_a_payment() -> None:
    part = bill(3, invoice=FINAL)
    lines = tuple(line for line in part.lines if line.line == 2)
    part = replace(part, lines=lines, amount=iqd(120_000))
    received = replace(invoiced(3), invoice=FINAL, lines=lines, amount=iqd(120_000))
    passed = replace(matched(3, invoice=FINAL), payable=iqd(0))
    settled = replace(paid, by=HANA, invoice=FINAL, reserved=eur(0))
    stands = scenario(commitment).given(*advanced, sacks(3))
    settled_by_it = (received, passed, cleared(120_000), settled)
    stands.when(part).then(*settled_by_it)

    state = commitment.fold((*advanced, sacks(3), *settled_by_it))
    assert state is not None
    assert (state.outstanding, state.reserved, state.settled(2)) == (iqd(580_000), eur(500), 3)
    nothing = SubmitInvoice(by=HANA, at=NOON, invoice=FINAL, payment=PAYMENT, amount=iqd(0))
    after = stands.given(*settled_by_it)
    after.when(nothing).then_rejected(no.InvoiceAlreadyPaid(FINAL, PAYMENT))


cancel = CancelCommitment(by=HANA, at=NOON, reason=Code("vendor_gave_up"))
recover = RecoverAdvance(by=SYSTEM, at=NOON, payment=PAYMENT, amount=iqd(700_000))


def recovered(units: int) -> AdvanceRecovered:
    return AdvanceRecovered(
        by=SYSTEM, at=NOON, commitment=COMMITMENT, invoice=INVOICE, amount=iqd(units)
    )


def test_an_order_does_not_end_while_what_was_advanced_on_it_is_owed() -> None:
    owed = judging.AdvanceOutstanding(COMMITMENT, iqd(700_000))
    late = NOON + timedelta(days=400)
    expire = ExpireCommitment(by=SYSTEM, at=late, closes=WINDOW.closes)
    stands = scenario(commitment).given(*advanced)
    stands.when(cancel).then_rejected(owed)
    stands.when(expire).then_rejected(owed)
    part = scenario(commitment).given(*advanced, recovered(300_000))
    part.when(cancel).then_rejected(judging.AdvanceOutstanding(COMMITMENT, iqd(400_000)))


def test_once_the_advance_is_recovered_the_order_ends_and_gives_back_what_is_left() -> None:
    scenario(commitment).given(*advanced).when(recover).then(recovered(700_000))
    over = CommitmentCancelled(
        by=HANA,
        at=NOON,
        commitment=COMMITMENT,
        budget_line=LINE,
        item=ITEM,
        reason=cancel.reason,
        released=eur(500),
    )
    scenario(commitment).given(*advanced, recovered(300_000), recovered(400_000)).when(cancel).then(
        over
    )


def placed(to_order: int, to_item: int, units: int, **changes: object) -> RecoveredFundsPlaced:
    told = RecoveredFundsPlaced(
        by=SYSTEM,
        at=NOON,
        commitment=COMMITMENT,
        item=ITEM,
        budget_line=LINE,
        payment=PAYMENT,
        invoice=INVOICE,
        amount=iqd(units),
        to_order=eur(to_order),
        to_item=eur(to_item),
    )
    return replace(told, **changes)


came_back = replace(recover, restored=eur(500))


def test_an_advance_that_came_back_is_there_for_its_order_again() -> None:
    stands = scenario(commitment).given(*advanced)
    stands.when(came_back).then(recovered(700_000), placed(500, 0, 700_000))
    state = commitment.fold((*advanced, recovered(700_000), placed(500, 0, 700_000)))
    assert state is not None
    assert (state.reserved, state.outstanding, state.taken) == (eur(1000), iqd(0), iqd(0))
    again = (*advanced, recovered(700_000), placed(500, 0, 700_000), sacks(10))
    whole = scenario(commitment).given(*again).when(bill(10, invoice=FINAL))
    whole.then(replace(invoiced(10), invoice=FINAL), matched(10, invoice=FINAL))
    assert whole.state is not None
    final = whole.state.invoice(FINAL)
    assert final is not None
    assert whole.state.share_of(final) == eur(1000)


def test_what_goods_were_set_off_against_comes_back_to_the_item() -> None:
    settled = (
        replace(invoiced(10), invoice=FINAL),
        replace(matched(10, invoice=FINAL), payable=iqd(1_000_000)),
        cleared(400_000),
    )
    stands = scenario(commitment).given(*advanced, sacks(10), *settled)
    part = replace(
        placed(0, 0, 300_000), to_order=Money(214_28, "EUR"), to_item=Money(285_72, "EUR")
    )
    stands.when(came_back).then(recovered(300_000), part)
    other = replace(came_back, payment=PaymentId("pay_other"))
    stands.when(other).then(placed(0, 500, 0, payment=PaymentId("pay_other"), invoice=None))


def test_what_was_given_up_the_order_may_not_cost_once_more() -> None:
    over = scenario(commitment).given(*advanced, recovered(700_000), sacks(10))
    waits = over.when(bill(10, invoice=FINAL))
    assert waits.events is not None
    assert waits.events[1] == failed(MatchException.OVER_ORDER, invoice=FINAL)
    state = commitment.fold((*advanced, recovered(700_000)))
    assert state is not None
    assert (state.gone, state.taken, state.reserved) == (iqd(700_000), iqd(700_000), eur(500))


def test_no_more_is_recovered_of_an_advance_than_is_outstanding() -> None:
    scenario(commitment).given(*advanced, recovered(300_000)).when(recover).then(recovered(400_000))
    other = replace(recover, payment=PaymentId("pay_other"))
    scenario(commitment).given(*advanced).when(other).then()


def test_it_is_told_once_when_nothing_came_in_time() -> None:
    late = NOON + timedelta(days=31)
    tell = TellAdvanceOverdue(by=SYSTEM, at=late)
    told = AdvanceOverdue(
        by=SYSTEM,
        at=late,
        commitment=COMMITMENT,
        vendor=OVENS,
        due=date(2026, 4, 1),
        outstanding=iqd(700_000),
    )
    stands = scenario(commitment).given(*advanced)
    stands.when(replace(tell, at=NOON + timedelta(days=30))).then()
    stands.when(tell).then(told)
    stands.given(told).when(tell).then()


HALF_OF_IT = {"amount": {"amount": "700000.000", "currency": "IQD"}}


async def half_paid(till: Cashier) -> str:
    """An order of which half was paid on an offer: its path."""
    line = await chain.funded(till)
    kind = heard.Assistance(
        type=Code("education"), advance=heard.Advance(percent_at_most=50, clear_within_days=30)
    )
    await till.heard(heard.from_plans, replace(published, version=2, assistance=(kind,)))
    item = heard.ApprovedItem(item=ITEM, ceiling=eur(2000), type=Code("education"))
    await till.heard(heard.from_plans, replace(plan_approved, programme_version=2, items=(item,)))
    path = await chain.ordered(till, await chain.committed(till, line))
    told = await till.does(till.hana, f"{path}/invoices", chain.invoice(10, "P-1", pro_forma=True))
    offer_id = told["invoices"][0]["invoice"]
    asked = {"commitment": told["commitment"], "invoice": offer_id}
    assert refused(await till.hana.post("/v1/payments", asked)) == (422, "InvoiceNotMatched")
    act = f"{path}/invoices/{offer_id}/approve-advance"
    ok(await till.eva.post(act, HALF_OF_IT, if_match=told["version"]))
    await till.settle()
    early = await chain.instructed(
        till, await chain.released(till, await chain.requested(till, path))
    )
    await till.bank_says("1.xml", chain.booked(early, amount="700000.000"))
    assert (await till.told()).count("approval_counted") == 1
    return path


async def test_an_advance_from_offer_to_the_last_invoice(till: Cashier) -> None:
    path, half = await half_paid(till), HALF_OF_IT
    stands = ok(await till.hana.get(path))
    assert stands["advance_outstanding"] == half["amount"]
    assert (stands["stage"], stands["advance_overdue"]) == ("issued", False)

    till.it_is(NOON + timedelta(days=60))
    await tell_overdue_advances(till.handler, till.tables)
    await tell_overdue_advances(till.handler, till.tables)
    assert (await till.told()).count("advance_overdue") == 1
    till.it_is(NOON)
    assert ok(await till.hana.get(path))["advance_overdue"]

    await till.does(till.dalia, f"{path}/deliveries", chain.delivery(10))
    last = chain.invoice(10, "F-1", document="e" * 64)
    told = await till.does(till.hana, f"{path}/invoices", last)
    final = told["invoices"][-1]
    assert (final["payable"], final["set_off"]) == (half["amount"], half["amount"])
    assert (told["advance_outstanding"]["amount"], told["advance_overdue"]) == ("0.000", False)


async def test_an_advance_that_the_vendor_pays_back_can_be_paid_on_the_same_order_again(
    till: Cashier,
) -> None:
    path = await half_paid(till)
    [advance_payment] = ok(await till.hana.get("/v1/payments"))["items"]
    owed = {"payment": advance_payment["payment"], "reason": "vendor_gave_up", **HALF_OF_IT}
    told = ok(await till.hana.post("/v1/recoveries", owed), 201)
    await till.settle()
    recovery = f"/v1/recoveries/{told['recovery']}"
    await till.does(till.eva, f"{recovery}/approve")
    [line] = (await till.maria.get("/v1/budget-lines")).json()["items"]
    assert (line["spent"], line["reserved"]) == (chain.eur(500), chain.eur(500))
    await chain.money_came(till, recovery, await credited(till, "700000.000"))
    [line] = (await till.maria.get("/v1/budget-lines")).json()["items"]
    assert (line["spent"], line["reserved"]) == (chain.eur(0), chain.eur(1000))
    stands = ok(await till.hana.get(path))
    assert (stands["reserved"], stands["stage"]) == (chain.eur(1000), "issued")
    await till.does(till.dalia, f"{path}/deliveries", chain.delivery(10))
    last = chain.invoice(10, "F-1", document="e" * 64)
    final = (await till.does(till.hana, f"{path}/invoices", last))["invoices"][-1]
    assert final["payable"] == {"amount": "1400000.000", "currency": "IQD"}
    assert till.refusals() == []


async def test_an_order_is_cancelled_once_its_advance_is_given_up(till: Cashier) -> None:
    path = await half_paid(till)
    reason = {"reason": "vendor_gave_up"}
    cancelled = await till.tries(till.hana, f"{path}/cancel", reason)
    assert cancelled == (422, "AdvanceOutstanding")

    [advance_payment] = ok(await till.hana.get("/v1/payments"))["items"]
    owed = {"payment": advance_payment["payment"], "reason": "vendor_gave_up", **HALF_OF_IT}
    told = ok(await till.hana.post("/v1/recoveries", owed), 201)
    await till.settle()
    recovery = f"/v1/recoveries/{told['recovery']}"
    await till.does(till.eva, f"{recovery}/approve")
    assert await till.tries(till.hana, f"{path}/cancel", reason) == cancelled
    await till.does(till.hana, f"{recovery}/propose-write-off", reason)
    await till.does(await approver(till), f"{recovery}/write-off")

    stands = await till.does(till.hana, f"{path}/cancel", reason)
    assert (stands["stage"], stands["advance_outstanding"]["amount"]) == ("cancelled", "0.000")


def test_the_ledger_keeps_it_as_an_advance_until_goods_come() -> None:
    by_bank = replace(vendor_paid, amount=iqd(700_000), functional_amount=eur(500))
    final = replace(invoiced(10), invoice=FINAL)
    rest = replace(matched(10, invoice=FINAL), payable=iqd(700_000))
    before = (requested, ordered, replace(invoiced(10), pro_forma=True), approved(), by_bank)
    assert _balance(*before)[Account.ADVANCE] == 500_00
    after = _balance(*before, sacks(10), final, rest, cleared(700_000))
    assert after[Account.ADVANCE] == after[Account.NOT_INVOICED] == 0
    assert (after[Account.EXPENSE], after[Account.PAYABLE]) == (1000_00, -500_00)
    assert sum(after.values()) == 0


def _balance(*facts: Any) -> Counter[Account]:
    book, stands = None, Counter[Account]()
    for fact in facts:
        book, postings = post(book, fact)
        for posting in postings:
            stands[posting.account] += posting.amount.minor
    return stands
