"""Receipts and consistency proofs, out of the tiles. None is handed out that does not hold."""

import base64
from dataclasses import dataclass

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
from audit.log.files import CHECKPOINT, VKEY, LogFiles
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


def receipt(entry: Logged, files: LogFiles) -> str | None:
    """The receipt of the entry; None while no checkpoint covers it. `BrokenLog`."""
    signed = newest(files)
    if signed is None or entry.index >= signed.checkpoint.size:
        return None
    proof = _proof(entry, signed.checkpoint, files)
    return write_receipt(entry.index, proof, signed.note)


def holds(entry: Logged, signed: Signed | None, files: LogFiles) -> bool:
    """Whether the entry is proven to be under the checkpoint. `BrokenLog` if it should be."""
    if signed is None or entry.index >= signed.checkpoint.size:
        return False
    _proof(entry, signed.checkpoint, files)
    return True


def _proof(entry: Logged, checkpoint: Checkpoint, files: LogFiles) -> list[bytes]:
    complete = over_tiles(checkpoint.size, lambda tile: _tile(tile, files))
    proof = inclusion_proof(complete, entry.index, checkpoint.size)
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
