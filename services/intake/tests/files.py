"""Files of people, as offices send them."""

import io
from collections.abc import Sequence
from typing import Any

import openpyxl

HEADINGS = ("reference", "name", "dob", "age", "sex", "phone", "country", "return type", "language")
ZAHRA = ("1", "زهراء حسين", "1988", "", "f", "+964 770 000 0201", "IQ", "voluntary", "ar")
BESNIK = ("2", "Gjoka, Besnik", "14.5.1990", "", "male", "", "al", "voluntary", "sq")
MONA = ("3", "Mona", "", "31", "female", "", "IQ", "voluntary", "ar")

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = "application/json"

SUBMISSION: dict[str, Any] = {
    "_id": 101,
    "formhub/uuid": "f2d0",
    "__version__": "vA",
    "meta/instanceID": "uuid:5c07b2a6-1b1e-4b4f-9a4e-0d5b1c2d3e4f",
    "_xform_id_string": "aRegistration",
    "_uuid": "5c07b2a6-1b1e-4b4f-9a4e-0d5b1c2d3e4f",
    "_submission_time": "2026-03-01T10:00:00",
    "_geolocation": [33.3, 44.4],
    "_attachments": [],
    "_validation_status": {},
    "returnee/name": "زهراء حسين",
    "returnee/date_of_birth": "1988-05-14",
    "returnee/sex": "female",
    "returnee/phone": "+9647700000201",
    "journey/country_of_return": "IQ",
    "journey/return_type": "voluntary",
    "journey/language": "ar",
    "children": [{"children/name": "Ali"}],
    "remarks": "came with her brother",
}


def csv_of(*rows: Sequence[str], mark: str = ",") -> str:
    quoted = [[f'"{cell}"' if mark in cell else cell for cell in row] for row in rows]
    return "".join(mark.join(row) + "\r\n" for row in quoted)


def xlsx_of(
    *rows: Sequence[Any], merge: str | None = None, far: tuple[int, int] | None = None
) -> bytes:
    """`far`: a row and a column out there in which something stands."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    if merge:
        sheet.merge_cells(merge)
    if far:
        sheet.cell(*far, "x")
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()
