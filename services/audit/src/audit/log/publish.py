"""From the table to the files: tiles and bundles first, then the signature, then the checkpoint.

The files are a pure function of the table. After a crash the publisher reads the leaves again up
to the published checkpoint and goes on from there; what was half done is done again.
"""

import asyncio
import logging
from collections.abc import Iterator

from audit.domain.merkle import consistency_proof
from audit.domain.note import BadNote, Checkpoint, read_checkpoint
from audit.domain.tiles import WIDTH, Bundle, Edge, Tile, over_tiles, pack
from audit.log import table
from audit.log.files import CHECKPOINT, VKEY, LogFiles
from audit.log.signer import Signer, WouldFork
from events.ports import Clock
from events.service import Connection

PAGE = 4096
PAUSE_SECONDS = 1.0

log = logging.getLogger("homeward.audit")


class Publisher:
    """Publishes one log."""

    def __init__(self, view: Connection, files: LogFiles, signer: Signer, clock: Clock) -> None:
        self._view = view
        self._files = files
        self._signer = signer
        self._clock = clock
        self._edge: Edge | None = None

    async def run(self) -> None:
        """Publish what is new, for ever. Raises `WouldFork`."""
        while True:
            await self.publish()
            await self._clock.sleep(PAUSE_SECONDS)

    async def publish(self) -> Checkpoint | None:
        """Publish the log as it stands; None when there is nothing new."""
        edge = self._edge or await self._begin()
        self._edge = None  # a failure leaves it half grown: begin anew then
        size = await table.size_of(self._view)
        if size < self._signer.last.size:
            raise WouldFork(f"the table ends at {size}, {self._signer.last.size} was signed")
        published = None
        if size > edge.size:
            published = await self._grow(edge, size)
        self._edge = edge
        return published

    async def _begin(self) -> Edge:
        """The edge of the tree that is published already."""
        await self._write([(VKEY, f"{self._signer.vkey}\n".encode())])
        edge = Edge()
        published = self._published()
        while published is not None and edge.size < published.size:
            end = min(edge.size + PAGE, published.size)
            leaves = await table.leaves(self._view, edge.size, end)
            if not leaves:
                raise WouldFork(f"the table ends at {edge.size}, {published.size} is published")
            for leaf in leaves:
                for _ in edge.add(leaf):
                    pass
        if published is not None and edge.root() != published.root:
            raise WouldFork(f"the table has another root at {published.size} than is published")
        return edge

    def _published(self) -> Checkpoint | None:
        note = self._files.read(CHECKPOINT)
        if note is None:
            return None
        try:
            return read_checkpoint(note, self._signer.keys)
        except BadNote as bad:
            log.warning("the published checkpoint is not ours (%s): publishing anew", bad)
            return None

    async def _grow(self, edge: Edge, size: int) -> Checkpoint:
        number = edge.size // WIDTH
        while edge.size < size:
            leaves = await table.leaves(self._view, edge.size, min(edge.size + PAGE, size))
            await self._write(
                [(tile.path, data) for leaf in leaves for tile, data in edge.add(leaf)]
            )
        await self._write([(tile.path, data) for tile, data in edge.partial_tiles()])
        for bundle in _bundles(number, size):
            start = bundle.number * WIDTH
            entries = await table.raw_entries(self._view, start, start + bundle.width)
            await self._write([(bundle.path, pack(entries))])
        last = self._signer.last.size
        complete = over_tiles(size, self._tile)
        proof = await asyncio.to_thread(consistency_proof, complete, last, size)
        note = self._signer.sign(size, edge.root(), proof)
        signed = read_checkpoint(note.encode(), self._signer.keys)
        await table.keep_checkpoint(self._view, signed, note, self._clock.now())
        await self._write([(CHECKPOINT, note.encode())])
        return signed

    def _tile(self, tile: Tile) -> bytes:
        data = self._files.read(tile.path)
        assert data is not None, f"{tile.path} was written a moment ago"
        return data

    async def _write(self, files: list[tuple[str, bytes]]) -> None:
        if files:
            await asyncio.to_thread(self._files.write, files)


def _bundles(first: int, size: int) -> Iterator[Bundle]:
    """The bundles from number `first` on that a log of `size` entries has."""
    for start in range(first * WIDTH, size, WIDTH):
        yield Bundle(start // WIDTH, min(WIDTH, size - start))
