"""What comes in: all that can be worked out of entries before they have their turn."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from audit.log.grants import OfMoney
from audit.log.logged import Logged
from audit.log.mentions import Indexes
from audit.log.rows import row
from events.envelope import Entry

AT_ONCE = 32
"""So many are worked out before others have a moment: the database is not kept waiting."""


@dataclass
class Coming:
    """A batch of one source. Its indices count from 0 until it has its place in the log."""

    source: str
    rows: list[bytes] = field(default_factory=list)
    """Of the log's table."""
    begins: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Of each stream, the first that is here and the version that it says."""
    findings: list[tuple[int, str, str]] = field(default_factory=list)
    """What is wrong with entries by themselves, or after those that are here before them."""
    indexes: Indexes = field(default_factory=Indexes)
    money: list[OfMoney] = field(default_factory=list)
    _versions: dict[str, int] = field(default_factory=dict)

    @classmethod
    async def of(cls, source: str, entries: Sequence[Entry]) -> "Coming":
        coming = cls(source)
        for at in range(0, len(entries), AT_ONCE):
            come = [coming._take(entry) for entry in entries[at : at + AT_ONCE]]
            coming.money += OfMoney.among(come)
            await asyncio.sleep(0)
        return coming

    def _take(self, entry: Entry) -> Logged:
        come = Logged.opened(len(self.rows), self.source, entry.raw)
        version = int(come.envelope.sequence)
        self.rows.append(row(come, entry.position, version))
        self._check(come, entry.position)
        self._versions[come.stream] = version
        self.indexes.add(come)
        return come

    def _check(self, come: Logged, position: int) -> None:
        envelope, before = come.envelope, self._versions.get(come.stream)
        if before is None:
            self.begins[come.stream] = come.index, envelope.sequence
        elif envelope.sequence != str(before + 1):
            self.findings.append(broken(come.index, come.stream, envelope.sequence, before + 1))
        if envelope.position != str(position):
            told = f"says {envelope.position}, came as {position}"
            self.findings.append((come.index, "PositionMisstated", told))
        if not envelope.service == come.source == envelope.source.rpartition("/")[2]:
            told = f"{envelope.type} in the history of {come.source}"
            self.findings.append((come.index, "ForeignEvent", told))


def broken(at: int, stream: str, says: str, follows: int) -> tuple[int, str, str]:
    return at, "StreamBroken", f"{stream} has {says} where {follows} follows"
