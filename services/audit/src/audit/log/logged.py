"""An entry as the log has it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from audit.domain.merkle import leaf_hash
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

    @cached_property
    def envelope(self) -> Envelope:
        return Entry(self.index, self.raw).envelope

    @cached_property
    def leaf(self) -> bytes:
        """Its hash, under which the log has it."""
        return leaf_hash(self.raw)
