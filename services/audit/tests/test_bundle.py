"""The whole bundle: log, schemas, tables, OCEL and manifest, and how changes in it are caught."""

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from services.audit.tests.logs import Bundle, forget, repacked, write_whole_bundle
from specimens.histories import NAME, VENDOR_NAME, VENDOR_TOWN, history

from audit.exports.columns import Table
from audit.exports.dictionary import TABLES
from audit.exports.tables import dictionary, write_tables
from audit.verify import DICTIONARIES, Kind, Report, verify

ENTRIES = [entry.raw for _, entry in history(2)]
REGISTERED = next(i for i, entry in enumerate(ENTRIES) if b"returnee_registered" in entry)
DISCLOSED = [(0, VENDOR_NAME.encoded), (0, VENDOR_TOWN.encoded), (REGISTERED, NAME.encoded)]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder = tmp_path_factory.mktemp("sound")
    return write_whole_bundle(folder, ENTRIES, sizes=(1, 20, 40), disclosures=DISCLOSED)


@pytest.fixture
def copy(sound: Bundle, tmp_path: Path) -> Bundle:
    shutil.copytree(sound.folder, tmp_path / "copy")
    return Bundle(tmp_path / "copy", sound.vkey)


def caught(bundle: Bundle) -> Report:
    return verify(bundle.folder, bundle.vkey)


def kinds(report: Report) -> set[Kind]:
    return {Kind[failure.kind.upper()] for failure in report.failures}


def test_it_has_all_that_an_auditor_needs_and_holds(sound: Bundle) -> None:
    names = {p.relative_to(sound.folder).as_posix() for p in sound.folder.rglob("*") if p.is_file()}
    assert names > {
        *("checkpoint", "checkpoints.jsonl", "vkey", "verify.py", "manifest.jsonl", "ocel.json"),
        *("tables/dictionary.json", "tables/control-totals.csv", "tables/payments.csv"),
        *(f"schemas/{s}.json" for s in ("intake", "plans", "vendors", "disbursement", "audit")),
    }
    report = caught(sound)
    assert not report.failures
    assert not any(told.startswith("whether all files came") for told in report.not_checked)
    packed = verify(sound.folder.parent / "whole.zip", sound.vkey)
    assert not packed.failures


def test_the_manifest_lists_each_file_by_digest_and_size(sound: Bundle) -> None:
    lines = (sound.folder / "manifest.jsonl").read_text().splitlines()
    about, *files, last = [json.loads(line) for line in lines]
    assert about["size"] == len(ENTRIES)
    assert about["grant"] is None
    assert last.keys() == {"manifest"}
    for told in files:
        data = (sound.folder / told["name"]).read_bytes()
        assert told["size"] == len(data)
    assert {told["name"] for told in files} == {
        p.relative_to(sound.folder).as_posix()
        for p in sound.folder.rglob("*")
        if p.is_file() and p.name not in ("manifest.jsonl", "disclosures.jsonl")
    }


def test_the_same_bundle_is_the_same_bytes(sound: Bundle, tmp_path: Path) -> None:
    shutil.copytree(sound.folder.parent / "signer", tmp_path / "signer")
    forget(tmp_path / "signer")
    again = write_whole_bundle(tmp_path, ENTRIES)
    for name in ("tables/payments.csv", "ocel.json", "schemas/audit.json"):
        assert (again.folder / name).read_bytes() == (sound.folder / name).read_bytes()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("verify.py", Kind.MANIFEST),
        ("schemas/intake.json", Kind.MANIFEST),
        ("ocel.json", Kind.MANIFEST),
        ("tables/payments.csv", Kind.TABLES),
        ("tables/control-totals.csv", Kind.TABLES),
        ("manifest.jsonl", Kind.MANIFEST),
    ],
)
def test_a_changed_byte_of_a_file_beside_the_log(copy: Bundle, name: str, kind: Kind) -> None:
    path = copy.folder / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    report = caught(copy)
    assert kind in kinds(report) or report.exit_code == Kind.MANIFEST


@pytest.mark.parametrize("name", ["ocel.json", "schemas/intake.json", "tables/payments.csv"])
def test_a_file_that_was_left_out(copy: Bundle, name: str) -> None:
    (copy.folder / name).unlink()
    assert caught(copy).exit_code == Kind.FOLDER


def test_a_file_that_was_not_packed(copy: Bundle) -> None:
    (copy.folder / "tables/more.csv").write_text("id")
    assert kinds(caught(copy)) == {Kind.MANIFEST, Kind.TABLES}


# Somebody who packs the bundle anew makes a manifest that fits


def test_the_verifier_knows_the_data_dictionary_of_today() -> None:
    digest = hashlib.sha256(dictionary()).hexdigest()
    assert digest in DICTIONARIES, (
        f"the data dictionary has changed: add {digest} to DICTIONARIES in verify.py, beside the"
        " ones that are there, by which bundles were made"
    )


def without_a_payment(table: Table) -> Table:
    """By a condition that holds for all payments but one."""
    if table.name != "payments":
        return table
    columns = (
        replace(each, sources=tuple(replace(s, where=("/subject", "pay_1")) for s in each.sources))
        for each in table.columns
    )
    return replace(table, columns=tuple(columns))


def test_a_dictionary_that_leaves_a_payment_out_is_not_taken_for_ours(copy: Bundle) -> None:
    """With the tables and the totals that follow from it, and a manifest of all that."""
    write_tables(
        enumerate(ENTRIES),
        lambda name: (copy.folder / name).open("wb"),
        tables=[without_a_payment(each) for each in TABLES],
    )
    assert "pay_2" not in (copy.folder / "tables/payments.csv").read_text()
    repacked(copy)
    [failure] = caught(copy).failures
    assert (failure.kind, failure.where) == ("tables", "tables/dictionary.json")
    assert "not a data dictionary that this verifier knows" in failure.what


@pytest.mark.parametrize(
    "pattern",
    ["tables/*", "tables/dictionary.json", "tables/control-totals.csv", "ocel.json", "schemas/*"],
)
def test_a_manifest_that_never_had_them_is_of_no_whole_bundle(copy: Bundle, pattern: str) -> None:
    for path in copy.folder.glob(pattern):
        path.unlink()
    repacked(copy)
    assert Kind.MANIFEST in kinds(caught(copy))


def test_a_table_that_was_taken_out_of_a_manifest_is_missed(copy: Bundle) -> None:
    (copy.folder / "tables/payments.csv").unlink()
    repacked(copy)
    assert kinds(caught(copy)) == {Kind.TABLES}


def test_a_manifest_of_something_else_is_none_of_a_bundle(copy: Bundle) -> None:
    path = copy.folder / "manifest.jsonl"
    path.write_text(path.read_text().replace("homeward/1", "homeward/0", 1))
    repacked(copy)
    assert Kind.MANIFEST in kinds(caught(copy))


def test_without_manifest_and_tables_it_says_that_it_held_none(copy: Bundle) -> None:
    """As the log alone is: there is nothing that says that it should be more."""
    for path in (copy.folder / "manifest.jsonl", *copy.folder.glob("tables/*")):
        path.unlink()
    report = caught(copy)
    assert not report.failures
    assert "tables: the folder has none" in report.not_checked
    assert any(told.startswith("whether all files came along") for told in report.not_checked)


def test_tables_without_their_dictionary_are_not_passed_over(copy: Bundle) -> None:
    for name in ("manifest.jsonl", "tables/dictionary.json"):
        (copy.folder / name).unlink()
    assert kinds(caught(copy)) == {Kind.TABLES}


def test_a_changed_cell_is_named_with_what_the_log_has(copy: Bundle) -> None:
    path = copy.folder / "tables/payments.csv"
    path.write_bytes(path.read_bytes().replace(b"2423500.500", b"2423500.5", 1))
    repacked(copy)
    report = caught(copy)
    assert kinds(report) == {Kind.TABLES}
    what = [failure.what for failure in report.failures if failure.where.endswith("payments.csv")]
    assert what == ["row 2, amount: '2423500.5', and the log has '2423500.500'"]
