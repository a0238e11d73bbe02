"""From the table to the files: tiles and bundles, the signature, the witnesses, the checkpoint.

The files are a pure function of the table. After a crash the publisher reads the leaves again up
to the published checkpoint and goes on from there; what was half done is done again.

While the witnesses of the policy are not enough, nothing is published and nothing more is signed:
what waits can be seen (`pending`). Every checkpoint that was ever signed is published in turn. One
publisher leads; where two are at it all the same, the signer keeps them on one history, and who is
overtaken begins anew.
"""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from opentelemetry.metrics import CallbackOptions, Observation

from audit.domain.merkle import consistency_proof
from audit.domain.note import BadNote, Checkpoint, VerifierKey, read_checkpoint
from audit.domain.tiles import WIDTH, Bundle, Edge, Tile, over_tiles, pack
from audit.log import table
from audit.log.files import CHECKPOINT, PENDING, REFUSED, VKEY, LogFiles
from audit.log.signer import WouldFork
from audit.log.signing import Signing
from audit.log.witnesses import Witnesses
from events.io.telemetry import meter
from events.ports import Clock
from events.service import Connection

PAGE = 4 * WIDTH
"""So many entries are read while so many are written: all that is in memory of the log, each of
up to 64 KiB."""
PAUSE_SECONDS = 0.25
"""Between two looks at the table where nothing is to be published."""
TOGETHER_SECONDS = 2.0
"""What follows from one act comes within moments: an event waits so long for its checkpoint, so
that they share one. Each is kept for ever, and is larger than the entries that it covers."""
FULL = WIDTH // 4
"""So many wait no longer: where much comes, receipts are not late."""
ALARM = timedelta(seconds=30)
"""A quorum that is missing for so long is not a witness that was started again."""

log = logging.getLogger("homeward.audit")


class Publisher:
    """Publishes one log."""

    def __init__(
        self,
        view: Connection,
        files: LogFiles,
        signer: Signing,
        witnesses: Witnesses,
        clock: Clock,
    ) -> None:
        self._view = view
        self._files = files
        self._signer = signer
        self._witnesses = witnesses
        self._clock = clock
        self._keys: tuple[VerifierKey, ...] = ()
        self._edge: Edge | None = None
        self._pending: str | None = None
        self._first_seen: datetime | None = None
        self._waits_since: datetime | None = None
        self._refused_since: datetime | None = None
        self._starts = True
        self._told = False
        if (measuring := meter()) is not None:
            measuring.create_observable_gauge(
                "homeward.audit.log_waits",
                [self._observe],
                unit="s",
                description="For how long nothing was published: witnesses or the signer refuse.",
            )

    async def run(self) -> None:
        """Publish what is new, for ever; without a pause while much comes. `WouldFork`,
        `Unavailable`.
        """
        while True:
            await self._keep_keys()
            if not (await self._is_due() and await self.publish()):
                await self._clock.sleep(PAUSE_SECONDS)

    async def _keep_keys(self) -> None:
        """Without them nobody reads what is published, this service neither."""
        told = _told(self._keys)
        if self._keys and self._files.read(VKEY) != told:
            log.critical("the file of the log's keys was changed; it is written anew")
            await self._write([(VKEY, told)])

    async def _is_due(self) -> bool:
        """Whether the first of the entries that are not signed has waited for others long enough.

        What begins, what waits for its witnesses, and whatever is wrong is looked at each time.
        """
        if self._pending is not None or self._edge is None:
            return True
        waiting = await table.size_of(self._view) - self._edge.size
        if waiting == 0:
            self._first_seen = None
            return False
        self._first_seen = self._first_seen or self._clock.now()
        waited = self._clock.now() - self._first_seen
        return not 0 < waiting < FULL or waited >= timedelta(seconds=TOGETHER_SECONDS)

    @property
    def waits(self) -> timedelta:
        """For how long the signer or the witnesses have kept it waiting; mostly not at all."""
        since = self._waits_since
        return self._clock.now() - since if since is not None else timedelta()

    def _observe(self, _options: CallbackOptions) -> Iterator[Observation]:
        refused = self._refused_since is not None
        for because, so in (("signer", refused), ("witnesses", not refused)):
            yield Observation(self.waits.total_seconds() if so else 0, {"because": because})

    async def publish(self) -> Checkpoint | None:
        """Publish what is new; None when nothing is, or when its witnesses are not enough."""
        if self._pending is None:
            try:
                self._pending = await self._sign()
            except WouldFork as fork:
                await self._note_refused(fork)
                raise
            self._note_agreed()
        return await self._witnessed(self._pending) if self._pending is not None else None

    async def _sign(self) -> str | None:
        """Sign the log as it stands, its files written; None when there is nothing new.

        What was signed before and is not published yet comes first, as it was signed.
        """
        self._first_seen = None
        edge = self._edge or await self._begin()
        self._edge = None  # a failure leaves it half grown: begin anew then
        last = (await self._signer.last()).size
        if last < edge.size:
            raise WouldFork(f"{edge.size} is published, and the signer remembers {last} as last")
        size = await table.size_of(self._view)
        if size < last:
            raise WouldFork(f"the table ends at {size}, {last} was signed")
        if last > edge.size:
            size = last
        note = None
        if size > edge.size:
            try:
                note = await self._grow(edge, last, size)
            except WouldFork:
                if not await self._overtaken(last):
                    raise
                return None
        self._edge = edge
        return note

    async def _overtaken(self, size: int) -> bool:
        """Whether another publisher of this log has had more signed since: then begin anew."""
        return (await self._signer.last()).size > size

    async def _witnessed(self, note: str) -> Checkpoint | None:
        """Publish it with its cosignatures; None when they are not enough."""
        signed = read_checkpoint(note.encode(), self._keys)
        complete = over_tiles(signed.size, self._tile)
        cosigned = await self._witnesses.cosigned(
            note, signed.size, lambda old: consistency_proof(complete, old, signed.size)
        )
        if cosigned is None:
            self._note_waiting(signed.size)
            if await self._overtaken(signed.size):
                self._pending = self._edge = None
            return None
        self._waits_since, self._told = None, False
        last = await self._signer.last()
        before = last.before if last.size == signed.size else None
        now = self._clock.now()
        kept = await table.keep_checkpoint(self._view, signed, cosigned, now, before)
        if kept.startswith(signed.text) and _signatures(kept) >= _signatures(cosigned):
            cosigned = kept  # it was kept, and cosigned, before it came to be published
        await self._write([(CHECKPOINT, cosigned.encode())])
        self._files.remove(PENDING)
        self._pending = None
        return signed

    async def _note_refused(self, fork: WouldFork) -> None:
        """Tell the operator, once, that the table is not what was signed; it stays on the page."""
        if self._refused_since is not None:
            return
        self._refused_since = self._waits_since = self._clock.now()
        log.critical("nothing is published: the table is not what was signed: %s", fork)
        if self._files.read(REFUSED) is None:
            await self._write([(REFUSED, self._refused_since.isoformat().encode())])

    def _note_agreed(self) -> None:
        if self._refused_since is not None or self._starts:
            self._files.remove(REFUSED)
            self._refused_since = self._waits_since = None
            self._starts = False

    def _note_waiting(self, size: int) -> None:
        """Tell the operator, once for each time that the quorum is missing for long."""
        if self._waits_since is None:
            self._waits_since = self._clock.now()
        if self.waits >= ALARM and not self._told:
            log.error("the quorum of witnesses is missing: %d entries wait to be published", size)
            self._told = True

    async def _begin(self) -> Edge:
        """The edge of the tree that is published already."""
        self._keys = await self._signer.keys()
        await asyncio.to_thread(self._files.tidy)
        self._files.remove(PENDING)
        await self._write([(VKEY, _told(self._keys))])
        edge = Edge()
        published = self._published()
        while published is not None and edge.size < published.size:
            end = min(edge.size + PAGE, published.size)
            leaves = await table.leaves(self._view, edge.size, end)
            if not leaves:
                raise WouldFork(f"the table ends at {edge.size}, {published.size} is published")
            for _ in edge.add(*leaves):
                pass
        if published is not None and edge.root() != published.root:
            raise WouldFork(f"the table has another root at {published.size} than is published")
        return edge

    def _published(self) -> Checkpoint | None:
        note = self._files.read(CHECKPOINT)
        if note is None:
            return None
        try:
            return read_checkpoint(note, self._keys)
        except BadNote as bad:
            log.warning("the published checkpoint is not ours (%s): publishing anew", bad)
            return None

    async def _grow(self, edge: Edge, last: int, size: int) -> str:
        start = edge.size - edge.size % WIDTH  # the bundle that is not full is written anew
        page = await self._page(start, size)
        while page:
            leaves = [leaf for leaf, _ in page[edge.size - start :]]
            tiles = [(tile.path, data) for tile, data in edge.add(*leaves)]
            bundles = _bundles(start, [entry for _, entry in page])
            start += len(page)
            _, page = await asyncio.gather(self._write([*tiles, *bundles]), self._page(start, size))
        await self._write([(tile.path, data) for tile, data in edge.partial_tiles()])
        complete = over_tiles(size, self._tile)
        proof = await asyncio.to_thread(consistency_proof, complete, last, size)
        note = await self._signer.sign(size, edge.root(), proof)
        await self._write([(PENDING, note.encode())])
        return note

    async def _page(self, start: int, size: int) -> list[tuple[bytes, bytes]]:
        """Leaves and entries from there on; none where the log of that size ends."""
        end = min(start + PAGE, size)
        page = await table.leaves_and_entries(self._view, start, end)
        if len(page) < end - start:
            raise WouldFork(f"the table says that it has {size} entries, and ends before")
        return page

    def _tile(self, tile: Tile) -> bytes:
        data = self._files.read(tile.path)
        assert data is not None, f"{tile.path} was written a moment ago"
        return data

    async def _write(self, files: list[tuple[str, bytes]]) -> None:
        if files:
            await asyncio.to_thread(self._files.write, files)


def _signatures(note: str) -> int:
    return note.count("\n— ")


def _told(keys: Sequence[VerifierKey]) -> bytes:
    return "".join(f"{key}\n" for key in keys).encode()


def _bundles(start: int, entries: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """The files of the bundles that these entries fill, the first of which begins a bundle."""
    for at in range(0, len(entries), WIDTH):
        told = entries[at : at + WIDTH]
        yield Bundle((start + at) // WIDTH, len(told)).path, pack(told)
