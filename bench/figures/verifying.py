"""The offline verifier on a log of a million entries, as an auditor runs it."""

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

from specimens.go_peer import NoGo, peer, verify_folder
from specimens.histories import NOON, Teller

from audit import verify
from audit.domain.merkle import leaf_hash
from audit.domain.tiles import WIDTH, Bundle, Edge, pack
from audit.exports.make import whole
from audit.log.erasures import SCHEMAS
from audit.log.files import CHECKPOINT, VKEY, LogFiles
from audit.log.signer import Signer
from bench.figures import Figure, Setting, other_load
from bench.figures.trail import entries_of
from events.envelope import Entry
from events.memory import FixedClock

LIMIT_SECONDS = 15.0
APART_MINUTES = 0.3
"""So much time lies between two entries: a million of them are a year's, as delegations last."""


class Busy(Teller):
    """Tells much in little time."""

    def tell(
        self, who: str, kind: str, stream: str, data: dict[str, Any], at: datetime | None = None
    ) -> tuple[str, Entry]:
        self.told += 1
        at = at or NOON + timedelta(minutes=APART_MINUTES * self.told)
        return super().tell(who, kind, stream, data, at)

    told = 0


async def verify_1m_s(setting: Setting) -> Figure:
    """`verify.py` from its start to its end, on the log alone, as a folder: every entry read and
    held against the tree, every payment against the rules. The baseline is our program in Go, which
    builds the same tree and asks nothing of what the entries mean; it is left out where Go is not
    installed.
    """
    with tempfile.TemporaryDirectory() as folder:
        vkey = await asyncio.to_thread(write_log, Path(folder), setting.events)
        log = Path(folder) / "log"
        return await asyncio.to_thread(_taken, verify_1m_s.__name__, log, vkey, setting)


async def verify_bundle_1m_s(setting: Setting) -> Figure:
    """The same on a whole bundle, the zip that `audit bundle` writes: it is unpacked as well, each
    file held against the manifest, and every table made again from the entries.
    """
    with tempfile.TemporaryDirectory() as folder:
        vkey = await asyncio.to_thread(write_log, Path(folder), setting.events)
        setting.told("the log is written")
        zipped = await asyncio.to_thread(write_bundle, Path(folder))
        setting.told(f"its bundle has {zipped.stat().st_size >> 20} MiB")
        return await asyncio.to_thread(_taken, verify_bundle_1m_s.__name__, zipped, vkey, setting)


def _taken(figure: str, log: Path, vkey: str, setting: Setting) -> Figure:
    ours: list[float] = []
    go: list[float] = []
    with other_load() as load:
        for number in range(1, setting.rounds + 1):
            seconds, cores = _verified(log, vkey)
            ours.append(seconds)
            setting.told(f"verify {number}/{setting.rounds}: {seconds:.1f} s, {cores:.1f} s of CPU")
            if not log.is_dir():
                continue
            try:
                go.append(float(verify_folder(peer(), log, vkey)["seconds"]))
                setting.told(f"Go {number}/{setting.rounds}: {go[-1]:.1f} s")
            except NoGo as why:
                setting.told(f"without the program in Go: {why}")
    value = statistics.median(ours)
    return Figure(
        figure=figure,
        value=round(value, 1),
        unit="s",
        baseline=round(statistics.median(go), 1) if go else None,
        ratio=round(statistics.median(map(float.__truediv__, ours, go)), 2) if go else None,
        limit=LIMIT_SECONDS,
        must_be="<",
        holds=value < LIMIT_SECONDS,
        rounds=setting.rounds,
        other_load=round(load[0], 2),
    )


def _verified(log: Path, vkey: str) -> tuple[float, float]:
    """How long it took, and how much of processors."""
    before, began = _children(), perf_counter()
    done = subprocess.run(
        [sys.executable, "-I", verify.__file__, log, "--vkey", vkey],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return perf_counter() - began, _children() - before


def _children() -> float:
    times = os.times()
    return times.children_user + times.children_system


def write_log(folder: Path, size: int) -> str:
    """A log of so many entries, as files in the folder, signed at the end: its keys."""
    signer, edge = Signer(folder / "signer", FixedClock()), Edge()
    log = folder / "log"
    entries = (entry.raw for _, entry in entries_of(size, Busy()))
    for number, bundle in enumerate(_in_bundles(entries)):
        for entry in bundle:
            for tile, data in edge.add(leaf_hash(entry)):
                _write(log / tile.path, data)
        _write(log / Bundle(number, len(bundle)).path, pack(bundle))
    for tile, data in edge.partial_tiles():
        _write(log / tile.path, data)
    shutil.copytree(SCHEMAS, log / SCHEMAS.name)
    (log / VKEY).write_text(f"{signer.vkey}\n")
    (log / CHECKPOINT).write_text(signer.sign(edge.size, edge.root(), []))
    return signer.vkey


def write_bundle(folder: Path) -> Path:
    """The log in the folder as a bundle, with all that one has."""
    log, zipped = LogFiles(folder / "log"), folder / "log.zip"
    with zipped.open("wb") as out:
        whole([(folder / "log" / CHECKPOINT).read_text()], out, log)
    return zipped


def _in_bundles(entries: Iterator[bytes]) -> Iterator[list[bytes]]:
    while bundle := list(islice(entries, WIDTH)):
        yield bundle


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
