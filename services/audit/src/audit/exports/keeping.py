"""What was exported, kept under the digest of its bytes: a zip on the disk, whole or absent."""

import hashlib
import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import IO, Any

import msgspec

from audit.exports.packing import Packer
from audit.exports.scope import Create
from audit.log.files import LogFiles
from events.values import Digest

CHUNK = 1 << 20


class Kept(msgspec.Struct, frozen=True):
    """A file that is kept."""

    digest: Digest
    size: int


class KeptFiles:
    """The folder with all that was exported, beside the log's own."""

    def __init__(self, log: LogFiles) -> None:
        self.folder = log.folder.with_name("exports")

    def path(self, digest: Digest) -> Path:
        return self.folder / f"{digest}.zip"

    def keep(self, fill: Callable[[Create], None], about: dict[str, Any]) -> Kept:
        """Keep a zip of the files that `fill` makes, under a manifest that begins with `about`.

        What fails half-way leaves nothing behind.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        beside = self.folder / f"{os.getpid()}-{id(fill)}.new"
        try:
            with beside.open("wb") as file, closing(Packer(file)) as packer:
                fill(packer.create)
                packer.finish(about)
            with beside.open("rb") as made:
                os.fsync(made.fileno())
                digest = Digest(_digest(made))
                size = made.tell()
            beside.replace(self.path(digest))
        finally:
            beside.unlink(missing_ok=True)
        return Kept(digest, size)


def _digest(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while part := file.read(CHUNK):
        digest.update(part)
    return digest.hexdigest()
