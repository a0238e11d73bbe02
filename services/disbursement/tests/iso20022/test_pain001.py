"""The instruction file: what a bank gets, to the letter, and what we refuse to write."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from disbursement.iso20022 import schema
from disbursement.iso20022.pain001 import (
    Bank,
    BankAccount,
    Group,
    Instruction,
    Member,
    Message,
    Party,
    Scheme,
    Transfer,
    write,
)
from disbursement.iso20022.references import SWIFT_X, end_to_end_id, latin, uetr
from disbursement.iso20022.schema import NotReadable, NotValid
from events.money import Money
from events.values import PaymentId

OFFICE = Party("Homeward Mission Bratislava", "SK", "Bratislava")
OUR_BANK = Bank(bic="TATRSKBX")
BAKERY = Party("mkhbz lnwr", "IQ", "Baghdad")
IN_BAGHDAD = BankAccount(Scheme.IBAN, "IQ98NBIQ850123456789012")
IN_HANOI = BankAccount(Scheme.BBAN, "0011004123456")


def transfer(
    reference: str, amount: Money, account: BankAccount = IN_BAGHDAD, creditor: Party = BAKERY
) -> Transfer:
    return Transfer(
        end_to_end_id=reference,
        uetr=uetr(reference),
        amount=amount,
        creditor=creditor,
        account=account,
        bank=Bank(bic="NBIQIQBA") if account is IN_BAGHDAD else Bank(name="VCB", country="VN"),
        remittance=f"Invoice {reference}",
    )


def group(currency: str, *transfers: Transfer) -> Group:
    ours = BankAccount(Scheme.IBAN, "SK3112000000198742637541")
    return Group(OFFICE, ours, OUR_BANK, currency, date(2026, 11, 23), transfers)


def instruction(*groups: Group) -> Instruction:
    return Instruction(
        "FIL-1", datetime(2026, 11, 21, 9, 30, tzinfo=UTC), "Homeward Mission", groups
    )


OVEN = transfer("PAY-1", Money(2_423_500_500, "IQD"))
SCHOOL = transfer(
    "PAY-2", Money(15_000_000, "VND"), IN_HANOI, Party("Truong nghe Lao Cai", "VN", "Lao Cai")
)
BOTH = instruction(group("IQD", OVEN), group("VND", SCHOOL))


def texts(data: bytes, path: str) -> list[str]:
    found = etree.fromstring(data).findall(".//" + "/".join(f"{{*}}{t}" for t in path.split("/")))
    return [element.text or "" for element in found]


def test_amounts_have_the_decimals_of_their_currency() -> None:
    """IQD has three, VND none (ISO 4217); common libraries write both with two."""
    data = write(BOTH)
    assert texts(data, "InstdAmt") == ["2423500.500", "15000000"]
    assert b'<InstdAmt Ccy="IQD">2423500.500</InstdAmt>' in data


def test_the_totals_count_transfers_and_add_figures_whatever_their_currency() -> None:
    data = write(BOTH)
    assert texts(data, "GrpHdr/NbOfTxs") == ["2"]
    assert texts(data, "GrpHdr/CtrlSum") == ["17423500.500"]
    assert texts(data, "PmtInf/CtrlSum") == ["2423500.500", "15000000"]


def test_an_account_is_an_iban_or_the_banks_own_number() -> None:
    data = write(BOTH)
    assert texts(data, "CdtrAcct/Id/IBAN") == ["IQ98NBIQ850123456789012"]
    assert texts(data, "CdtrAcct/Id/Othr/Id") == ["0011004123456"]
    assert texts(data, "CdtrAcct/Id/Othr/SchmeNm/Cd") == ["BBAN"]


def test_every_creditor_has_a_town_and_a_country() -> None:
    data = write(BOTH)
    assert texts(data, "Cdtr/PstlAdr/TwnNm") == ["Baghdad", "Lao Cai"]
    assert texts(data, "Cdtr/PstlAdr/Ctry") == ["IQ", "VN"]


@pytest.mark.parametrize("message", list(Message))
def test_a_branch_is_where_the_schema_has_it(message: Message) -> None:
    """By its clearing's number in the bank's identification; by the bank's own word beside it."""
    delhi = Bank("SBININBB", member=Member("SBIN0004321", "INFSC"))
    dhaka = Bank(name="Sonali Bank", country="BD", member=Member("200271234"))
    karrada = Bank("NBIQIQBA", branch="Karrada 2")
    to = [
        replace(transfer(f"PAY-{number}", Money(100, "USD")), bank=bank)
        for number, bank in enumerate((delhi, dhaka, karrada), start=1)
    ]
    data = write(instruction(group("USD", *to)), message)
    assert texts(data, "CdtrAgt/FinInstnId/ClrSysMmbId/MmbId") == ["SBIN0004321", "200271234"]
    assert texts(data, "ClrSysMmbId/ClrSysId/Cd") == ["INFSC"]
    assert texts(data, "CdtrAgt/BrnchId/Id") == ["Karrada 2"]


def test_a_bank_that_takes_the_older_version_gets_the_same_transfers() -> None:
    data = write(BOTH, Message.V03)
    assert b"urn:iso:std:iso:20022:tech:xsd:pain.001.001.03" in data
    assert texts(data, "InstdAmt") == ["2423500.500", "15000000"]
    assert texts(data, "EndToEndId") == ["PAY-1", "PAY-2"]
    assert texts(data, "DbtrAgt/FinInstnId/BIC") == ["TATRSKBX", "TATRSKBX"]
    assert texts(data, "ReqdExctnDt") == ["2026-11-23", "2026-11-23"]
    assert texts(data, "UETR") == [], "the older version has no place for it"
    assert write(BOTH, Message.V03) == data


def test_the_same_instruction_is_the_same_bytes() -> None:
    assert write(BOTH) == write(instruction(group("IQD", OVEN), group("VND", SCHOOL)))


def test_a_payment_has_one_reference_and_one_uetr_for_ever() -> None:
    reference = end_to_end_id(PaymentId("pay_01jd8x"))
    assert reference == "pay-01jd8x"
    assert uetr(reference) == uetr(reference) == "9f663b55-1caa-462e-a93b-2adca6ab44a8"
    assert uetr("pay-01jd8y") != uetr(reference)


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (instruction(), "without a transfer"),
        (instruction(group("IQD", OVEN, OVEN)), "PAY-1 stands twice"),
        (instruction(group("EUR", OVEN)), "PAY-1 is IQD in a group of EUR"),
        (instruction(group("IQD", transfer("PAY-9", Money(0, "IQD")))), "PAY-9 is for 0.000 IQD"),
        (
            instruction(group("IQD", replace(OVEN, creditor=replace(BAKERY, name="مخبز النور")))),
            "Cdtr has letters that SWIFT does not carry",
        ),
        (
            instruction(group("IQD", replace(OVEN, creditor=replace(BAKERY, town=" ")))),
            "Cdtr town is empty",
        ),
        (instruction(group("IQD", replace(OVEN, remittance="x" * 141))), "RmtInf/Ustrd"),
        (instruction(group("IQD", replace(OVEN, uetr="PAY-1"))), "PmtId/UETR"),
        (instruction(group("IQD", replace(OVEN, end_to_end_id="P" * 36))), "PmtId/EndToEndId"),
    ],
)
def test_what_a_bank_would_refuse_is_not_written(broken: Instruction, why: str) -> None:
    with pytest.raises(NotValid, match=why):
        write(broken)


def test_a_refusal_does_not_repeat_the_account_number() -> None:
    wrong = replace(OVEN, account=BankAccount(Scheme.IBAN, "IQ98 NBIQ 8501 2345 6789 012"))
    with pytest.raises(NotValid) as refusal:
        write(instruction(group("IQD", wrong)))
    assert "CdtrAcct/Id/IBAN (SCHEMAV_CVC_PATTERN_VALID)" in str(refusal.value)
    assert "NBIQ" not in str(refusal.value)


@given(st.text(max_size=200))
def test_any_text_becomes_letters_that_a_bank_carries(text: str) -> None:
    assert SWIFT_X.fullmatch(latin(text))
    assert len(latin(text)) <= 140


def test_names_are_romanised() -> None:
    assert latin("Trường nghề Lào Cai") == "Truong nghe Lao Cai"
    assert latin("Auto-shkolla \u201cDrejtimi\u201d") == "Auto-shkolla Drejtimi"
    assert latin("مخبز النور") == "mkhbz lnwr"


@given(
    st.lists(
        st.tuples(st.sampled_from(["IQD", "VND", "EUR", "ALL"]), st.integers(1, 10**12)),
        min_size=1,
        max_size=20,
    )
)
def test_every_amount_survives_the_file(amounts: list[tuple[str, int]]) -> None:
    numbers = count(1)
    by_currency: dict[str, list[Transfer]] = {}
    for currency, minor in amounts:
        one = transfer(f"PAY-{next(numbers)}", Money(minor, currency))
        by_currency.setdefault(currency, []).append(one)
    data = write(instruction(*(group(c, *ts) for c, ts in by_currency.items())))
    read = [
        Money.parse(element.text or "", element.get("Ccy") or "")
        for element in etree.fromstring(data).iter("{*}InstdAmt")
    ]
    assert read == [one.amount for ts in by_currency.values() for one in ts]
    assert Decimal(texts(data, "GrpHdr/CtrlSum")[0]) == sum(Decimal(m.amount) for m in read)


def test_ten_thousand_transfers_are_written_and_validated_in_seconds() -> None:
    many = (transfer(f"PAY-{n}", Money(n, "IQD")) for n in range(1, 10_001))
    start = process_time()
    data = write(instruction(group("IQD", *many)))
    assert process_time() - start < 10
    assert texts(data, "GrpHdr/NbOfTxs") == ["10000"]


BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>
<a>&c;</a>"""
FILE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/hostname">]><a>&f;</a>'


@pytest.mark.parametrize("hostile", [BOMB, FILE, b"", b"\x00", b"<a>", b"<a/><b/>"])
def test_hostile_xml_is_not_read(hostile: bytes) -> None:
    with pytest.raises(NotReadable):
        schema.parse(hostile)


def test_a_file_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "FILE_MAX_BYTES", 10)
    with pytest.raises(NotReadable, match="larger than 10 bytes"):
        schema.parse(b"<a>123456</a>")
