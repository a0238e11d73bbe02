"""What a bank answers, as we read it: statuses, movements, money that came back."""

import os
from datetime import date
from pathlib import Path

import pytest

from disbursement.bank.reading import read
from disbursement.iso20022.answers import (
    NO_REASON,
    BankEntry,
    BankStatus,
    Direction,
    Status,
)
from disbursement.iso20022.schema import NotReadable
from events.money import Money

STATUS = """<?xml version="1.0"?>
<Document xmlns="{namespace}"><CstmrPmtStsRpt>
  <GrpHdr><MsgId>ANSWER-1</MsgId><CreDtTm>2026-11-21T10:00:00Z</CreDtTm></GrpHdr>
  <OrgnlGrpInfAndSts><OrgnlMsgId>FIL-1</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>
    <GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>
  <OrgnlPmtInfAndSts><OrgnlPmtInfId>FIL-1-1</OrgnlPmtInfId>
    <TxInfAndSts><OrgnlEndToEndId>PAY-1</OrgnlEndToEndId><TxSts>ACSC</TxSts></TxInfAndSts>
    <TxInfAndSts><OrgnlEndToEndId>PAY-2</OrgnlEndToEndId><TxSts>RJCT</TxSts>
      <StsRsnInf><Rsn><Cd>AC01</Cd></Rsn></StsRsnInf>
      <StsRsnInf><Rsn><Prtry>Closed</Prtry></Rsn></StsRsnInf></TxInfAndSts>
    <TxInfAndSts><OrgnlInstrId>PAY-3</OrgnlInstrId><TxSts>WAIT</TxSts></TxInfAndSts>
  </OrgnlPmtInfAndSts>
</CstmrPmtStsRpt></Document>"""

OFFICIAL = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.12"


def status(end_to_end: str | None, status: Status, code: str, *reasons: str) -> BankStatus:
    group = "FIL-1-1" if end_to_end else None
    return BankStatus("ANSWER-1", "FIL-1", group, end_to_end, status, code, reasons)


@pytest.mark.parametrize(
    "namespace",
    [
        OFFICIAL,
        "urn:iso:std:iso:20022:tech:xsd:pain.002.001.03",
        "http://www.six-interbank-clearing.com/de/pain.002.001.03.ch.02.xsd",
    ],
)
def test_each_transfer_of_a_partly_rejected_file_has_its_own_status(namespace: str) -> None:
    assert list(read(STATUS.format(namespace=namespace).encode()).lines) == [
        status(None, Status.PARTLY, "PART"),
        status("PAY-1", Status.SETTLED, "ACSC"),
        status("PAY-2", Status.REJECTED, "RJCT", "AC01", "Closed"),
        status("PAY-3", Status.UNKNOWN, "WAIT"),
    ]


MOVED = """<?xml version="1.0"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>
  <GrpHdr><MsgId>N-1</MsgId><CreDtTm>2026-11-21T10:00:00Z</CreDtTm></GrpHdr>
  <Ntfctn><Id>N-1-1</Id><CreDtTm>2026-11-21T10:00:00Z</CreDtTm>
  <Acct><Id><IBAN>SK3112000000198742637541</IBAN></Id></Acct>
  {entries}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"""

PAID = """<Ntry><Amt Ccy="IQD">2423500.5</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
  <BookgDt><Dt>2026-11-22</Dt></BookgDt><ValDt><Dt>2026-11-23</Dt></ValDt>
  <AcctSvcrRef>BANK-7</AcctSvcrRef><BkTxCd/>
  <NtryDtls><TxDtls><Refs><EndToEndId>PAY-1</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>"""

RETURNED = """<Ntry><Amt Ccy="VND">15000000</Amt><CdtDbtInd>CRDT</CdtDbtInd>
  <Sts><Cd>BOOK</Cd></Sts><BookgDt><DtTm>2026-11-25T08:00:00+01:00</DtTm></BookgDt><BkTxCd/>
  <NtryDtls><TxDtls><Refs><AcctSvcrRef>BANK-9</AcctSvcrRef><EndToEndId>PAY-2</EndToEndId></Refs>
  <Amt Ccy="VND">15000000</Amt><CdtDbtInd>CRDT</CdtDbtInd>{return_info}</TxDtls></NtryDtls>
  </Ntry>"""


def moved(*entries: str) -> list[BankEntry]:
    answers = list(read(MOVED.format(entries="".join(entries)).encode()).lines)
    assert all(isinstance(answer, BankEntry) for answer in answers)
    return answers  # type: ignore[return-value]


def test_money_that_left_names_its_payment_its_day_and_the_banks_reference() -> None:
    assert moved(PAID) == [
        BankEntry(
            message_id="N-1",
            statement="N-1-1",
            line=1,
            end_to_end_id="PAY-1",
            amount=Money(2_423_500_500, "IQD"),
            direction=Direction.DEBIT,
            booked=True,
            value_date=date(2026, 11, 23),
            bank_reference="BANK-7",
            return_reason=None,
        )
    ]


@pytest.mark.parametrize(
    ("info", "reason"),
    [
        ("<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>", "AC04"),
        ("<RtrInf><AddtlInf>sorry</AddtlInf></RtrInf>", NO_REASON),
        ("", None),
    ],
)
def test_money_that_came_back_says_why(info: str, reason: str | None) -> None:
    [_, back] = moved(PAID, RETURNED.format(return_info=info))
    assert (back.line, back.direction, back.end_to_end_id) == (2, Direction.CREDIT, "PAY-2")
    assert back.return_reason == reason
    assert back.value_date == date(2026, 11, 25)
    assert back.bank_reference == "BANK-9"


def test_a_reversed_entry_is_money_that_came_back() -> None:
    reversal = RETURNED.format(return_info="").replace("<Sts>", "<RvslInd>true</RvslInd><Sts>", 1)
    assert moved(reversal)[0].return_reason == NO_REASON


def test_an_announced_movement_is_not_a_booked_one() -> None:
    assert not moved(PAID.replace("BOOK", "PDNG"))[0].booked


def test_a_batch_entry_is_read_transfer_by_transfer() -> None:
    def details(reference: str, amount: str) -> str:
        return (
            f"<TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs><AmtDtls><TxAmt>"
            f'<Amt Ccy="EUR">{amount}</Amt></TxAmt></AmtDtls></TxDtls>'
        )

    batch = (
        '<Ntry><Amt Ccy="EUR">30.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><NtryDtls>'
        + details("PAY-4", "10.00")
        + details("PAY-5", "20.00")
        + "</NtryDtls></Ntry>"
    )
    assert [(e.line, e.end_to_end_id, e.amount) for e in moved(batch)] == [
        (1, "PAY-4", Money(1000, "EUR")),
        (2, "PAY-5", Money(2000, "EUR")),
    ]


def test_an_amount_told_only_for_several_together_is_left_open() -> None:
    parts = "<TxDtls/><TxDtls/>"
    batch = '<Ntry><Amt Ccy="EUR">30.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>'
    entries = moved(f"{batch}<NtryDtls>{parts}</NtryDtls></Ntry>")
    assert [e.amount for e in entries] == [None, None]


@pytest.mark.parametrize(
    "broken",
    [
        PAID.replace("2423500.5", "2423500.5005"),
        PAID.replace("2423500.5", "1e400"),
        PAID.replace("2423500.5", "1E9999999"),
        PAID.replace("2423500.5", "1E2"),
        PAID.replace("2423500.5", "-2423500.5"),
        PAID.replace("2423500.5", "1_000"),
        PAID.replace("2423500.5", "٢٤٢٣"),
        PAID.replace("2423500.5", "9" * 19),
        PAID.replace("2423500.5", ""),
        PAID.replace("2423500.5", "NaN"),
        PAID.replace("2423500.5", "Infinity"),
        PAID.replace("IQD", "XXQ"),
        PAID.replace("DBIT", "BOTH"),
        PAID.replace("2026-11-23", "2026-13-23"),
    ],
)
def test_a_movement_that_cannot_be_understood_is_not_guessed(broken: str) -> None:
    with pytest.raises(NotReadable):
        moved(broken)


@pytest.mark.parametrize("other", ["<Document><CstmrCdtTrfInitn/></Document>", "<x/>"])
def test_another_message_is_not_an_answer(other: str) -> None:
    with pytest.raises(NotReadable, match="neither"):
        read(other.encode())


# Messages that nobody here wrote

SAMPLES = Path(os.environ.get("HOMEWARD_SHARED_DATA", "../shared/data")) / "iso20022" / "samples"


READ = {
    # transactions, and the sum of the amounts that are given one by one, in minor units
    "genkgo_camt053.v2.all-balance-types.xml": (1, 885),
    "genkgo_camt053.v2.five.decimals.xml": (1, 885),
    "genkgo_camt053.v2.minimal.ultimate.xml": (1, 885),
    "genkgo_camt053.v2.minimal.xml": (1, 885),
    "genkgo_camt053.v2.multi.statement.xml": (2, 1585),
    "genkgo_camt053.v2.with-account-name.xml": (1, 885),
    "genkgo_camt053.v2.with-party-ids.xml": (1, 885),
    "genkgo_camt053.v2.wrong.xml": (0, 0),
    "genkgo_camt053.v3.xml": (1, 10_575),
    "genkgo_camt053.v4.xml": (1, 0),
    "genkgo_camt053.v8.xml": (1, 0),
    "genkgo_camt054.v2.with-account-name.xml": (1, 20_000_000),
    "genkgo_camt054.v2.xml": (3, 0),
    "genkgo_camt054.v4.xml": (3, 950),
    "genkgo_camt054.v8-with-UETR.xml": (1, 20_000_000),
    "genkgo_camt054.v8-with-financial-institution.xml": (1, 20_000_000),
    "genkgo_camt054.v8.xml": (3, 950),
}


@pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"no sample messages in {SAMPLES}")
@pytest.mark.parametrize("name", sorted(READ))
def test_messages_published_by_others_are_read(name: str) -> None:
    entries = [e for e in read((SAMPLES / name).read_bytes()).lines if isinstance(e, BankEntry)]
    total = sum(e.amount.minor for e in entries if e.amount is not None)
    assert (len(entries), total) == READ[name]
