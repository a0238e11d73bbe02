"""A receipt: https://c2sp.org/tlog-proof. Whoever holds the entry, this and the log's keys can
tell without asking anybody that the entry is in the log.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from audit.domain.merkle import BadProof, leaf_hash, verify_inclusion
from audit.domain.note import Checkpoint, VerifierKey, read_checkpoint, unbase64

HEADER = "c2sp.org/tlog-proof@v1"

_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})", re.ASCII)


def write_receipt(index: int, proof: Sequence[bytes], checkpoint: str) -> str:
    """The receipt for the entry at `index` under that signed checkpoint."""
    hashes = "".join(base64.b64encode(one).decode() + "\n" for one in proof)
    return f"{HEADER}\nindex {index}\n{hashes}\n{checkpoint}"


@dataclass(frozen=True)
class Received:
    """What a receipt proves."""

    index: int
    checkpoint: Checkpoint


def check_receipt(receipt: str, entry: bytes, keys: Sequence[VerifierKey]) -> Checkpoint:
    """The checkpoint that the entry is proven under; `BadProof` or `BadNote`."""
    return check_leaf(receipt, leaf_hash(entry), keys).checkpoint


def check_leaf(receipt: str, leaf: bytes, keys: Sequence[VerifierKey]) -> Received:
    """The same of an entry of which there is only the hash, and where in the log it is."""
    head, _, note = receipt.partition("\n\n")
    lines = head.split("\n")
    if lines.pop(0) != HEADER:
        raise BadProof(f"a receipt begins with {HEADER}")
    if lines and lines[0].startswith("extra "):
        lines.pop(0)
    index = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if index is None:
        raise BadProof("a receipt names the entry's index")
    checkpoint = read_checkpoint(note.encode(), keys)
    verify_inclusion(
        index=int(index[1]),
        size=checkpoint.size,
        leaf=leaf,
        proof=[unbase64(line) for line in lines],
        tree_root=checkpoint.root,
    )
    return Received(int(index[1]), checkpoint)
