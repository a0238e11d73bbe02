"""The columns of an import, as data: how they may be headed, and how a cell is read."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from intake.data import page
from intake.domain.people import AgeBracket, PartialDate, brackets_possible

_EXCEL_ZERO = date(1899, 12, 30)
_EXCEL_DAYS = range(10_000, 80_000)
"""Serial numbers of days that are taken for a birth (1927 to 2119); fewer digits are a year."""
_DAY_FIRST = re.compile(r"(\d{1,2})[.](\d{1,2})[.](\d{4})")
_SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")
_ISO = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_DIRECTIONS = dict.fromkeys(
    map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
)
"""Marks that turn the direction of writing: they belong to the page, not to the name."""
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%")


class Kind(StrEnum):
    TEXT = "text"
    PHONE = "phone"
    COUNTRY = "country"
    DATE = "date"
    AGE = "age"
    CHOICE = "choice"


class Column(msgspec.Struct, frozen=True):
    """One column, as the page declares it."""

    name: str
    kind: Kind
    means: str
    example: str
    field: str | None = None
    needed: bool = False
    also: tuple[str, ...] = ()
    words: dict[str, tuple[str, ...]] = {}


class BadCell(ValueError):
    """The cell cannot be read. The message is the reason's code."""


def plain(heading: str) -> str:
    """As headings and choices are compared."""
    folded = unicodedata.normalize("NFKC", heading).translate(_DIRECTIONS).casefold()
    return " ".join(re.sub(r"[\s_\-*:()]+", " ", folded).split())


COLUMNS = msgspec.convert(page("columns.toml")["column"], tuple[Column, ...])
BY_NAME: Mapping[str, Column] = {column.name: column for column in COLUMNS}
_BY_HEADING: Mapping[str, Column] = {
    plain(heading): column for column in COLUMNS for heading in (column.name, *column.also)
}


def headed(heading: str) -> Column | None:
    """The column of this heading."""
    return _BY_HEADING.get(plain(heading))


def clean(text: str) -> str:
    """The words of a cell: composed (NFC), without marks of direction, without space around."""
    return unicodedata.normalize("NFC", text).translate(_DIRECTIONS).strip()


def read(column: Column, cell: str) -> str | None:
    """What the registration is told; None for an empty cell. `BadCell`."""
    text = clean(cell)
    if not text:
        return None
    if text.startswith(_STARTS_FORMULA) and not (column.kind is Kind.PHONE and text[0] == "+"):
        raise BadCell("formula")
    return _READ[column.kind](column, text)


def _text(_: Column, text: str) -> str:
    return text


def _country(_: Column, text: str) -> str:
    return text.upper()


def _date(_: Column, text: str) -> str:
    if text.isascii() and text.isdigit() and len(text) > 4 and int(text) in _EXCEL_DAYS:  # noqa: PLR2004
        return (_EXCEL_ZERO + timedelta(days=int(text))).isoformat()
    if found := _ISO.fullmatch(text):
        parts = [int(part) for part in found.groups() if part]
    elif found := _DAY_FIRST.fullmatch(text):
        parts = [int(part) for part in reversed(found.groups())]
    elif found := _SLASHED.fullmatch(text):
        parts = _unambiguous(*(int(part) for part in found.groups()))
    else:
        raise BadCell("not_a_date")
    try:
        day = date(*[*parts, 1, 1][:3])
    except ValueError:
        raise BadCell("not_a_date") from None
    return day.isoformat()[: (4, 7, 10)[len(parts) - 1]]


def _unambiguous(one: int, other: int, year: int) -> list[int]:
    """Day and month with a slash: taken only when they cannot be swapped."""
    if one != other and max(one, other) <= 12:  # noqa: PLR2004
        raise BadCell("day_or_month")
    return [year, *sorted((one, other))]


def _age(_: Column, text: str) -> str:
    years = text.removesuffix(".0")
    if not (years.isdecimal() and len(years) <= 3):  # noqa: PLR2004
        return text
    fitting = (b for b in AgeBracket if b.years[0] <= int(years) <= b.years[1])
    bracket = next(fitting, None)
    if bracket is None:
        raise BadCell("not_an_age")
    return bracket


def _choice(column: Column, text: str) -> str:
    said = plain(text)
    for choice, words in column.words.items():
        if said == plain(choice) or said in (plain(word) for word in words):
            return choice
    raise BadCell("not_a_choice")


_READ: Mapping[Kind, Callable[[Column, str], str]] = {
    Kind.TEXT: _text,
    Kind.PHONE: _text,
    Kind.COUNTRY: _country,
    Kind.DATE: _date,
    Kind.AGE: _age,
    Kind.CHOICE: _choice,
}


def age_by(born: str, today: date) -> AgeBracket | None:
    """The bracket of somebody born then, where only one is possible."""
    possible = brackets_possible(PartialDate(born), today)
    return possible.pop() if len(possible) == 1 else None
