"""The log as tables: each cell can be looked up in the log by the dictionary alone."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import pytest
from specimens.histories import history, told

from audit.exports.columns import Table, at, text_of
from audit.exports.dictionary import TABLES
from audit.exports.scope import Scope
from audit.exports.tables import DICTIONARY, TOTALS, line, safe, write_tables
from events.envelope import Envelope

ROOT = Path(__file__).parents[3]
ENTRIES = [(index, entry.raw) for index, (_, entry) in enumerate(history(3))]


class Files(dict[str, bytes]):
    """Files in memory."""

    @contextmanager
    def create(self, name: str) -> Iterator[IO[bytes]]:
        file = io.BytesIO()
        yield file
        self[name] = file.getvalue()

    def rows(self, name: str) -> list[dict[str, str]]:
        text = self[name].decode("utf-8")
        return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def written(entries: Iterable[tuple[int, bytes]] = ENTRIES, scope: Scope | None = None) -> Files:
    files = Files()
    write_tables(entries, files.create, scope=scope or Scope())
    return files


def test_a_payment_is_one_row_from_the_request_to_the_bank() -> None:
    rows = written().rows("tables/payments.csv")
    assert [row["payment"] for row in rows] == ["pay_1", "pay_2", "pay_3"]
    first = rows[0]
    assert first["stands_at"] == "disbursement.vendor_paid.v1"
    assert (first["paid"], first["paid_currency"]) == ("2423500.500", "IQD")
    assert (first["certified_by"], first["approved_by"]) == ("per_jozef", "per_eva")
    assert (first["signed_by_1"], first["signed_by_2"]) == ("per_marta", "per_ivan")
    assert first["paid_on"] == "2026-11-21"
    at_index = json.loads(ENTRIES[int(first["first_entry"])][1])
    assert at_index["type"] == "disbursement.payment_requested.v1"


def test_each_cell_follows_from_the_log_by_the_dictionary_alone() -> None:
    """As an outsider would look it up: with the dictionary that lies beside the files."""
    files = written()
    dictionary = json.loads(files[DICTIONARY])
    opened = [(index, json.loads(raw)) for index, raw in ENTRIES]
    looked_up = 0
    for table in dictionary["tables"]:
        for row in files.rows(table["file"]):
            id_ = row[table["columns"][0]["column"]]
            for column in table["columns"]:
                cell = looked(column, table["key"], id_, opened)
                assert row[column["column"]] == cell, (table["table"], id_, column["column"])
                looked_up += bool(cell)
    assert looked_up > 200


def looked(column: Any, key: str, id_: str, log: list[tuple[int, Any]]) -> str:
    """The cell, looked up in the log."""
    found = []
    for index, entry in log:
        for source in column["from"]:
            where = source.get("where")
            if (
                entry["type"] == source["type"]
                and at(entry, key) == id_
                and (where is None or at(entry, where["pointer"]) == where["is"])
            ):
                of = {"index": index, "type": entry["type"]}
                value = of.get(column["of"], at(entry, source["pointer"]))
                found += [] if value is None else [text_of(value)]
    if not found:
        return ""
    if column["take"] == "sum":
        return str(sum(map(Decimal, found)))
    return found[0 if column["take"] == "first" else -1]


def test_control_totals_are_what_the_files_come_to() -> None:
    files = written()
    totals = files.rows(TOTALS)
    of_file = {row["file"]: row for row in totals if not row["column"]}
    assert set(of_file) == {table.file for table in TABLES}
    for name, row in of_file.items():
        assert row["sha256"] == hashlib.sha256(files[name]).hexdigest()
        assert int(row["rows"]) == len(files.rows(name))
    [paid] = [row for row in totals if row["column"] == "paid"]
    assert (paid["currency"], paid["count"], paid["sum"]) == ("IQD", "3", "7270501.500")


def test_what_a_vendor_paid_back_in_parts_is_added_up() -> None:
    owed = {"recovery": "rcv_1", "payment": "pay_1"}
    parts = [
        {**owed, "amount": {"amount": amount, "currency": "EUR"}} for amount in ("1.10", "2.20")
    ]
    entries = told(
        [("per_hana", "disbursement.recovery_received", "rcv_1", part) for part in parts]
    )
    files = written([(index, entry.raw) for index, (_, entry) in enumerate(entries)])
    [row] = files.rows("tables/recoveries.csv")
    assert (row["received"], row["received_currency"]) == ("3.30", "EUR")


def test_a_row_is_of_one_day_and_periods_add_up() -> None:
    whole = written().rows("tables/payments.csv")
    day = date(2026, 11, 21)
    until = written(scope=Scope(until=day)).rows("tables/payments.csv")
    after = written(scope=Scope(since=date(2026, 11, 22))).rows("tables/payments.csv")
    assert until + after == whole
    assert len(until) == 3
    assert not written(scope=Scope(until=date(2026, 11, 20))).rows("tables/payments.csv")


def test_what_is_hidden_is_told_nowhere() -> None:
    hidden = frozenset({"cas_1", "pla_1", "itm_1", "src_1"})
    files = written(scope=Scope(hidden=hidden))
    for name, content in files.items():
        for id_ in hidden:
            assert f"{id_},".encode() not in content, (name, id_)
    assert len(files.rows("tables/payments.csv")) == 3
    assert len(files.rows("tables/cases.csv")) == 2


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1", "\n=1", "＝1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert safe(text) == f"'{text}"


def test_cells_are_quoted_by_rfc_4180() -> None:
    assert line(["a,b", 'say "so"', "two\r\nlines", "ä"]) == (
        b'"a,b","say ""so""","two\r\nlines",\xc3\xa4\r\n'
    )


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_dictionary_names_what_the_services_really_tell(table: Table) -> None:
    for column in table.columns:
        for source in column.sources:
            entry = golden(source.type)
            for pointer in (table.key, source.pointer, *(source.where or ())[:1]):
                parent, _, name = pointer.rpartition("/")
                there = at(entry, parent) if parent else Envelope.__struct_fields__
                assert there is None or not pointer or name in there, (source, column.name)


def golden(type_: str) -> Any:
    """An example of such an event, as the service that emits it keeps one for ever."""
    service = type_.partition(".")[0]
    path = ROOT / "services" / service / "tests" / "golden" / f"{type_}.json"
    return json.loads(path.read_text())
