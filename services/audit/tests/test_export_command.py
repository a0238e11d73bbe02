"""`./homeward audit bundle`, `export` and `sample` on a real database: what they write and say."""

import asyncio
import hashlib
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import asyncpg
import pytest
from services.audit.tests.conftest import Desk
from services.audit.tests.test_samples_api import ALL

from audit.domain.bundle import BundleExported, GrantBundleExported
from audit.domain.export import ExportMade
from audit.domain.sample import SampleDrawn
from audit.verify import verify
from events.io.http.trial import Trial
from events.memory import FixedClock


@pytest.fixture
async def filled(desk: Desk) -> Desk:
    await desk.keep(ALL)
    await desk.publisher().publish()
    return desk


async def run(desk: Desk, *words: str) -> subprocess.CompletedProcess[str]:
    where = {"HOMEWARD_DATABASE_URL": desk.database.app, "HOMEWARD_DATA": str(desk.folder)}
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "audit.exports.command", *words],
        env=os.environ | where,
        cwd=desk.folder,
        capture_output=True,
        text=True,
        check=False,
    )


async def test_the_log_is_exported_and_that_is_an_event(filled: Desk, audit: Trial) -> None:
    done = await run(filled, "export", "tables", "--grant", "SK-1", "--by", "per_elif")
    assert done.returncode == 0, done.stderr
    [event] = await audit.events()
    assert isinstance(event, ExportMade)
    assert (event.by, event.grant) == ("per_elif", "gra_1")
    path = filled.folder / f"tables-{len(ALL)}.zip"
    assert event.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert str(event.digest) in done.stdout


async def test_a_sample_is_drawn_and_that_is_an_event(
    filled: Desk, audit: Trial, tmp_path: Path
) -> None:
    words = ("--confidence", "95", "--materiality", "6000.00EUR", "--seed", "dice:6-2-5-1-3")
    out = tmp_path / "drawn.zip"
    done = await run(filled, "sample", "payments", "monetary_unit", *words, "--out", str(out))
    assert done.returncode == 0, done.stderr
    [event] = await audit.events()
    assert isinstance(event, SampleDrawn)
    assert str(event.outcome.interval) == "2000.00 EUR"
    with ZipFile(out) as archive:
        worksheet = archive.read("worksheet.csv")
    assert event.outcome.worksheet_digest == hashlib.sha256(worksheet).hexdigest()


async def test_a_sample_that_is_smaller_than_asked_says_so(filled: Desk, tmp_path: Path) -> None:
    out = tmp_path / "drawn.zip"
    words = ("sample", "payments", "random", "--items", "50", "--out", str(out))
    done = await run(filled, *words)
    assert "40 of 40 payments (50 were asked for)" in done.stdout, done.stderr
    with ZipFile(out) as archive:
        told = json.loads(archive.read("sample.json"))
    assert (told["asked"], told["outcome"]["items"]) == (50, 40)
    done = await run(filled, "sample", "payments", "random", "--items", "4", "--out", str(out))
    assert "asked for" not in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sample", "payments", "monetary_unit"), "Refused: A sample says how large it is"),
        (("sample", "payments", "random", "--items", "1", "--grant", "XX"), "There is no grant XX"),
        (("export", "ocel", "--cut-off", "7"), "Refused: No checkpoint was signed for a"),
        (("export", "tables", "--cut-off", "9" * 20), "a whole number, from 1"),
        (("export", "ocel", "--cut-off", "²"), "a whole number, from 1"),
        (("export", "ocel", "--from", "yesterday"), "a day, such as 2026-11-21"),
        (("sample", "payments", "random", "--materiality", "much"), "an amount, such as"),
        (("sample", "payments", "random", "--tolerable", "1.234"), "percent, such as 5 or 2.5"),
        (("export", "ocel", "--by", "elif"), "a person id"),
    ],
)
async def test_what_cannot_be_is_said_in_a_sentence(
    filled: Desk, audit: Trial, words: tuple[str, ...], said: str
) -> None:
    done = await run(filled, *words)
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert await audit.events() == []


async def test_the_whole_log_is_taken_for_the_verifier(
    filled: Desk, audit: Trial, tmp_path: Path
) -> None:
    out = tmp_path / "log.zip"
    done = await run(filled, "bundle", "--out", str(out), "--by", "per_elif")
    assert done.returncode == 0, done.stderr
    [event] = await audit.events()
    assert isinstance(event, BundleExported)
    assert (event.by, event.size) == ("per_elif", len(ALL))
    report = verify(out, filled.signer().vkey)
    assert report.entries == len(ALL)
    assert out.stat().st_mode & 0o777 == 0o600, "it tells of restricted cases"
    assert {failure.kind for failure in report.failures} <= {"duties", "rules"}  # no honest story


async def test_what_is_of_a_grant_is_taken_by_its_reference(
    filled: Desk, audit: Trial, tmp_path: Path
) -> None:
    out = tmp_path / "grant.zip"
    days = ("--from", "2026-11-21", "--to", "2026-11-30")
    done = await run(filled, "bundle", "--grant", "SK-1", *days, "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "what is of gra_1" in done.stdout
    [event] = await audit.events()
    assert isinstance(event, GrantBundleExported)
    assert (event.grant, str(event.until)) == ("gra_1", "2026-11-30")
    with ZipFile(out) as archive:
        assert "entries.jsonl" in archive.namelist()
    report = verify(out, filled.signer().vkey)
    assert not {failure.kind for failure in report.failures} & {"tree", "order", "tables"}


WORDS = (
    ("bundle",),
    ("bundle", "--grant", "SK-1"),
    ("export", "tables"),
    ("sample", "payments", "random", "--items", "1"),
)


@pytest.mark.parametrize("words", WORDS)
async def test_what_cannot_be_written_is_not_done(
    filled: Desk, audit: Trial, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Nothing is on record of what nobody was given."""
    (tmp_path / "folder").mkdir()
    for out in ("nowhere/log.zip", "folder", "/dev/null"):
        done = await run(filled, *words, "--out", str(tmp_path / out))
        assert done.returncode == 1
        assert done.stderr.startswith("Nothing was done: ")
        assert "Traceback" not in done.stderr
    assert await audit.events() == []
    assert list((tmp_path / "folder").iterdir()) == []


@pytest.mark.parametrize("words", WORDS)
async def test_of_a_log_that_was_changed_nothing_is_written(
    filled: Desk, audit: Trial, tmp_path: Path, words: tuple[str, ...]
) -> None:
    entries = filled.files.folder / f"tile/entries/000.p/{len(ALL)}"
    entries.write_bytes(entries.read_bytes().replace(b'"SK-1"', b'"SK-2"'))
    owner = await asyncpg.connect(filled.database.owner)
    await owner.execute("alter table log_entry disable trigger user")
    await owner.execute("update log_entry set entry = entry || ' ' where stream like 'pay_%'")
    await owner.close()
    before = "what stood there"
    out = tmp_path / "out" / "log.zip"
    out.parent.mkdir()
    out.write_text(before)
    done = await run(filled, *words, "--out", str(out))
    assert done.returncode == 1
    assert "Nothing was done: the log's copy here is not what was signed: " in done.stderr
    assert "Traceback" not in done.stderr
    assert await audit.events() == []
    assert [each.name for each in out.parent.iterdir()] == ["log.zip"]
    assert out.read_text() == before


async def test_a_log_is_taken_as_it_was_signed_by_a_day(filled: Desk, tmp_path: Path) -> None:
    signed = FixedClock().now().date()
    out = tmp_path / "log.zip"
    done = await run(filled, "bundle", "--to", signed.isoformat(), "--out", str(out))
    assert done.returncode == 0, done.stderr
    before = (signed - timedelta(days=1)).isoformat()
    refused = await run(filled, "bundle", "--to", before)
    assert "Refused: The log has no checkpoint of that day or of one before" in refused.stderr
    assert f"until: {before}" in refused.stderr
    assert "cut_off" not in refused.stderr
    refused = await run(filled, "bundle", "--from", before)
    assert "--from needs --grant" in refused.stderr
