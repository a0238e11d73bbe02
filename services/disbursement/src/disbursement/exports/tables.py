"""Tables in CSV, their hashtags in the second row, for spreadsheets that may not obey them."""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for the beginning of a formula."""


def csv_of(columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[object]]) -> bytes:
    """By heading and hashtag. What is None stays empty; what looks like a formula is quoted."""
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow([heading for heading, _ in columns])
    table.writerow([hashtag for _, hashtag in columns])
    for row in rows:
        table.writerow([_cell(each) for each in row])
    return out.getvalue().encode("utf-8")


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    if isinstance(value, Number):
        return text
    return f"'{text}" if text.startswith(FORMULAS) else text


class Number(str):
    """Digits of ours, which may begin with a minus."""

    __slots__ = ()
