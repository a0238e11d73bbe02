"""CSV for spreadsheets: hashtags in the second row, and nothing that runs."""

import csv
import io

import pytest

from disbursement.exports.tables import Number, csv_of

COLUMNS = [("Vendor's number", "#meta+invoice+id"), ("Paid", "#value+paid")]


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


def test_headings_come_first_and_then_their_hashtags() -> None:
    content = csv_of(COLUMNS, [["INV-1", Number("12.50")], [None, None]])
    assert read(content) == [
        ["Vendor's number", "Paid"],
        ["#meta+invoice+id", "#value+paid"],
        ["INV-1", "12.50"],
        ["", ""],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", '=HYPERLINK("x")', "\t=1"])
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    assert read(csv_of(COLUMNS, [[text, None]]))[2][0] == f"'{text}"


def test_a_number_of_ours_may_be_below_zero() -> None:
    assert read(csv_of(COLUMNS, [["A", Number("-3.00")]]))[2] == ["A", "-3.00"]


@pytest.mark.parametrize("text", ["محل الفرن", 'a "quoted", one', "two\r\nlines"])
def test_every_text_is_read_back_as_it_was(text: str) -> None:
    assert read(csv_of(COLUMNS, [[text, None]]))[2][0] == text
