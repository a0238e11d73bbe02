"""Rows of the log's table as Postgres takes them in, many at once: COPY in its binary form.

All but the index is written ahead: when its turn comes a batch only says where it begins.
https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from struct import Struct

from audit.log.logged import Logged
from events.service import Loading

COLUMNS = ("index", "source", "position", "stream", "version", "type", "entry", "leaf", "names")
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


def row(entry: Logged, position: int, version: int) -> bytes:
    """In the order of the columns, but for the index."""
    names, raw, leaf = b"".join(map(_text, entry.names)), entry.raw, entry.leaf
    head = (_ARRAY_HEAD + len(names), _ONE_DIMENSION, _NO_NULLS, _OF_TEXT)
    fields = (
        _text(entry.source),
        _NUMBER(NUMBER_BYTES, position),
        _text(entry.stream),
        _NUMBER(NUMBER_BYTES, version),
        _text(entry.type),
        _LENGTH(len(raw)),
        raw,
        _LENGTH(len(leaf)),
        leaf,
        _ARRAY(*head, len(entry.names), _FROM_ONE),
        names,
    )
    return b"".join(fields)


@lru_cache(maxsize=REMEMBERED)
def _text(value: str) -> bytes:
    told = value.encode()
    return _LENGTH(len(told)) + told


async def keep(rows: Sequence[bytes], start: int, log: Loading) -> None:
    """Store them; `start` is the index of the first."""
    whole = memoryview(b"".join((_BEGINS, *_indexed(rows, start), _ENDS)))
    await log.copy_to_table("log_entry", source=whole, columns=COLUMNS, format="binary")


def _indexed(rows: Sequence[bytes], start: int) -> Iterable[bytes]:
    for index, fields in enumerate(rows, start):
        yield _INDEXED(len(COLUMNS), NUMBER_BYTES, index)
        yield fields
