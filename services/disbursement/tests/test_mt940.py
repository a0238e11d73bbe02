"""MT940, the older statement, gives the same lines and balances as a camt.053."""

from datetime import date

import pytest

from disbursement.bank.reading import read
from disbursement.bank.weigh import references
from disbursement.domain.bank_statement import Kind, Sum
from disbursement.iso20022.answers import NO_REASON, BankEntry, Direction
from disbursement.iso20022.schema import NotReadable
from events.money import Money
from events.values import PaymentId

STATEMENT = """:20:STMT-12
:25:SK3112000000198742637541
:28C:12/1
:60F:C261120IQD5000000,500
:61:2611221122D1400000,250NTRFNONREF//BANK-77
:86:/EREF/pay-01k8xv3q7m9r2t5w8z0b3d6f9h/REMI/Invoice A-7
:61:2611231123RD1400000,250NTRFNONREF//BANK-78
:86:166?00RETURN?20EREF+pay-01k8xv3q7m9r2t5?21w8z0b3d6f9h?22SVWZ+Account c
losed
:61:2611231123D12,500NCHGNONREF//FEE-1
:86:Charges
:62F:C261123IQD4999988,000
-
"""


def entries(text: str) -> list[BankEntry]:
    return [line for line in read(text.encode()).lines if isinstance(line, BankEntry)]


def test_its_lines_are_those_of_any_statement() -> None:
    paid, back, charges = entries(STATEMENT)
    assert paid == BankEntry(
        message_id="STMT-12",
        statement="STMT-12",
        line=1,
        end_to_end_id="pay-01k8xv3q7m9r2t5w8z0b3d6f9h",
        amount=Money(1_400_000_250, "IQD"),
        direction=Direction.DEBIT,
        booked=True,
        value_date=date(2026, 11, 22),
        bank_reference="BANK-77",
        return_reason=None,
    )
    assert (back.end_to_end_id, back.direction) == (paid.end_to_end_id, Direction.CREDIT)
    assert back.return_reason == NO_REASON
    assert (charges.end_to_end_id, charges.amount) == (None, Money(12_500, "IQD"))


def test_a_reversal_of_a_credit_is_money_that_left() -> None:
    [*_, reversed_credit] = entries(STATEMENT.replace("123D12,500", "123RC12,500"))
    assert reversed_credit.direction is Direction.DEBIT


@pytest.mark.parametrize(
    "details",
    [
        "?20EREF+pay-01k8xv3q7m9r2t5?21w8z0b3d6f9h?22SVWZ+Invoice A-7",
        "/REMI/Invoice A-7/EREF/pay-01k8xv3q7m9r2t5w8z\n0b3d6f9h",
    ],
)
def test_the_reference_is_found_however_the_bank_breaks_the_line(details: str) -> None:
    told = "/EREF/pay-01k8xv3q7m9r2t5w8z0b3d6f9h/REMI/Invoice A-7"
    paid = entries(STATEMENT.replace(told, details))[0]
    assert paid.end_to_end_id == "pay-01k8xv3q7m9r2t5w8z0b3d6f9h"


def test_a_reference_in_capitals_is_that_of_the_same_payment() -> None:
    printed = STATEMENT.replace("pay-01k8xv3q7m9r2t5w8z0b3d6f9h", "PAY-01K8XV3Q7M9R2T5W8Z0B3D6F9H")
    assert references(entries(printed)[:1]) == {PaymentId("pay_01k8xv3q7m9r2t5w8z0b3d6f9h")}


def test_its_balances_and_movements_add_up() -> None:
    [statement] = read(STATEMENT.encode()).statements
    assert (statement.kind, statement.account) == (Kind.STATEMENT, "SK3112000000198742637541")
    assert statement.opening == Money(5_000_000_500, "IQD")
    assert statement.closing == Money(4_999_988_000, "IQD")
    assert statement.sum is Sum.ADDS_UP


def test_a_movement_that_is_missing_shows() -> None:
    [statement] = read(STATEMENT.replace("D12,500", "D12,000").encode()).statements
    assert (statement.sum, statement.difference) == (Sum.DOES_NOT, Money(-500, "IQD"))


def test_several_statements_and_swifts_blocks_are_read() -> None:
    blocks = f"{{1:F01TATRSKBXAXXX0000000000}}{{2:O940}}{{4:\r\n{STATEMENT}}}".replace("-\n}", "-}")
    second = STATEMENT.replace("STMT-12", "STMT-13")
    told = read((blocks + "\n" + second).encode())
    assert [statement.identifier for statement in told.statements] == ["STMT-12", "STMT-13"]
    assert len(told.lines) == 6


@pytest.mark.parametrize(
    "broken",
    [
        ":20:STMT-12\n",
        STATEMENT.replace("IQD5000000,500", "XXQ5000000,500"),
        STATEMENT.replace("5000000,500", "5000000,5005"),
        STATEMENT.replace(":61:2611221122D", ":61:nonsense"),
        STATEMENT.replace(":28C:12/1\n", ""),
    ],
)
def test_a_statement_that_cannot_be_understood_is_not_guessed(broken: str) -> None:
    with pytest.raises(NotReadable):
        read(broken.encode())
