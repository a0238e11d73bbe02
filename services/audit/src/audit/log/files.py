"""The log as files, as any cache or object store can serve them, and how they come to be there.

A file is written beside its name, brought to the disk and renamed, and the folder as well is
brought to the disk: at every instant a file is whole or absent. Many are brought to the disk side
by side: a file system does that for several at once in the time of one.
"""

import os
from collections import deque
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CHECKPOINT = "checkpoint"
VKEY = "vkey"
POLICY = "policy"
"""Which witnesses are asked: written beside the log's folder by who runs the service."""
HALF_DONE = ".new"
SIDE_BY_SIDE = 8
PENDING = "pending"
REFUSED = "refused"
"""Since when the signer refuses to sign what the table says."""
"""A checkpoint that is signed, as long as its witnesses have not come forward."""


class LogFiles:
    """A folder with the log's tiles, its entry bundles and its newest checkpoint."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def write(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write them all; they are on the disk when this returns."""
        whole = [(self.folder / name, data) for name, data in files]
        folders = {each for target, _ in whole for each in _made(target.parent)}
        with ThreadPoolExecutor(SIDE_BY_SIDE) as workers:
            deque(workers.map(lambda each: write_whole(*each), whole), maxlen=0)
            deque(workers.map(_sync, folders), maxlen=0)

    def tidy(self) -> None:
        """Remove what a writer left half done. Only for who alone writes here."""
        for left in self.folder.rglob(f"*{HALF_DONE}"):
            left.unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        """Take the file away, if it is there."""
        (self.folder / name).unlink(missing_ok=True)

    def read(self, name: str) -> bytes | None:
        """The file, None when there is none."""
        try:
            return (self.folder / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def policy(self) -> bytes | None:
        """The policy file, None when there is none."""
        try:
            return self.folder.with_name(POLICY).read_bytes()
        except FileNotFoundError:
            return None


def write_whole(target: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file so that it is whole or absent whatever happens; its folder is left to sync."""
    beside = target.with_name(f"{target.name}.{os.getpid()}{HALF_DONE}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with open(descriptor, "wb") as file:  # noqa: PTH123  a descriptor with its mode
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(target)


def write_now(target: Path, data: bytes, mode: int = 0o644) -> None:
    """`write_whole`, and the name is on the disk as well."""
    write_whole(target, data, mode)
    _sync(target.parent)


def _made(folder: Path) -> list[Path]:
    """Make the folder; it and all that were missing above it, to be brought to the disk."""
    missing = [folder]
    while not missing[-1].exists():
        missing.append(missing[-1].parent)
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
