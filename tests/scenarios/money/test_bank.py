"""What the bank says late, twice, or takes back."""

from pathlib import Path

import pytest

from homeward.demo import paying
from homeward.demo.stage import Json, Stage
from homeward.stack import Stack
from tests.scenarios.money.purchase import Purchase

SUMS = ("earmarked", "reserved", "spent", "available")
CAME_BACK = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>
<GrpHdr><MsgId>{message}</MsgId><CreDtTm>{day}T09:00:00Z</CreDtTm></GrpHdr>
<Ntfctn><Id>{message}</Id><CreDtTm>{day}T09:00:00Z</CreDtTm>
<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>{message}</AcctSvcrRef>
<NtryDtls><TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs>
<Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry></Ntfctn>
</BkToCstmrDbtCdtNtfctn></Document>"""


@pytest.fixture
def from_bank(copy: Stack) -> Path:
    """Where the bank leaves its files for us."""
    return copy.folder.path / "files" / "disbursement" / "bank" / "from_bank"


def budget(purchase: Purchase) -> Json:
    """How the budget line stands."""
    seen = purchase.stage.reads("maria", budget_line(purchase))
    return {each: seen[each] for each in SUMS}


def budget_line(purchase: Purchase) -> str:
    return f"{paying.HOME}/budget-lines/{purchase.scene.setting.lines['basic_needs']}"


def sent_again(stage: Stage, from_bank: Path, *, with_more: bytes = b"") -> None:
    """The bank leaves all that it ever sent once more; it is taken in."""
    for number, old in enumerate(sorted((from_bank / "taken").glob("*.xml"))):
        content = old.read_bytes() + with_more
        unfinished = from_bank / f"again-{number}.part"
        unfinished.write_bytes(content)
        unfinished.rename(unfinished.with_suffix(".xml"))
    stage.awaits(
        "hana",
        f"{paying.HOME}/bank-lines",
        lambda _: not any(from_bank.glob("again-*.xml")),
        "the bank's files to be taken in",
    )


def test_a_payment_that_comes_back_is_owed_again_once(
    stage: Stage, purchase: Purchase, from_bank: Path
) -> None:
    """Booked, then returned since the account is closed; told again, it frees nothing more."""
    purchase.ordered()
    purchase.delivered()
    bill = purchase.invoiced(purchase.bill(f"SIM-RETURN-AC04 {purchase.number}"))
    committed = budget(purchase)
    payment = purchase.requested(bill)
    paying.sign(stage, {}, payment)
    stage.does("ivan", "put it in", f"{paying.HOME}/bank-files", {"payments": [payment["payment"]]})
    page = f"{paying.HOME}/payments/{payment['payment']}"
    stage.awaits("hana", page, lambda seen: bool(seen["stage"] == "returned"), "its return")
    stage.awaits(
        "maria",
        budget_line(purchase),
        lambda seen: all(seen[each] == committed[each] for each in SUMS),
        "the line to have it back",
    )

    sent_again(stage, from_bank)
    sent_again(stage, from_bank, with_more=b"<!-- a copy -->")
    assert budget(purchase) == committed
    assert stage.reads("hana", page)["stage"] == "returned"


def test_the_same_statement_twice_changes_nothing(
    stage: Stage, purchase: Purchase, from_bank: Path
) -> None:
    """To the byte or not: what the bank booked under one reference, it booked once."""
    purchase.ordered()
    purchase.delivered()
    payment = purchase.requested(purchase.invoiced(purchase.bill()))
    paying.sign(stage, {}, payment)
    paying.pay(stage, payment)
    stage.awaits(
        "hana",
        purchase.order,
        lambda seen: bool(seen["invoices"][-1]["stage"] == "settled"),
        "the order to hear of it",
    )
    page = f"{paying.HOME}/payments/{payment['payment']}"
    paid, spent = stage.reads("hana", page), budget(purchase)
    waiting = stage.reads("hana", f"{paying.HOME}/bank-lines")

    sent_again(stage, from_bank)
    assert stage.reads("hana", f"{paying.HOME}/bank-lines") == waiting
    sent_again(stage, from_bank, with_more=b"<!-- a copy -->")
    assert stage.reads("hana", page) == paid
    assert budget(purchase) == spent


def test_what_a_person_uploads_counts_when_a_second_one_has_seen_it_at_the_bank(
    stage: Stage, purchase: Purchase
) -> None:
    """One says that a payment came back: first it is declined as the bank says no such thing."""
    purchase.ordered()
    purchase.delivered()
    payment = purchase.requested(purchase.invoiced(purchase.bill()))
    paying.sign(stage, {}, payment)
    paying.pay(stage, payment)
    page = f"{paying.HOME}/payments/{payment['payment']}"

    answer = uploaded(stage, payment, "HAND-1")
    for who, rule in (("hana", "ConfirmedByItsUploader"), ("eva", "ConfirmedByAParty")):
        stage.is_refused(who, "confirm it", f"{answer}/confirm", seen_of(stage, answer), rule)
    stage.does("maria", "decline it", f"{answer}/decline", {"reason": "not_from_the_bank"})
    assert stage.reads("hana", page)["stage"] == "reconciled"

    answer = uploaded(stage, payment, "HAND-2")
    [becomes] = stage.reads("maria", f"{answer}/preview")["payments"]
    assert (becomes["payment"], becomes["stage"]) == (payment["payment"], "returned")
    stage.does("maria", "confirm it", f"{answer}/confirm", seen_of(stage, answer))
    assert stage.reads("hana", page)["stage"] == "returned"


def seen_of(stage: Stage, answer: str) -> Json:
    return {"evidence": stage.reads("maria", f"{answer}/preview")["evidence"]}


def uploaded(stage: Stage, payment: Json, message: str) -> str:
    """Hana uploads that the payment came back: where the file is."""
    told = CAME_BACK.format(
        message=f"{message}-{payment['payment'][-8:]}",
        day=stage.today,
        reference=payment["payment"].replace("_", "-"),
        **payment["amount"],
    )
    path = f"{paying.HOME}/bank-answers"
    file = stage.uploads("hana", "upload it", path, told.encode(), "application/xml")
    return f"{path}/{file['answer']}"
