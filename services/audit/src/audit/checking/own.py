"""One pass over what the audit service itself keeps: the log's table, its index, its files.

Each entry under its leaf, all leaves under each root that was signed; the columns and the index by
which an entry is found against what it says itself; the hash tiles and the entry bundles against
the table. Who holds the service's database or its disk can change these as well as any other.

What the indexes of cases, of grants and of what stands alone say follows from the entries too; it
is not held against them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import msgspec

from audit.checking.compare import CAME_SO, Found, Pass
from audit.checking.signed import Roots
from audit.domain.difference import CHECKPOINTS, FILES, LOG, MENTIONS, Kind
from audit.domain.tiles import WIDTH, Bundle, Edge, first_under, pack
from audit.log import mentions, table
from audit.log.files import LogFiles
from audit.log.logged import Logged
from audit.log.proofs import Signed
from events.service import Connection
from events.values import Code

PAGE = 4 * WIDTH
"""So many entries are in memory at once, each of up to 64 KiB."""

Pace = Callable[[], Awaitable[None]]
Look = Callable[[Sequence[Logged]], Awaitable[None]]


async def compare_own(
    log: Connection,
    files: LogFiles,
    signed: Signed | None,
    pace: Pace,
    *,
    look: Look | None = None,
    repair: bool = False,
) -> Mapping[Code, Pass]:
    """Every entry of the log, by what was looked at. `pace` is awaited between pages.

    `look` is shown every entry that is what was logged.
    `repair`: a file that is not what follows from the table is written anew. Only where a pass has
    just found that the table is what was signed.
    """
    roots = await Roots.read(log, files, signed)
    end = await table.size_of(log)  # after them: what was signed is not behind it
    walk = _Walk(files, roots, signed.checkpoint.size if signed else 0, repair)
    for start in range(0, end, PAGE):
        entries = await walk.page(log, start, min(start + PAGE, end))
        if look is not None:
            await look(entries)
        await pace()
    await walk.count_mentions(log, end)
    if signed is not None and end < signed.checkpoint.size:
        last = signed.checkpoint.size - 1
        walk.entries.append(Found(Kind.ROLLED_BACK, end, last, end, ""))
    if beyond := await table.beyond(log):
        walk.entries.append(Found(Kind.MISFILED, beyond[0], beyond[-1], beyond[0], ""))
    return {
        LOG: Pass(end, end, tuple(walk.entries)),
        MENTIONS: Pass(end, end, tuple(walk.mentions)),
        CHECKPOINTS: Pass(end, end, (*roots.found, *roots.missing(), *roots.beyond(end))),
        FILES: Pass(end, end, () if walk.entries else tuple(_runs(walk.files))),
    }


@dataclass
class _Walk:
    """What was seen from the first entry to where it has come."""

    _files: LogFiles
    _roots: Roots
    _signed: int
    """So many entries have files."""
    _repair: bool
    entries: list[Found] = field(default_factory=list)
    mentions: list[Found] = field(default_factory=list)
    files: list[Found] = field(default_factory=list)
    _edge: Edge = field(default_factory=Edge)
    _sound: int = 0
    """The last size at which the root was the one that was signed."""
    _mentioned: int = 0
    """How many rows of the index follow from what was seen."""

    async def page(self, log: Connection, start: int, end: int) -> list[Logged]:
        rows = await log.fetch(
            "select index, source, position, version, stream, type, names, leaf, entry,"  # noqa: S608
            f" {CAME_SO} as came_so from log_entry logged where index >= $1 and index < $2"
            " order by index",
            start,
            end,
        )
        entries = await asyncio.to_thread(self._look_at, rows, start, end)
        told = [each for entry in entries for each in mentions.mentioned(entry)]
        self._mentioned += len(told)
        absent = await mentions.absent(log, told)
        streams = {entry.index: entry.stream for entry in entries}
        self.mentions += [
            Found(Kind.DELETED, index, index, index, streams[index]) for index in absent
        ]
        return entries

    def _look_at(self, rows: Sequence[Any], start: int, end: int) -> list[Logged]:
        """The entries that are what was logged."""
        stands = {row["index"]: row for row in rows}
        sound = []
        for index in range(start, end):
            row = stands.get(index)
            if row is None:
                self.entries.append(Found(Kind.DELETED, index, index, index, ""))
                continue
            entry = _opened(row)
            if entry is None:
                self.entries.append(Found(Kind.EDITED, index, index, index, row["stream"]))
                continue
            if not _in_its_place(entry, row):
                self.entries.append(Found(Kind.MISFILED, index, index, index, entry.stream))
            sound.append(entry)
            self._grow(entry)
        if len(sound) == end - start:
            self._look_at_bundles(sound)
        return sound

    def _grow(self, entry: Logged) -> None:
        if self._edge.size != entry.index:  # one before it is not there: no root says anything
            return
        for tile, data in self._edge.add(entry.leaf):
            if self._edge.size <= self._signed:
                self._hold(tile.path, data, first_under(tile), entry.index)
        size = self._edge.size
        if not self._roots.at(size, self._edge.root) and not self.entries:
            self.entries.append(Found(Kind.REPLACED, self._sound, size - 1, self._sound, ""))
        elif self._roots.known(size):
            self._sound = size
        if size == self._signed:
            for tile, data in self._edge.partial_tiles():
                self._hold(tile.path, data, first_under(tile), entry.index)

    def _look_at_bundles(self, entries: Sequence[Logged]) -> None:
        """The bundles of these entries, which are a page and begin one."""
        for at in range(0, len(entries), WIDTH):
            first = entries[at].index
            told = [e.raw for e in entries[at : at + WIDTH] if e.index < self._signed]
            if told:
                bundle = Bundle(first // WIDTH, len(told))
                self._hold(bundle.path, pack(told), first, first + len(told) - 1)

    def _hold(self, path: str, data: bytes, first: int, last: int) -> None:
        stands = self._files.read(path)
        if stands == data:
            return
        kind = Kind.DELETED if stands is None else Kind.EDITED
        self.files.append(Found(kind, first, last, first, ""))
        if self._repair:
            self._files.write([(path, data)])

    async def count_mentions(self, log: Connection, end: int) -> None:
        """Rows of the index that no entry stands behind show in the number of all."""
        stands = await mentions.count(log, end)
        if not self.entries and stands > self._mentioned - len(self.mentions):
            self.mentions.append(Found(Kind.MISFILED, 0, end - 1, 0, ""))


def _opened(row: Any) -> Logged | None:
    raw = bytes(row["entry"])
    if sha256(b"\0" + raw).digest() != bytes(row["leaf"]):
        return None
    try:
        return Logged.opened(row["index"], row["source"], raw)
    except msgspec.MsgspecError:
        return None


def _in_its_place(entry: Logged, row: Any) -> bool:
    """Whether the columns say what the entry does; of one that came out of place that is noted."""
    told = entry.envelope
    columns = (row["stream"], row["type"], str(row["version"]), tuple(row["names"]))
    if columns != (entry.stream, entry.type, told.sequence, entry.names):
        return False
    came = (row["source"], str(row["position"])) == (told.service, told.position)
    return came or bool(row["came_so"])


def _runs(found: Sequence[Found]) -> Iterator[Found]:
    """Files of one kind whose entries follow on each other are one."""
    run: Found | None = None
    for each in sorted(found, key=lambda one: (one.kind, one.position, one.last)):
        if run is not None and run.kind == each.kind and each.position <= run.last + 1:
            run = Found(run.kind, run.position, max(run.last, each.last), run.entry, "")
            continue
        if run is not None:
            yield run
        run = each
    if run is not None:
        yield run
