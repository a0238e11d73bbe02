"""Receiving: a document is sealed as it comes in, into a file that has no name.

Nothing of it is ever on a disk in the clear, and when the process dies the file is gone with it.
"""

import hashlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from events.documents import SNIFFED_BYTES, Media
from events.io.documents.sealing import Sealing, fresh_key
from events.values import Digest

PART_BYTES = 256 * 1024


class OtherMedia(Exception):
    """It does not begin as a document of the told type begins."""


@dataclass(frozen=True, repr=False)
class Received:
    """A document as it was sent, sealed. To be closed."""

    document: Digest
    """SHA-256 of what was sent."""
    sealed: Digest
    """SHA-256 of what will lie in the store."""
    size: int
    media: Media
    key: bytes
    file: IO[bytes] = field(compare=False)

    @property
    def sealed_size(self) -> int:
        return self.file.seek(0, 2)

    async def parts(self) -> AsyncIterator[bytes]:
        """The sealed bytes, from the beginning."""
        self.file.seek(0)
        while part := self.file.read(PART_BYTES):
            yield part

    def close(self) -> None:
        self.file.close()


async def receive(parts: AsyncIterator[bytes], media: Media, folder: Path | None) -> Received:
    """Take a document in, part by part. `OtherMedia` as soon as its beginning tells.

    `folder`: on whose disk the sealed bytes wait; the machine's temporary one without it.
    """
    key, file = fresh_key(), tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  whoever is given it
    try:
        sealing, plain, sealed, size = Sealing(key), hashlib.sha256(), hashlib.sha256(), 0
        async for part in _as_told(parts, media):
            plain.update(part)
            size += len(part)
            _write(file, sealing.update(part), sealed)
        _write(file, sealing.finish(), sealed)
    except BaseException:
        file.close()
        raise
    digests = Digest(plain.hexdigest()), Digest(sealed.hexdigest())
    return Received(*digests, size, media, key, file)


async def _as_told(parts: AsyncIterator[bytes], media: Media) -> AsyncIterator[bytes]:
    """The same parts, once their beginning is that of the type."""
    head = b""
    async for part in parts:
        if len(head) < SNIFFED_BYTES:
            head = (head + part)[:SNIFFED_BYTES]
            if len(head) == SNIFFED_BYTES and not media.begins(head):
                raise OtherMedia
        yield part
    if not media.begins(head):
        raise OtherMedia


def _write(file: IO[bytes], data: bytes, digest: "hashlib._Hash") -> None:
    file.write(data)
    digest.update(data)
