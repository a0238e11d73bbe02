"""Receipts and consistency proofs, out of the tiles. None is handed out that does not hold."""

import base64
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache

from audit.domain.difference import CHECKPOINTS, LOG, Kind
from audit.domain.merkle import (
    HASH_BYTES,
    BadProof,
    consistency_proof,
    inclusion_proof,
    root,
    verify_consistency,
    verify_inclusion,
)
from audit.domain.note import ED25519, BadNote, Checkpoint, cosigned_at, parse_keys, read_checkpoint
from audit.domain.policy import Policy
from audit.domain.proof import write_receipt
from audit.domain.tiles import HEIGHT, WIDTH, Edge, Tile, first_under, over_tiles, top_of
from audit.log import table
from audit.log.files import CHECKPOINT, PENDING, REFUSED, VKEY, LogFiles
from audit.log.logged import BrokenLog, Logged
from events.service import Connection


@dataclass(frozen=True)
class Signed:
    """A checkpoint and the note that it was read from."""

    checkpoint: Checkpoint
    note: str


def newest(files: LogFiles) -> Signed | None:
    """The newest checkpoint; None before the first one."""
    note, keys = files.read(CHECKPOINT), files.read(VKEY)
    if note is None:
        return None
    if keys is None:
        raise _no_keys()
    try:
        return _signed(note, keys)
    except (BadNote, ValueError) as bad:
        raise BrokenLog(f"the published checkpoint: {bad}", part=CHECKPOINTS) from None


def kept(size: int, note: str, files: LogFiles) -> Signed:
    """The checkpoint of that size, of which this note is kept. `BrokenLog` if it is not."""
    keys = files.read(VKEY)
    if keys is None:
        raise _no_keys()
    try:
        signed = _signed(note.encode(), keys)
    except (BadNote, ValueError) as bad:
        raise BrokenLog(f"the checkpoint of {size}: {bad}", size, part=CHECKPOINTS) from None
    if signed.checkpoint.size != size:
        told = f"what is kept as the checkpoint of {size} is of {signed.checkpoint.size}"
        raise BrokenLog(told, size, part=CHECKPOINTS)
    return signed


async def last_kept(log: Connection, files: LogFiles, day: date | None = None) -> Signed | None:
    """The last checkpoint that is kept, or that of a day. What is kept as one and is none does not
    count: the pass over what is kept tells of it. `BrokenLog` where there are no keys.
    """
    before = None
    while found := await table.checkpoint_by(log, day, before):
        before, note = found
        if files.read(VKEY) is None:
            raise _no_keys()
        try:
            return kept(before, note, files)
        except BrokenLog:
            continue
    return None


def _no_keys() -> BrokenLog:
    """Something was published, and what it is to be read with is gone."""
    return BrokenLog(f"{VKEY} is missing", part=CHECKPOINTS, kind=Kind.DELETED)


@lru_cache(maxsize=4)
def _signed(note: bytes, keys: bytes) -> Signed:
    """The same bytes are verified once, however many receipts are made under them. Nobody else
    signs in the log's name: where one does, a key is missing.
    """
    known = parse_keys(keys.decode())
    signed = Signed(read_checkpoint(note, known), note.decode())
    if signed.note.count(f"\n— {signed.checkpoint.origin} ") != len(known):
        raise BadNote("it is signed with a key that is not among the log's")
    return signed


@dataclass(frozen=True)
class Waiting:
    """What is signed and waits for its witnesses, and since when."""

    size: int
    since: datetime | None


def pending(files: LogFiles) -> Waiting | None:
    """None when nothing waits."""
    note, keys = files.read(PENDING), files.read(VKEY)
    if note is None or keys is None:
        return None
    known = parse_keys(keys.decode())
    timed = [each for each in known if each.kind != ED25519]
    since = cosigned_at(note, timed[0]) if timed else None
    return Waiting(read_checkpoint(note, known).size, since)


def refused_since(files: LogFiles) -> datetime | None:
    """Since when the signer refuses to sign the table; None when it does not."""
    told = files.read(REFUSED)
    return datetime.fromisoformat(told.decode()) if told is not None else None


@dataclass(frozen=True)
class Watching:
    """A witness of the log's policy, and when it cosigned the newest checkpoint, if it did."""

    name: str
    cosigned_at: datetime | None


def witnesses(files: LogFiles) -> list[Watching]:
    """Those whom the log asks."""
    note, policy = files.read(CHECKPOINT), files.policy()
    parties = Policy.parse(policy).witnesses.values() if policy else ()
    return [
        Watching(each.key.name, cosigned_at(note, each.key) if note else None) for each in parties
    ]


def receipt(entry: Logged, files: LogFiles) -> str | None:
    """The receipt of the entry; None while no checkpoint covers it. `BrokenLog`."""
    signed = newest(files)
    if signed is None or entry.index >= signed.checkpoint.size:
        return None
    proof = Prover(signed, files).prove(entry)
    return write_receipt(entry.index, proof, signed.note)


class Prover:
    """Makes the proofs of entries under one checkpoint; what several share is worked out once."""

    def __init__(self, signed: Signed, files: LogFiles) -> None:
        self._checkpoint = signed.checkpoint
        read = cache(lambda tile: _tile(tile, files))
        self._complete = cache(over_tiles(self._checkpoint.size, read))

    def prove(self, entry: Logged) -> list[bytes]:
        """The proof of an entry that the checkpoint covers. `BrokenLog`."""
        checkpoint = self._checkpoint
        proof = inclusion_proof(self._complete, entry.index, checkpoint.size)
        try:
            verify_inclusion(
                index=entry.index,
                size=checkpoint.size,
                leaf=entry.leaf,
                proof=proof,
                tree_root=checkpoint.root,
            )
        except BadProof as bad:
            raise BrokenLog(f"entry {entry.index}: {bad}", entry.index) from None
        return proof


class Proven:
    """The leaves under a checkpoint, out of tiles that are each proven once for all their leaves:
    a full tile by the hash that its parent has of it, those that are not full by the root.
    """

    def __init__(self, signed: Signed | None, files: LogFiles) -> None:
        self._checkpoint = signed.checkpoint if signed else None
        self._files = files
        self._tiles: dict[Tile, bytes] = {}

    def holds(self, entry: Logged) -> bool:
        """Whether the entry is proven to be under it. `BrokenLog` if it should be, and is not."""
        if self._checkpoint is None or entry.index >= self._checkpoint.size:
            return False
        if self._hash(0, entry.index) != entry.leaf:
            raise BrokenLog(
                f"entry {entry.index} is not the one that was signed", entry.index, part=LOG
            )
        return True

    def _hash(self, level: int, number: int) -> bytes:
        tile = self._proven(level, number // WIDTH)
        at = number % WIDTH * HASH_BYTES
        return tile[at : at + HASH_BYTES]

    def _proven(self, level: int, number: int) -> bytes:
        assert self._checkpoint is not None, "there is one"
        if not self._tiles:
            self._prove_edge(self._checkpoint)
        tile = Tile(
            level, number, min(WIDTH, (self._checkpoint.size >> HEIGHT * level) - number * WIDTH)
        )
        if tile not in self._tiles:
            data = _tile(tile, self._files)
            if len(data) != WIDTH * HASH_BYTES or top_of(data) != self._hash(level + 1, number):
                raise BrokenLog(f"{tile.path} is not the one that was signed", first_under(tile))
            self._tiles[tile] = data
        return self._tiles[tile]

    def _prove_edge(self, checkpoint: Checkpoint) -> None:
        """The tiles that are not full make up the root together."""

        def read(tile: Tile) -> bytes:
            self._tiles[tile] = _tile(tile, self._files)[: tile.width * HASH_BYTES]
            return self._tiles[tile]

        if Edge.read(checkpoint.size, read).root() != checkpoint.root:
            raise BrokenLog("the edge of the tree is not the one that was signed")


def consistency(old: int, new: int, files: LogFiles) -> str | None:
    """The proof's hashes, one in base 64 a line; None when there is no such pair of trees. It was
    held against the checkpoint that is signed. `BrokenLog`.
    """
    signed = newest(files)
    if signed is None or not old <= new <= signed.checkpoint.size:
        return None
    size = signed.checkpoint.size
    complete = over_tiles(size, cache(lambda tile: _tile(tile, files)))
    roots = {n: root(complete, 0, n) for n in (old, new)} | {size: signed.checkpoint.root}
    hashes: list[bytes] = []
    for before, after in ((new, size), (old, new)):
        hashes = consistency_proof(complete, before, after)
        try:
            verify_consistency(
                old=before,
                new=after,
                old_root=roots[before],
                new_root=roots[after],
                proof=hashes,
            )
        except BadProof as bad:
            raise BrokenLog(f"from {before} to {after}: {bad}") from None
    return "".join(base64.b64encode(one).decode() + "\n" for one in hashes)


def _tile(tile: Tile, files: LogFiles) -> bytes:
    """The tile; the full one where a wider one has come in the meantime."""
    data = files.read(tile.path) or files.read(Tile(tile.level, tile.number, WIDTH).path)
    if data is None:
        raise BrokenLog(f"{tile.path} is missing", first_under(tile), kind=Kind.DELETED)
    return data
