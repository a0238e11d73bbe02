"""Every tile at every level of a log of 70,000 entries, forged: no reader takes it, ours or Go's.

A well-known reader did not authenticate some tiles where a tree has more one-bits than tiles, as
this size has (CVE-2026-56865).
"""

import random  # noqa: TID251  seeded
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from services.audit.tests.peers import go_program
from specimens.go_peer import verify_folder

from audit.domain.tiles import WIDTH, Bundle, Edge, Tile, pack, tiles_of
from audit.log import proofs
from audit.log.files import CHECKPOINT, VKEY, LogFiles
from audit.log.logged import BrokenLog, Logged
from audit.log.signer import Signer
from events.memory import FixedClock

__all__ = ["go_program"]

SIZE = 70_000
TILES = list(tiles_of(SIZE))
CHANCE = random.Random(70_000)


def entry(index: int) -> Logged:
    return Logged(index, "any", "any.made.v1", "any_1", (), b'{"entry":%d}' % index)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> LogFiles:
    folder, edge = tmp_path_factory.mktemp("forged"), Edge()
    files = LogFiles(folder / "log")
    made = [(tile.path, data) for n in range(SIZE) for tile, data in edge.add(entry(n).leaf)]
    made += ((tile.path, data) for tile, data in edge.partial_tiles())
    for start in range(0, SIZE, WIDTH):
        told = [entry(n).raw for n in range(start, min(SIZE, start + WIDTH))]
        made.append((Bundle(start // WIDTH, len(told)).path, pack(told)))
    signer = Signer(folder / "signer", FixedClock())
    note = signer.sign(SIZE, edge.root(), [])
    files.write([*made, (VKEY, f"{signer.vkey}\n".encode()), (CHECKPOINT, note.encode())])
    return files


@contextmanager
def forged(log: LogFiles, tile: Tile) -> Iterator[int]:
    """One bit of one of its hashes is another; which hash, as it is numbered in its level."""
    path = log.folder / tile.path
    whole = path.read_bytes()
    at = CHANCE.randrange(len(whole))
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << CHANCE.randrange(8)]) + whole[at + 1 :])
    yield tile.start + at // 32
    path.write_bytes(whole)


def newest(log: LogFiles) -> proofs.Signed:
    signed = proofs.newest(log)
    assert signed is not None
    return signed


def test_there_are_tiles_of_three_levels() -> None:
    assert len(TILES) == 277
    assert {tile.level for tile in TILES} == {0, 1, 2}


def test_a_proof_that_would_need_it_is_not_given(log: LogFiles) -> None:
    for tile in TILES:
        with forged(log, tile) as number:
            beside = (number ^ 1) * WIDTH**tile.level  # its proof has the forged hash in it
            index = beside if beside < SIZE else SIZE - 1
            with pytest.raises(BrokenLog):
                proofs.Prover(newest(log), log).prove(entry(index))
    assert proofs.receipt(entry(SIZE - 1), log)


def test_nothing_under_it_is_called_proven(log: LogFiles) -> None:
    for tile in TILES:
        with forged(log, tile) as number, pytest.raises(BrokenLog):
            proofs.Proven(newest(log), log).holds(entry(min(SIZE - 1, number * WIDTH**tile.level)))


def test_consistency_is_told_as_it_is_or_not_at_all(log: LogFiles) -> None:
    refused = 0
    for tile in TILES:
        old = CHANCE.randrange(1, SIZE)
        new = CHANCE.choice([SIZE, CHANCE.randrange(old, SIZE)])
        true = proofs.consistency(old, new, log)
        with forged(log, tile):
            try:
                assert proofs.consistency(old, new, log) == true
            except BrokenLog:
                refused += 1
    assert refused > 5


def test_go_refuses_the_folder(log: LogFiles, go_program: Path) -> None:
    vkey = (log.folder / VKEY).read_text().strip()
    assert "refused" not in verify_folder(go_program, log.folder, vkey)
    for tile in TILES[::16] + [tile for tile in TILES if tile.level or tile.width < WIDTH]:
        with forged(log, tile):
            assert tile.path in verify_folder(go_program, log.folder, vkey)["refused"]
