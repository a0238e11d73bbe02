"""What comes in: all that can be worked out of entries before they have their turn."""

from collections.abc import Sequence
from dataclasses import dataclass

from audit.log.logged import Logged
from audit.log.mentions import Indexes
from audit.log.rows import Row, Rows, binary, number, text, texts
from events.envelope import Entry

COLUMNS = (
    *("index", "source", "position", "stream", "version"),
    *("type", "entry", "leaf", "names"),
)


@dataclass(frozen=True)
class Coming:
    """A batch of one source. Its indices count from 0 until it has its place in the log."""

    source: str
    entries: Sequence[Logged]
    positions: Sequence[int]
    rows: tuple[Rows, ...]
    """Of the log's table, and of the trail's indexes."""
    of_cases: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, source: str, entries: Sequence[Entry]) -> "Coming":
        opened = [Logged.opened(at, source, entry.raw) for at, entry in enumerate(entries)]
        positions = [entry.position for entry in entries]
        whole = Rows("log_entry", COLUMNS, list(map(_row, opened, positions)))
        indexes = Indexes.of(opened)
        return cls(source, opened, positions, (whole, *indexes.rows()), indexes.log_of_case)


def _row(entry: Logged, position: int) -> Row:
    """In the order of the columns, but for the index."""
    fields = (
        text(entry.source),
        number(position),
        text(entry.stream),
        number(int(entry.envelope.sequence)),
        text(entry.type),
        binary(entry.raw),
        binary(entry.leaf),
        texts(entry.names),
    )
    return entry.index, b"".join(fields)
