"""Files at the door: what is read of them, and what every kind of bad file is told."""

import io
import json
import zipfile
from contextlib import suppress
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import MAC_EPOCH
from services.intake.tests.files import BESNIK, HEADINGS, MONA, SUBMISSION, ZAHRA, csv_of, xlsx_of

from intake.domain.batch import Format
from intake.importing import sheets
from intake.importing.columns import BY_NAME, BadCell, read
from intake.importing.sheets import BadFile, Line


def of_csv(text: str | bytes) -> list[Line]:
    return sheets.read(Format.CSV, text if isinstance(text, bytes) else text.encode())


def wrong(form: Format, content: bytes) -> list[tuple[str, str]]:
    with pytest.raises(BadFile) as refused:
        sheets.read(form, content)
    return [(each.where, each.code) for each in refused.value.wrong]


class TestCsv:
    @pytest.mark.parametrize("mark", [",", ";", "\t"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_whatever_separates_the_cells_and_however_they_are_encoded(
        self, mark: str, encoding: str
    ) -> None:
        lines = of_csv(csv_of(HEADINGS, ZAHRA, BESNIK, mark=mark).encode(encoding))
        assert [line.row for line in lines] == [2, 3]
        assert [line.cells["name"] for line in lines] == ["زهراء حسين", "Gjoka, Besnik"]

    def test_blank_rows_are_nobody(self) -> None:
        blank = [""] * len(HEADINGS)
        lines = of_csv("\r\n" + csv_of(blank, HEADINGS, blank, ZAHRA, blank))
        assert [(line.row, line.cells["reference"]) for line in lines] == [(5, "1")]

    def test_headings_in_any_order_case_and_language(self) -> None:
        lines = of_csv("Sex ;الاسم;COUNTRY-OF-RETURN;return_type;Language:\nf;منى;IQ;forced;ar\n")
        assert lines[0].cells == {
            "sex": "f",
            "name": "منى",
            "country_of_return": "IQ",
            "return_type": "forced",
            "language": "ar",
        }

    @pytest.mark.parametrize(
        ("content", "found"),
        [
            (b"", [("/row/1", "heading_needed")] * 5),
            (csv_of(HEADINGS).encode(), [("/file", "empty")]),
            ("اسم".encode("windows-1256") + b",sex\n", [("/row/1", "not_utf8")]),
            (csv_of(HEADINGS).encode() + b"\xff", [("/row/2", "not_utf8")]),
            (b"name\0,sex\n", [("/file", "nul_character")]),
            (
                csv_of((*HEADINGS, "salary"), ZAHRA).encode(),
                [("/row/1/column/J", "heading_unknown")],
            ),
            (
                csv_of((*HEADINGS, "Full Name"), ZAHRA).encode(),
                [("/row/1/column/J", "heading_repeated")],
            ),
            (
                csv_of((*HEADINGS, ""), (*ZAHRA, "x")).encode(),
                [("/row/1/column/J", "heading_missing")],
            ),
            (csv_of(HEADINGS[1:5], ZAHRA).encode(), [("/row/1", "heading_needed")] * 3),
            (csv_of(HEADINGS, ZAHRA).encode() + b'"no end\n', [("/row/3", "not_csv")]),
            (b",".join([b"x"] * 61), [("/row/1", "too_many_columns")]),
        ],
        ids=lambda value: str(value)[:24],
    )
    def test_a_bad_one_is_told_all_that_is_wrong_with_it(
        self, content: bytes, found: list[tuple[str, str]]
    ) -> None:
        assert wrong(Format.CSV, content) == found

    def test_too_many_rows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sheets, "ROWS_MAX", 2)
        of_csv(csv_of(HEADINGS, ZAHRA, MONA))
        content = csv_of(HEADINGS, ZAHRA, MONA, BESNIK).encode()
        assert wrong(Format.CSV, content) == [("/file", "too_many_rows")]

    def test_a_cell_that_is_far_too_long_is_the_rows_fault_and_is_not_kept(self) -> None:
        long = (*ZAHRA[:1], "x" * 2_000, *ZAHRA[2:])
        (line,) = of_csv(csv_of(HEADINGS, long))
        assert (line.faults, line.cells["name"]) == ({"name": "too_long"}, "")

    @given(st.binary(max_size=300))
    def test_whatever_comes_is_read_or_refused(self, content: bytes) -> None:
        for form in Format:
            with suppress(BadFile):
                assert sheets.read(form, content)


class TestXlsx:
    def test_cells_as_their_user_sees_them(self) -> None:
        row = ("1", "منى", date(1988, 5, 14), 37.0, "f", 9647700000201, "IQ", "forced", "ar")
        (line,) = sheets.read(Format.XLSX, xlsx_of(HEADINGS, row))
        assert line.cells["date_of_birth"] == "1988-05-14"
        assert (line.cells["age"], line.cells["phone"]) == ("37", "9647700000201")

    def test_a_date_that_is_only_a_number_of_days(self) -> None:
        row = ("1", "منى", 32277, "", "f", "", "IQ", "forced", "ar")
        (line,) = sheets.read(Format.XLSX, xlsx_of(HEADINGS, row))
        assert read(BY_NAME["date_of_birth"], line.cells["date_of_birth"]) == "1988-05-14"

    def test_a_number_of_days_of_the_other_calendar(self) -> None:
        book = openpyxl.Workbook()
        book.epoch = MAC_EPOCH
        assert book.active is not None
        book.active.append(HEADINGS)
        book.active.append(("1", "منى", 32277 - 1462, "", "f", "", "IQ", "forced", "ar"))
        held = io.BytesIO()
        book.save(held)
        (line,) = sheets.read(Format.XLSX, held.getvalue())
        assert read(BY_NAME["date_of_birth"], line.cells["date_of_birth"]) == "1988-05-14"

    def test_a_formula_is_a_fault_of_its_row(self) -> None:
        sly = ("1", '=HYPERLINK("http://a.test","Mona")', *MONA[2:])
        lines = sheets.read(Format.XLSX, xlsx_of(HEADINGS, sly, MONA))
        assert [line.faults for line in lines] == [{"name": "formula"}, {}]

    def test_merged_headings_are_told(self) -> None:
        two_in_one = ("reference", "name", "given", *HEADINGS[2:])
        row = ("1", "Mona", "x", *MONA[2:])
        content = xlsx_of(two_in_one, row, merge="B1:C1")
        assert wrong(Format.XLSX, content) == [("/row/1/column/C", "heading_missing")]

    def test_what_is_no_such_file(self) -> None:
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as parts:
            parts.writestr("a.txt", "x")
        whole = xlsx_of(HEADINGS, MONA)
        for content in (b"PK\x03\x04", csv_of(HEADINGS).encode(), held.getvalue(), whole[:900]):
            assert wrong(Format.XLSX, content) == [("/file", "not_xlsx")]

    def test_rows_that_a_sheet_leaves_out_count(self) -> None:
        far = xlsx_of(HEADINGS, MONA, far=(1_048_576, 1))
        assert wrong(Format.XLSX, far) == [("/file", "too_many_rows")]

    def test_columns_that_a_sheet_leaves_out_count(self) -> None:
        wide = [xlsx_of(HEADINGS, MONA, far=(row, 61)) for row in (1, 2)]
        assert wrong(Format.XLSX, wide[0]) == [("/row/1", "too_many_columns")]
        assert sheets.read(Format.XLSX, wide[1])[0].faults == {"row": "cell_without_heading"}

    def test_a_formatted_blank_column_is_none(self) -> None:
        (line,) = sheets.read(Format.XLSX, xlsx_of((*HEADINGS, None, None), (*MONA, None)))
        assert line.faults == {}

    def test_a_file_that_unfolds_to_too_much(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sheets, "UNZIPPED_MAX_BYTES", 1_000)
        assert wrong(Format.XLSX, xlsx_of(HEADINGS, MONA)) == [("/file", "too_large")]


class TestKobo:
    def test_the_last_part_of_a_question_is_its_heading(self) -> None:
        (line,) = sheets.read(Format.KOBO, json.dumps(SUBMISSION).encode())
        assert line.key == SUBMISSION["_uuid"]
        assert line.cells == {
            "name": "زهراء حسين",
            "date_of_birth": "1988-05-14",
            "sex": "female",
            "phone": "+9647700000201",
            "country_of_return": "IQ",
            "return_type": "voluntary",
            "language": "ar",
        }

    def test_a_question_that_is_asked_twice_is_nobodys_guess(self) -> None:
        twice = SUBMISSION | {"guardian/name": "Yusuf"}
        (line,) = sheets.read(Format.KOBO, json.dumps([twice]).encode())
        assert line.faults == {"name": "asked_twice"}

    @pytest.mark.parametrize(
        ("content", "found"),
        [
            (b"", ("/file", "not_json")),
            (b"{", ("/file", "not_json")),
            (b"[" * 100_000, ("/file", "too_deep")),
            (b'[{"name": "a", "name": "b"}]', ("/file", "duplicate_key")),
            (b'[{"name": "\\ud83d"}]', ("/file", "lone_surrogate")),
            (b'[{"_uuid": "\\u0000"}]', ("/file", "nul_character")),
            (b'[{"_uuid": "%s"}]' % (b"x" * 101), ("/row/1/_uuid", "not_a_uuid")),
            (b'[{"_uuid": {"a": 1}}]', ("/row/1/_uuid", "not_a_uuid")),
            (b"[]", ("/file", "empty")),
            (b"[1]", ("/row/1", "not_a_submission")),
            (b'"text"', ("/row/1", "not_a_submission")),
            (b"\xff", ("/row/1", "not_utf8")),
        ],
        ids=lambda value: str(value)[:16],
    )
    def test_a_bad_one(self, content: bytes, found: tuple[str, str]) -> None:
        assert wrong(Format.KOBO, content) == [found]


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("date_of_birth", "1988", "1988"),
        ("date_of_birth", "1988-5", "1988-05"),
        ("date_of_birth", "1988-05-14", "1988-05-14"),
        ("date_of_birth", "14.5.1988", "1988-05-14"),
        ("date_of_birth", "14/05/1988", "1988-05-14"),
        ("date_of_birth", "05/14/1988", "1988-05-14"),
        ("date_of_birth", "5/5/1988", "1988-05-05"),
        ("date_of_birth", "32277", "1988-05-14"),
        ("age", "4", "0_4"),
        ("age", "37", "25_59"),
        ("age", "60_over", "60_over"),
        ("sex", " Nữ ", "female"),
        ("sex", "ذكر", "male"),
        ("country_of_return", "iq", "IQ"),
        ("phone", "+964 770 000 0201", "+964 770 000 0201"),
        ("name", "\u202bزهراء حسين\u202c", "زهراء حسين"),
        ("name", "\u200fMona\u00a0", "Mona"),
        ("name", "می\u200cنا", "می\u200cنا"),
        ("name", "  ", None),
    ],
)
def test_how_a_cell_is_read(column: str, cell: str, said: str | None) -> None:
    assert read(BY_NAME[column], cell) == said


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("name", '=HYPERLINK("http://a.test","x")', "formula"),
        ("name", "@SUM(A1)", "formula"),
        ("name", "+1+1", "formula"),
        ("phone", "=1+1", "formula"),
        ("date_of_birth", "5/6/1988", "day_or_month"),
        ("date_of_birth", "30.2.1988", "not_a_date"),
        ("date_of_birth", "1988-13", "not_a_date"),
        ("date_of_birth", "last year", "not_a_date"),
        ("age", "151", "not_an_age"),
        ("sex", "yes", "not_a_choice"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(
    column: str, cell: str, reason: str
) -> None:
    with pytest.raises(BadCell, match=reason):
        read(BY_NAME[column], cell)
