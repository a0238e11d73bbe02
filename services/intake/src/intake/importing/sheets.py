"""Files at the door: CSV, XLSX and Kobo submissions become rows of named cells, or are refused.

What is refused here is refused for the whole file, before anything is stored: it is no such file,
too large, not in UTF-8, or its headings do not say what its columns are. What is wrong in a row is
that row's own result later.
"""

import codecs
import csv
import io
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any

import msgspec

from events.io.http import strict_json
from intake.domain.batch import Format
from intake.importing.columns import COLUMNS, Column, Kind, headed

FILE_MAX_BYTES = 10 * 1024 * 1024
ROWS_MAX = 20_000
COLUMNS_MAX = 60
CELL_MAX_CHARS = 1_000
KEY_MAX_CHARS = 100
"""Of what a sender's system knows a row by; a UUID has 36."""
UNZIPPED_MAX_BYTES = 64 * 1024 * 1024
"""Parsing this much takes a minute at worst; the largest file that is taken has half of it."""
MAC_DAYS = 1462
"""How many days later the calendar of old Macintosh spreadsheets begins."""
DAYS_FROM = 9_999
"""A larger number in a column of dates counts days; a smaller one is a year."""

MEDIA: Mapping[str, Format] = {
    "text/csv": Format.CSV,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": Format.XLSX,
    "application/json": Format.KOBO,
}
"""By media type, what a file is read as."""


class Line(msgspec.Struct, frozen=True):
    """One row of a file: its place, its cells by column, and what is wrong with a cell already."""

    row: int
    cells: dict[str, str]
    faults: dict[str, str] = {}
    key: str | None = None
    """What the sender's system knows it by, such as a submission's `_uuid`."""


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong with a file: where, by which rule, in words."""

    where: str
    code: str
    detail: str


class BadFile(Exception):
    """The file cannot be taken. It says all that is wrong with it, and nothing of what is in it."""

    def __init__(self, *wrong: Wrong) -> None:
        super().__init__(wrong[0].detail)
        self.wrong = wrong


def read(form: Format, content: bytes) -> list[Line]:
    """The rows of a file. `BadFile`."""
    lines = list(_READ[form](content))
    if not lines:
        raise BadFile(Wrong("/file", "empty", "There is no row in it."))
    return lines


# CSV


def _csv(content: bytes) -> Iterator[Line]:
    text = _text(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(first), strict=True)
    try:
        yield from _table((reader.line_num, cells) for cells in reader)
    except csv.Error as error:
        detail = f"Line {reader.line_num} is not CSV: a quote or a line end stands wrong."
        raise BadFile(Wrong(f"/row/{reader.line_num}", "not_csv", detail)) from error


def _text(content: bytes) -> str:
    utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if utf_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        detail = f"Line {line} is not UTF-8. Save it as CSV UTF-8."
        raise BadFile(Wrong(f"/row/{line}", "not_utf8", detail)) from None
    if "\0" in text:
        raise BadFile(Wrong("/file", "nul_character", "It holds the character U+0000."))
    return text


def _delimiter(heading: str) -> str:
    """The one that makes most known headings."""
    return max(",;\t", key=lambda mark: sum(map(bool, map(headed, heading.split(mark)))))


# XLSX


def _xlsx(content: bytes) -> Iterator[Line]:
    import openpyxl  # noqa: PLC0415  it loads NumPy: only who reads a spreadsheet pays for that
    from openpyxl.utils.datetime import MAC_EPOCH  # noqa: PLC0415

    _refuse_a_bomb(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            later = MAC_DAYS if book.epoch == MAC_EPOCH else 0
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            yield from _table(
                (number, [_cell(cell, later) for cell in row])
                for number, row in chain.from_iterable(map(_rows, sheets[:1]))
            )
    except BadFile:
        raise
    except Exception as error:
        raise BadFile(Wrong("/file", "not_xlsx", "It cannot be read as XLSX.")) from error


def _rows(sheet: Any) -> Iterator[tuple[int, Sequence[Any]]]:
    """The rows, each up to its last cell with a value.

    Blank rows count: a few bytes can leave out millions, and each of them is made when asked for.
    """
    rows = sheet.iter_rows(max_row=ROWS_MAX + 2, max_col=COLUMNS_MAX + 1)
    for number, row in enumerate(rows, start=1):
        _bounded(number - 1)
        filled = (at for at, cell in enumerate(row, start=1) if cell.value is not None)
        yield number, row[: max(filled, default=0)]


def _refuse_a_bomb(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            size = sum(part.file_size for part in parts.infolist())
    except zipfile.BadZipFile:
        raise BadFile(Wrong("/file", "not_xlsx", "It cannot be read as XLSX.")) from None
    if size > UNZIPPED_MAX_BYTES:
        raise BadFile(
            Wrong("/file", "too_large", f"It unfolds to over {UNZIPPED_MAX_BYTES} bytes.")
        )


@dataclass(frozen=True)
class _Bad:
    """A cell that is known to be wrong before its column is."""

    reason: str


@dataclass(frozen=True)
class _Number:
    """A number of a spreadsheet, and how many days later its calendar begins."""

    value: float
    later: int

    def told(self, kind: Kind) -> str:
        """As its user sees it: a whole one has no decimal point."""
        value = self.value + (self.later if kind is Kind.DATE and self.value > DAYS_FROM else 0)
        return str(int(value)) if value.is_integer() else str(value)


def _cell(cell: Any, later: int) -> str | _Bad | _Number:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return _Bad("formula")
    if cell.data_type == "e":
        return _Bad("spreadsheet_error")
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return _Number(float(value), later)
    return str(value)


# Kobo


def _kobo(content: bytes) -> Iterator[Line]:
    try:
        told = strict_json.read(_text(content), numbers_as_text=True)
    except strict_json.BadJson as bad:
        raise BadFile(Wrong("/file", bad.code, bad.detail)) from None
    submissions = told if isinstance(told, list) else [told]
    _bounded(len(submissions))
    for number, submission in enumerate(submissions, start=1):
        if not isinstance(submission, dict):
            detail = "A submission is an object of questions and answers."
            raise BadFile(Wrong(f"/row/{number}", "not_a_submission", detail))
        yield _submission(number, submission)


def _submission(number: int, submission: Mapping[str, Any]) -> Line:
    """Of each question the last part of its path; what the form itself adds is left out."""
    cells: dict[str, str] = {}
    faults: dict[str, str] = {}
    for path, answer in submission.items():
        column = None if path.startswith(("_", "meta/", "formhub/")) else headed(_last(path))
        if column is None or isinstance(answer, list | dict) or answer is None:
            continue
        if column.name in cells:
            faults[column.name] = "asked_twice"
        cells[column.name] = str(answer)
    return _bound(Line(number, cells, faults, _key(number, submission)))


def _key(number: int, submission: Mapping[str, Any]) -> str | None:
    key = submission.get("_uuid") or submission.get("meta/instanceID")
    if not key:
        return None
    if not isinstance(key, str) or len(key) > KEY_MAX_CHARS:
        detail = f"It is a text of at most {KEY_MAX_CHARS} characters."
        raise BadFile(Wrong(f"/row/{number}/_uuid", "not_a_uuid", detail))
    return key.removeprefix("uuid:")


def _last(path: str) -> str:
    return path.rpartition("/")[2]


# Tables


def _table(rows: Iterable[tuple[int, Sequence[Any]]]) -> Iterator[Line]:
    """The first row that is not blank is the heading."""
    filled = ((number, row) for number, row in rows if any(map(_is_filled, row)))
    number, heading = next(filled, (1, ()))
    ahead = list(_take(filled, 2))
    columns = _columns(number, heading, [row for _, row in ahead])
    for count, (at, row) in enumerate(chain(ahead, filled), start=1):
        _bounded(count)
        yield _line(at, row, columns)


def _take(rows: Iterator[Any], most: int) -> Iterator[Any]:
    for _ in range(most):
        row = next(rows, None)
        if row is None:
            return
        yield row


def _is_filled(cell: Any) -> bool:
    return not isinstance(cell, str) or bool(cell.strip())


def _columns(
    number: int, heading: Sequence[Any], ahead: Sequence[Sequence[Any]]
) -> list[Column | None]:
    """What each column is; `BadFile` with all that is wrong with the headings."""
    if len(heading) > COLUMNS_MAX:
        detail = f"There are over {COLUMNS_MAX} columns."
        raise BadFile(Wrong(f"/row/{number}", "too_many_columns", detail))
    found: list[Column | None] = []
    wrong: list[Wrong] = []
    for at, cell in enumerate(heading):
        place = f"/row/{number}/column/{_letters(at)}"
        column = headed(cell) if isinstance(cell, str) else None
        if isinstance(cell, str) and not cell.strip():
            if any(at < len(row) and _is_filled(row[at]) for row in ahead):
                detail = "A column with values has no heading; merged headings are to be divided."
                wrong.append(Wrong(place, "heading_missing", detail))
        elif column is None:
            detail = "No column is headed so. GET /v1/import-columns tells which there are."
            wrong.append(Wrong(place, "heading_unknown", detail))
        elif column in found:
            wrong.append(Wrong(place, "heading_repeated", f"{column.name} stands there twice."))
        found.append(column)
    wrong += [
        Wrong(f"/row/{number}", "heading_needed", f"There is no column {column.name}.")
        for column in COLUMNS
        if column.needed and column not in found
    ]
    if wrong:
        raise BadFile(*wrong)
    return found


def _letters(at: int) -> str:
    """How spreadsheets name their columns: A to Z, then AA."""
    rest, last = divmod(at, 26)
    return (_letters(rest - 1) if rest else "") + chr(ord("A") + last)


def _line(number: int, row: Sequence[Any], columns: Sequence[Column | None]) -> Line:
    cells: dict[str, str] = {}
    faults: dict[str, str] = {}
    for at, cell in enumerate(row):
        column = columns[at] if at < len(columns) else None
        if column is None:
            if _is_filled(cell):
                faults["row"] = "cell_without_heading"
        elif isinstance(cell, _Bad):
            faults[column.name] = cell.reason
        else:
            cells[column.name] = cell.told(column.kind) if isinstance(cell, _Number) else cell
    return _bound(Line(number, cells, faults))


def _bound(line: Line) -> Line:
    """No cell is longer than any value is; what is cut off is not kept."""
    for name, cell in line.cells.items():
        if len(cell) > CELL_MAX_CHARS:
            line.cells[name] = ""
            line.faults[name] = "too_long"
    return line


def _bounded(count: int) -> None:
    if count > ROWS_MAX:
        detail = f"At most {ROWS_MAX} rows in one file; blank rows of a spreadsheet count."
        raise BadFile(Wrong("/file", "too_many_rows", detail))


_READ: Mapping[Format, Callable[[bytes], Iterator[Line]]] = {
    Format.CSV: _csv,
    Format.XLSX: _xlsx,
    Format.KOBO: _kobo,
}
