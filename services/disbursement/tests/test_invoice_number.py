"""A vendor's number comes once however it is written, and is kept as it is printed (R1)."""

import msgspec
import pytest
from pydantic import TypeAdapter, ValidationError
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok

from disbursement.domain.invoice_number import InvoiceNumber, UnreadableNumber, comparable


@pytest.mark.parametrize(
    "printed",
    ["INV-0023", "inv 23", "Inv/023", "ＩＮＶ－２３", "INV ٢٣", "inv.23", "INV23", "inv#(23)"],
)
def test_a_number_is_one_number_however_it_is_written(printed: str) -> None:
    assert comparable(InvoiceNumber(printed)) == "inv-23"


def test_leading_zeros_of_every_group_make_no_difference() -> None:
    assert comparable(InvoiceNumber("INV 2026/0117")) == comparable(InvoiceNumber("inv-2026-117"))


@pytest.mark.parametrize(
    "printed",
    [
        ["A-55/2", "A-552", "A-5/52", "A-5/5/2"],
        ["78-2026", "782026", "7-82026", "2026-78"],
        ["INV-23", "INV-230", "INV-2 30A", "فاتورة ٢٣", "0", "10", "100"],
        ["IN-V23", "INV-23"],
    ],
)
def test_numbers_that_differ_stay_different(printed: list[str]) -> None:
    assert len({comparable(InvoiceNumber(each)) for each in printed}) == len(printed)


def test_a_number_without_letter_or_digit_is_none() -> None:
    with pytest.raises(UnreadableNumber):
        comparable(InvoiceNumber("_"))


@pytest.mark.parametrize("printed", ["78-2026", "A-55/2", "INV 2026/0117", "فاتورة ٢٣", "7"])
def test_what_vendors_print_is_kept(printed: str) -> None:
    assert msgspec.convert(printed, InvoiceNumber) == printed


@pytest.mark.parametrize(
    "printed", ["", " 7", "7 ", "7\t8", "x" * 36, "7;8", "<b>7", "a@b.example"]
)
def test_what_is_no_number_is_refused(printed: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(printed, InvoiceNumber)


def test_what_is_taken_in_can_be_read_again() -> None:
    """HTTP and the stored events ask two engines, and they differ in what is a letter: of what the
    one lets in and the other does not, nothing that was stored could be read on.
    """
    taken_in: TypeAdapter[str] = TypeAdapter(InvoiceNumber)
    kept: set[str] = set()
    for letter in map(chr, [*range(0xD800), *range(0xE000, 0x30000)]):
        printed = f"A{letter}1"
        try:
            taken_in.validate_python(printed)
        except ValidationError:
            continue
        kept.add(letter)
        msgspec.convert(printed, InvoiceNumber)
    assert {"é", "ế", "٢", "ف", "中", "/"} <= kept
    assert kept.isdisjoint("\u0301\u064b\u093f\u0e31\u200c\n")


async def test_a_number_that_could_not_be_read_again_is_refused_at_the_door(till: Cashier) -> None:
    path = await chain.ordered(till)
    await till.does(till.dalia, f"{path}/deliveries", chain.delivery(10))
    before = await till.told()
    told = chain.invoice(10, number="INV\u0301 1")
    assert await till.tries(till.hana, f"{path}/invoices", told) == (422, "body_invalid")
    assert await till.told() == before
    assert ok(await till.hana.get(path))["invoices"] == []
