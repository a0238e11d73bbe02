"""The whole bundle: log, schemas, tables, OCEL and manifest, and how changes in it are caught."""

import json
import shutil
from pathlib import Path

import pytest
from services.audit.tests.logs import Bundle, forget, repacked, write_whole_bundle
from specimens.histories import NAME, VENDOR_NAME, VENDOR_TOWN, history

from audit.verify import Kind, Report, verify

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
    (copy.folder / "schemas/more.json").write_text('{"$defs":{}}')
    assert kinds(caught(copy)) == {Kind.MANIFEST}


# Somebody who packs the bundle anew makes a manifest that fits


@pytest.mark.parametrize("name", ["file", "tables", "columns", "from", "pointer", "take", "kind"])
def test_a_dictionary_that_is_none_is_a_finding_and_not_the_end(copy: Bundle, name: str) -> None:
    path = copy.folder / "tables/dictionary.json"
    path.write_text(path.read_text().replace(f'"{name}":', f'"{name}s":'))
    repacked(copy)
    assert Kind.TABLES in kinds(caught(copy))


def test_a_changed_cell_is_named_with_what_the_log_has(copy: Bundle) -> None:
    path = copy.folder / "tables/payments.csv"
    path.write_bytes(path.read_bytes().replace(b"2423500.500", b"2423500.5", 1))
    repacked(copy)
    report = caught(copy)
    assert kinds(report) == {Kind.TABLES}
    what = [failure.what for failure in report.failures if failure.where.endswith("payments.csv")]
    assert what == ["row 2, amount: '2423500.5', and the log has '2423500.500'"]
