"""The tree as files: names, widths, and the same hashes as the whole tree has."""

import random  # noqa: TID251  seeded

import pytest
from services.audit.tests.vectors import folder, vectors

from audit.domain.merkle import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    over,
    root,
    verify_consistency,
    verify_inclusion,
)
from audit.domain.note import Checkpoint, VerifierKey, read_note
from audit.domain.tiles import Bundle, Edge, Tile, bundles_of, over_tiles, pack, tiles_of


def test_a_tile_is_named_in_groups_of_three() -> None:
    assert Tile(0, 1234067).path == "tile/0/x001/x234/067"
    assert Tile(2, 0, 1).path == "tile/2/000.p/1"
    assert Bundle(1000, 12).path == "tile/entries/x001/000.p/12"


def test_the_specifications_own_example() -> None:
    of_70_000 = list(tiles_of(70_000))
    assert len([t for t in of_70_000 if t.level == 0 and t.width == 256]) == 273
    assert [t for t in of_70_000 if t.width < 256] == [
        Tile(0, 273, 112),
        Tile(1, 1, 17),
        Tile(2, 0, 1),
    ]
    assert list(tiles_of(256)) == [Tile(0, 0), Tile(1, 0, 1)]
    assert list(bundles_of(257)) == [Bundle(0), Bundle(1, 1)]


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000])
def test_the_edge_makes_exactly_the_tiles_of_the_tree(size: int) -> None:
    edge = Edge()
    files: dict[Tile, bytes] = {}
    leaves = [leaf_hash(str(number).encode()) for number in range(size)]
    for leaf in leaves:
        files.update(edge.add(leaf))
    files.update(edge.partial_tiles())
    assert set(files) == set(tiles_of(size))
    assert all(len(data) == tile.width * 32 for tile, data in files.items())
    tree_root = root(over(leaves), 0, size)
    assert edge.root() == tree_root
    complete = over_tiles(size, files.__getitem__)
    assert root(complete, 0, size) == tree_root
    chance = random.Random(size)
    for index in {0, size - 1, *(chance.randrange(size) for _ in range(5))}:
        verify_inclusion(
            index=index,
            size=size,
            leaf=leaves[index],
            proof=inclusion_proof(complete, index, size),
            tree_root=tree_root,
        )
        verify_consistency(
            old=index,
            new=size,
            old_root=root(over(leaves), 0, index),
            new_root=tree_root,
            proof=consistency_proof(complete, index, size),
        )


def test_a_log_published_by_others_is_made_again_to_the_byte() -> None:
    theirs = folder("tlog-tiles-tessera")
    key = VerifierKey.parse(vectors("tlog-tiles-tessera/META.json")["vkey"])
    bundle = (theirs / "tile/entries/000.p/15").read_bytes()
    entries: list[bytes] = []
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        entries.append(bundle[2 : 2 + length])
        bundle = bundle[2 + length :]
    edge = Edge()
    for size, entry in enumerate(entries, start=1):
        assert not list(edge.add(leaf_hash(entry)))
        [(tile, data)] = edge.partial_tiles()
        assert data == (theirs / tile.path).read_bytes()
        assert pack(entries[:size]) == (theirs / Bundle(0, size).path).read_bytes()
        published = read_note((theirs / f"checkpoint.{size}").read_bytes(), [key])
        assert Checkpoint.parse(published) == Checkpoint(key.name, size, edge.root())
