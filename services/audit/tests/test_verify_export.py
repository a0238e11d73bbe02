"""Samples and exports, held offline against a bundle of the whole log: made again and compared."""

import asyncio
import csv
import io
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest
from services.audit.tests.conftest import Desk
from specimens.histories import GRANT, VENDOR, Teller, Told, case

from audit.exports.packing import Packer
from audit.verify import Folder, Kind, Report
from audit.verify_export import check, listed
from events.io.http.trial import Caller, Trial
from events.memory import SeededIds
from events.roles import Role

RESTRICTED: Told = ("per_lina", "intake.case_restricted", "cas_2", {"case": "cas_2"})
CASES = [*case(1), *case(2), RESTRICTED, *case(3), *case(4), *case(5)]
AT = {"office": "tirana"}
"""Where all cases but one were registered; whoever asks for something is at none."""
TELLER = Teller(ids=SeededIds(1))  # other ids than what the audit service tells itself
STORY = [
    TELLER.tell(who, kind, name, data | (AT if "registered" in kind and name != "cas_3" else {}))
    for who, kind, name, data in (*VENDOR, *GRANT, *CASES)
]


@dataclass
class Auditor:
    """Who takes samples and exports, and then the whole log."""

    elif_: Caller
    desk: Desk
    folder: Path
    kept: int = 0

    async def takes(self, what: str, **asked: object) -> Path:
        made = await self.elif_.post(f"/v1/{what}", asked)
        assert made.status_code == 201, made.text
        file = await self.elif_.get(f"{made.headers['location']}/file")
        path = self.folder / f"{what}-{len(list(self.folder.iterdir()))}.zip"
        path.write_bytes(file.content)
        return path

    async def bundle(self) -> Path:
        """The log with what it says of who took what."""
        mine = await self.desk.store.read(self.kept, 1000)
        self.kept += len(mine)
        await self.desk.keep([("audit", entry) for entry in mine])
        await self.desk.publisher().publish()
        made = await self.elif_.post("/v1/bundles", {})
        path = self.folder / f"bundle-{self.kept}.zip"
        path.write_bytes((await self.elif_.get(made.headers["location"])).content)
        return path

    def checks(self, taken: Path, bundle: Path) -> Report:
        return check(taken, bundle, self.desk.signer().vkey)


@pytest.fixture
async def auditor(desk: Desk, audit: Trial, tmp_path: Path) -> Auditor:
    await desk.keep(STORY)
    await desk.publisher().publish()
    (tmp_path / "taken").mkdir()
    elif_ = audit.sign_in("per_elif", Role.AUDITOR, organisation="external")
    return Auditor(elif_, desk, tmp_path / "taken")


def unpacked(path: Path) -> dict[str, bytes]:
    with ZipFile(path) as archive:
        names = [each for each in archive.namelist() if each != "manifest.jsonl"]
        return {name: archive.read(name) for name in names}


def repacked(path: Path, changed: dict[str, bytes]) -> Path:
    """The zip with other files, and a manifest that fits."""
    files = unpacked(path) | changed
    forged = path.with_name(f"forged-{path.name}")
    with forged.open("wb") as out:
        packer = Packer(out)
        for name, data in files.items():
            packer.put(name, data)
        packer.finish(listed(Folder(path)))
    return forged


def kinds(report: Report) -> set[str]:
    return {failure.kind for failure in report.failures}


SAMPLES: list[dict[str, object]] = [
    {"population": "invoices", "method": "random", "items": 3, "seed": "dice:6-2-5"},
    {"population": "commitments", "method": "monetary_unit", "items": 3},
    {"population": "commitments", "method": "random", "items": 4, "stratified_by": "vendor"},
    {"population": "deliveries", "method": "random", "items": 1},
    {"population": "invoices", "method": "random", "items": 3, "stratified_by": "office"},
    {
        "population": "commitments",
        "method": "random",
        "items": 2,
        "stratified_by": "band",
        "bands": [{"amount": "1000.00", "currency": "EUR"}],
    },
    {
        "population": "invoices",
        "method": "monetary_unit",
        "confidence_percent": 95,
        "materiality": {"amount": "9000000.000", "currency": "IQD"},
    },
]


async def test_samples_are_drawn_again_from_the_log(auditor: Auditor) -> None:
    taken = [await auditor.takes("samples", **asked) for asked in SAMPLES]
    bundle = await auditor.bundle()
    for path, asked in zip(taken, SAMPLES, strict=True):
        report = auditor.checks(path, bundle)
        assert not report.failures, (asked, report.failures)
        assert "tells that these bytes were handed out (audit.sample_drawn.v1)" in report.why[0]
        chosen = [each for each in report.not_checked if each.startswith("that the seed fell by")]
        assert bool(chosen) == ("seed" in asked)


@pytest.mark.parametrize("form", ["tables", "ocel"])
async def test_exports_are_the_logs_own(auditor: Auditor, form: str) -> None:
    scopes: list[dict[str, object]] = [{}, {"since": "2026-11-21", "until": "2026-11-21"}]
    taken = [await auditor.takes("exports", form=form, **scope) for scope in scopes]
    bundle = await auditor.bundle()
    for path in taken:
        report = auditor.checks(path, bundle)
        assert not report.failures, report.failures
        assert "tells that these bytes were handed out (audit.export_made.v1)" in report.why[0]


async def test_what_a_grants_tables_tell_is_the_logs(auditor: Auditor) -> None:
    path = await auditor.takes("exports", form="tables", grant="gra_1")
    report = auditor.checks(path, await auditor.bundle())
    assert not report.failures, report.failures
    assert [each for each in report.not_checked if each.endswith("not in it: of another grant")]


# Somebody changes what was taken, and packs it anew


def another(draws: bytes) -> bytes:
    """The worksheet with another item in place of the first."""
    rows = draws.decode().split("\r\n")
    name = next(csv.reader([rows[1]]))[1]
    return draws.replace(name.encode(), b"inv_9", 1)


def without(row: bytes) -> Callable[[bytes], bytes]:
    def left_out(data: bytes) -> bytes:
        lines = data.splitlines(keepends=True)
        return b"".join(line for line in lines if not line.startswith(row))

    return left_out


@pytest.mark.parametrize(
    ("name", "change"),
    [
        pytest.param("worksheet.csv", another, id="another item"),
        pytest.param("population.csv", without(b"inv_3,"), id="an item nobody may draw"),
        pytest.param("worksheet.csv", lambda data: data + b"more\r\n", id="one more line"),
    ],
)
async def test_a_changed_sample_is_caught(
    auditor: Auditor, name: str, change: Callable[[bytes], bytes]
) -> None:
    path = await auditor.takes("samples", **SAMPLES[0])
    bundle = await auditor.bundle()
    forged = repacked(path, {name: change(unpacked(path)[name])})
    report = auditor.checks(forged, bundle)
    assert {"unknown", "tables"} <= kinds(report)
    assert name in {failure.where for failure in report.failures}


async def test_a_sample_of_another_seed_is_caught(auditor: Auditor) -> None:
    """Whoever draws until they like what they see, and keeps the entry of the first draw."""
    path = await auditor.takes("samples", **SAMPLES[0])
    bundle = await auditor.bundle()
    told_of = unpacked(path)["sample.json"].replace(b"dice:6-2-5", b"dice:1-1-1")
    report = auditor.checks(repacked(path, {"sample.json": told_of}), bundle)
    assert "worksheet.csv" in {failure.where for failure in report.failures}


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        ("payments", lambda data: data.replace(b"2423500.500", b"9423500.500", 1), "'9423500.500'"),
        ("payments", without(b"pay_2,"), "pay_2 is missing"),
        ("payments", lambda data: data.replace(b"pay_5", b"pay_9"), "pay_9 is not in the log"),
        ("vendors", lambda data: data.replace(b"per_nadia", b""), "proposed_by: ''"),
    ],
)
async def test_a_changed_table_is_caught_with_its_totals_made_anew(
    auditor: Auditor, table: str, change: Callable[[bytes], bytes], said: str
) -> None:
    path = await auditor.takes("exports", form="tables")
    bundle = await auditor.bundle()
    file = f"tables/{table}.csv"
    report = auditor.checks(repacked(path, {file: change(unpacked(path)[file])}), bundle)
    assert {"unknown", "tables"} <= kinds(report)
    failed = {failure.where: failure.what for failure in report.failures}
    assert said in failed[file]


async def test_another_event_in_ocel_is_caught(auditor: Auditor) -> None:
    path = await auditor.takes("exports", form="ocel")
    bundle = await auditor.bundle()
    data = unpacked(path)["ocel.json"].replace(b'"objectId":"pay_1"', b'"objectId":"pay_3"', 1)
    report = auditor.checks(repacked(path, {"ocel.json": data}), bundle)
    assert "ocel.json" in {failure.where for failure in report.failures}


async def test_what_nobody_recorded_to_have_handed_out_is_told(auditor: Auditor) -> None:
    before = await auditor.bundle()
    path = await auditor.takes("samples", **SAMPLES[0])
    report = auditor.checks(path, before)
    assert report.exit_code == Kind.UNKNOWN
    assert not auditor.checks(path, await auditor.bundle()).failures


async def test_a_bundle_that_does_not_hold_is_no_measure(auditor: Auditor) -> None:
    path = await auditor.takes("samples", **SAMPLES[0])
    bundle = await auditor.bundle()
    assert check(path, bundle, None).exit_code == Kind.UNPROVEN
    report = auditor.checks(bundle, bundle)
    assert "neither a sample nor an export" in report.failures[0].what


async def test_it_runs_by_itself_beside_the_verifier(auditor: Auditor, tmp_path: Path) -> None:
    path = await auditor.takes("samples", **SAMPLES[0])
    bundle = await auditor.bundle()
    ZipFile(io.BytesIO(bundle.read_bytes())).extractall(tmp_path / "bundle")
    (tmp_path / "vkey").write_text(auditor.desk.signer().vkey)
    program = tmp_path / "bundle" / "verify_export.py"
    words = [str(each) for each in (path, tmp_path / "bundle", "--vkey", tmp_path / "vkey")]
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-I", str(program), *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "tells that these bytes were handed out" in done.stdout
