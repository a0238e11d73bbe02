"""The Merkle tree of RFC 6962 (section 2.1), and its two proofs with the verifiers of RFC 9162.

A subtree is told by the half-open range of leaves under it. The functions that make proofs ask
for the hashes of complete subtrees (their width is a power of two, their start a multiple of it)
and get them from whoever keeps them: a list, or the tiles of a log.

The verifiers refuse what libraries are known to let through: a hash that is not 32 bytes, an
index outside the tree, a proof with a node too many, a tree that shrank.
"""

import hashlib
from collections.abc import Callable, Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Complete = Callable[[int, int], bytes]
"""The hash of the complete subtree over the leaves from `start` up to, not including, `end`."""


class BadProof(Exception):
    """The proof does not hold. The message says why."""


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(width: int) -> int:
    """The largest power of two below `width`: how many leaves go to the left."""
    return 1 << ((width - 1).bit_length() - 1)


def root(complete: Complete, start: int, end: int) -> bytes:
    """The hash of the leaves `start:end` of a tree, where `start` is a subtree's beginning."""
    width = end - start
    if width == 0:
        return EMPTY_ROOT
    if width & (width - 1) == 0:
        return complete(start, end)
    middle = start + split(width)
    return node_hash(complete(start, middle), root(complete, middle, end))


def over(leaves: Sequence[bytes]) -> Complete:
    """Complete subtrees over leaf hashes that are all at hand."""

    def complete(start: int, end: int) -> bytes:
        hashes = list(leaves[start:end])
        while len(hashes) > 1:
            hashes = [node_hash(*hashes[i : i + 2]) for i in range(0, len(hashes), 2)]
        return hashes[0]

    return complete


# Proofs


def inclusion_proof(complete: Complete, index: int, size: int) -> list[bytes]:
    """The siblings on the way from leaf `index` to the root of the first `size` leaves."""
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            proof.append(root(complete, middle, end))
            end = middle
        else:
            proof.append(complete(start, middle))
            start = middle
    return proof[::-1]


def consistency_proof(complete: Complete, old: int, new: int) -> list[bytes]:
    """What shows that the tree of `old` leaves is the beginning of the tree of `new` leaves."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} leaves is no beginning of one of {new}")
    if old in (0, new):
        return []
    proof: list[bytes] = []
    start, end = 0, new
    known = True  # the old root itself is known to the verifier, so it is not repeated
    while end != old:
        middle = start + split(end - start)
        if old <= middle:
            proof.append(root(complete, middle, end))
            end = middle
        else:
            proof.append(complete(start, middle))
            start = middle
            known = False
    if not known:
        proof.append(root(complete, start, end))
    return proof[::-1]


# Verifiers


def verify_inclusion(
    *, index: int, size: int, leaf: bytes, proof: Sequence[bytes], tree_root: bytes
) -> None:
    """RFC 9162, 2.1.3.2. `BadProof` unless the leaf stands at `index` under that root."""
    _hashes_only(leaf, tree_root, *proof)
    if not 0 <= index < size:
        raise BadProof(f"index {index} is outside a tree of {size}")
    first, last, hashed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise BadProof("the proof has a node too many")
        if first & 1 or first == last:
            hashed = node_hash(sibling, hashed)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            hashed = node_hash(hashed, sibling)
        first, last = first >> 1, last >> 1
    if last != 0:
        raise BadProof("the proof has a node too few")
    if hashed != tree_root:
        raise BadProof("the proof leads to another root")


def verify_consistency(
    *, old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """RFC 9162, 2.1.4.2. `BadProof` unless the old tree is the beginning of the new one."""
    _hashes_only(old_root, new_root, *proof)
    if not 0 <= old <= new:
        raise BadProof(f"a tree of {old} leaves is no beginning of one of {new}")
    if old == 0 and old_root != EMPTY_ROOT:
        raise BadProof("an empty tree has one root only")
    if old == new and old_root != new_root:
        raise BadProof("two roots for one size")
    if old in (0, new):
        if proof:
            raise BadProof("the proof has a node too many")
        return
    _climb_both(old, new, old_root, new_root, list(proof))


def _climb_both(old: int, new: int, old_root: bytes, new_root: bytes, nodes: list[bytes]) -> None:
    if old & (old - 1) == 0:
        nodes.insert(0, old_root)
    if not nodes:
        raise BadProof("the proof has a node too few")
    first, last = old - 1, new - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    older = newer = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            raise BadProof("the proof has a node too many")
        if first & 1 or first == last:
            older, newer = node_hash(node, older), node_hash(node, newer)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            newer = node_hash(newer, node)
        first, last = first >> 1, last >> 1
    if last != 0:
        raise BadProof("the proof has a node too few")
    if (older, newer) != (old_root, new_root):
        raise BadProof("the proof leads to other roots")


def _hashes_only(*hashes: bytes) -> None:
    if any(len(one) != HASH_BYTES for one in hashes):
        raise BadProof("a hash is 32 bytes long")
