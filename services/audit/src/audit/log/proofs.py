"""Receipts and consistency proofs, out of the tiles. None is handed out that does not hold."""

import base64
from dataclasses import dataclass
from functools import cache

from audit.domain.merkle import (
    BadProof,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    verify_inclusion,
)
from audit.domain.note import Checkpoint, parse_keys, read_checkpoint
from audit.domain.proof import write_receipt
from audit.domain.tiles import WIDTH, Tile, over_tiles
from audit.log.files import CHECKPOINT, PENDING, VKEY, LogFiles
from audit.log.logged import Logged


class BrokenLog(Exception):
    """The files do not fit the checkpoint that was signed for them."""


@dataclass(frozen=True)
class Signed:
    """A checkpoint and the note that it was read from."""

    checkpoint: Checkpoint
    note: str


def newest(files: LogFiles) -> Signed | None:
    """The newest checkpoint; None before the first one."""
    note, keys = files.read(CHECKPOINT), files.read(VKEY)
    if note is None or keys is None:
        return None
    return Signed(read_checkpoint(note, parse_keys(keys.decode())), note.decode())


def pending(files: LogFiles) -> Checkpoint | None:
    """What is signed and waits for its witnesses; None when nothing does."""
    note, keys = files.read(PENDING), files.read(VKEY)
    if note is None or keys is None:
        return None
    return read_checkpoint(note, parse_keys(keys.decode()))


def receipt(entry: Logged, files: LogFiles) -> str | None:
    """The receipt of the entry; None while no checkpoint covers it. `BrokenLog`."""
    signed = newest(files)
    if signed is None or entry.index >= signed.checkpoint.size:
        return None
    proof = Prover(signed, files).prove(entry)
    return write_receipt(entry.index, proof, signed.note)


class Prover:
    """Proves entries to be under one checkpoint; what several proofs share is worked out once."""

    def __init__(self, signed: Signed | None, files: LogFiles) -> None:
        self._checkpoint = signed.checkpoint if signed else None
        read = cache(lambda tile: _tile(tile, files))
        self._complete = cache(over_tiles(self._checkpoint.size if self._checkpoint else 0, read))

    def holds(self, entry: Logged) -> bool:
        """Whether the entry is proven to be under it. `BrokenLog` if it should be, and is not."""
        if self._checkpoint is None or entry.index >= self._checkpoint.size:
            return False
        self.prove(entry)
        return True

    def prove(self, entry: Logged) -> list[bytes]:
        """The proof of an entry that the checkpoint covers."""
        checkpoint = self._checkpoint
        assert checkpoint is not None, "there is one"
        proof = inclusion_proof(self._complete, entry.index, checkpoint.size)
        try:
            verify_inclusion(
                index=entry.index,
                size=checkpoint.size,
                leaf=leaf_hash(entry.raw),
                proof=proof,
                tree_root=checkpoint.root,
            )
        except BadProof as bad:
            raise BrokenLog(f"entry {entry.index}: {bad}") from None
        return proof


def consistency(old: int, new: int, files: LogFiles) -> str | None:
    """The proof's hashes, one in base 64 a line; None when there is no such pair of trees."""
    signed = newest(files)
    if signed is None or not old <= new <= signed.checkpoint.size:
        return None
    complete = over_tiles(signed.checkpoint.size, lambda tile: _tile(tile, files))
    hashes = consistency_proof(complete, old, new)
    return "".join(base64.b64encode(one).decode() + "\n" for one in hashes)


def _tile(tile: Tile, files: LogFiles) -> bytes:
    """The tile; the full one where a wider one has come in the meantime."""
    data = files.read(tile.path) or files.read(Tile(tile.level, tile.number, WIDTH).path)
    if data is None:
        raise BrokenLog(f"{tile.path} is missing")
    return data
