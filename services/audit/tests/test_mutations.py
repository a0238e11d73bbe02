"""Random changes of a bundle, and tricks with zips: nothing of it passes unseen.

2,400 changes of single bytes over every file of a bundle, each of which is caught, take 40 seconds
of one processor.
"""

import base64
import random  # noqa: TID251  seeded
import shutil
import struct
import time
import zipfile
from pathlib import Path

import pytest
from services.audit.tests.logs import Bundle, repacked, write_whole_bundle
from specimens.histories import NAME, VENDOR_NAME, VENDOR_TOWN, history

from audit.verify import Kind, Report, verify

ENTRIES = [entry.raw for _, entry in history(2)]
REGISTERED = next(i for i, entry in enumerate(ENTRIES) if b"returnee_registered" in entry)
DISCLOSED = [(0, VENDOR_NAME.encoded), (0, VENDOR_TOWN.encoded), (REGISTERED, NAME.encoded)]
PARTS, EACH = 8, 300
REPACKED = 400


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder = tmp_path_factory.mktemp("sound")
    return write_whole_bundle(folder, ENTRIES, sizes=(1, 20, 40), disclosures=DISCLOSED)


@pytest.fixture
def copy(sound: Bundle, tmp_path: Path) -> Bundle:
    shutil.copytree(sound.folder, tmp_path / "copy")
    return Bundle(tmp_path / "copy", sound.vkey)


@pytest.fixture(scope="module")
def packed(sound: Bundle) -> Path:
    return sound.folder.parent / "whole.zip"


def caught(bundle: Bundle) -> Report:
    return verify(bundle.folder, bundle.vkey)


def files(bundle: Bundle) -> list[Path]:
    return sorted(path for path in bundle.folder.rglob("*") if path.is_file())


def spoilt(whole: bytes, chance: random.Random) -> tuple[str, bytes]:
    """The same with one byte or one bit changed, added, taken away or put elsewhere."""
    at = chance.randrange(len(whole))
    change = chance.choice(["bit", "byte", "insert", "delete", "swap"])
    data = bytearray(whole)
    match change:
        case "bit":
            data[at] ^= 1 << chance.randrange(8)
        case "byte":
            data[at] = (data[at] + chance.randrange(1, 256)) % 256
        case "insert":
            data.insert(at, chance.choice(b" \n0a\x00"))
        case "delete":
            del data[at]
        case _:
            other = chance.randrange(len(whole))
            data[at], data[other] = data[other], data[at]
    return f"{change} of byte {at}", bytes(data)


@pytest.mark.parametrize("part", range(PARTS))
def test_each_of_300_random_changes_of_any_file_is_caught(copy: Bundle, part: int) -> None:
    chance = random.Random(65_537 + part)
    paths = files(copy)
    done = 0
    while done < EACH:
        path = paths[(done * PARTS + part) % len(paths)]
        whole = path.read_bytes()
        change, data = spoilt(whole, chance)
        if data == whole:
            continue
        path.write_bytes(data)
        assert caught(copy).failures, f"{change} of {path.relative_to(copy.folder)}"
        path.write_bytes(whole)
        done += 1


def test_one_who_makes_the_manifest_anew_is_caught_or_it_is_said_that_nothing_else_vouches(
    copy: Bundle,
) -> None:
    chance = random.Random(257)
    before = caught(copy).not_checked
    rest = next(told for told in before if told.endswith("held against the manifest alone"))
    paths = files(copy)
    manifest = (copy.folder / "manifest.jsonl").read_bytes()
    for number in range(REPACKED):
        path = paths[number % len(paths)]
        name = path.relative_to(copy.folder).as_posix()
        if name in {*rest.partition(":")[0].split(", "), "manifest.jsonl"}:
            continue
        whole = path.read_bytes()
        change, data = spoilt(whole, chance)
        if data == whole:
            continue
        path.write_bytes(data)
        repacked(copy)
        report = caught(copy)
        assert report.failures or report.not_checked != before, f"{change} of {name}"
        path.write_bytes(whole)
        (copy.folder / "manifest.jsonl").write_bytes(manifest)


def test_every_file_that_is_cut_off_is_noticed(copy: Bundle) -> None:
    for path in files(copy):
        whole = path.read_bytes()
        for keep in {0, 1, len(whole) // 2, len(whole) - 1}:
            path.write_bytes(whole[:keep])
            assert caught(copy).failures, f"{path.name} cut to {keep}"
        path.write_bytes(whole)


def test_every_file_that_is_missing_is_noticed(copy: Bundle) -> None:
    for path in files(copy):
        whole = path.read_bytes()
        path.unlink()
        report = caught(copy)
        not_told = path.name in ("manifest.jsonl", "disclosures.jsonl")
        assert report.failures or (not_told and report.not_checked), path.name
        path.write_bytes(whole)


@pytest.mark.parametrize(
    "name",
    ["more", "tile/more", "tile/0/001", "tile/9/000", "schemas/x.json", "tables/x.csv", "a/b/c"],
)
def test_a_file_too_many_is_noticed(copy: Bundle, name: str) -> None:
    path = copy.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"?")
    assert caught(copy).failures


# Tricks with zips


def repack(packed: Path, to: Path, *more: tuple[str, bytes]) -> Path:
    """The same members, and some more."""
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info, old.read(info))
        for name, data in more:
            new.writestr(name, data)
    return to


def exit_code(path: Path, bundle: Bundle) -> int:
    return verify(path, bundle.vkey).exit_code


def test_as_it_came_it_holds(packed: Path, sound: Bundle) -> None:
    assert exit_code(packed, sound) == 0


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name(packed: Path, sound: Bundle, tmp_path: Path) -> None:
    for name in ("checkpoint", "ocel.json", "tables/payments.csv"):
        twice = repack(packed, tmp_path / "twice.zip", (name, b"another"))
        assert exit_code(twice, sound) == Kind.FOLDER


@pytest.mark.parametrize("name", ["../out", "/out", "tile/../../out", "tile\\..\\out", "C:/out"])
def test_a_name_that_leads_elsewhere_leads_nowhere(
    packed: Path, sound: Bundle, tmp_path: Path, name: str
) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    out = repack(packed, inside / "out.zip", (name, b"?"))
    assert exit_code(out, sound) == Kind.FOLDER
    assert [path.name for path in tmp_path.rglob("out")] == []


def test_a_zip_that_swells_is_not_unpacked(packed: Path, sound: Bundle, tmp_path: Path) -> None:
    bomb = repack(packed, tmp_path / "bomb.zip", ("ocel.json2", bytes(1 << 28)))
    began = time.process_time()
    report = verify(bomb, sound.vkey)
    assert report.exit_code == Kind.FOLDER
    assert "would swell to" in report.failures[0].what
    assert time.process_time() - began < 1


def test_members_that_lie_over_each_other_are_a_bomb_too(sound: Bundle, tmp_path: Path) -> None:
    """Many names for the same bytes: none of them swells by itself, all of them do."""
    path = tmp_path / "overlapping.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0", random.Random(1).randbytes(1 << 20))
        first = archive.infolist()[0]
        for number in range(1, 200):
            again = zipfile.ZipInfo(str(number))
            for part in ("header_offset", "file_size", "compress_size", "CRC", "compress_type"):
                setattr(again, part, getattr(first, part))
            archive.filelist.append(again)
            archive.NameToInfo[again.filename] = again
    assert exit_code(path, sound) == Kind.FOLDER


def test_a_member_that_asks_for_a_password(packed: Path, sound: Bundle, tmp_path: Path) -> None:
    data = bytearray(packed.read_bytes())
    with zipfile.ZipFile(packed) as archive:
        at = archive.getinfo("checkpoint").header_offset
        directory = data.index(struct.pack("<I", 0x02014B50), archive.start_dir)
    data[at + 6] |= 1
    data[directory + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(data)
    assert exit_code(tmp_path / "locked.zip", sound) != 0


def test_a_zip_that_is_cut_off(packed: Path, sound: Bundle, tmp_path: Path) -> None:
    whole = packed.read_bytes()
    for part in range(0, 100, 3):
        (tmp_path / "cut.zip").write_bytes(whole[: len(whole) * part // 100])
        assert exit_code(tmp_path / "cut.zip", sound) == Kind.FOLDER


def test_a_changed_zip_is_caught_or_has_the_same_files(
    packed: Path, sound: Bundle, tmp_path: Path
) -> None:
    """What a zip says of dates and systems is nothing that a bundle tells."""
    chance = random.Random(17)
    whole = packed.read_bytes()
    with zipfile.ZipFile(packed) as archive:
        told = {name: archive.read(name) for name in archive.namelist()}
    ends = archive.start_dir
    for number in range(200):
        data = bytearray(whole)
        at = chance.randrange(ends, len(whole)) if number % 2 else chance.randrange(len(whole))
        data[at] ^= 1 << chance.randrange(8)
        path = tmp_path / "changed.zip"
        path.write_bytes(data)
        if exit_code(path, sound):
            continue
        with zipfile.ZipFile(path) as archive:
            assert {name: archive.read(name) for name in archive.namelist()} == told


def test_a_folder_that_is_no_folder(sound: Bundle, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(base64.b64decode("AAAA"))
    assert exit_code(tmp_path / "file", sound) == Kind.FOLDER
