"""The file that a command writes: opened before anything is done, in its place when all is done."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True)
class Output:
    """A file beside the one that is wanted. It may tell of restricted cases: nobody but its owner
    reads it, as is so of temporary files.
    """

    file: IO[bytes]
    _beside: Path
    _wanted: Path | None

    def put(self, otherwise: str) -> Path:
        """Put it in its place, which is under that name here where none was wanted."""
        self.file.flush()
        os.fsync(self.file.fileno())
        path = self._wanted or Path(otherwise)
        self._beside.replace(path)
        return path


@contextmanager
def output(wanted: Path | None) -> Iterator[Output]:
    """What is not put in its place leaves nothing behind. `OSError`, `ValueError` at once when
    nothing can be written there.
    """
    if wanted is not None and wanted.exists():
        if not wanted.is_file():
            raise ValueError(f"{wanted} is not a file that can be written anew")
        if not os.access(wanted, os.W_OK):
            raise PermissionError(f"{wanted} may not be written")
    folder = wanted.parent if wanted is not None else Path()
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".new", delete=False) as file:
        beside = Path(file.name)
        try:
            yield Output(file, beside, wanted)
        finally:
            beside.unlink(missing_ok=True)
