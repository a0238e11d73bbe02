"""What was signed of the log: every checkpoint that is kept, against the keys and the entries."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Self

from audit.checking.compare import Found
from audit.domain.difference import Kind
from audit.domain.note import BadNote, Checkpoint, VerifierKey, parse_keys, read_signers
from audit.log.files import VKEY, LogFiles
from audit.log.proofs import Signed
from events.service import Connection


@dataclass
class Roots:
    """The roots that were signed, by size, and what is wrong with the rows that tell them."""

    _rows: dict[int, tuple[bytes, str]]
    _before: frozenset[int]
    """The sizes that others name as the one before theirs."""
    _newest: Signed | None
    _keys: tuple[VerifierKey, ...]
    found: list[Found] = field(default_factory=list)

    @classmethod
    async def read(cls, log: Connection, files: LogFiles, newest: Signed | None) -> Self:
        rows = await log.fetch("select size, root, note, before from log_checkpoint")
        keys = files.read(VKEY)
        return cls(
            {row["size"]: (bytes(row["root"]), row["note"]) for row in rows},
            frozenset(row["before"] for row in rows if row["before"] is not None),
            newest,
            parse_keys(keys.decode()) if keys is not None and newest is not None else (),
        )

    def known(self, size: int) -> bool:
        newest = self._newest.checkpoint.size if self._newest else None
        return size in self._rows or size == newest

    def at(self, size: int, root: Callable[[], bytes]) -> bool:
        """Whether the log of that size has the root that was signed for it, if any was; a row
        that says something else than its note, or whose note nobody signed, is found.

        What is published counts by itself: the row of it may be gone with all that came last.
        """
        newest = self._newest.checkpoint if self._newest else None
        if newest is not None and newest.size == size and newest.root != root():
            return False
        if size not in self._rows:
            return True
        kept, note = self._rows[size]
        signed = self._signed(note)
        if signed is None or (signed.size, signed.root) != (size, kept):
            self.found.append(Found(Kind.EDITED, size, size, size - 1, ""))
            return signed is None or signed.size != size or signed.root == root()
        return kept == root()

    def _signed(self, note: str) -> Checkpoint | None:
        """An early one may have fewer signatures than the log has keys now."""
        try:
            text, signers = read_signers(note.encode(), self._keys)
            return Checkpoint.parse(text) if signers or not self._keys else None
        except BadNote:
            return None

    def beyond(self, end: int) -> Iterator[Found]:
        """Those of more entries than there are, or of none."""
        for size in sorted(self._rows.keys() - range(1, end + 1)):
            yield Found(Kind.MISFILED, size, size, size - 1, "")

    def missing(self) -> Iterator[Found]:
        """Those that others name, and the one that is published."""
        named = self._before | ({self._newest.checkpoint.size} if self._newest else frozenset())
        for size in sorted(named - self._rows.keys()):
            yield Found(Kind.DELETED, size, size, size - 1, "")
