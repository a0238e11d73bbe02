"""What we write and what we read, held against pyiso20022: others' classes of the same schemas."""

import re
from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from services.disbursement.tests.iso20022.test_pain001 import (
    IN_HANOI,
    group,
    instruction,
    transfer,
)
from services.disbursement.tests.iso20022.test_samples import FILES, SAMPLES
from xsdata.formats.dataclass.parsers import XmlParser

from disbursement.bank.reading import read
from disbursement.iso20022.pain001 import Message, write
from events.money import Money

MIXED = instruction(
    group("EUR", transfer("pay-1", Money(1_000_05, "EUR"))),
    group("IQD", transfer("pay-2", Money(1_250_000_505, "IQD"))),
    group("VND", transfer("pay-3", Money(15_000_000, "VND"), IN_HANOI)),
)
FAULTY = frozenset({"genkgo_camt053.v2.wrong.xml"})
"""Wrong on purpose."""


def oracle(content: bytes, message: str) -> Any:
    """The message as pyiso20022 reads it, strictly."""
    family, _, _ = message.partition(".")
    module = import_module(f"pyiso20022.{family}.{message.replace('.', '_')}")
    return XmlParser().from_bytes(content, module.Document)


@pytest.mark.parametrize("message", list(Message))
def test_what_we_write_is_read_as_we_meant_it(message: Message) -> None:
    told = oracle(write(MIXED, message), message).cstmr_cdt_trf_initn
    amounts = [
        (
            tx.pmt_id.end_to_end_id,
            tx.amt.instd_amt.value,
            tx.amt.instd_amt.ccy,
            tx.cdtr_acct.id.iban or tx.cdtr_acct.id.othr.id,
        )
        for info in told.pmt_inf
        for tx in info.cdt_trf_tx_inf
    ]
    assert amounts == [
        ("pay-1", Decimal("1000.05"), "EUR", "IQ98NBIQ850123456789012"),
        ("pay-2", Decimal("1250000.505"), "IQD", "IQ98NBIQ850123456789012"),
        ("pay-3", Decimal(15000000), "VND", "0011004123456"),
    ]
    assert told.grp_hdr.nb_of_txs == "3"
    assert told.grp_hdr.ctrl_sum == Decimal("16251000.555")
    days = {str(getattr(i.reqd_exctn_dt, "dt", i.reqd_exctn_dt)) for i in told.pmt_inf}
    assert days == {date(2026, 11, 23).isoformat()}


def held(name: str) -> str | None:
    """The message of a sample, where it is of a version that the oracle has classes for."""
    found = re.search(rb"xsd:(camt\.05[34]\.001\.[0-9]{2})", (SAMPLES / name).read_bytes())
    return found[1].decode() if found else None


def signed(entry: Any) -> tuple[Decimal, str]:
    """Its amount, below zero where money left."""
    sign = -1 if entry.cdt_dbt_ind.value == "DBIT" else 1
    return entry.amt.value * sign, entry.amt.ccy


@pytest.mark.parametrize("name", [n for n in FILES if n not in FAULTY and held(n)])
def test_what_others_wrote_is_read_alike(name: str) -> None:
    content = (SAMPLES / name).read_bytes()
    message = held(name)
    assert message is not None
    body = oracle(content, message)
    statement, notice = (
        getattr(body, name, None) for name in ("bk_to_cstmr_stmt", "bk_to_cstmr_dbt_cdt_ntfctn")
    )
    parts: Any = statement.stmt if statement is not None else None
    if parts is None:
        assert notice is not None, "one of the two"
        parts = notice.ntfctn
    theirs = [sorted(signed(entry) for entry in part.ntry) for part in parts]
    ours = [
        sorted((Decimal(each.amount.amount), each.amount.currency) for each in told.movements)
        for told in read(content).statements
    ]
    assert ours == theirs
