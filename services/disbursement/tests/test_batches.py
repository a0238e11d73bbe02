"""What a bank says of several payments together: batches in one sum, groups, and all versions."""

import pytest
from msgspec.structs import replace
from services.disbursement.tests.payment_asks import rejected_by_bank
from services.disbursement.tests.people import FILE, NOON, iqd, with_the_bank
from services.disbursement.tests.test_reconciliation import ENTRY, statement

from disbursement.bank.reading import read
from disbursement.bank.weigh import Known, Weighed, weigh
from disbursement.domain.bank_answer import BankAnswerId, Open
from disbursement.domain.bank_file import message_id
from disbursement.domain.bank_statement import Kind, Sum
from disbursement.domain.payment import Payment, end_to_end_id, payment
from disbursement.iso20022.answers import BankStatus, Status
from events.money import Money
from events.values import PaymentId

MESSAGE = message_id(FILE)
ANSWER = BankAnswerId("ans_1")


def instructed(number: int, amount: Money, *more: object) -> Payment:
    stands = payment.fold((*with_the_bank, *more))  # type: ignore[arg-type]
    assert stands is not None
    one = PaymentId(f"pay_{number}")
    reserved = Money(amount.minor, amount.currency)
    return replace(
        stands, id=one, end_to_end_id=end_to_end_id(one), amount=amount, reserved=reserved
    )


def known(*payments: Payment) -> Known:
    names = [each.id for each in payments]
    return Known({each.id: each for each in payments}, {MESSAGE: names}, {}, NOON, ANSWER)


def booked_together(amount: str, group: int = 1, direction: str = "DBIT") -> bytes:
    batch = f"<Btch><PmtInfId>{MESSAGE}-{group}</PmtInfId><NbOfTxs>2</NbOfTxs></Btch>"
    entry = ENTRY.format(amount=amount, direction=direction, ref="BANK-1", details=batch)
    return statement(entry, opening="9.000", closing="0.000").encode()


def outcome(weighed: Weighed) -> tuple[set[str], list[Open]]:
    paid = {one for some in weighed.matched.values() for one in some}
    return {str(one) for one in paid}, [line.why for line in weighed.open_lines]


def test_a_batch_in_one_sum_pays_each_of_its_payments() -> None:
    there = known(instructed(1, iqd(1000)), instructed(2, iqd(500)))
    weighed = weigh(read(booked_together("1500.000")).lines, there)
    assert outcome(weighed) == ({"pay_1", "pay_2"}, [])
    assert len(weighed.commands) == 4, "each is paid, and reconciled"


def test_a_partly_rejected_batch_pays_the_others() -> None:
    there = known(instructed(1, iqd(1000)), instructed(2, iqd(500), rejected_by_bank))
    weighed = weigh(read(booked_together("1000.000")).lines, there)
    assert outcome(weighed) == ({"pay_1"}, [])


def test_a_rejected_payment_that_is_in_the_sum_after_all_was_paid() -> None:
    there = known(instructed(1, iqd(1000)), instructed(2, iqd(500), rejected_by_bank))
    weighed = weigh(read(booked_together("1500.000")).lines, there)
    assert outcome(weighed) == ({"pay_1", "pay_2"}, [])


def test_a_sum_that_is_not_the_batchs_waits_for_a_person() -> None:
    there = known(instructed(1, iqd(1000)), instructed(2, iqd(500)))
    weighed = weigh(read(booked_together("1499.000")).lines, there)
    assert outcome(weighed) == (set(), [Open.OTHER_AMOUNT])
    assert weighed.commands == []


def test_a_batch_is_only_of_its_groups_currency() -> None:
    there = known(instructed(1, iqd(1000)), instructed(2, Money(1000, "EUR")))
    weighed = weigh(read(booked_together("1000.000", group=2)).lines, there)
    assert outcome(weighed) == ({"pay_1"}, [])
    weighed = weigh(read(booked_together("1000.000", group=1)).lines, there)
    assert outcome(weighed) == (set(), [Open.OTHER_AMOUNT])


@pytest.mark.parametrize("group", [3, 0])
def test_a_batch_that_is_none_of_ours_waits_for_a_person(group: int) -> None:
    there = known(instructed(1, iqd(1000)), instructed(2, Money(1000, "EUR")))
    weighed = weigh(read(booked_together("1000.000", group)).lines, there)
    assert outcome(weighed) == (set(), [Open.UNKNOWN_REFERENCE])


def test_a_batch_that_came_back_in_one_sum_waits_for_a_person() -> None:
    there = known(instructed(1, iqd(1000)))
    weighed = weigh(read(booked_together("1000.000", direction="CRDT")).lines, there)
    assert outcome(weighed) == (set(), [Open.CONTRADICTS])


def test_a_rejected_group_leaves_the_other_groups_payments_alone() -> None:
    there = known(instructed(1, iqd(1000)), instructed(2, Money(1000, "EUR")))
    told = BankStatus("ST-1", MESSAGE, f"{MESSAGE}-2", None, Status.REJECTED, "RJCT", ("AM04",))
    weighed = weigh([told], there)
    assert [one for one, _ in weighed.commands] == ["pay_1"], (
        "EUR is the first group, IQD the second"
    )


def test_what_was_instructed_counts_where_the_account_is_in_another_currency() -> None:
    there = known(instructed(1, iqd(1000)))
    details = (
        "<TxDtls><Refs><EndToEndId>pay-1</EndToEndId></Refs><AmtDtls><InstdAmt>"
        '<Amt Ccy="IQD">1000.000</Amt></InstdAmt></AmtDtls></TxDtls>'
    )
    entry = ENTRY.format(amount="0.72", direction="DBIT", ref="B", details=details)
    told = statement(entry, opening="1.00", closing="0.28").replace('"IQD">0.72', '"EUR">0.72')
    told = told.replace('"IQD">1.00<', '"EUR">1.00<').replace('"IQD">0.28<', '"EUR">0.28<')
    answer = read(told.encode())
    assert outcome(weigh(answer.lines, there)) == ({"pay_1"}, [])
    assert answer.statements[0].sum is Sum.ADDS_UP


@pytest.mark.parametrize("version", [f"{number:02}" for number in range(2, 15)])
@pytest.mark.parametrize(
    ("message", "tag", "part", "kind"),
    [
        ("camt.052", "BkToCstmrAcctRpt", "Rpt", Kind.REPORT),
        ("camt.053", "BkToCstmrStmt", "Stmt", Kind.STATEMENT),
        ("camt.054", "BkToCstmrDbtCdtNtfctn", "Ntfctn", Kind.NOTICE),
    ],
)
def test_all_versions_of_the_account_messages_are_read(
    version: str, message: str, tag: str, part: str, kind: Kind
) -> None:
    entry = ENTRY.format(amount="1.000", direction="DBIT", ref="B", details="")
    if int(version) < 3:
        entry = entry.replace("<Sts><Cd>BOOK</Cd></Sts>", "<Sts>BOOK</Sts>")
    told = statement(entry, opening="9.000", closing="8.000", version=version)
    told = told.replace("camt.053", message).replace("BkToCstmrStmt", tag)
    told = told.replace("<Stmt>", f"<{part}>").replace("</Stmt>", f"</{part}>")
    answer = read(told.encode())
    [one] = answer.statements
    assert (one.kind, one.sum, len(answer.lines)) == (kind, Sum.ADDS_UP, 1)
    assert one.movements[0].booked
