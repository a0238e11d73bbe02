"""The tree as static files: https://c2sp.org/tlog-tiles.

A tile is up to 256 hashes of one level, side by side; a hash of level 1 stands for a full tile
of level 0, and so on. An entry bundle is the up to 256 entries under one tile of level 0, each
with its length before it in 16 bits.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Self

from audit.domain.merkle import HASH_BYTES, Complete, node_hash

WIDTH = 256
HEIGHT = 8
LENGTH_BYTES = 2
REMEMBERED_TILES = 4096
"""Of 8 KiB each: the tiles over a million leaves."""


@dataclass(frozen=True, order=True)
class Tile:
    """One tile of hashes: its level, its number within the level, how many hashes it holds."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        return f"tile/{self.level}/{_in_threes(self.number)}{_partial(self.width)}"

    @property
    def start(self) -> int:
        """The number of its first hash within its level."""
        return self.number * WIDTH


@dataclass(frozen=True, order=True)
class Bundle:
    """One entry bundle: its number and how many entries it holds."""

    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        return f"tile/entries/{_in_threes(self.number)}{_partial(self.width)}"


def first_under(tile: Tile) -> int:
    """The first leaf that its hashes stand for."""
    return tile.start << HEIGHT * tile.level


def _in_threes(number: int) -> str:
    parts = [f"{number % 1000:03}"]
    while number := number // 1000:
        parts.append(f"x{number % 1000:03}")
    return "/".join(reversed(parts))


def _partial(width: int) -> str:
    return "" if width == WIDTH else f".p/{width}"


NAME = r"(x[0-9]{3}/){0,5}[0-9]{3}(\.p/[1-9][0-9]{0,2})?"
"""What stands behind the level in a path: the number in threes, and the width if not the whole."""
_PATH = re.compile(rf"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<name>{NAME})")


def of_path(path: str) -> Tile | Bundle | None:
    """The tile or the bundle that has exactly this path; None when none can have it."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    threes, _, width = match["name"].partition(".p/")
    number = int(re.sub("[x/]", "", threes))
    if match["level"] == "entries":
        found: Tile | Bundle = Bundle(number, int(width or WIDTH))
    else:
        found = Tile(int(match["level"]), number, int(width or WIDTH))
    return found if found.path == path else None


def tiles_of(size: int) -> Iterator[Tile]:
    """Every tile that a tree of `size` leaves is served with."""
    level = 0
    while size:
        for number in range(size // WIDTH):
            yield Tile(level, number)
        if size % WIDTH:
            yield Tile(level, size // WIDTH, size % WIDTH)
        level, size = level + 1, size // WIDTH


def bundles_of(size: int) -> Iterator[Bundle]:
    """Every entry bundle that a log of `size` entries is served with."""
    for number in range(size // WIDTH):
        yield Bundle(number)
    if size % WIDTH:
        yield Bundle(size // WIDTH, size % WIDTH)


def pack(entries: Sequence[bytes]) -> bytes:
    """The bytes of a bundle."""
    return b"".join(len(entry).to_bytes(LENGTH_BYTES, "big") + entry for entry in entries)


def unpack(data: bytes) -> list[bytes]:
    """The entries of a bundle, as `pack` wrote it."""
    entries, at = [], 0
    while at < len(data):
        start = at + LENGTH_BYTES
        at = start + int.from_bytes(data[at:start])
        entries.append(data[start:at])
    return entries


def tile_hash(hashes: Sequence[bytes]) -> bytes:
    """The hash that stands for a whole power of two of hashes one level up."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row), 2)]
    return row[0]


@lru_cache(maxsize=REMEMBERED_TILES)
def top_of(tile: bytes) -> bytes:
    """The same of a whole tile's bytes, fast; of these very bytes it is remembered."""
    row = tile
    while len(row) > HASH_BYTES:
        pairs = (row[at : at + 2 * HASH_BYTES] for at in range(0, len(row), 2 * HASH_BYTES))
        row = b"".join([sha256(b"\x01" + pair).digest() for pair in pairs])
    return row


class Edge:
    """The right edge of a growing tree: of each level, the hashes that fill no tile yet.

    It is all that is needed to go on, a few kilobytes whatever the size of the tree.
    """

    def __init__(self) -> None:
        self.size = 0
        self._levels: list[list[bytes]] = []

    @classmethod
    def read(cls, size: int, read: Callable[[Tile], bytes]) -> Self:
        """The edge of a tree of that size, out of the tiles that are not full."""
        edge = cls()
        edge.size, left, level = size, size, 0
        while left:
            width = left % WIDTH
            data = read(Tile(level, left // WIDTH, width)) if width else b""
            edge._levels.append(_hashes(data))
            left, level = left // WIDTH, level + 1
        return edge

    def add(self, *leaves: bytes) -> Iterator[tuple[Tile, bytes]]:
        """Add leaves; the tiles that they complete, with their bytes."""
        at = 0
        while at < len(leaves):
            room = WIDTH - self.size % WIDTH
            yield from self._fill(leaves[at : at + room])
            at += room

    def _fill(self, leaves: Sequence[bytes]) -> Iterator[tuple[Tile, bytes]]:
        """Add no more than there is room for in the last tile."""
        hashes, level, number = leaves, 0, self.size // WIDTH
        self.size += len(leaves)
        while True:
            if level == len(self._levels):
                self._levels.append([])
            row = self._levels[level]
            row += hashes
            if len(row) < WIDTH:
                return
            yield Tile(level, number), b"".join(row)
            hashes = [tile_hash(row)]
            row.clear()
            level, number = level + 1, number // WIDTH

    def partial_tiles(self) -> Iterator[tuple[Tile, bytes]]:
        """The tiles that are not full at this size."""
        for level, row in enumerate(self._levels):
            if row:
                number = self.size // WIDTH ** (level + 1)
                yield Tile(level, number, len(row)), b"".join(row)

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        peaks: list[bytes] = []
        for row in self._levels:
            peaks[:0] = _peaks(row)
        if not peaks:
            raise ValueError("a tree without a leaf has no edge")
        hashed = peaks.pop()
        while peaks:
            hashed = node_hash(peaks.pop(), hashed)
        return hashed


def _peaks(row: Sequence[bytes]) -> list[bytes]:
    """The complete subtrees over a row, widest first."""
    peaks, at = [], 0
    for height in reversed(range(HEIGHT)):
        if len(row) & (1 << height):
            peaks.append(tile_hash(row[at : at + (1 << height)]))
            at += 1 << height
    return peaks


def _hashes(data: bytes) -> list[bytes]:
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


def over_tiles(size: int, read: Callable[[Tile], bytes]) -> Complete:
    """Complete subtrees of a tree of `size` leaves, out of its tiles.

    What comes of it is as true as the tiles are: hold it against a root before you use it.
    """

    def complete(start: int, end: int) -> bytes:
        width = end - start
        level = (width.bit_length() - 1) // HEIGHT
        unit = WIDTH**level
        first, count = start // unit, width // unit
        number = first // WIDTH
        tile = Tile(level, number, min(WIDTH, size // unit - number * WIDTH))
        at = (first - tile.start) * HASH_BYTES
        data = read(tile)[at : at + count * HASH_BYTES]
        return tile_hash(_hashes(data))

    return complete
