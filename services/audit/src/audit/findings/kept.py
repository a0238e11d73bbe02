"""The rules' books in a file of their own, so that a start goes on where the last one ended.

All of it follows from the log: a file that is lost, or that other rules wrote, is made again. At
hand is only what the entries since the last `keep` needed, however long the log.
"""

import hashlib
import sqlite3
from functools import partial
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec

from audit.domain import findings
from audit.domain.findings import Books

TABLES = """
create table if not exists thing (
    shelf text not null, name text not null, state blob not null, primary key (shelf, name)
) without rowid;
create table if not exists reading (
    one integer primary key check (one = 1), rules text not null,
    place integer not null, next integer not null
);
"""


def rules_digest() -> str:
    """Books are of use to the rules that wrote them, and to no others."""
    told = hashlib.sha256()
    for module in sorted(Path(findings.__file__).parent.glob("*.py")):
        told.update(module.read_bytes())
    return told.hexdigest()


class KeptBooks:
    """Books, and how far the log was read into them."""

    def __init__(self, path: Path | None = None) -> None:
        self.books = Books()
        self._file = sqlite3.connect(path or ":memory:", isolation_level=None)
        self._file.execute("pragma journal_mode = wal")
        self._file.execute("pragma synchronous = normal")
        self._file.executescript(TABLES)
        self._stood: dict[tuple[str, str], bytes] = {}
        for shelf, kind in get_type_hints(Books).items():
            decode = msgspec.msgpack.Decoder(get_args(kind)[0]).decode
            self.books.shelves()[shelf].find = partial(self._find, shelf, decode)
        self.place, self.next = self._begin()
        """So many entries were read, in their order; all before `next` among them."""

    def _begin(self) -> tuple[int, int]:
        rules, asked = rules_digest(), "select place, next from reading where rules = ?"
        row = self._file.execute(asked, (rules,)).fetchone()
        if row is not None:
            return int(row[0]), int(row[1])
        return self.begin_anew()

    def begin_anew(self) -> tuple[int, int]:
        """Nothing was read."""
        self._file.execute("begin")
        self._file.execute("delete from thing")
        self._file.execute("insert or replace into reading values (1, ?, 0, 0)", (rules_digest(),))
        self._file.execute("commit")
        self.forget()
        self.place, self.next = 0, 0
        return 0, 0

    def _find(self, shelf: str, decode: Any, name: str) -> Any:
        found = self._file.execute(
            "select state from thing where shelf = ? and name = ?", (shelf, name)
        ).fetchone()
        if found is None:
            return None
        self._stood[shelf, name] = found[0]
        return decode(found[0])

    def keep(self, place: int, following: int) -> None:
        """Write what has changed, and that it is read up to there; at once or not at all."""
        changed = [
            (shelf, name, state)
            for shelf, things in self.books.shelves().items()
            for name, thing in things.at_hand.items()
            if (state := msgspec.msgpack.encode(thing)) != self._stood.get((shelf, name))
        ]
        self._file.execute("begin")
        self._file.executemany("insert or replace into thing values (?, ?, ?)", changed)
        self._file.execute("update reading set place = ?, next = ?", (place, following))
        self._file.execute("commit")
        self.place, self.next = place, following
        self.forget()

    def forget(self) -> None:
        """What was not written."""
        self._stood.clear()
        for things in self.books.shelves().values():
            things.at_hand.clear()

    def close(self) -> None:
        self._file.close()
