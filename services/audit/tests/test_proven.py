"""Lines are proven out of tiles that are themselves proven: each tile, forged, is found out."""

from pathlib import Path

import pytest

from audit.domain.merkle import over, root
from audit.domain.note import Checkpoint
from audit.domain.tiles import WIDTH, Edge, tiles_of
from audit.log.files import LogFiles
from audit.log.logged import BrokenLog, Logged
from audit.log.proofs import Proven, Signed

SIZES = (1, 2, 255, 256, 257, 511, 65_535, 65_536, 65_537, 70_000)


def entry(index: int) -> Logged:
    return Logged(index, "intake", "t", "s", (), b"%d" % index)


LEAVES = [entry(index).leaf for index in range(max(SIZES))]


def published(folder: Path, size: int) -> tuple[Signed, LogFiles]:
    """A log of so many entries, as the publisher leaves it: without what was partial before."""
    files, edge = LogFiles(folder), Edge()
    whole = {t.path: data for leaf in LEAVES[:size] for t, data in edge.add(leaf)}
    whole |= {tile.path: data for tile, data in edge.partial_tiles()}
    for path, data in whole.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    assert whole.keys() == {tile.path for tile in tiles_of(size)}
    return Signed(Checkpoint("log", size, root(over(LEAVES), 0, size)), ""), files


@pytest.mark.parametrize("size", SIZES)
def test_every_entry_is_proven_and_no_other(tmp_path: Path, size: int) -> None:
    signed, files = published(tmp_path, size)
    proven = Proven(signed, files)
    for index in {0, size // 2, size - 1, *range(0, size, 997)}:
        assert proven.holds(entry(index))
        with pytest.raises(BrokenLog):
            proven.holds(Logged(index, "intake", "t", "s", (), b"another"))
    assert not proven.holds(entry(size)), "no checkpoint covers it yet"


@pytest.mark.parametrize("size", [257, 65_536, 65_537, 70_000])
def test_a_forged_tile_is_found_out_at_each_level(tmp_path: Path, size: int) -> None:
    """Whichever entry is asked for that the tile is needed for."""
    signed, files = published(tmp_path, size)
    for tile in tiles_of(size):
        if tile.level == 0 and tile.width == WIDTH and tile.number % 50:
            continue
        path = tmp_path / tile.path
        whole = path.read_bytes()
        below = tile.start * WIDTH**tile.level
        for at in (0, len(whole) - 1):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            with pytest.raises(BrokenLog):
                Proven(signed, files).holds(entry(below))
        for cut in (whole[:-32], whole[:-1], b""):
            path.write_bytes(cut)
            with pytest.raises(BrokenLog):
                Proven(signed, files).holds(entry(below))
        path.write_bytes(whole)
    assert Proven(signed, files).holds(entry(0))


def test_a_tile_that_is_gone_proves_nothing(tmp_path: Path) -> None:
    signed, files = published(tmp_path, 257)
    (tmp_path / "tile/0/000").unlink()
    with pytest.raises(BrokenLog):
        Proven(signed, files).holds(entry(0))


def test_before_the_first_checkpoint_nothing_is_proven(tmp_path: Path) -> None:
    assert not Proven(None, LogFiles(tmp_path)).holds(entry(0))
