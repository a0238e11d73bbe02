"""Events, ledger and statement are held against each other: each difference has its name."""

from typing import Any

from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok

from events.memory import FixedClock
from events.roles import Role

CAMT_053 = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>
<GrpHdr><MsgId>{id}</MsgId><CreDtTm>2026-03-04T18:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>{id}</Id><CreDtTm>2026-03-04T18:00:00Z</CreDtTm>
<Acct><Id><IBAN>SK3112000000198742637541</IBAN></Id></Acct>
{opening}{closing}{entries}</Stmt></BkToCstmrStmt></Document>"""
BALANCE = """<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="IQD">{amount}</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-04</Dt></Dt></Bal>"""
ENTRY = """<Ntry><Amt Ccy="IQD">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>
<Sts><Cd>BOOK</Cd></Sts><ValDt><Dt>2026-03-04</Dt></ValDt><AcctSvcrRef>{ref}</AcctSvcrRef>
<NtryDtls>{details}</NtryDtls></Ntry>"""
TX = "<TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs>{returned}</TxDtls>"
BACK = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"
OVEN = "1400000.000"


def entry(payment: str, direction: str = "DBIT", ref: str = "BANK-77", returned: str = "") -> str:
    details = TX.format(reference=chain.reference(payment), returned=returned)
    return ENTRY.format(amount=OVEN, direction=direction, ref=ref, details=details)


def charge(amount: str = "12.500") -> str:
    return ENTRY.format(amount=amount, direction="DBIT", ref="FEE-1", details="")


def statement(
    *entries: str, opening: str, closing: str, name: str = "STMT-1", version: str = "08"
) -> str:
    return CAMT_053.format(
        id=name,
        version=version,
        opening=BALANCE.format(kind="OPBD", amount=opening),
        closing=BALANCE.format(kind="CLBD", amount=closing),
        entries="".join(entries),
    )


def iqd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "IQD"}


async def bank(till: Cashier) -> dict[str, Any]:
    said: dict[str, Any] = (await till.elif_.get("/v1/bank-reconciliation")).json()
    for side in said["sides"]:
        assert side["unexplained"] == iqd("0.000")
    return said


async def grant(till: Cashier) -> dict[str, Any]:
    one = (await till.maria.get("/v1/grants")).json()["items"][0]["grant"]
    said: dict[str, Any] = (await till.maria.get(f"/v1/grants/{one}/reconciliation")).json()
    assert said["unexplained"] == chain.eur(0)
    for side in said["sides"]:
        assert side["unexplained"] == iqd("0.000")
    return said


def names(told: dict[str, Any]) -> list[tuple[str, str]]:
    found = (d for side in told["sides"] for d in side["differences"])
    return [(each["kind"], each["amount"]["amount"]) for each in found]


async def waiting_lines(till: Cashier) -> list[tuple[str, int]]:
    items = (await till.hana.get("/v1/bank-lines")).json()["items"]
    return [(line["why"], line["line"]) for line in items]


async def test_a_payment_that_its_statement_shows_leaves_no_difference(till: Cashier) -> None:
    path = await chain.instructed(till)
    told = statement(entry(path), opening="5000000.000", closing="3600000.000")
    await till.bank_says("1.xml", told)
    of_grant, of_bank = await grant(till), await bank(till)
    assert (
        of_grant["by_events"]
        == of_grant["in_ledger"]
        == {
            "amount": "-1000.00",
            "currency": "EUR",
        }
    )
    assert names(of_grant) == names(of_bank) == []
    [side] = of_bank["sides"]
    assert (side["account"], side["on_statement"]) == ("7541", iqd("-1400000.000"))
    assert [s["sum"] for s in of_bank["statements"]] == ["adds_up"]
    assert await waiting_lines(till) == []


async def test_without_an_answer_it_stays_unknown_however_long_that_lasts(till: Cashier) -> None:
    path = await chain.instructed(till)
    assert isinstance(till.trial.clock, FixedClock)
    till.trial.clock.advance(90 * 24 * 3600)
    till.maria = till.sign_in("maria", Role.GRANT_MANAGER)
    till.hana = till.sign_in("hana", Role.FINANCE_OFFICER)
    await till.settle()
    [waiting] = (await grant(till))["waiting"]
    assert (waiting["stage"], waiting["amount"]) == ("instructed", chain.MONEY)
    stands = (await till.hana.get(path)).json()
    again = {"commitment": stands["commitment"], "invoice": stands["invoice"]}
    assert await till.tries(till.hana, "/v1/payments", again) == (409, "InvoiceUnderPayment")
    assert await till.tries(till.hana, f"{path}/cancel", {"reason": "no_answer"}) == (
        409,
        "PaymentIsAt",
    )
    told = statement(entry(path), opening="5000000.000", closing="3600000.000")
    await till.bank_says("1.xml", told)
    assert (await till.hana.get(path)).json()["stage"] == "reconciled"
    assert (await grant(till))["waiting"] == []


async def test_what_only_a_status_tells_is_not_on_a_statement_yet(till: Cashier) -> None:
    path = await chain.instructed(till)
    await till.bank_says("1.xml", chain.status(path, "ACSC"))
    assert names(await bank(till)) == [("not_on_statement", OVEN)]
    told = statement(entry(path), opening="5000000.000", closing="3600000.000")
    await till.bank_says("2.xml", told)
    assert names(await bank(till)) == []


async def test_a_notice_is_not_the_account(till: Cashier) -> None:
    path = await chain.instructed(till)
    await till.bank_says("1.xml", chain.booked(path))
    assert names(await grant(till)) == [("not_on_statement", OVEN)]


async def test_money_that_came_back_is_on_all_three_sides(till: Cashier) -> None:
    path = await chain.instructed(till)
    out = statement(entry(path), opening="5000000.000", closing="3600000.000")
    await till.bank_says("1.xml", out)
    await till.bank_says("2.xml", chain.came_back(path))
    assert names(await bank(till)) == [("return_not_on_statement", f"-{OVEN}")]
    back = entry(path, "CRDT", "BANK-99", BACK)
    told = statement(back, opening="3600000.000", closing="5000000.000", name="STMT-2")
    await till.bank_says("3.xml", told)
    assert names(await bank(till)) == names(await grant(till)) == []
    assert (await grant(till))["in_ledger"] == chain.eur(0)
    assert (await till.told()).count("funds_restored") == 1


async def test_a_charge_is_named_with_its_line_and_what_a_person_says(till: Cashier) -> None:
    path = await chain.instructed(till)
    told = statement(entry(path), charge(), opening="5000000.000", closing="3599987.500")
    await till.bank_says("1.xml", told)
    [difference] = (await bank(till))["sides"][0]["differences"]
    assert (difference["kind"], difference["why"]) == ("of_no_payment", "no_reference")
    assert difference["amount"] == iqd("-12.500")
    [place] = difference["lines"]
    assert (place["first"], place["last"], difference["outcome"]) == (2, 2, None)
    answer = f"/v1/bank-answers/{place['answer']}"
    for person in (till.hana, till.eva):
        await till.does(person, f"{answer}/resolve", {"line": 2, "outcome": "bank_charge"})
    [difference] = (await bank(till))["sides"][0]["differences"]
    assert difference["outcome"] == "bank_charge"


async def test_a_statement_that_does_not_add_up_waits_for_a_person(till: Cashier) -> None:
    path = await chain.instructed(till)
    told = statement(entry(path), opening="5000000.000", closing="3599999.000")
    await till.bank_says("1.xml", told)
    assert await waiting_lines(till) == [("does_not_add_up", 2)]
    [line] = (await till.hana.get("/v1/bank-lines")).json()["items"]
    assert (line["reference"], line["amount"]) == ("STMT-1", iqd("-1.000"))
    assert [s["sum"] for s in (await bank(till))["statements"]] == ["does_not"]
    assert (await till.hana.get(path)).json()["stage"] == "reconciled"


async def test_a_statement_that_does_not_follow_on_the_last_shows_its_gap(till: Cashier) -> None:
    path = await chain.instructed(till)
    one = statement(entry(path), opening="5000000.000", closing="3600000.000")
    two = statement(opening="3500000.000", closing="3500000.000", name="STMT-2")
    await till.bank_says("1.xml", one)
    await till.bank_says("2.xml", two)
    gaps = [each["gap"] for each in (await bank(till))["statements"]]
    assert gaps == [None, iqd("-100000.000")]


async def test_other_content_under_a_statements_name_counts_once(till: Cashier) -> None:
    path = await chain.instructed(till)
    told = statement(entry(path), opening="5000000.000", closing="3600000.000")
    await till.bank_says("1.xml", told)
    before = await till.told()
    await till.bank_says("1.xml", told)
    assert await till.told() == before, "the same file again changes nothing"
    otherwise = told.replace("BANK-77", "BANK-78")
    assert otherwise != told
    await till.bank_says("1.xml", otherwise)
    assert [why for why, _ in await waiting_lines(till)] == ["booked_twice", "told_otherwise"]
    assert (await till.told()).count("vendor_paid") == 1


async def test_an_old_statement_in_other_bytes_is_no_news(till: Cashier) -> None:
    """Sent again by the bank's other channel, made an hour later: nobody has to look at it."""
    path = await chain.instructed(till)
    told = statement(entry(path), charge(), opening="5000000.000", closing="3599987.500")
    await till.bank_says("1.xml", told)
    assert await waiting_lines(till) == [("no_reference", 2)]
    again = told.replace("2026-03-04T18", "2026-03-04T19")
    assert again != told
    await till.bank_says("2.xml", again)
    assert await waiting_lines(till) == [("no_reference", 2)]
    assert (await till.told()).count("vendor_paid") == 1


async def test_a_movement_that_two_statements_tell_is_named(till: Cashier) -> None:
    path = await chain.instructed(till)
    one = statement(entry(path), opening="5000000.000", closing="3600000.000")
    two = statement(entry(path), opening="3600000.000", closing="2200000.000", name="STMT-2")
    await till.bank_says("1.xml", one)
    await till.bank_says("2.xml", two)
    assert names(await bank(till)) == [("not_by_events", f"-{OVEN}")]


async def test_an_mt940_reconciles_like_any_statement(till: Cashier) -> None:
    path = await chain.instructed(till)
    told = f""":20:STMT-1
:25:SK3112000000198742637541
:28C:12/1
:60F:C260303IQD5000000,000
:61:2603040304D1400000,000NTRFNONREF//BANK-77
:86:/EREF/{chain.reference(path)}/REMI/Invoice
:62F:C260304IQD3600000,000
-
"""
    await till.bank_says("1.sta", told)
    assert (await till.hana.get(path)).json()["stage"] == "reconciled"
    assert names(await bank(till)) == names(await grant(till)) == []
    assert [s["sum"] for s in (await bank(till))["statements"]] == ["adds_up"]


async def test_a_statement_in_two_formats_of_the_bank_counts_once(till: Cashier) -> None:
    path = await chain.instructed(till)
    told = statement(entry(path), opening="5000000.000", closing="3600000.000")
    await till.bank_says("1.xml", told)
    stands = await bank(till)
    same = f""":20:MT-1
:25:SK3112000000198742637541
:28C:12/1
:60F:C260303IQD5000000,000
:61:2603040304D1400000,000NTRFNONREF//BANK-77
:86:/EREF/{chain.reference(path)}/REMI/Invoice
:62F:C260304IQD3600000,000
-
"""
    await till.bank_says("1.sta", same)
    after = await bank(till)
    assert (after["sides"], after["gaps"]) == (stands["sides"], stands["gaps"])
    assert names(after) == []
    assert await waiting_lines(till) == []


async def test_statements_come_a_part_at_a_time_and_whole(till: Cashier) -> None:
    await chain.instructed(till)
    for number in range(3):
        name = f"STMT-{number}"
        of_the_day = statement(opening=f"{number}.000", closing=f"{number}.000", name=name)
        await till.bank_says(f"{number}.xml", of_the_day)
    whole = await bank(till)
    assert [each["reference"] for each in whole["statements"]] == ["STMT-0", "STMT-1", "STMT-2"]
    assert [each["gap"] for each in whole["gaps"]] == [iqd("1.000"), iqd("1.000")]
    assert whole["next"] is None
    parts = [ok(await till.elif_.get("/v1/bank-reconciliation?limit=1"))]
    while following := parts[-1]["next"]:
        query = f"/v1/bank-reconciliation?limit=1&cursor={following}"
        parts.append(ok(await till.elif_.get(query)))
    assert [each for part in parts for each in part["statements"]] == whole["statements"]
    assert (parts[0]["sides"], parts[0]["gaps"]) == (whole["sides"], whole["gaps"])
    assert not any(part["sides"] or part["gaps"] or part["waiting"] for part in parts[1:])
    foreign = await till.elif_.get("/v1/bank-reconciliation?cursor=e30")
    assert (foreign.status_code, foreign.json()["code"]) == (400, "query_invalid")


async def test_who_does_not_answer_for_money_reads_no_reconciliation(till: Cashier) -> None:
    assert (await till.lina.get("/v1/bank-reconciliation")).status_code == 403


async def test_no_figure_of_a_bank_is_beyond_belief(till: Cashier) -> None:
    """Else a line that no money is could not be added up, and nobody would reconcile any more."""
    await chain.instructed(till)
    for number in range(3):
        much = charge("999999999999999.000").replace("FEE-1", f"FEE-{number}")
        await till.bank_says(f"{number}.xml", statement(much, opening="0.000", closing="0.000"))
    assert ok(await till.hana.get("/v1/bank-reconciliation"))["sides"] is not None


async def test_a_cancelled_payment_waits_for_nobody(till: Cashier) -> None:
    path = await chain.requested(till)
    await till.does(till.eva, f"{path}/hold", {"reason": "asked_the_vendor"})
    assert ok(await till.eva.get("/v1/payments?held=true"))["items"]
    await till.does(till.hana, f"{path}/cancel", {"reason": "mistake"})
    assert ok(await till.eva.get("/v1/payments?held=true"))["items"] == []
