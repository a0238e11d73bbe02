"""The bank's book: what was ordered, what was paid, what is still to be written to customers.

One SQLite file. Each step is one transaction, and what the bank says is stored with what it did:
killed at any instant, it goes on where it was and pays nothing twice.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from homeward.bank.messages import Account, Movement

OPENING = Decimal(1_000_000_000)
"""What every customer has to begin with."""

_SCHEMA = """
create table if not exists message (
    message_id text primary key, digest text not null, answer integer not null
);
create table if not exists transfer (
    end_to_end_id text primary key, message_id text not null
);
create table if not exists movement (
    id integer primary key,
    message_id text not null,
    grouping text not null,
    account text not null,
    scheme text not null,
    end_to_end_id text not null,
    uetr text,
    amount text not null,
    currency text not null,
    returned text,
    notices integer not null,
    due_at text not null,
    booked_at text
);
create unique index if not exists once on movement (end_to_end_id, (returned is not null));
create table if not exists account (
    number text, currency text, balance text not null, statements integer not null,
    primary key (number, currency)
);
create table if not exists outgoing (
    id integer primary key, kind text not null, content blob not null, written integer not null
);
"""


@dataclass(frozen=True)
class Due:
    """A movement that will be booked, and how often the customer is told of it."""

    movement: Movement
    account: Account
    notices: int
    at: datetime


class Book:
    """Everything that the bank remembers."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = full")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        self._db.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")

    # Orders

    def digest_of(self, message_id: str) -> str | None:
        """The digest of the file that came under this id; None when none did."""
        row = self._db.execute(
            "select digest from message where message_id = ?", (message_id,)
        ).fetchone()
        return row[0] if row else None

    def knows(self, end_to_end_id: str) -> bool:
        found = self._db.execute("select 1 from transfer where end_to_end_id = ?", (end_to_end_id,))
        return found.fetchone() is not None

    def take(self, message_id: str, digest: str, transfers: Sequence[str], answer: int) -> None:
        """Remember the order, its transfers and which outgoing message was the answer."""
        self._db.execute("insert into message values (?, ?, ?)", (message_id, digest, answer))
        self._db.executemany(
            "insert into transfer values (?, ?)", [(each, message_id) for each in transfers]
        )

    def answer_again(self, message_id: str) -> None:
        """The same answer as the first time, once more."""
        self._db.execute(
            "insert into outgoing (kind, content, written) select o.kind, o.content, 0"
            " from outgoing o join message m on o.id = m.answer where m.message_id = ?",
            (message_id,),
        )

    # Money

    def plan(self, due: Due) -> None:
        movement, account = due.movement, due.account
        self._db.execute(
            "insert into movement (message_id, grouping, account, scheme, end_to_end_id, uetr,"
            " amount, currency, returned, notices, due_at) values (?,?,?,?,?,?,?,?,?,?,?)",
            (
                movement.message_id,
                movement.group,
                account.number,
                account.scheme,
                movement.end_to_end_id,
                movement.uetr,
                movement.amount,
                movement.currency,
                movement.returned,
                due.notices,
                due.at.isoformat(),
            ),
        )

    def due(self, now: datetime) -> list[Due]:
        """What is to be booked by now, in the order in which it was planned."""
        rows = self._db.execute(
            "select id, message_id, grouping, account, scheme, end_to_end_id, uetr, amount,"
            " currency, returned, notices, due_at from movement"
            " where booked_at is null and due_at <= ? order by id",
            (now.isoformat(),),
        )
        return [
            Due(
                Movement(f"BANK{row[0]:010}", *row[1:3], *row[5:10]),
                Account(row[3], row[4], row[8]),
                row[10],
                datetime.fromisoformat(row[11]),
            )
            for row in rows
        ]

    def settle(
        self, account: Account, movements: Sequence[Movement], now: datetime
    ) -> tuple[int, Decimal]:
        """Book them; the number of the account's next statement and the balance before it."""
        key = (account.number, account.currency)
        self._db.execute(
            "insert into account values (?, ?, ?, 0) on conflict do nothing", (*key, str(OPENING))
        )
        number, before = self._db.execute(
            "select statements + 1, balance from account where number = ? and currency = ?", key
        ).fetchone()
        opening = Decimal(before)
        closing = opening + sum((movement.signed for movement in movements), Decimal(0))
        self._db.execute(
            "update account set statements = ?, balance = ? where number = ? and currency = ?",
            (number, str(closing), *key),
        )
        self._db.executemany(
            "update movement set booked_at = ? where id = ?",
            [(now.isoformat(), int(m.reference.removeprefix("BANK"))) for m in movements],
        )
        return number, opening

    # Letters to customers

    def next_answer(self) -> str:
        """The id of the next outgoing message."""
        [number] = self._db.execute("select coalesce(max(id), 0) + 1 from outgoing").fetchone()
        return f"ANSWER-{number:08}"

    def send(self, kind: str, content: bytes) -> int:
        """Put a message into the outgoing mail; its number."""
        sent = self._db.execute(
            "insert into outgoing (kind, content, written) values (?, ?, 0)", (kind, content)
        )
        assert sent.lastrowid is not None, "a row was inserted"
        return sent.lastrowid

    def unwritten(self) -> list[tuple[int, str, bytes]]:
        """Number, kind and content of what no customer has yet, in order."""
        return self._db.execute(
            "select id, kind, content from outgoing where not written order by id"
        ).fetchall()

    def written(self, number: int) -> None:
        self._db.execute("update outgoing set written = 1 where id = ?", (number,))
