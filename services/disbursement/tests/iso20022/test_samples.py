"""Messages that nobody here wrote: every one is read, with the counts and sums that a second,
independent reading of the bare XML finds.
"""

import os
import xml.etree.ElementTree as ET
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from disbursement.bank.reading import read
from disbursement.domain.bank_statement import Sum
from disbursement.iso20022.answers import BankStatement

SAMPLES = Path(os.environ.get("HOMEWARD_SHARED_DATA", "../shared/data")) / "iso20022" / "samples"
FILES = sorted(path.name for path in SAMPLES.glob("*.xml"))
SUMS = {
    # the others were made to show fields: between EUR at first and SEK at last nothing adds up
    "genkgo_camt053.v2.multi.statement.xml": [Sum.ADDS_UP, Sum.ADDS_UP],
    "genkgo_camt053.v2.with-account-name.xml": [Sum.NOT_TOLD],
    "genkgo_camt053.v2.wrong.xml": [],
}

pytestmark = pytest.mark.skipif(not FILES, reason=f"no sample messages in {SAMPLES}")


def told(statement: BankStatement) -> tuple[int, dict[str, Decimal]]:
    """Entries, and their sum by currency."""
    sums: Counter[str] = Counter()
    for movement in statement.movements:
        sums[movement.amount.currency] += Decimal(movement.amount.amount)  # type: ignore[assignment]
    return len(statement.movements), {k: Decimal(v) for k, v in sums.items()}


def found(statement: ET.Element) -> tuple[int, dict[str, Decimal]]:
    """The same, out of the XML without our reader."""
    sums: Counter[str] = Counter()
    entries = statement.findall("{*}Ntry")
    for entry in entries:
        amount = entry.find("{*}Amt")
        assert amount is not None
        sign = -1 if entry.findtext("{*}CdtDbtInd") == "DBIT" else 1
        sums[amount.attrib["Ccy"]] += sign * Decimal(amount.text or "")  # type: ignore[assignment]
    return len(entries), {k: Decimal(v) for k, v in sums.items()}


@pytest.mark.parametrize("name", FILES)
def test_every_statement_has_its_entries_and_its_sum(name: str) -> None:
    content = (SAMPLES / name).read_bytes()
    message = ET.fromstring(content)[0]
    expected = [
        found(e) for tag in ("Stmt", "Ntfctn", "Rpt") for e in message.findall(f"{{*}}{tag}")
    ]
    answer = read(content)
    assert [told(statement) for statement in answer.statements] == expected


@pytest.mark.parametrize("name", FILES)
def test_every_transaction_is_a_line(name: str) -> None:
    content = (SAMPLES / name).read_bytes()
    expected = 0
    for entry in ET.fromstring(content).findall(".//{*}Ntry"):
        expected += len(entry.findall("{*}NtryDtls/{*}TxDtls")) or 1
    answer = read(content)
    assert len(answer.lines) == expected
    numbered = [
        n for s in answer.statements for m in s.movements for n in range(m.first, m.last + 1)
    ]
    assert numbered == list(range(1, expected + 1))


@pytest.mark.parametrize("name", [name for name in FILES if "camt053" in name])
def test_balances_are_asked_whether_they_add_up(name: str) -> None:
    sums = [statement.sum for statement in read((SAMPLES / name).read_bytes()).statements]
    assert sums == SUMS.get(name, [Sum.DOES_NOT])
