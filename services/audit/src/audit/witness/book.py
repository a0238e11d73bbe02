"""The witness's one file: its keys, and of each log the newest checkpoint that it cosigned."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from audit.domain.merkle import EMPTY_ROOT

WAIT_SECONDS = 10.0
SCHEMA = """
create table if not exists witness_key (
    kind text primary key,
    secret blob not null
) strict;
create table if not exists cosigned (
    origin text primary key,
    size integer not null,
    root blob not null check (length(root) = 32),
    note text not null
) strict;
"""


@dataclass(frozen=True)
class Cosigned:
    """The newest checkpoint of a log that was cosigned here; the empty tree before the first."""

    size: int = 0
    root: bytes = EMPTY_ROOT
    note: str | None = None


class Book:
    """Opened anew for each request, so that one file serves threads and processes alike."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        with closing(self._open()) as book:
            book.executescript(SCHEMA)

    def _open(self) -> sqlite3.Connection:
        book = sqlite3.connect(self._path, timeout=WAIT_SECONDS, isolation_level=None)
        book.execute("pragma synchronous = full")
        return book

    def keys(self) -> tuple[Ed25519PrivateKey, MLDSA44PrivateKey]:
        """The witness's own, made when it begins."""
        with self.writing() as book:
            for kind, make in (("ed25519", Ed25519PrivateKey), ("ml-dsa-44", MLDSA44PrivateKey)):
                book.execute(
                    "insert into witness_key values (?, ?) on conflict do nothing",
                    (kind, make.generate().private_bytes_raw()),
                )
            secret = dict(book.execute("select kind, secret from witness_key").fetchall())
        return (
            Ed25519PrivateKey.from_private_bytes(secret["ed25519"]),
            MLDSA44PrivateKey.from_seed_bytes(secret["ml-dsa-44"]),
        )

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Nobody else writes meanwhile; on the disk when it ends, undone when it fails."""
        with closing(self._open()) as book:
            book.execute("begin immediate")
            try:
                yield book
            except BaseException:
                book.execute("rollback")
                raise
            book.execute("commit")

    def newest(self, origin: str) -> Cosigned:
        with closing(self._open()) as book:
            return newest(book, origin)


def newest(book: sqlite3.Connection, origin: str) -> Cosigned:
    found = book.execute("select size, root, note from cosigned where origin = ?", (origin,))
    row = found.fetchone()
    return Cosigned(*row) if row else Cosigned()


def keep(book: sqlite3.Connection, origin: str, cosigned: Cosigned) -> None:
    book.execute(
        "insert or replace into cosigned (origin, size, root, note) values (?, ?, ?, ?)",
        (origin, cosigned.size, cosigned.root, cosigned.note),
    )
