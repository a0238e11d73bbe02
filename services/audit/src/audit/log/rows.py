"""Rows as Postgres takes them in, many at once: COPY in its binary form.

All but the index is written ahead: when its turn comes a batch only says where it begins.
https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from struct import Struct

from events.service import Loading

_BEGINS = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_ENDS = b"\xff\xff"
_INDEXED = Struct(">hiq").pack
"""How many fields a row has; the length of the first, and the index, which is the first."""
_LENGTH = Struct(">i").pack
_NUMBER = Struct(">iq").pack
_ARRAY = Struct(">iiiiii").pack
_ONE_DIMENSION, _NO_NULLS, _OF_TEXT, _FROM_ONE = 1, 0, 25, 1
_ARRAY_HEAD = 20
NUMBER_BYTES = 8
REMEMBERED = 1 << 14
"""What one entry mentions, those beside it mention too."""

Row = tuple[int, bytes]
"""Which entry of the batch it is of, and its fields behind the index."""


def number(value: int) -> bytes:
    return _NUMBER(NUMBER_BYTES, value)


def binary(value: bytes) -> bytes:
    return _LENGTH(len(value)) + value


@lru_cache(maxsize=REMEMBERED)
def text(value: str) -> bytes:
    return binary(value.encode())


def texts(values: Iterable[str]) -> bytes:
    told = [text(value) for value in values]
    whole = b"".join(told)
    head = (_ARRAY_HEAD + len(whole), _ONE_DIMENSION, _NO_NULLS, _OF_TEXT, len(told), _FROM_ONE)
    return _ARRAY(*head) + whole


@dataclass(frozen=True)
class Rows:
    """Of one table; the entry's index is its first column."""

    table: str
    columns: tuple[str, ...]
    rows: Sequence[Row]

    async def keep(self, start: int, log: Loading) -> None:
        """Store them; `start` is the index of the batch's first entry."""
        if not self.rows:
            return
        fields = len(self.columns)
        told = [_INDEXED(fields, NUMBER_BYTES, start + at) + rest for at, rest in self.rows]
        whole = memoryview(b"".join((_BEGINS, *told, _ENDS)))
        await log.copy_to_table(self.table, source=whole, columns=self.columns, format="binary")
