"""The witness: https://c2sp.org/tlog-witness. It sees a log's name, size and root: no more.

It cosigns a checkpoint only when that continues the newest one it cosigned. So whoever runs the log
can show nobody another past, even with the log's own keys in hand, unless every witness helps.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audit.domain.merkle import EMPTY_ROOT, BadProof, verify_consistency
from audit.domain.note import (
    COSIGNED_ED25519,
    COSIGNED_MLDSA44,
    BadNote,
    Checkpoint,
    VerifierKey,
    cosign,
    only_by,
    read_note,
    unbase64,
)
from audit.witness.book import Book, Cosigned, keep, newest
from events.ports import Clock

PROOF_MAX = 63
TEXT = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"

_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})", re.ASCII)


@dataclass(frozen=True)
class Answer:
    """What goes back over HTTP."""

    status: int
    body: str
    media_type: str = TEXT


class Refused(Exception):
    """Not cosigned, for this reason."""

    def __init__(self, status: int, why: str, media_type: str = TEXT) -> None:
        super().__init__(why)
        self.answer = Answer(status, f"{why}\n", media_type)


@dataclass(frozen=True)
class Request:
    """What `add-checkpoint` is sent."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint
    text: str
    """The checkpoint's, with the lines that the log may have added to it: all of it is signed."""
    note: bytes

    @classmethod
    def parse(cls, body: bytes) -> "Request":
        """`Refused` with 400 when it is none."""
        head, empty_line, note = body.partition(b"\n\n")
        old, *hashes = head.decode(errors="replace").split("\n")
        said = _OLD.fullmatch(old)
        if said is None or not empty_line:
            raise Refused(400, "a request reads: old size, proof, empty line, checkpoint")
        if len(hashes) > PROOF_MAX:
            raise Refused(400, f"a proof has at most {PROOF_MAX} hashes")
        text, _, _ = note.decode(errors="replace").rpartition("\n\n")
        try:
            proof = tuple(unbase64(each) for each in hashes)
            checkpoint = Checkpoint.parse(f"{text}\n")
            return cls(int(said[1]), proof, checkpoint, f"{text}\n", note)
        except ValueError as bad:
            raise Refused(400, f"malformed: {bad}") from None


class Witness:
    """Cosigns the logs that it was told to, each by its origin and its keys."""

    def __init__(
        self, name: str, book: Book, logs: Mapping[str, Sequence[VerifierKey]], clock: Clock
    ) -> None:
        self._name, self._book, self._logs, self._clock = name, book, logs, clock
        self._keys = book.keys()
        old, lasting = (key.public_key().public_bytes_raw() for key in self._keys)
        self.keys = (
            VerifierKey(name, old, COSIGNED_ED25519),
            VerifierKey(name, lasting, COSIGNED_MLDSA44),
        )

    def add_checkpoint(self, body: bytes) -> Answer:
        """The witness's signature lines, once the checkpoint is on the disk; or why not."""
        try:
            request = Request.parse(body)
            return Answer(200, self._cosign(request, self._signed_by(request)))
        except Refused as no:
            return no.answer

    def _signed_by(self, request: Request) -> Sequence[VerifierKey]:
        """The keys that the log is known by. `Refused` unless it signed this and nothing else."""
        keys = self._logs.get(request.checkpoint.origin)
        if keys is None:
            raise Refused(404, "unknown log")
        try:
            read_note(request.note, keys)
        except BadNote as bad:
            raise Refused(403, f"invalid signature: {bad}") from None
        if request.old > request.checkpoint.size:
            raise Refused(400, "the old size is larger than the checkpoint's")
        return keys

    def _cosign(self, request: Request, keys: Sequence[VerifierKey]) -> str:
        """Check and persist, and nobody comes in between."""
        checkpoint = request.checkpoint
        with self._book.writing() as book:
            last = newest(book, checkpoint.origin)
            if request.old != last.size:
                raise Refused(409, str(last.size), SIZE)
            _continues(last, request)
            now = int(self._clock.now().timestamp())
            lines = "".join(cosign(request.text, self._name, key, now) for key in self._keys)
            note = only_by(request.note, keys) + lines
            keep(book, checkpoint.origin, Cosigned(checkpoint.size, checkpoint.root, note))
        return lines

    def checkpoint(self, origin_hash: str) -> Answer:
        """For monitors: the newest checkpoint that was cosigned here, under its origin's hash."""
        for origin in self._logs:
            if hashlib.sha256(origin.encode()).hexdigest() == origin_hash:
                note = self._book.newest(origin).note
                return Answer(200, note) if note else Answer(404, "nothing cosigned yet\n")
        return Answer(404, "unknown log\n")


def _continues(last: Cosigned, request: Request) -> None:
    checkpoint = request.checkpoint
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise Refused(422, "an empty tree has one root only")
    try:
        verify_consistency(
            old=last.size,
            new=checkpoint.size,
            old_root=last.root,
            new_root=checkpoint.root,
            proof=request.proof,
        )
    except BadProof as bad:
        raise Refused(422, f"consistency proof: {bad}") from None
