"""An entry as the log has it."""

import re
from functools import cached_property
from typing import Any

import msgspec

from audit.domain.difference import FILES, LOG, Kind
from audit.domain.merkle import leaf_hash
from events.envelope import Envelope, open_entry
from events.values import Code

NAMES = re.compile(rb'"([a-z]{2,5}_[0-9a-z_]{1,48})"(?!:)')
"""An id where it stands as a value. A word of that shape that is no id does no harm here."""


class BrokenLog(Exception):
    """What is kept of the log is not what was signed."""

    def __init__(
        self, said: str, at: int | None = None, *, part: Code = FILES, kind: Kind = Kind.EDITED
    ) -> None:
        super().__init__(said)
        self.at, self.part, self.kind = at, part, kind
        """Where, in the words of `domain/difference.py`."""


class Logged(msgspec.Struct, frozen=True, dict=True):
    """One entry in its place. What is worked out of it once is kept with it."""

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
    def sound(cls, row: Any) -> "Logged":
        """One whose bytes are those that its leaf is the hash of. `BrokenLog`."""
        entry = cls.of(row)
        if entry.leaf != bytes(row["leaf"]):
            raise BrokenLog(
                f"entry {entry.index} is not the one that was logged", entry.index, part=LOG
            )
        return entry

    @classmethod
    def opened(cls, index: int, source: str, raw: bytes) -> "Logged":
        """An entry that comes in: what it says of itself, and the ids that it mentions."""
        envelope = open_entry(raw)
        names = {*map(bytes.decode, NAMES.findall(raw)), envelope.subject}
        opened = cls(index, source, envelope.type, envelope.subject, tuple(sorted(names)), raw)
        opened.__dict__["envelope"] = envelope
        return opened

    @cached_property
    def envelope(self) -> Envelope:
        """What it says of itself. `BrokenLog`: whatever was logged is an event."""
        try:
            return open_entry(self.raw)
        except msgspec.MsgspecError:
            raise BrokenLog(f"entry {self.index} is no event", self.index, part=LOG) from None

    @cached_property
    def leaf(self) -> bytes:
        """Its hash, under which the log has it."""
        return leaf_hash(self.raw)
