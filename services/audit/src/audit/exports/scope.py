"""What of the log an export tells: all of it, or as much as may leave the house."""

import re
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import IO

Entries = Iterable[tuple[int, bytes]]
"""Each entry with its index, in the log's order."""
Create = Callable[[str], AbstractContextManager[IO[bytes]]]
"""Opens a file under that name, to write to."""


@dataclass(frozen=True)
class Scope:
    """By itself, all of it."""

    since: date | None = None
    until: date | None = None
    """The first and the last day."""
    hidden: frozenset[str] = frozenset()
    """Ids that are told nowhere."""
    untold: re.Pattern[str] | None = None
    """Types of entries that are told nowhere."""

    def within(self, day: str) -> bool:
        """Whether it tells of that day, or of a time that begins with it. Of no day: if of all."""
        return not (
            (self.since is not None and day[:10] < self.since.isoformat())
            or (self.until is not None and not "" < day[:10] <= self.until.isoformat())
        )

    def ids(self, told: str) -> str:
        """The ids, with a space between two, without those that are told nowhere."""
        return " ".join(each for each in told.split(" ") if each not in self.hidden)


WHOLE = Scope()
