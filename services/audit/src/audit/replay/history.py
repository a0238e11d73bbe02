"""Where a replay reads the log: the running one's table, or a folder or zip that somebody took."""

import base64
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import asyncpg
import msgspec

from audit.domain.happened import happened
from audit.domain.merkle import leaf_hash
from audit.domain.tiles import LENGTH_BYTES, Edge, bundles_of
from events.envelope import Envelope, open_entry

PAGE = 2_000
CHECKPOINT = "checkpoint"
SIZE_LINE, ROOT_LINE = 1, 2


class BadHistory(Exception):
    """There is no log there, or not the one that its checkpoint speaks of."""


@dataclass(frozen=True)
class Told:
    """An entry of the log, opened."""

    index: int
    envelope: Envelope
    raw: bytes

    @property
    def source(self) -> str:
        return self.envelope.service

    @property
    def position(self) -> int:
        return int(self.envelope.position)


class History(Protocol):
    """A log, from its first entry on."""

    @property
    def size(self) -> int: ...

    def pages(self) -> AsyncIterator[Sequence[Told]]: ...


_ROOTS = """select distinct on ((size - 1) / $2) size, root from log_checkpoint
    where size <= coalesce(
        (select min(size) from log_checkpoint where size >= $1),
        (select max(size) from log_checkpoint))
    order by (size - 1) / $2, size desc"""
"""Of each page the last that was signed, until all that is told is covered."""


@dataclass
class LoggedHistory:
    """The running log, up to where it stood when it was opened."""

    connection: Any
    size: int

    async def pages(self) -> AsyncIterator[Sequence[Told]]:
        """All of it, each entry held against its leaf, and all leaves against the roots that were
        signed. `BadHistory` where they differ: who signed, audit-verify asks.
        """
        roots = await self._roots()
        edge, sound = Edge(), 0
        until = max(self.size, *roots, 0)
        for start in range(0, until, PAGE):
            page = await self._page(start, min(start + PAGE, until))
            for raw in page:
                for _ in edge.add(leaf_hash(raw)):
                    continue
                if edge.size in roots:
                    if edge.root() != roots[edge.size]:
                        raise BadHistory(
                            f"Of the log's entries {sound} to {edge.size - 1} one is not what was"
                            " signed."
                        )
                    sound = edge.size
            told = page[: max(self.size - start, 0)]
            yield [_told(start + at, raw) for at, raw in enumerate(told)]

    async def _roots(self) -> dict[int, bytes]:
        rows = await self.connection.fetch(_ROOTS, self.size, PAGE)
        return {row["size"]: bytes(row["root"]) for row in rows}

    async def _page(self, start: int, end: int) -> list[bytes]:
        rows = await self.connection.fetch(
            "select index, leaf, entry from log_entry where index >= $1 and index < $2"
            " order by index",
            start,
            end,
        )
        stands = {row["index"]: row for row in rows}
        for index in range(start, end):
            if index not in stands:
                raise BadHistory(f"Entry {index} of the log is missing from its table.")
            if leaf_hash(stands[index]["entry"]) != bytes(stands[index]["leaf"]):
                raise BadHistory(f"Entry {index} of the log is not the one that was logged.")
        return [bytes(row["entry"]) for row in rows]


@asynccontextmanager
async def running_log(address: str, size: int | None = None) -> AsyncIterator[LoggedHistory]:
    """The log at the audit service's database; its first `size` entries, or all."""
    connection = await asyncpg.connect(
        address, server_settings={"default_transaction_read_only": "on"}
    )
    try:
        stands = int(await connection.fetchval("select size from log_head"))
        if size is not None and size > stands:
            raise BadHistory(f"The log has {stands} entries, not {size}.")
        yield LoggedHistory(connection, stands if size is None else size)
    finally:
        await connection.close()


@dataclass
class FolderHistory:
    """A copy of the log, as `homeward audit bundle` makes it or the service publishes it."""

    read: Callable[[str], bytes | None]
    size: int
    root: bytes
    """What the checkpoint says that the entries come to. Who signed it, audit-verify asks."""

    async def pages(self) -> AsyncIterator[Sequence[Told]]:
        """All of it, held against the checkpoint's root. `BadHistory` at the end if it differs."""
        edge = Edge()
        for bundle in bundles_of(self.size):
            packed = self.read(bundle.path)
            if packed is None:
                raise BadHistory(f"{bundle.path} is missing: there is not all of the log here.")
            start, entries = edge.size, list(_unpacked(packed, bundle.path))
            for raw in entries:
                for _ in edge.add(leaf_hash(raw)):
                    continue
            yield [_told(start + number, raw) for number, raw in enumerate(entries)]
        if self.size and edge.root() != self.root:
            raise BadHistory(
                "The entries are not those that the checkpoint is about; audit-verify says where."
            )

    @classmethod
    def open(cls, path: Path) -> "FolderHistory":
        """The copy at that path, a folder or a zip. `BadHistory` when it is none."""
        read = _reader(path)
        note = read(CHECKPOINT)
        if note is None:
            raise BadHistory(f"{path} has no file `checkpoint`: it is no copy of a log.")
        lines = note.decode(errors="replace").split("\n")
        try:
            size, root = int(lines[SIZE_LINE]), _base64(lines[ROOT_LINE])
        except (IndexError, ValueError):
            raise BadHistory(f"The checkpoint in {path} cannot be read.") from None
        return cls(read, size, root)


def _reader(path: Path) -> Callable[[str], bytes | None]:
    if path.is_dir():
        return lambda name: (path / name).read_bytes() if (path / name).is_file() else None
    if not path.is_file():
        raise BadHistory(f"There is no folder and no file {path}.")
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        raise BadHistory(f"{path} is neither a folder nor a zip.") from None
    names = set(archive.namelist())
    return lambda name: archive.read(name) if name in names else None


def _base64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _unpacked(packed: bytes, path: str) -> Iterator[bytes]:
    at = 0
    while at < len(packed):
        length = int.from_bytes(packed[at : at + LENGTH_BYTES], "big")
        at += LENGTH_BYTES
        entry = packed[at : at + length]
        if len(entry) < length:
            raise BadHistory(f"{path} is cut off.")
        at += length
        yield entry


def _told(index: int, raw: bytes) -> Told:
    try:
        return Told(index, open_entry(raw), raw)
    except msgspec.MsgspecError:
        raise BadHistory(f"Entry {index} is no event.") from None


@dataclass
class Cut:
    """What of a history is told: up to when it happened, and what was known by when."""

    happened: datetime | None = None
    known: datetime | None = None
    size: int | None = None
    """Known is what the log's first so many entries tell."""

    def __post_init__(self) -> None:
        self.later = 0
        """How many entries were left out because they happened later."""
        self.behind = 0
        """How many because they stand in their stream behind one that did."""
        self.unknown = 0
        """How many because nobody knew of them yet."""
        self._ended: set[str] = set()
        self._broken: set[tuple[str, str]] = set()

    def takes(self, told: Told) -> bool:
        """Whether it belongs. To be asked once of each, in order.

        What a source recorded behind something too late is too late, and so is what stands in a
        stream behind something that happened later: neither is ever told with a hole.
        """
        if self.known is not None and told.envelope.recordedtime > self.known:
            self._ended.add(told.source)
        if told.source in self._ended or (self.size is not None and told.index >= self.size):
            self.unknown += 1
            return False
        if self.happened is None:
            return True
        stream = (told.source, told.envelope.subject)
        if stream in self._broken:
            self.behind += 1
            return False
        if happened(told.envelope) > self.happened:
            self.later += 1
            self._broken.add(stream)
            return False
        return True
