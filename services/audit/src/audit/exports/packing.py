"""A zip with a manifest: the same bytes for the same files, packed without being held in memory."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast

BEGINNING = (1980, 1, 1, 0, 0, 0)
"""A zip's earliest date: a bundle tells of nothing but the log."""
MANIFEST = "manifest.jsonl"


def line(told: object) -> bytes:
    """One line of a .jsonl, in canonical form."""
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"{text}\n".encode()


class Packer:
    """Packs one file after the other; `finish` adds the manifest, which lists them all."""

    def __init__(self, out: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)
        self._listed: list[dict[str, Any]] = []

    def put(self, name: str, data: bytes) -> None:
        """Pack a file that is at hand."""
        with self.create(name) as file:
            file.write(data)

    @contextmanager
    def create(self, name: str) -> Iterator[IO[bytes]]:
        """Pack a file that is written bit by bit."""
        info = zipfile.ZipInfo(name, BEGINNING)
        info.compress_type = zipfile.ZIP_DEFLATED
        with self._zip.open(info, "w", force_zip64=True) as file:
            noted = _Noted(file)
            yield cast("IO[bytes]", noted)
        self._listed.append({"name": name, **noted.told()})

    def finish(self, about: dict[str, Any]) -> None:
        """Say what the whole is. Nothing can be packed after that."""
        told = [about, *sorted(self._listed, key=lambda each: str(each["name"]))]
        lines = b"".join(map(line, told))
        digest = hashlib.sha256(lines).hexdigest()
        with self._zip as archive:
            info = zipfile.ZipInfo(MANIFEST, BEGINNING)
            archive.writestr(info, lines + line({"manifest": digest}), zipfile.ZIP_DEFLATED)

    def close(self) -> None:
        """Let go of it, finished or not."""
        self._zip.close()


class _Noted:
    """A file whose bytes are counted and hashed as they are written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._size = 0

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        self._size += len(data)
        return self._file.write(data)

    def writelines(self, lines: Iterator[bytes]) -> None:
        for each in lines:
            self.write(each)

    def told(self) -> dict[str, Any]:
        return {"sha256": self._digest.hexdigest(), "size": self._size}
