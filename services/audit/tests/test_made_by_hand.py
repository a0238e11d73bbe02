"""Bundles made by hand, to be passed over or to break the verifier off: neither happens.

Who made them has the signer's keys where the log itself is another; the manifest is by nobody.
"""

import hashlib
import json
import re
import shutil
import struct
import subprocess
import sys
import zipfile
from base64 import b64encode
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from services.audit.tests.logs import Bundle, repacked, write_bundle, write_whole_bundle
from specimens.histories import NOON, Teller, history

from audit import verify as verifier
from audit.checking.order import STEP_BACK
from audit.domain.merkle import inclusion_proof, leaf_hash, over
from audit.exports.packing import line
from audit.log.erasures import SCHEMAS
from audit.verify import Kind, Report, read_policy, verify

ENTRIES = [entry.raw for _, entry in history(2)]
LATEST = NOON + timedelta(days=2)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return write_whole_bundle(tmp_path_factory.mktemp("sound"), ENTRIES, sizes=(1, 40))


@pytest.fixture
def copy(sound: Bundle, tmp_path: Path) -> Bundle:
    shutil.copytree(sound.folder, tmp_path / "copy")
    return Bundle(tmp_path / "copy", sound.vkey)


def caught(bundle: Bundle) -> Report:
    return verify(bundle.folder, bundle.vkey)


def kinds(report: Report) -> set[Kind]:
    return {Kind[failure.kind.upper()] for failure in report.failures}


# What a bundle has to have


def list_only(bundle: Bundle, *names: str) -> None:
    """One that lists these alone, as fits a bundle that has nothing beside the log."""
    path = bundle.folder / "manifest.jsonl"
    about, *files = path.read_bytes().splitlines(keepends=True)[:-1]
    listed = about + b"".join(each for each in files if json.loads(each)["name"] in names)
    path.write_bytes(listed + line({"manifest": hashlib.sha256(listed).hexdigest()}))


def without_what_is_beside_the_log(bundle: Bundle) -> None:
    for name in ("tables", "ocel.json", "verify.py", "verify_export.py"):
        path = bundle.folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def test_a_manifest_that_lists_no_file_is_of_no_bundle(copy: Bundle) -> None:
    list_only(copy)
    assert kinds(caught(copy)) == {Kind.MANIFEST}
    without_what_is_beside_the_log(copy)
    [failure] = caught(copy).failures
    assert (failure.kind, failure.where) == ("manifest", "manifest.jsonl")
    assert failure.what == "lists no file"


def test_nor_is_one_that_lists_a_few(copy: Bundle) -> None:
    list_only(copy, "checkpoint", "vkey")
    without_what_is_beside_the_log(copy)
    report = caught(copy)
    assert kinds(report) == {Kind.MANIFEST}
    missed = {failure.where for failure in report.failures if "every bundle" in failure.what}
    assert {"ocel.json", "tables/dictionary.json", "schemas/intake.json"} <= missed


def test_without_a_manifest_it_says_what_is_missing_of_a_bundle(copy: Bundle) -> None:
    (copy.folder / "manifest.jsonl").unlink()
    report = caught(copy)
    assert "ocel.json, verify.py, verify_export.py: held against nothing" in report.not_checked
    without_what_is_beside_the_log(copy)
    [told] = [each for each in caught(copy).not_checked if "no manifest" in each]
    assert told == (
        "whether all files came along: no manifest; missing of a bundle is ocel.json,"
        " tables/control-totals.csv, tables/dictionary.json, verify.py, verify_export.py"
    )


# What the events are


def test_the_verifier_knows_the_schemas_of_today() -> None:
    for path in SCHEMAS.glob("*.json"):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert digest in verifier.SCHEMAS, f"{path.name} has changed: run ./homeward generate"


@pytest.mark.parametrize("kind", ["vendor_was_paid.v1", "vendor_paid.v9", "vendor_paid.v01"])
def test_a_payment_by_another_name_is_told(kind: str, tmp_path: Path) -> None:
    """No rule would ask for it, and no table would have it."""
    paid = f".{kind}".encode()
    renamed = [entry.replace(b".vendor_paid.v1", paid) for entry in ENTRIES]
    report = caught(write_bundle(tmp_path, renamed))
    assert report.exit_code == Kind.ENTRY
    assert any(f"disbursement.{kind}" in failure.what for failure in report.failures)


def test_an_earlier_version_of_an_event_is_known(tmp_path: Path) -> None:
    told = {json.loads(entry)["type"] for entry in ENTRIES}
    assert "disbursement.goods_received.v1" in told
    now = json.loads((SCHEMAS / "disbursement.json").read_bytes())["$defs"]
    assert {"disbursement.goods_received.v2"} == {kind for kind in now if "goods_received" in kind}
    assert not caught(write_bundle(tmp_path, ENTRIES)).failures


def test_a_schema_of_somebodys_own_is_not_taken_for_ours(copy: Bundle) -> None:
    path = copy.folder / "schemas/intake.json"
    path.write_text('{"$defs":{}}')
    repacked(copy)
    [failure] = caught(copy).failures
    assert (failure.kind, failure.where) == ("folder", "schemas/intake.json")
    assert "not a schema that this verifier knows" in failure.what


def test_a_log_without_the_schema_of_what_it_tells(tmp_path: Path) -> None:
    bundle = write_bundle(tmp_path, ENTRIES)
    (bundle.folder / "schemas/vendors.json").unlink()
    assert caught(bundle).exit_code == Kind.FOLDER


# When it was recorded


def recorded(*days: timedelta) -> list[bytes]:
    """A log in which each of a service's cases is registered at such a time."""
    teller = Teller()
    return [
        teller.tell(
            "per_lina", "intake.consent_given", f"cas_{n}", {"case": f"cas_{n}"}, LATEST + since
        )[1].raw
        for n, since in enumerate(days)
    ]


def test_a_service_does_not_go_back_in_time_with_a_new_stream(tmp_path: Path) -> None:
    back = recorded(timedelta(), timedelta(days=-2000), timedelta(minutes=1))
    report = caught(write_bundle(tmp_path, back))
    [failure] = report.failures
    assert (failure.kind, failure.where) == ("order", "entry 1")
    assert failure.what.startswith("intake goes back from 2026-")


def test_nor_bit_by_bit(tmp_path: Path) -> None:
    steps = [timedelta(seconds=-40 * n) for n in range(4)]
    assert len(caught(write_bundle(tmp_path, recorded(*steps))).failures) == 2


def test_a_services_processes_record_side_by_side(tmp_path: Path) -> None:
    """What the audit service itself bears is what the verifier bears."""
    assert verifier.APART == STEP_BACK
    assert not caught(write_bundle(tmp_path, recorded(timedelta(), -STEP_BACK))).failures


def skewed(by: timedelta, word: bytes = b"") -> list[bytes]:
    """The second signature stamped by another process, whose clock is behind."""
    first, second = [at for at, each in enumerate(ENTRIES) if b".payment_signed.v1" in each][:2]
    event = json.loads(ENTRIES[first])
    behind = (datetime.fromisoformat(event["recordedtime"]) - by).isoformat().encode()
    behind = behind.replace(b"+00:00", b".000000Z" if by.microseconds == 0 else b"Z")
    names = [word] if word else [b"recordedtime", b"time"]
    entry = ENTRIES[second]
    for name in names:
        entry = re.sub(b'"%b":"[^"]*"' % name, b'"%b":"%b"' % (name, behind), entry)
    return [*ENTRIES[:second], entry, *ENTRIES[second + 1 :]]


def test_nor_do_their_clocks_agree_to_the_millisecond(tmp_path: Path) -> None:
    """Two of them act on one stream, one after the other: the numbers say which came first."""
    report = caught(write_bundle(tmp_path, skewed(timedelta(milliseconds=5))))
    assert not report.failures
    assert report.payments == 2


def test_a_clock_that_was_wrong_does_not_hide_what_was_paid(tmp_path: Path) -> None:
    late = skewed(timedelta(minutes=2), b"recordedtime")
    report = caught(write_bundle(tmp_path / "late", late))
    assert kinds(report) == {Kind.ORDER, Kind.DUTIES}, "acts are dated when they are recorded"
    assert report.payments == 2
    assert not any("skipped because" in each for each in report.not_checked)
    other = [each.replace(b'"result":"clear"', b'"result":"possible_match"') for each in late]
    assert kinds(caught(write_bundle(tmp_path / "other", other))) == {
        Kind.ORDER,
        Kind.DUTIES,
        Kind.RULES,
    }


def test_a_gap_is_no_matter_of_clocks(tmp_path: Path) -> None:
    report = caught(write_bundle(tmp_path, ENTRIES[:-1] + ENTRIES[-1:] * 2))
    assert Kind.ORDER in kinds(report)
    assert report.payments == 0


def test_the_parts_that_are_read_side_by_side_are_held_against_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [timedelta()] * 256 + [timedelta(days=-2000)] + [timedelta()] * 256
    bundle = write_bundle(tmp_path, recorded(*days))
    alone = caught(bundle)
    monkeypatch.setattr(verifier, "processes", lambda _: 3)
    assert caught(bundle).failures == alone.failures
    assert [failure.where for failure in alone.failures] == ["entry 256"]


@pytest.mark.parametrize(
    "moment", ["2026-13-01T00", "2026-00-10T00", "2026-11-32T00", "2026-11-01T29"]
)
def test_a_moment_that_cannot_be(moment: str, tmp_path: Path) -> None:
    end = ENTRIES[-1].replace(
        b'"recordedtime":"2026-11-21T20', f'"recordedtime":"{moment}'.encode()
    )
    assert moment.encode() in end
    assert caught(write_bundle(tmp_path, [*ENTRIES[:-1], end])).exit_code == Kind.ENTRY


# Who signed


@pytest.mark.parametrize("kept_line", [0, 1])
def test_each_key_of_a_policy_must_have_signed(copy: Bundle, kept_line: int) -> None:
    """Whoever broke one of the two kinds of keys cannot leave the other one out."""
    both = copy.vkey.split("\n")
    policy = read_policy("".join(f"log {key}\n" for key in both).encode() + b"quorum none\n")
    assert not verify(copy.folder, policy=policy).failures
    (copy.folder / "vkey").write_text(f"{both[kept_line]}\n")
    key = verifier.read_key(both[1 - kept_line], verifier.ED25519, verifier.MLDSA44)
    text, _, signatures = (copy.folder / "checkpoint").read_text().rpartition("\n\n")
    left = [
        each
        for each in signatures.splitlines(keepends=True)
        if verifier.unbase64(each.split()[2])[:4] != key.id
    ]
    assert len(left) == 1
    (copy.folder / "checkpoint").write_text(f"{text}\n\n{''.join(left)}")
    (copy.folder / "checkpoints.jsonl").unlink()
    (copy.folder / "manifest.jsonl").unlink()
    assert not verify(copy.folder, both[kept_line]).failures
    assert verify(copy.folder, policy=policy).exit_code == Kind.SIGNATURE
    assert verify(copy.folder, both[kept_line], policy=policy).exit_code == Kind.SIGNATURE


# What it runs with


@pytest.mark.parametrize("version", ["none", "old", "unable"])
def test_it_says_which_cryptography_it_needs(tmp_path: Path, version: str) -> None:
    """47 has the module, and says only when asked that what it was built with cannot do it."""
    package = tmp_path / "cryptography"
    asymmetric = package / "hazmat/primitives/asymmetric"
    asymmetric.mkdir(parents=True)
    for folder in (package, package / "hazmat", asymmetric.parent, asymmetric):
        (folder / "__init__.py").touch()
    if version != "none":
        (package / "exceptions.py").write_text("class InvalidSignature(Exception): ...")
        (asymmetric / "ed25519.py").write_text("class Ed25519PublicKey: ...")
    if version == "unable":
        cannot = "class MLDSA44PublicKey:\n    def from_public_bytes(_): raise Exception"
        (asymmetric / "mldsa.py").write_text(cannot)
    ended = subprocess.run(
        [sys.executable, verifier.__file__, "--help"],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr == (
        "This needs the Python package cryptography, 48 or later, for ML-DSA-44.\n"
    )


# What would break it off

DEEP = "[" * 100_000


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("schemas/intake.json", DEEP),
        ("disclosures.jsonl", f'{{"disclosure":"{DEEP}","entry":0}}\n'),
        ("disclosures.jsonl", '{"disclosure":"' + "W1tb" * 50_000 + '","entry":0}\n'),
        ("disclosures.jsonl", f"{DEEP}\n"),
        ("manifest.jsonl", f"{DEEP}\n"),
        ("checkpoints.jsonl", f"{DEEP}\n"),
        ("tables/dictionary.json", DEEP),
        ("tables/payments.csv", '"' + "x" * 200_000),
        ("tables/payments.csv", "\0"),
    ],
)
def test_a_file_that_would_break_it_off(copy: Bundle, name: str, data: str) -> None:
    (copy.folder / name).write_text(data)
    assert verifier.main([str(copy.folder), "--vkey", copy.vkey]) in set(Kind)
    repacked(copy) if name != "manifest.jsonl" else None
    assert verifier.main([str(copy.folder), "--vkey", copy.vkey]) in set(Kind)


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, 99])
def test_a_member_packed_in_another_way_than_it_says(
    sound: Bundle, tmp_path: Path, method: int
) -> None:
    packed = bytearray((sound.folder.parent / "whole.zip").read_bytes())
    with zipfile.ZipFile(sound.folder.parent / "whole.zip") as archive:
        member, directory = archive.getinfo("checkpoint"), archive.start_dir
    listed = packed.index(b"checkpoint", directory) - 46
    packed[member.header_offset + 8 : member.header_offset + 10] = struct.pack("<H", method)
    packed[listed + 10 : listed + 12] = struct.pack("<H", method)
    (tmp_path / "odd.zip").write_bytes(packed)
    assert verifier.main([str(tmp_path / "odd.zip"), "--vkey", sound.vkey]) in set(Kind)


# What it prints


def test_what_is_in_the_bundle_writes_no_lines_of_its_own(
    copy: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    verdict = "575 of 575 entries   OK in 0.1 s"
    (copy.folder / f"a\n{verdict}\x1b[2J\x9b\u202e\udcff").write_text("")
    assert verifier.main([str(copy.folder), "--vkey", copy.vkey]) == Kind.FOLDER
    said = capsys.readouterr().out
    assert verdict not in said.splitlines()
    assert f"a\\n{verdict}\\x1b[2J\\x9b\\u202e\\udcff" in said
    assert all(c.isprintable() or c == "\n" for c in said)
    assert verifier.main([str(copy.folder), "--vkey", copy.vkey, "--json"]) == Kind.FOLDER
    said = capsys.readouterr().out
    assert said.isascii()
    assert all(c.isprintable() or c == "\n" for c in said)


# An excerpt in place of the whole


def excerpt(bundle: Bundle, left_out: bytes) -> None:
    """Those entries that do not name it, with their paths, as a grant's bundle has them."""
    tree = over([leaf_hash(entry) for entry in ENTRIES])
    lines = (
        {"entry": entry.decode(), "index": index, "path": [b64encode(s).decode() for s in steps]}
        for index, entry in enumerate(ENTRIES)
        if left_out not in entry
        for steps in [inclusion_proof(tree, index, len(ENTRIES))]
    )
    (bundle.folder / "entries.jsonl").write_bytes(b"".join(map(line, lines)))
    for name in ("manifest.jsonl", "checkpoints.jsonl"):
        (bundle.folder / name).unlink()
    for name in ("tile", "tables"):
        shutil.rmtree(bundle.folder / name)


def test_an_excerpt_is_called_one(copy: Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    excerpt(copy, b"pay_2")
    assert verifier.main([str(copy.folder), "--vkey", copy.vkey]) == 0
    assert "payments   OK, AN EXCERPT, in " in capsys.readouterr().out
    assert caught(copy).excerpt


def test_an_excerpt_cannot_be_held_against_a_checkpoint_that_was_kept(copy: Bundle) -> None:
    """Whoever kept one asks whether the log goes on from it, and some entries cannot tell."""
    newest = (copy.folder / "checkpoint").read_text()
    older = json.loads((copy.folder / "checkpoints.jsonl").read_text().splitlines()[0])
    excerpt(copy, b"pay_2")
    assert not verify(copy.folder, copy.vkey, kept=newest).failures
    report = verify(copy.folder, copy.vkey, kept=older)
    assert report.exit_code == Kind.HISTORY
    assert "an excerpt cannot show that it continues them" in report.failures[0].what
    (copy.folder.parent / "kept").write_text(older)
    asked = ["--vkey", copy.vkey, "--kept", str(copy.folder.parent / "kept")]
    assert verifier.main([str(copy.folder), *asked]) == Kind.HISTORY


def test_who_asks_for_the_whole_log_takes_no_excerpt(
    copy: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [str(copy.folder), "--vkey", copy.vkey, "--whole"]
    assert verifier.main(asked) == 0
    excerpt(copy, b"pay_2")
    capsys.readouterr()
    assert verifier.main(asked) == Kind.FOLDER
    said = capsys.readouterr().out
    assert "an excerpt, and the whole log was asked for" in said
    assert "NOT OK (1 failures)" in said


# What an auditor trusts


@pytest.mark.parametrize("anchor", ["--vkey", "--policy", "--kept"])
def test_what_never_ends_is_nothing_to_trust(
    sound: Bundle, anchor: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [str(sound.folder), "--vkey", sound.vkey, anchor, "/dev/zero"]
    with pytest.raises(SystemExit) as ended:
        verifier.main(asked)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "what you trust cannot be read: /dev/zero has more than 1048576 bytes" in said


def test_a_key_that_came_by_way_of_another_system_is_the_same(
    sound: Bundle, tmp_path: Path
) -> None:
    keys, kept = tmp_path / "vkey", tmp_path / "kept"
    note = (sound.folder / "checkpoint").read_bytes()
    keys.write_bytes(f"{sound.vkey}\n".encode().replace(b"\n", b"\r\n"))
    kept.write_bytes(note.replace(b"\n", b"\r\n"))
    asked = [str(sound.folder), "--vkey", str(keys), "--kept", str(kept)]
    assert verifier.main(asked) == 0
