"""What a vendor owes back: claimed by one, approved by another, received when the bank says so."""

from typing import Any

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, refused
from services.disbursement.tests.people import (
    DELEGATION,
    DOCUMENT,
    EVA,
    HANA,
    INVOICE,
    IVAN,
    JOZEF,
    NOON,
    PAYMENT,
    TOMAS,
    eur,
    invoiced,
    iqd,
    mandate,
    ordered,
    paid,
    payment_requested,
    requested,
    with_the_bank,
)
from services.disbursement.tests.test_exchanging import upload
from services.disbursement.tests.test_ledger import on
from services.disbursement.tests.test_reconciliation import OVEN, charge, entry, grant, statement

from disbursement.domain.bank_answer import answer_id
from disbursement.domain.commitment.advanced import (
    AdvanceApproved,
    AdvanceClaimed,
    AdvanceCleared,
    AdvanceRule,
)
from disbursement.domain.cumulative import ApprovalCounted, Kind
from disbursement.domain.delegation import Authority
from disbursement.domain.payment import Payment, payment
from disbursement.domain.payment import Stage as Paying
from disbursement.domain.payment.refusals import CounsellorNeverActs, RecorderCannotApprove
from disbursement.domain.recovery import (
    ApproveRecovery,
    InitiateRecovery,
    ProposeWriteOff,
    ReceiveRecovery,
    RecoveryApproved,
    RecoveryInitiated,
    RecoveryReceived,
    RecoveryWrittenOff,
    Stage,
    WriteOff,
    WriteOffProposed,
    recovery,
    recovery_of,
)
from disbursement.domain.recovery import refusals as no
from disbursement.ledger import Account, Book, post
from events.money import Money, total
from events.scenario import scenario
from events.values import Code, PersonId

RECOVERY = recovery_of(PAYMENT)
ANSWER = answer_id(DOCUMENT)
folded = payment.fold((*with_the_bank, paid))
assert folded is not None
executed: Payment = folded
ask = InitiateRecovery(
    by=HANA, at=NOON, payment=executed, amount=iqd(420_000), reason=Code("goods_taken_back")
)
asked = RecoveryInitiated(
    by=HANA,
    at=NOON,
    recovery=RECOVERY,
    payment=PAYMENT,
    vendor=payment_requested.vendor,
    commitment=payment_requested.commitment,
    item=payment_requested.item,
    budget_line=payment_requested.budget_line,
    amount=iqd(420_000),
    functional_amount=eur(300),
    reserved=eur(300),
    reason=Code("goods_taken_back"),
    paid_by=tuple(sorted({by for _, by in executed.acts})),
)
may = mandate(TOMAS, Authority.APPROVE)
approve = ApproveRecovery(by=TOMAS, at=NOON, mandate=may, of=executed)
approved = RecoveryApproved(
    by=TOMAS,
    at=NOON,
    recovery=RECOVERY,
    payment=PAYMENT,
    commitment=asked.commitment,
    functional_amount=eur(300),
    delegation=DELEGATION,
)
receive = ReceiveRecovery(by=HANA, at=NOON, answer=ANSWER, line=2, amount=iqd(140_000))
received = RecoveryReceived(
    by=HANA,
    at=NOON,
    recovery=RECOVERY,
    payment=PAYMENT,
    commitment=asked.commitment,
    item=asked.item,
    budget_line=asked.budget_line,
    answer=ANSWER,
    line=2,
    amount=iqd(140_000),
    functional_amount=eur(100),
    received=eur(100),
    restored=eur(100),
    settled=False,
)
proposed = WriteOffProposed(by=HANA, at=NOON, recovery=RECOVERY, reason=Code("vendor_closed"))
give_up = WriteOff(by=TOMAS, at=NOON, mandate=may, of=executed)
owed = (asked, approved)


def test_a_part_of_what_was_paid_is_claimed_in_both_currencies() -> None:
    scenario(recovery).when(ask).then(asked)


def test_only_what_the_bank_executed_is_claimed() -> None:
    under_way = payment.fold(with_the_bank)
    unpaid = replace(ask, payment=under_way)
    scenario(recovery).when(unpaid).then_rejected(no.NothingWasPaid(Paying.INSTRUCTED))


@pytest.mark.parametrize("amount", [iqd(1_400_001), iqd(0), iqd(-5), eur(300)])
def test_no_more_is_claimed_than_was_paid(amount: Any) -> None:
    wrong = no.MoreThanWasPaid(iqd(1_400_000), amount)
    scenario(recovery).when(replace(ask, amount=amount)).then_rejected(wrong)


def test_a_payment_has_one_recovery() -> None:
    scenario(recovery).given(asked).when(ask).then_rejected(no.RecoveryIsAt(Stage.INITIATED, None))


def test_another_person_approves_it() -> None:
    scenario(recovery).given(asked).when(approve).then(approved)
    own = replace(approve, by=HANA, mandate=mandate(HANA, Authority.APPROVE))
    scenario(recovery).given(asked).when(own).then_rejected(no.ActedOnRecovery(HANA))


def test_it_comes_in_parts_that_sum_to_the_whole() -> None:
    scenario(recovery).given(*owed).when(receive).then(received)
    rest = replace(receive, line=3, amount=iqd(280_000))
    settled = replace(
        received,
        line=3,
        amount=iqd(280_000),
        functional_amount=eur(200),
        received=eur(200),
        restored=eur(200),
        settled=True,
    )
    scenario(recovery).given(*owed, received).when(rest).then(settled)


def test_nobody_receives_what_the_bank_did_not_book() -> None:
    nothing = replace(receive, amount=None)
    scenario(recovery).given(*owed).when(nothing).then_rejected(no.NoCreditThere(ANSWER, 2))
    more = replace(receive, amount=iqd(420_001))
    wrong = no.MoreThanIsOwed(iqd(420_000), iqd(420_001))
    scenario(recovery).given(*owed).when(more).then_rejected(wrong)


def test_nothing_is_received_before_it_is_approved() -> None:
    early = no.RecoveryIsAt(Stage.INITIATED, Stage.APPROVED)
    scenario(recovery).given(asked).when(receive).then_rejected(early)


def test_what_was_not_received_is_given_up_by_somebody_without_a_part_in_it() -> None:
    propose = ProposeWriteOff(by=HANA, at=NOON, reason=Code("vendor_closed"))
    scenario(recovery).given(*owed, received).when(propose).then(proposed)
    scenario(recovery).given(*owed, received, proposed).when(give_up).then(
        RecoveryWrittenOff(
            by=TOMAS,
            at=NOON,
            recovery=RECOVERY,
            commitment=asked.commitment,
            amount=iqd(280_000),
            functional_amount=eur(200),
            delegation=DELEGATION,
        )
    )


@pytest.mark.parametrize("person", [JOZEF, EVA, IVAN])
def test_nobody_gives_up_money_that_they_let_go(person: PersonId) -> None:
    own = replace(give_up, by=person, mandate=mandate(person, Authority.APPROVE))
    scenario(recovery).given(*owed, proposed).when(own).then_rejected(
        no.HadAPartInThePayment(person)
    )


@pytest.mark.parametrize(
    ("history", "act"),
    [((asked,), approve), ((*owed, proposed), give_up)],
    ids=["owed", "given up"],
)
def test_nobody_decides_on_it_who_counsels_the_case_or_recorded_what_was_paid_for(
    history: Any, act: Any
) -> None:
    counselled = replace(act, of=replace(executed, named=frozenset({TOMAS})))
    scenario(recovery).given(*history).when(counselled).then_rejected(CounsellorNeverActs(TOMAS))
    recorded = replace(act, of=replace(executed, recorders=(TOMAS,)))
    scenario(recovery).given(*history).when(recorded).then_rejected(RecorderCannotApprove(TOMAS))


def test_what_is_claimed_back_of_an_advance_is_an_advance_no_more() -> None:
    """As far as nothing that arrived was set off against it; that part was an expense."""
    rule = AdvanceRule(percent_at_most=100, clear_within_days=30)
    advanced = AdvanceApproved(
        by=EVA,
        at=NOON,
        commitment=asked.commitment,
        invoice=INVOICE,
        vendor=asked.vendor,
        amount=iqd(1_400_000),
        rule=rule,
        delegation=DELEGATION,
    )
    cleared = AdvanceCleared(
        by=EVA, at=NOON, commitment=asked.commitment, invoice=INVOICE, amount=iqd(1_120_000)
    )
    claimed = AdvanceClaimed(
        by=HANA,
        at=NOON,
        commitment=asked.commitment,
        invoice=INVOICE,
        payment=PAYMENT,
        amount=iqd(420_000),
    )
    before = (requested, ordered, invoiced(10), advanced, paid)
    assert posted(*before, asked, claimed, approved) == {
        Account.RECEIVABLE: eur(300),
        Account.ADVANCE: eur(-300),
    }
    assert posted(*before, cleared, asked, replace(claimed, amount=iqd(280_000)), approved) == {
        Account.RECEIVABLE: eur(300),
        Account.ADVANCE: eur(-200),
        Account.EXPENSE: eur(-100),
    }


def posted(*facts: Any) -> dict[Account, Money]:
    """What the last of them comes to on each account."""
    book: Book | None = None
    postings: Any = ()
    for fact in facts:
        book, postings = post(book, fact)
    accounts = dict.fromkeys(each.account for each in postings)
    return {
        account: total((each.amount for each in postings if each.account is account), "EUR")
        for account in accounts
    }


# The same over HTTP, with the bank's statement and the ledger


async def owed_back(till: Cashier, amount: str = "420000.000") -> str:
    """A payment that was executed, and of which the vendor owes a part: the recovery's path."""
    executed = await chain.instructed(till)
    shown = statement(entry(executed), opening="5000000.000", closing="3600000.000")
    await till.bank_says("1.xml", shown)
    body = {
        "payment": executed.rpartition("/")[2],
        "amount": {"amount": amount, "currency": "IQD"},
        "reason": "goods_taken_back",
    }
    asked = ok(await till.hana.post("/v1/recoveries", body), 201)
    await till.settle()
    path = f"/v1/recoveries/{asked['recovery']}"
    await till.does(till.eva, f"{path}/approve")
    return path


async def credited(till: Cashier, amount: str = "420000.000") -> dict[str, Any]:
    """Money comes to our account and fits nothing: its open line."""
    credit = charge(amount).replace("DBIT", "CRDT").replace("FEE-1", "BACK-1")
    closing = f"{3_600_000 + int(amount.partition('.')[0])}.000"
    told = statement(credit, opening="3600000.000", closing=closing, name="STMT-2")
    await till.bank_says("2.xml", told)
    [line] = (await till.hana.get("/v1/bank-lines")).json()["items"]
    return {"answer": line["answer"], "line": line["line"]}


async def test_money_came_back_only_when_another_person_has_confirmed_the_statement(
    till: Cashier,
) -> None:
    """Else one person makes money come that never came."""
    path = await owed_back(till)
    credit = charge("420000.000").replace("DBIT", "CRDT").replace("FEE-1", "BACK-1")
    told = statement(credit, opening="3600000.000", closing="4020000.000", name="STMT-2")
    answer = ok(await upload(till, till.hana, told), 201)["answer"]
    named = {"answer": answer, "line": 1}
    assert await till.tries(till.hana, f"{path}/receive", named) == (422, "NoCreditThere")
    assert ok(await till.eva.get(path))["owed"]["amount"] == "420000.000"
    file = f"/v1/bank-answers/{answer}"
    await till.does(till.maria, f"{file}/confirm", await till.seen(file))
    assert (await chain.money_came(till, path, named))["stage"] == "settled"


async def test_money_that_comes_back_is_there_again_for_the_line_and_the_item(
    till: Cashier,
) -> None:
    path = await owed_back(till)
    assert (await on(till))["receivable"] == "300.00"
    assert (await on(till))["expense"] == "700.00"
    line = await credited(till)
    stands = await chain.money_came(till, path, line)
    assert (stands["stage"], stands["owed"]["amount"]) == ("settled", "0.000")
    assert await on(till) == {"bank": "-700.00", "expense": "700.00"}
    [budget] = (await till.maria.get("/v1/budget-lines")).json()["items"]
    assert (budget["spent"], budget["available"]) == (chain.eur(700), chain.eur(4300))
    assert (await till.hana.get("/v1/bank-lines")).json()["items"] == []
    await grant(till)
    assert till.refusals() == []


async def test_what_the_bank_sends_back_is_not_owed_as_well(till: Cashier) -> None:
    path = await owed_back(till)
    executed = f"/v1/payments/{ok(await till.eva.get(path))['payment']}"
    assert await on(till) == {"bank": "-1000.00", "expense": "700.00", "receivable": "300.00"}
    await till.bank_says("2.xml", chain.came_back(executed))
    stands = ok(await till.eva.get(path))
    assert (stands["stage"], stands["owed"]["amount"]) == ("stopped", "0.000")
    left = await on(till)
    assert left["expense"] == "1000.00"
    assert left["payable"] == "-1000.00"
    assert "receivable" not in left
    assert await till.tries(till.hana, f"{path}/propose-write-off", {"reason": "gone"}) == (
        409,
        "RecoveryIsAt",
    )


async def taken_back(till: Cashier) -> str:
    """Of a paid order two sacks were damaged, and a dispute took them back: their recovery."""
    executed = await chain.instructed(till)
    shown = statement(entry(executed), opening="5000000.000", closing="3600000.000")
    await till.bank_says("1.xml", shown)
    page = ok(await till.eva.get(executed))
    path = f"/v1/commitments/{page['commitment']}"
    receipt = page["commitment_stands"]["receipts"][0]["receipt"]
    said = {"receipt": receipt, "reason": "damaged", "lines": [{"line": 2, "quantity": 2}]}
    await till.does(till.lina, f"{path}/dispute-delivery", said)
    assert ok(await till.eva.get("/v1/recoveries"))["items"] == []
    outcome = {"receipt": receipt, "outcome": "reduced", "document": chain.DOCUMENT}
    await till.does(till.hana, f"{path}/resolve-dispute", outcome)
    [asked] = ok(await till.eva.get("/v1/recoveries"))["items"]
    assert (asked["reason"], asked["stage"]) == ("goods_taken_back", "initiated")
    assert asked["amount"] == {"amount": "80000.000", "currency": "IQD"}
    return f"/v1/recoveries/{asked['recovery']}"


KEPT = {"bank": "-1000.00", "expense": "942.86"}
"""What was not taken back is an expense, once, whatever is claimed for the rest."""


async def test_goods_taken_back_after_the_payment_are_claimed_by_themselves(till: Cashier) -> None:
    claim = await taken_back(till)
    assert await on(till) == KEPT | {"received_not_invoiced": "57.14"}
    await till.does(till.eva, f"{claim}/approve")
    assert await on(till) == KEPT | {"receivable": "57.14"}
    await chain.money_came(till, claim, await credited(till, "80000.000"))
    assert await on(till) == {"bank": "-942.86", "expense": "942.86"}


async def test_goods_taken_back_whose_money_is_given_up_are_a_loss_and_no_expense(
    till: Cashier,
) -> None:
    claim = await taken_back(till)
    await till.does(till.eva, f"{claim}/approve")
    await till.does(till.hana, f"{claim}/propose-write-off", {"reason": "vendor_closed"})
    await till.does(await approver(till), f"{claim}/write-off")
    assert await on(till) == KEPT | {"written_off": "57.14"}


async def test_what_is_not_owed_in_money_after_all_is_owed_in_goods(till: Cashier) -> None:
    claim = await taken_back(till)
    await till.does(till.eva, f"{claim}/approve")
    await till.does(await approver(till), f"{claim}/withdraw", {"reason": "it_comes"})
    assert await on(till) == KEPT | {"received_not_invoiced": "57.14"}


@pytest.mark.parametrize("came", [True, False])
async def test_when_the_bank_sends_the_payment_back_what_was_kept_is_owed_anew(
    till: Cashier, *, came: bool
) -> None:
    claim = await taken_back(till)
    await till.does(till.eva, f"{claim}/approve")
    if came:
        await chain.money_came(till, claim, await credited(till, "80000.000"))
    paid = f"/v1/payments/{ok(await till.eva.get(claim))['payment']}"
    await till.bank_says("3.xml", chain.came_back(paid))
    theirs = {"bank": "57.14", "payable": "-57.14"} if came else {}
    assert await on(till) == {"expense": "942.86", "received_not_invoiced": "-942.86", **theirs}


async def test_one_line_of_the_bank_is_received_once(till: Cashier) -> None:
    path = await owed_back(till, OVEN)
    line = await credited(till)
    await chain.money_came(till, path, line)
    assert await till.tries(till.hana, f"{path}/receive", line) == (409, "LineNotOpen")


async def test_a_debit_is_nothing_that_came_back(till: Cashier) -> None:
    path = await owed_back(till)
    told = statement(charge(), opening="3600000.000", closing="3599987.500", name="STMT-2")
    await till.bank_says("2.xml", told)
    [line] = (await till.hana.get("/v1/bank-lines")).json()["items"]
    body = {"answer": line["answer"], "line": line["line"]}
    assert await till.tries(till.hana, f"{path}/receive", body) == (422, "NoCreditThere")


async def test_a_write_off_is_a_loss_and_gives_the_line_nothing(till: Cashier) -> None:
    path = await owed_back(till)
    await till.does(till.hana, f"{path}/propose-write-off", {"reason": "vendor_closed"})
    assert await till.tries(till.eva, f"{path}/write-off") == (422, "HadAPartInThePayment")
    ulla = await approver(till)
    stands = await till.does(ulla, f"{path}/write-off")
    assert (stands["stage"], stands["owed"]["amount"]) == ("written_off", "0.000")
    counted = [e for e in await till.trial.events() if isinstance(e, ApprovalCounted)]
    assert [(e.kind, e.amount) for e in counted] == [
        (Kind.OWED_BACK, eur(300)),
        (Kind.WRITTEN_OFF, eur(300)),
    ]
    assert await on(till) == {"bank": "-1000.00", "expense": "700.00", "written_off": "300.00"}
    [budget] = (await till.maria.get("/v1/budget-lines")).json()["items"]
    assert budget["available"] == chain.eur(4000)


async def approver(till: Cashier) -> Any:
    """Somebody who had no part in the payment."""
    return await chain.empowered(till, "ulla", "approve")


async def test_a_line_that_no_answer_has_is_a_refusal(till: Cashier) -> None:
    path = await owed_back(till)
    for line in (0, 2**40, -1):
        body = {"answer": "ans_none", "line": line}
        said = await till.tries(till.hana, f"{path}/receive", body)
        assert said[0] in (404, 422)
    bad = {"payment": "pay_none", "amount": chain.eur(1), "reason": "x"}
    assert refused(await till.hana.post("/v1/recoveries", bad)) == (404, "NoSuchPayment")


# One after the other


def test_after_a_recovery_another_one_claims_no_more_than_the_vendor_still_has() -> None:
    whole = replace(received, amount=iqd(420_000), functional_amount=eur(300))
    settled = replace(whole, received=eur(300), restored=eur(300), settled=True)
    over = scenario(recovery).given(*owed, settled)
    second = replace(ask, amount=iqd(980_000), reason=Code("overcharged"))
    rest = replace(
        asked,
        amount=iqd(980_000),
        functional_amount=eur(700),
        reserved=eur(700),
        reason=Code("overcharged"),
    )
    over.when(second).then(rest)
    over.when(replace(second, amount=iqd(980_001))).then_rejected(
        no.MoreThanWasPaid(iqd(980_000), iqd(980_001))
    )


def test_what_a_dispute_takes_back_later_is_claimed_beside_what_came() -> None:
    """By itself: all that is gone of the goods, less what was asked for that reason before."""
    settled = replace(received, amount=iqd(420_000), functional_amount=eur(300), settled=True)
    in_all = replace(ask, amount=iqd(560_000), in_all=True)
    more = replace(asked, amount=iqd(140_000), functional_amount=eur(100), reserved=eur(100))
    scenario(recovery).given(*owed, settled).when(in_all).then(more)
    scenario(recovery).given(*owed, settled).when(replace(in_all, amount=iqd(420_000))).then()
    scenario(recovery).given(*owed).when(in_all).then()
