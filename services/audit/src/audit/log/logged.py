"""An entry as the log has it."""

from dataclasses import dataclass
from typing import Any

from events.envelope import Entry, Envelope


@dataclass(frozen=True)
class Logged:
    """One entry in its place."""

    index: int
    source: str
    type: str
    stream: str
    names: tuple[str, ...]
    raw: bytes

    @classmethod
    def of(cls, row: Any) -> "Logged":
        return cls(
            row["index"],
            row["source"],
            row["type"],
            row["stream"],
            tuple(row["names"]),
            bytes(row["entry"]),
        )

    @property
    def envelope(self) -> Envelope:
        return Entry(self.index, self.raw).envelope
