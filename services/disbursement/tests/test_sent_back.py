"""What the bank sends back: less its charge, or told before the payment itself is."""

from typing import Any

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok
from services.disbursement.tests.payment_asks import reconciled, rejected_by_bank
from services.disbursement.tests.people import NOON, PAYMENT, eur, iqd, paid, with_the_bank
from services.disbursement.tests.test_payment_and_bank import found_back, give_back, returned
from services.disbursement.tests.test_reconciliation import (
    bank,
    entry,
    grant,
    names,
    statement,
    waiting_lines,
)

from disbursement.domain.bank_answer import BankAnswerId
from disbursement.domain.payment import (
    BankChargeKept,
    EarlyReturn,
    KeepEarlyReturn,
    PaymentReturnCameFirst,
    RecordReturn,
    Stage,
    payment,
)
from disbursement.domain.payment.refusals import BookedTwice, NotTheAmount, PaymentIsAt
from events.scenario import scenario
from events.values import SYSTEM, Code

BACK = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"
LESS = "1372000.000"
"""Of 1,400,000, two in a hundred are kept."""
CHARGES = '<Chrgs><Rcrd><Amt Ccy="IQD">{kept}</Amt></Rcrd></Chrgs>'
INSTRUCTED = '<AmtDtls><InstdAmt><Amt Ccy="IQD">1400000.000</Amt></InstdAmt></AmtDtls>'

less = RecordReturn(
    by=SYSTEM,
    at=NOON,
    amount=iqd(1_372_000),
    charge=iqd(28_000),
    reason=Code("AC04"),
    booked=give_back.booked,
)
kept = BankChargeKept(
    by=SYSTEM,
    at=NOON,
    payment=PAYMENT,
    commitment=paid.commitment,
    budget_line=paid.budget_line,
    amount=iqd(28_000),
    functional_amount=paid.functional_amount.allocate((98, 2))[1],
    by_rule=paid.functional_amount.allocate((98, 2))[1],
)
assert give_back.booked is not None
early = KeepEarlyReturn(
    by=SYSTEM,
    at=NOON,
    back=EarlyReturn(
        answer=BankAnswerId("ans_1"),
        line=1,
        amount=iqd(1_400_000),
        charge=iqd(0),
        reason=Code("AC04"),
        statement=give_back.booked.statement,
        entry=give_back.booked.line,
        bank_ref=give_back.booked.bank_ref,
        value_date=give_back.booked.value_date,
    ),
)
came_first = PaymentReturnCameFirst(by=SYSTEM, at=NOON, payment=PAYMENT, back=early.back)


def test_what_the_bank_kept_of_a_return_is_a_charge() -> None:
    known = scenario(payment).given(*with_the_bank, paid, reconciled)
    known.when(less).then(returned, kept, found_back)
    known.given(returned, kept, found_back).when(less).then()


def test_what_came_and_what_was_kept_is_all_that_was_paid() -> None:
    known = scenario(payment).given(*with_the_bank, paid, reconciled)
    for charge in (None, iqd(27_999), eur(28_000)):
        short = replace(less, charge=charge)
        known.when(short).then_rejected(NotTheAmount(iqd(1_400_000), iqd(1_372_000)))
    nothing_came = replace(less, amount=iqd(0), charge=iqd(1_400_000))
    known.when(nothing_came).then_rejected(NotTheAmount(iqd(1_400_000), iqd(0)))


@pytest.mark.parametrize("more", [(), (rejected_by_bank,)], ids=["instructed", "rejected"])
def test_a_return_before_its_payment_is_kept_in_mind_once(more: tuple[Any, ...]) -> None:
    known = scenario(payment).given(*with_the_bank, *more)
    known.when(early).then(came_first)
    known.given(came_first).when(early).then()
    other = replace(early, back=replace(early.back, bank_ref=Code("BANK-98")))
    known.given(came_first).when(other).then_rejected(BookedTwice(Code("BANK-99"), Code("BANK-98")))


def test_a_return_of_what_is_paid_does_not_come_first() -> None:
    known = scenario(payment).given(*with_the_bank, paid)
    known.when(early).then_rejected(PaymentIsAt(Stage.PAID, Stage.INSTRUCTED))


# Through the bank's files


async def budget(till: Cashier, path: str) -> dict[str, Any]:
    page = ok(await till.hana.get(path))
    assert page["stage"] == "returned"
    assert page["commitment_stands"]["invoices"][0]["stage"] == "matched"
    assert page["commitment_stands"]["reserved"] == chain.eur(1000)
    told: dict[str, Any] = page["budget"]
    return told


async def balances(till: Cashier) -> dict[str, str]:
    one = ok(await till.maria.get("/v1/grants"))["items"][0]["grant"]
    told = ok(await till.maria.get(f"/v1/grants/{one}/trial-balance"))
    assert told["balanced"]
    return {each["account"]: each["balance"]["amount"] for each in told["lines"]}


async def test_a_return_less_the_banks_charge_restores_the_commitment_and_books_the_charge(
    till: Cashier,
) -> None:
    path = await chain.instructed(till)
    out = statement(entry(path), opening="5000000.000", closing="3600000.000")
    await till.bank_says("1.xml", out)
    back = entry(path, "CRDT", "BANK-99", BACK).replace("1400000.000", LESS)
    told = statement(back, opening="3600000.000", closing="4972000.000", name="STMT-2")
    await till.bank_says("2.xml", told)
    await till.bank_says("3.xml", chain.came_back(path, amount=LESS))
    line = await budget(till, path)
    assert (line["reserved"], line["spent"]) == (chain.eur(1000), chain.eur(20))
    assert line["available"] == chain.eur(3980)
    stands = await balances(till)
    assert (stands["bank_charges"], stands["bank"]) == ("20.00", "-20.00")
    assert names(await bank(till)) == names(await grant(till)) == []
    assert (await grant(till))["in_ledger"] == chain.eur(-20)
    assert await waiting_lines(till) == []
    one = ok(await till.maria.get("/v1/grants"))["items"][0]["grant"]
    [actual] = ok(await till.maria.get(f"/v1/grants/{one}/budget"))["lines"]
    assert (actual["paid"], actual["paid_in_ledger"]) == (chain.eur(20), chain.eur(20))


@pytest.mark.parametrize("said", [CHARGES.format(kept="400000.000"), INSTRUCTED])
async def test_a_large_charge_counts_where_the_bank_says_so(till: Cashier, said: str) -> None:
    path = await chain.instructed(till)
    await till.bank_says("1.xml", chain.booked(path))
    told = chain.came_back(path, amount="1000000.000").replace("<RtrInf>", f"{said}<RtrInf>")
    await till.bank_says("2.xml", told)
    assert (await budget(till, path))["spent"]["amount"] == "285.71"


@pytest.mark.parametrize("amount", ["1259999.999", "1400000.001"])
async def test_what_is_no_banks_charge_waits_for_a_person(till: Cashier, amount: str) -> None:
    path = await chain.instructed(till)
    await till.bank_says("1.xml", chain.booked(path))
    await till.bank_says("2.xml", chain.came_back(path, amount=amount))
    assert ok(await till.hana.get(path))["stage"] == "reconciled"
    assert [why for why, _ in await waiting_lines(till)] == ["other_amount"]


async def test_a_return_that_is_told_before_its_payment_counts_with_it(till: Cashier) -> None:
    path = await chain.instructed(till)
    back = entry(path, "CRDT", "BANK-99", BACK)
    told = statement(back, opening="3600000.000", closing="5000000.000", name="STMT-2")
    await till.bank_says("1.xml", told)
    await till.bank_says("2.xml", chain.came_back(path))
    assert ok(await till.hana.get(path))["stage"] == "instructed"
    assert await waiting_lines(till) == [("contradicts", 1)], "told again it is no news"
    out = statement(entry(path), opening="5000000.000", closing="3600000.000")
    await till.bank_says("3.xml", out)
    line = await budget(till, path)
    assert (line["reserved"], line["spent"]) == (chain.eur(1000), chain.eur(0))
    assert await waiting_lines(till) == []
    [resolved] = ok(await till.hana.get("/v1/bank-lines?resolved=true"))["items"]
    assert resolved["outcome"] == "sent_back"
    assert names(await bank(till)) == names(await grant(till)) == []
    assert (await till.told()).count("payment_returned") == 1


async def test_within_one_file_what_left_goes_before_what_came_back(till: Cashier) -> None:
    path = await chain.instructed(till)
    back = entry(path, "CRDT", "BANK-99", BACK)
    told = statement(back, entry(path), opening="5000000.000", closing="5000000.000")
    await till.bank_says("1.xml", told)
    assert (await budget(till, path))["spent"] == chain.eur(0)
    assert await waiting_lines(till) == []


async def test_a_return_that_a_person_dealt_with_meanwhile_still_counts(till: Cashier) -> None:
    path = await chain.instructed(till)
    await till.bank_says("1.xml", chain.came_back(path))
    [line] = ok(await till.hana.get("/v1/bank-lines"))["items"]
    for person in (till.hana, till.eva):
        said = {"line": line["line"], "outcome": "asked_the_bank"}
        await till.does(person, f"/v1/bank-answers/{line['answer']}/resolve", said)
    await till.bank_says("2.xml", chain.status(path, "ACSC"))
    assert (await budget(till, path))["spent"] == chain.eur(0)
