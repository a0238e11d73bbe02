"""The offline verifier: what holds passes, and every adversary is caught under its own name."""

import json
import multiprocessing
import os
import random  # noqa: TID251  seeded
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from services.audit.tests.logs import Bundle, begin_anew, write_bundle
from specimens.histories import (
    NAME,
    VENDOR,
    VENDOR_NAME,
    VENDOR_TOWN,
    Told,
    history,
    told,
)

from audit import verify as verifier
from audit.domain.tiles import pack
from audit.verify import Kind, Report, verify
from events.envelope import Entry

SIGNED_AT = (1, 20, 40)


def raw(stories: list[tuple[str, Entry]]) -> list[bytes]:
    return [entry.raw for _, entry in stories]


ENTRIES = raw(history(2))
REGISTERED = next(i for i, entry in enumerate(ENTRIES) if b"returnee_registered" in entry)
DISCLOSED = [(0, VENDOR_NAME.encoded), (0, VENDOR_TOWN.encoded), (REGISTERED, NAME.encoded)]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder = tmp_path_factory.mktemp("sound")
    return write_bundle(folder, ENTRIES, sizes=SIGNED_AT, disclosures=DISCLOSED)


@pytest.fixture
def copy(sound: Bundle, tmp_path: Path) -> Bundle:
    """The sound bundle once more, to be spoilt."""
    shutil.copytree(sound.folder, tmp_path / "copy")
    return Bundle(tmp_path / "copy", sound.vkey)


def caught(bundle: Bundle) -> Report:
    return verify(bundle.folder, bundle.vkey)


def kinds(report: Report) -> set[Kind]:
    return {Kind[failure.kind.upper()] for failure in report.failures}


def of(stories: list[Told], folder: Path) -> Bundle:
    """A log that was signed over whatever these tell: the tree holds, the meaning may not."""
    return write_bundle(folder, raw(told(stories)))


# What holds


def test_a_sound_bundle_passes(sound: Bundle) -> None:
    report = caught(sound)
    assert not report.failures
    assert report.exit_code == 0
    assert report.entries == report.size == len(ENTRIES)
    assert set(report.sources) == {"intake", "plans", "vendors", "disbursement"}
    assert report.checkpoints == len(SIGNED_AT) + 1
    assert (report.disclosed, report.withheld) == (3, 1)
    assert report.payments == 2


def test_it_is_one_file_that_runs_by_itself(sound: Bundle, tmp_path: Path) -> None:
    archive = tmp_path / "bundle.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sound.folder.rglob("*"):
            if path.is_file():
                packed.write(path, path.relative_to(sound.folder).as_posix())
    done = subprocess.run(
        [sys.executable, "-I", sound.folder / "verify.py", archive, "--key", sound.vkey, "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["failures"] == []


def test_it_says_why_a_payment_was_made(sound: Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    code = verifier.main([str(sound.folder), "--key", sound.vkey, "--why", "pay_1"])
    said = capsys.readouterr().out
    assert code == 0
    assert "pay_1   2,423,500.500 IQD to Al-Noor Ovens, Baghdad on 21 November 2026" in said
    assert "because   marta (signatory) and ivan (signatory) signed and released it" in said
    signed = [i for i, entry in enumerate(ENTRIES) if b"payment_signed" in entry][:2]
    entries = f"entries {signed[0]}, {signed[1]}"
    assert re.search(rf"{entries} +proof ok   same evidence 5b5b…", said)
    assert (
        "marta under delegation del_3 up to 5,000.00 EUR, given by maria, confirmed by tomas"
    ) in said
    assert "invoice INV23, 8 of 10 delivered, corrected invoice" in said
    assert "drafted by lina" in said
    assert "the returnee may receive up to 2,400.00 EUR" in said
    assert "programme iom-slovakia v1" in said
    assert said.count("proof ok") == 16
    assert "Not checked: that the people behind the names are real" in said


def test_it_says_how_far_the_log_reaches(sound: Bundle) -> None:
    report = caught(sound)
    assert report.until.startswith("2026-11-21T")
    assert any(told.startswith("anything after 21 November 2026") for told in report.not_checked)


def test_it_says_of_which_events_no_rule_reads_what_they_tell(tmp_path: Path) -> None:
    story = [*VENDOR, ("per_ana", "intake.case_closed", "cas_9", {"case": "cas_9"})]
    bundle = write_bundle(tmp_path, [entry.raw for _, entry in told(story)])
    report = verify(bundle.folder, bundle.vkey)
    assert report.unread == ["intake.case_closed.v1"]
    assert any(each.startswith("what events of 1 types tell") for each in report.not_checked)


def test_a_folder_that_is_not_there_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verifier.main([str(tmp_path / "nowhere")]) == Kind.FOLDER
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == f"{tmp_path / 'nowhere'}: there is no such folder or zip.\n"


def test_its_help_says_how_it_was_called(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOMEWARD_VERIFY_AS", "./homeward verify")
    with pytest.raises(SystemExit):
        verifier.main(["--help"])
    said = capsys.readouterr().out
    assert said.startswith("usage: ./homeward verify ")
    assert all(f"{kind.value} {kind.name.lower()}" in " ".join(said.split()) for kind in Kind)


def test_a_log_of_more_than_one_tile(tmp_path: Path) -> None:
    entries = raw(history(14))
    assert len(entries) > 256
    bundle = write_bundle(tmp_path, entries, sizes=(255, 256, 257))
    assert not caught(bundle).failures
    upper = bundle.folder / "tile/1/000.p/1"
    upper.write_bytes(bytes(32))
    assert kinds(caught(bundle)) == {Kind.TREE}


def test_without_a_key_of_yours_nothing_is_proven(
    sound: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verifier.main([str(sound.folder), "--why", "pay_1"]) == Kind.UNPROVEN
    said = capsys.readouterr().out
    assert "NOT PROVEN, though it fits together, in" in said
    assert "vkey: came with the folder, and --vkey was not given" in said
    assert "proof ok" not in said


def test_without_a_key_of_yours_a_change_is_told_as_what_it_is(copy: Bundle) -> None:
    spoil(copy, entries_name(copy), lambda data: data.replace(b"per_hana", b"per_hanc"))
    assert verify(copy.folder).exit_code == Kind.TREE


@pytest.mark.parametrize("kept", ["", "a note that nobody signed\n"])
def test_what_is_no_checkpoint_was_not_kept(
    sound: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str], kept: str
) -> None:
    (tmp_path / "kept").write_text(kept)
    with pytest.raises(SystemExit) as ended:
        verifier.main([str(sound.folder), "--vkey", sound.vkey, "--kept", str(tmp_path / "kept")])
    assert ended.value.code == 2
    assert "what you trust cannot be read: not a signed note" in capsys.readouterr().err


def test_a_payment_that_is_not_there_has_an_exit_code_of_its_own(sound: Bundle) -> None:
    assert verify(sound.folder, sound.vkey, why="pay_9").exit_code == Kind.UNKNOWN


# Somebody changes the files


def spoil(bundle: Bundle, name: str, change: Callable[[bytes], bytes]) -> None:
    path = bundle.folder / name
    path.write_bytes(change(path.read_bytes()))


def entries_name(bundle: Bundle) -> str:
    return f"tile/entries/000.p/{len(ENTRIES)}"


def test_an_edited_entry(copy: Bundle) -> None:
    spoil(copy, entries_name(copy), lambda data: data.replace(b"2423500.500", b"9423500.500", 1))
    report = caught(copy)
    assert Kind.TREE in kinds(report)
    edited = next(i for i, entry in enumerate(ENTRIES) if b"2423500.500" in entry)
    assert [f.where for f in report.failures if "was altered" in f.what] == [f"entry {edited}"]


def test_what_was_not_come_to_is_named(copy: Bundle) -> None:
    spoil(copy, entries_name(copy), lambda data: data.replace(b"2423500.500", b"9423500.500", 1))
    assert "disclosures, payments: skipped because of the failures above" in (
        caught(copy).not_checked
    )
    (copy.folder / "checkpoint").unlink()
    (copy.folder / "checkpoints.jsonl").unlink()
    assert (
        "entries and tree, hash tiles, disclosures, payments: skipped because of the failures above"
    ) in caught(copy).not_checked


@pytest.mark.parametrize(
    "change",
    [
        lambda entries: [*entries[:30], *entries[31:]],
        lambda entries: [*entries[:30], entries[30], *entries[30:]],
        lambda entries: [*entries[:30], entries[31], entries[30], *entries[32:]],
        lambda entries: entries[:-1],
    ],
    ids=["dropped", "repeated", "reordered", "cut at the end"],
)
def test_an_entry(copy: Bundle, change: Callable[[list[bytes]], list[bytes]]) -> None:
    (copy.folder / entries_name(copy)).write_bytes(pack(change(ENTRIES)))
    assert caught(copy).exit_code in (Kind.FOLDER, Kind.TREE)


def test_a_changed_hash_tile(copy: Bundle) -> None:
    spoil(copy, f"tile/0/000.p/{len(ENTRIES)}", lambda data: data[:-1] + bytes([data[-1] ^ 1]))
    assert kinds(caught(copy)) == {Kind.TREE}


def test_an_older_checkpoint_in_place_of_the_newest(copy: Bundle) -> None:
    notes = (copy.folder / "checkpoints.jsonl").read_text().splitlines()
    (copy.folder / "checkpoint").write_text(json.loads(notes[1]))
    assert Kind.HISTORY in kinds(caught(copy))


def test_another_past_signed_with_the_real_key(sound: Bundle, tmp_path: Path) -> None:
    begin_anew(sound.folder.parent / "signer", tmp_path / "signer")
    rewritten = [entry.replace(b"per_hana", b"per_hanc") for entry in ENTRIES]
    forged = write_bundle(tmp_path, rewritten)
    assert not caught(forged).failures  # by itself it holds; whoever kept a checkpoint knows better
    notes = (sound.folder / "checkpoints.jsonl").read_text().splitlines()
    newest = (forged.folder / "checkpoints.jsonl").read_text()
    (forged.folder / "checkpoints.jsonl").write_text(f"{notes[-2]}\n{newest}")
    assert kinds(caught(forged)) == {Kind.HISTORY}


def test_another_key(copy: Bundle, tmp_path: Path) -> None:
    other = write_bundle(tmp_path / "other", ENTRIES)
    report = verify(copy.folder, other.vkey)
    assert report.exit_code == Kind.SIGNATURE
    assert report.entries == 0


@pytest.mark.parametrize("name", ["checkpoint", "tile/0/000.p/53", "tile/entries/000.p/53"])
def test_a_missing_file(copy: Bundle, name: str) -> None:
    (copy.folder / name.replace("53", str(len(ENTRIES)))).unlink()
    assert caught(copy).exit_code in (Kind.FOLDER, Kind.SIGNATURE)


def test_a_file_that_does_not_belong(copy: Bundle) -> None:
    (copy.folder / "tile" / "more").write_bytes(b"?")
    assert kinds(caught(copy)) == {Kind.FOLDER}


def test_a_disclosure_of_something_else(copy: Bundle) -> None:
    spoil(copy, "disclosures.jsonl", lambda data: data.replace(b'"entry":0', b'"entry":9'))
    assert kinds(caught(copy)) == {Kind.DISCLOSURE}


def test_every_cut_is_noticed(copy: Bundle) -> None:
    for path in sorted(p for p in copy.folder.rglob("*") if p.is_file() and p.suffix != ".py"):
        whole = path.read_bytes()
        for keep in {0, 1, len(whole) // 2, len(whole) - 1}:
            path.write_bytes(whole[:keep])
            assert caught(copy).failures, f"{path.name} cut to {keep}"
        path.write_bytes(whole)


def test_every_random_mutation_is_noticed(copy: Bundle) -> None:
    chance = random.Random(65_537)
    paths = sorted(p for p in copy.folder.rglob("*") if p.is_file() and p.suffix != ".py")
    for number in range(600):
        path = paths[number % len(paths)]
        whole = path.read_bytes()
        at = chance.randrange(len(whole))
        change = chance.choice(["bit", "byte", "insert", "delete", "swap"])
        spoilt = bytearray(whole)
        if change == "bit":
            spoilt[at] ^= 1 << chance.randrange(8)
        elif change == "byte":
            spoilt[at] = (spoilt[at] + chance.randrange(1, 256)) % 256
        elif change == "insert":
            spoilt.insert(at, chance.choice(b" \n0a\x00"))
        elif change == "delete":
            del spoilt[at]
        else:
            other = chance.randrange(len(whole))
            spoilt[at], spoilt[other] = spoilt[other], spoilt[at]
        if bytes(spoilt) == whole:
            continue
        path.write_bytes(spoilt)
        assert caught(copy).failures, f"{change} of byte {at} of {path.name}"
        path.write_bytes(whole)


# Somebody who holds the log's key signs a history that cannot be


def test_a_signed_gap_in_a_service(tmp_path: Path) -> None:
    bundle = write_bundle(tmp_path, [*ENTRIES[:20], *ENTRIES[21:]])
    assert kinds(caught(bundle)) == {Kind.ORDER}


def test_a_signed_repeat(tmp_path: Path) -> None:
    bundle = write_bundle(tmp_path, [*ENTRIES, ENTRIES[-1]])
    assert kinds(caught(bundle)) == {Kind.ORDER}


def test_a_signed_entry_that_is_not_canonical(tmp_path: Path) -> None:
    spaced = ENTRIES[5].replace(b'":"', b'": "', 1)
    bundle = write_bundle(tmp_path, [*ENTRIES[:5], spaced, *ENTRIES[6:]])
    assert Kind.ENTRY in kinds(caught(bundle))


KNOWN = '{"a":"x","b":[1,{"c":"y"}],"d":"z"}'
"""What stands between its quotes may change once it was read, and nothing else."""


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"a":"x","c":[1,{"c":"y"}],"b":"z"}', id="keys in another order"),
        pytest.param('{"a":"x","b":[1,{"c":"y"}],"b":"z"}', id="a key twice"),
        pytest.param('{"a":"x","b":[1,{"c":"y"}], "d":"z"}', id="a space"),
        pytest.param('{"a":"x","b":[1,{"c":"y"}],"d":"z"}"', id="a quote too many"),
        pytest.param('{"a":"x","b":[1,{"c":"y"}],"d":"z"}"{}', id="more behind a quote"),
        pytest.param('{"a":"x","b":[01,{"c":"y"}],"d":"z"}', id="a number that begins with zero"),
        pytest.param('{"a":"x","b":[1.0,{"c":"y"}],"d":"z"}', id="a float"),
        pytest.param('{"a":"x","b":[1,{"c":"\\u0079"}],"d":"z"}', id="a letter escaped"),
        pytest.param('{"a":"\\","b":[1,{"c":"y"}],"d":"z"}', id="a quote escaped"),
        pytest.param('{"a":"x\n","b":[1,{"c":"y"}],"d":"z"}', id="a line's end"),
        pytest.param('{"a":x,"b":[1,{"c":"y"}],"d":"z"}', id="no quotes"),
    ],
)
def test_what_is_like_a_canonical_text_is_none(text: str) -> None:
    verifier.check_json(KNOWN)
    verifier.check_json('{"a":"","b":[1,{"c":"ü:,{"}],"d":"}"}')
    for _ in range(2):
        with pytest.raises(verifier.Bad):
            verifier.check_json(text)


def refused(check: Callable[[str], object], text: str) -> bool:
    try:
        check(text)
    except verifier.Bad:
        return True
    return False


def test_what_is_only_looked_at_is_held_as_what_is_read() -> None:
    chance = random.Random(8785)
    texts = [verifier.read_entry(entry)[0] for entry in ENTRIES]
    found = 0
    for number in range(6_000):
        text = texts[number % len(texts)]
        at = chance.randrange(len(text))
        until = at + chance.choice([0, 0, 1, 1, 2])
        text = text[:at] + chance.choice('",:{}[]0 a\\\n\x7f\u00a0') + text[until:]
        bad = refused(verifier.read_json, text)
        found += bad
        assert refused(verifier.check_json, text) is bad, text
    assert 2_000 < found < 4_000


# Side by side


LONG = raw(history(24))
"""More than two bundles."""


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param(LONG, id="sound"),
        pytest.param(LONG[:300] + LONG[301:], id="one dropped behind the first bundle"),
        pytest.param(LONG[:255] + LONG[256:], id="one dropped where bundles meet"),
        pytest.param([*LONG, LONG[3]], id="one told again far behind"),
        pytest.param([*LONG[:400], b"{}", *LONG[400:]], id="one that is no event"),
    ],
)
def test_several_processes_find_what_one_finds(
    entries: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = write_bundle(tmp_path, entries, sizes=(1, 256, 300, 512))
    alone = caught(bundle)
    monkeypatch.setattr(verifier, "ALONE", 200)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    several = caught(bundle)
    assert {(f.kind, f.where) for f in several.failures} == {
        (f.kind, f.where) for f in alone.failures
    }
    assert several.exit_code == alone.exit_code
    assert (alone.exit_code == 0) is (entries is LONG)
    assert (several.entries, several.payments, several.sources, several.until) == (
        alone.entries,
        alone.payments,
        alone.sources,
        alone.until,
    )


def test_a_part_that_ends_without_an_answer_is_no_good_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = write_bundle(tmp_path, LONG)
    monkeypatch.setattr(verifier, "ALONE", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    read = verifier.Log.part

    def part(log: verifier.Log, bundles: Sequence[tuple[int, int]]) -> verifier.Part:
        if multiprocessing.parent_process():
            os._exit(9)
        return read(log, bundles)

    monkeypatch.setattr(verifier.Log, "part", part)
    assert Kind.FOLDER in kinds(caught(bundle))
