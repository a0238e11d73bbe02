"""An entry as the log has it."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from audit.domain.merkle import leaf_hash
from events.envelope import Envelope, open_entry

NAMES = re.compile(rb'"([a-z]{2,5}_[0-9a-z_]{1,48})"(?!:)')
"""An id where it stands as a value. A word of that shape that is no id does no harm here."""


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

    @classmethod
    def opened(cls, index: int, source: str, raw: bytes) -> "Logged":
        """An entry that comes in: what it says of itself, and the ids that it mentions."""
        envelope = open_entry(raw)
        names = {name.decode() for name in NAMES.findall(raw)} | {envelope.subject}
        opened = cls(index, source, envelope.type, envelope.subject, tuple(sorted(names)), raw)
        opened.__dict__["envelope"] = envelope
        return opened

    @cached_property
    def envelope(self) -> Envelope:
        return open_entry(self.raw)

    @cached_property
    def leaf(self) -> bytes:
        """Its hash, under which the log has it."""
        return leaf_hash(self.raw)
