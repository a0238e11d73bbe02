"""The provider's book: every request under its correlation id, and what became of it.

One SQLite file, one transaction a step: killed at any instant, it carries nothing out twice.
"""

import sqlite3
import uuid
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

_SCHEMA = """
create table if not exists request (
    correlation text primary key,
    server_correlation text not null unique,
    reference text not null unique,
    body text not null,
    status text not null,
    error text,
    callback text,
    due_at text not null,
    taken_at text not null,
    decided_at text,
    polls integer not null default 0
);
create table if not exists reversal (
    original text primary key,
    reference text not null,
    made_at text not null
);
"""
_COLUMNS = (
    "correlation, server_correlation, reference, body, status, error, callback, due_at, taken_at,"
    " decided_at"
)


@dataclass(frozen=True)
class Request:
    """A request as it stands."""

    correlation: str
    server_correlation: str
    reference: str
    """The provider's own, of the transaction."""
    body: str
    status: str
    error: str | None
    """The code of what it fails with, or will."""
    callback: str | None
    due_at: str
    taken_at: str
    decided_at: str | None

    @property
    def began_at(self) -> str:
        return self.taken_at


@dataclass(frozen=True)
class Reversal:
    """A transaction that takes another one back."""

    reference: str
    original: str
    made_at: str

    @property
    def began_at(self) -> str:
        return self.made_at


def _server_id(correlation: str) -> str:
    """The provider's own correlation id of a request."""
    return str(uuid.UUID(bytes=sha256(correlation.encode()).digest()[:16], version=4))


class Book:
    """Everything that the provider remembers."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("pragma journal_mode = wal")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        self._db.close()

    def take(
        self,
        correlation: str,
        body: str,
        *,
        error: str | None,
        callback: str | None,
        now: datetime,
        due: datetime,
    ) -> Request | None:
        """Remember the request; None when there is one under that correlation id already."""
        number = self._db.execute("select count(*) + 1 from request").fetchone()[0]
        row = (
            correlation,
            _server_id(correlation),
            f"MM{number:08}",
            body,
            "pending",
            error,
            callback,
        )
        try:
            self._db.execute(
                f"insert into request ({_COLUMNS}) values (?,?,?,?,?,?,?,?,?,null)",  # noqa: S608  our own names
                (*row, due.isoformat(), now.isoformat()),
            )
        except sqlite3.IntegrityError:
            return None
        return self.of("correlation", correlation)

    def of(self, column: str, value: str) -> Request | None:
        """The request that has this in that column."""
        row = self._db.execute(
            f"select {_COLUMNS} from request where {column} = ?",  # noqa: S608  our own names
            (value,),
        ).fetchone()
        return Request(*row) if row else None

    def decide(self, now: datetime) -> list[Request]:
        """Carry out what is due, or let it fail; what was decided just now."""
        rows = self._db.execute(
            "update request set"
            " status = case when error is null then 'completed' else 'failed' end, decided_at = ?"
            " where status = 'pending' and due_at <= ? returning correlation",
            (now.isoformat(), now.isoformat()),
        ).fetchall()
        found = (self.of("correlation", correlation) for (correlation,) in rows)
        return [each for each in found if each is not None]

    def reverse(self, original: str, now: datetime) -> "Reversal | None":
        """Take a transaction back, once; None where there is none that was carried out."""
        made = self._db.execute(
            "update request set status = 'reversed' where reference = ? and status = 'completed'"
            " returning reference",
            (original,),
        ).fetchall()
        if made:
            self._db.execute(
                "insert into reversal values (?, ?, ?)",
                (original, f"RV{original}", now.isoformat()),
            )
        return self.reversal(f"RV{original}")

    def reversal(self, reference: str) -> "Reversal | None":
        row = self._db.execute(
            "select reference, original, made_at from reversal where reference = ?", (reference,)
        ).fetchone()
        return Reversal(*row) if row else None

    def all(self) -> "list[Request | Reversal]":
        """Every transaction, the oldest first."""
        requests = self._db.execute(f"select {_COLUMNS} from request")  # noqa: S608  our own names
        reversals = self._db.execute("select reference, original, made_at from reversal")
        found: list[Request | Reversal] = [Request(*row) for row in requests]
        found += [Reversal(*row) for row in reversals]
        return sorted(found, key=lambda each: each.began_at)

    def polled(self, request: Request) -> int:
        """How often its state was asked for, this time included."""
        polls: int = self._db.execute(
            "update request set polls = polls + 1 where correlation = ? returning polls",
            (request.correlation,),
        ).fetchone()[0]
        return polls

    def carried_out(self) -> list[Request]:
        """Every transaction that was made, in the order of their references."""
        rows = self._db.execute(
            f"select {_COLUMNS} from request where status = 'completed' order by reference"  # noqa: S608  our own names
        )
        return [Request(*row) for row in rows]
