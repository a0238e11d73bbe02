"""The tree and its proofs, against the published vectors and against themselves."""

import random  # noqa: TID251  seeded

import pytest
from services.audit.tests.vectors import unbase64, vectors

from audit.domain.merkle import (
    EMPTY_ROOT,
    BadProof,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    over,
    root,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [leaf_hash(str(number).encode()) for number in range(70)]
TREE = over(LEAVES)
WAIVED = {"sizes-are-equal-one-and-proof-is-empty"}
"""Upstream expects this one to hold, with roots of 12 bytes. Ours are 32 bytes long, always."""


def test_the_reference_trees_have_the_reference_roots() -> None:
    reference = vectors("rfc6962-reference-tree.json")
    leaves = [leaf_hash(bytes.fromhex(one)) for one in reference["leaf_inputs_hex"]]
    for size, expected in enumerate(reference["root_hashes_hex_by_size"]):
        assert root(over(leaves), 0, size).hex() == expected


def test_every_published_inclusion_proof_is_judged_rightly() -> None:
    for case in vectors("rfc6962-inclusion.json")["cases"]:

        def check(case: dict[str, object] = case) -> None:
            verify_inclusion(
                index=int(str(case["leafIdx"])),
                size=int(str(case["treeSize"])),
                leaf=unbase64(str(case["leafHash"] or "")),
                proof=[unbase64(one) for one in case["proof"] or ()],  # type: ignore[attr-defined]
                tree_root=unbase64(str(case["root"] or "")),
            )

        refused = case["wantErr"] or case["_file"].endswith("single-entry/empty-root-and-leaf.json")
        if refused:
            with pytest.raises(BadProof):
                check()
        else:
            check()


def test_every_published_consistency_proof_is_judged_rightly() -> None:
    for case in vectors("rfc6962-consistency.json")["cases"]:

        def check(case: dict[str, object] = case) -> None:
            verify_consistency(
                old=int(str(case["size1"])),
                new=int(str(case["size2"])),
                old_root=unbase64(str(case["root1"] or "")),
                new_root=unbase64(str(case["root2"] or "")),
                proof=[unbase64(one) for one in case["proof"] or ()],  # type: ignore[attr-defined]
            )

        waived = any(name in case["_file"] for name in WAIVED)
        if case["wantErr"] or waived:
            with pytest.raises(BadProof):
                check()
        else:
            check()


def test_every_leaf_is_proven_in_every_tree() -> None:
    for size in range(1, len(LEAVES) + 1):
        for index in range(size):
            verify_inclusion(
                index=index,
                size=size,
                leaf=LEAVES[index],
                proof=inclusion_proof(TREE, index, size),
                tree_root=root(TREE, 0, size),
            )


def test_every_tree_is_proven_to_begin_every_later_one() -> None:
    for new in range(len(LEAVES) + 1):
        for old in range(new + 1):
            verify_consistency(
                old=old,
                new=new,
                old_root=root(TREE, 0, old),
                new_root=root(TREE, 0, new),
                proof=consistency_proof(TREE, old, new),
            )


def test_no_changed_proof_passes() -> None:
    chance = random.Random(6962)
    for _ in range(500):
        size = chance.randint(2, len(LEAVES))
        index = chance.randrange(size)
        proof = inclusion_proof(TREE, index, size)
        changed = chance.choice(["bit", "drop", "repeat", "index", "size"])
        where = chance.randrange(len(proof))
        at, of = index, size
        if changed == "bit":
            spot = chance.randrange(32)
            proof[where] = bytes(b ^ (i == spot) for i, b in enumerate(proof[where]))
        elif changed == "drop":
            del proof[where]
        elif changed == "repeat":
            proof.insert(where, proof[where])
        elif changed == "index":
            at = (index + chance.randrange(1, size)) % size
        else:
            of = size * 2
        with pytest.raises(BadProof):
            verify_inclusion(
                index=at, size=of, leaf=LEAVES[index], proof=proof, tree_root=root(TREE, 0, size)
            )


@pytest.mark.parametrize(
    ("old", "new", "old_root", "new_root"),
    [
        (0, 3, LEAVES[0], root(TREE, 0, 3)),
        (3, 3, LEAVES[0], root(TREE, 0, 3)),
        (4, 3, root(TREE, 0, 4), root(TREE, 0, 3)),
        (1, 2, LEAVES[0], root(TREE, 0, 2)),
    ],
)
def test_a_shrunken_or_forked_tree_has_no_empty_proof(
    old: int, new: int, old_root: bytes, new_root: bytes
) -> None:
    with pytest.raises(BadProof):
        verify_consistency(old=old, new=new, old_root=old_root, new_root=new_root, proof=[])


def test_an_empty_tree_begins_every_tree_and_has_one_root() -> None:
    verify_consistency(old=0, new=3, old_root=EMPTY_ROOT, new_root=root(TREE, 0, 3), proof=[])
