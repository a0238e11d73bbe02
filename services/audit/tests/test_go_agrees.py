"""A reader in another language, made of the Go distribution's own packages, agrees on it all."""

import base64
import random  # noqa: TID251  seeded
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from services.audit.tests.logs import write_bundle
from services.audit.tests.peers import go, go_program
from services.audit.tests.vectors import unbase64, vectors
from specimens.go_peer import Go, verify_folder
from specimens.histories import GRANT, VENDOR, case, told

from audit.domain import merkle
from audit.domain.merkle import EMPTY_ROOT, BadProof, leaf_hash
from audit.domain.note import (
    BadNote,
    Checkpoint,
    VerifierKey,
    cosign,
    parse_keys,
    read_note,
    read_signers,
    sign,
)
from audit.domain.proof import check_receipt, write_receipt
from audit.domain.tiles import Edge, Tile, over_tiles

__all__ = ["go", "go_program"]

CHANCE = random.Random(6962)
SIZES = [0, 1, 2, 255, 256, 257, 65_535, 65_536, 65_537, 70_000]
ANY_SIZES = sorted(CHANCE.randrange(3, 70_000) for _ in range(10))


def entry(number: int) -> bytes:
    return b'{"entry":%d}' % number


@cache
def leaf(number: int) -> bytes:
    return leaf_hash(entry(number))


@cache
def tree(size: int) -> tuple[merkle.Complete, bytes]:
    """The tree as the publisher keeps it: tiles, and the edge's root."""
    edge, files = Edge(), dict[Tile, bytes]()
    for number in range(size):
        files.update(edge.add(leaf(number)))
    files.update(edge.partial_tiles())
    return cache(over_tiles(size, files.__getitem__)), edge.root() if size else EMPTY_ROOT


def some(size: int) -> list[int]:
    """Every number below a small size; of a large one the ends, the borders of tiles, and a few."""
    if size <= 300:
        return list(range(size))
    borders = {n for at in (0, 256, 512, 65_536, size) for n in (at - 1, at, at + 1)}
    return sorted({n for n in borders if 0 <= n < size} | {*CHANCE.sample(range(size), 100)})


@pytest.mark.parametrize("size", SIZES + ANY_SIZES)
def test_on_every_root_and_every_proof(go: Go, size: int) -> None:
    complete, root = tree(size)
    assert go.ask("root", size=size)["root"] == root.hex()
    for index in some(size):
        ours = [each.hex() for each in merkle.inclusion_proof(complete, index, size)]
        assert ours == go.ask("inclusion", index=index, size=size).get("proof", [])
        its_leaf = leaf(index).hex()
        asked = {"index": index, "size": size, "leaf": its_leaf, "root": root.hex()}
        assert go.holds("check_inclusion", **asked, proof=ours)
    for old in [*some(size), size][1:]:
        ours = [each.hex() for each in merkle.consistency_proof(complete, old, size)]
        assert ours == go.ask("consistency", old=old, size=size).get("proof", [])


def test_on_which_changed_proof_is_refused(go: Go) -> None:
    complete, root = tree(70_000)
    for _ in range(300):
        index, old = CHANCE.randrange(70_000), CHANCE.randrange(1, 70_000)
        proof = merkle.inclusion_proof(complete, index, 70_000)
        at = CHANCE.randrange(len(proof))
        changed = [*proof[:at], *CHANCE.choice([[], [proof[at]] * 2, [leaf(at)]]), *proof[at + 1 :]]
        asked = {"index": index, "size": 70_000, "leaf": leaf(index).hex(), "root": root.hex()}
        assert not go.holds("check_inclusion", **asked, proof=[each.hex() for each in changed])
        with pytest.raises(BadProof):
            merkle.verify_inclusion(
                index=index, size=70_000, leaf=leaf(index), proof=changed, tree_root=root
            )
        steps = merkle.consistency_proof(complete, old, 70_000)
        asked = {"old": old, "size": 70_000, "old_root": leaf(0).hex(), "root": root.hex()}
        assert not go.holds("check_consistency", **asked, proof=[each.hex() for each in steps])


def test_on_the_published_proofs(go: Go) -> None:
    """All but those that are no question to it: it says nothing of a tree of no entries."""
    judged = 0
    for each in vectors("rfc6962-inclusion.json")["cases"]:
        asked = {
            "index": each["leafIdx"],
            "size": each["treeSize"],
            "leaf": unbase64(each["leafHash"]).hex(),
            "root": unbase64(each["root"]).hex(),
            "proof": [unbase64(one).hex() for one in each["proof"] or ()],
        }
        if max(asked["index"], asked["size"]) >= 2**63:
            continue
        try:
            merkle.verify_inclusion(
                index=asked["index"],
                size=asked["size"],
                leaf=bytes.fromhex(asked["leaf"]),
                proof=[bytes.fromhex(one) for one in asked["proof"]],
                tree_root=bytes.fromhex(asked["root"]),
            )
            ours = True
        except BadProof:
            ours = False
        assert go.holds("check_inclusion", **asked) == ours, each["_file"]
        judged += 1
    assert judged >= 90


# Notes


KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
VKEY = VerifierKey("log.example/homeward", KEY.public_key().public_bytes_raw())


def test_on_every_published_note(go: Go) -> None:
    for each in vectors("signed-notes.json")["notes"]:
        raw = base64.b64decode(each["note_b64"]) if "note_b64" in each else each["note"].encode()
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            continue  # no question in JSON can hold it
        try:
            ours: str | None = read_note(raw, [VerifierKey.parse(each["vkey"])])
        except BadNote:
            ours = None
        assert go.ask("open", note=text, keys=[each["vkey"]]).get("text") == ours


def test_on_what_is_signed_to_the_byte(go: Go) -> None:
    """Ed25519 is deterministic: Go's signature with the same key is the same line."""
    text = Checkpoint(VKEY.name, 70_000, tree(70_000)[1]).text
    seed = base64.b64encode(b"\x01" + KEY.private_bytes_raw()).decode()
    secret = f"PRIVATE+KEY+{VKEY.name}+{VKEY.id.hex()}+{seed}"
    assert go.ask("sign", note=text, secret=secret)["note"] == sign(text, VKEY.name, KEY)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    entries = [e.raw for _, e in told([*VENDOR, *GRANT, *case()])]
    bundle = write_bundle(tmp_path_factory.mktemp("log"), entries, sizes=[7, 20])
    return bundle.folder, bundle.vkey


def test_on_our_checkpoints_with_both_signatures_and_a_cosignature(
    go: Go, published: tuple[Path, str]
) -> None:
    folder, vkeys = published
    note = (folder / "checkpoint").read_text()
    text = note.partition("\n\n")[0] + "\n"
    witness = VerifierKey("w.example/a", VKEY.public, b"\x04")
    note += cosign(text, witness.name, KEY, 1_795_000_000)
    keys = [*vkeys.split("\n"), str(witness)]
    opened = go.ask("open", note=note, keys=keys)
    assert opened["text"] == text
    assert len(opened["signers"]) == 3
    for at in CHANCE.sample(range(len(note)), 200):
        changed = note[:at] + ("A" if note[at] != "A" else "B") + note[at + 1 :]
        signers = go.ask("open", note=changed, keys=keys).get("signers", [])
        assert len(signers) < 3 or lines_in_bytes(changed) == lines_in_bytes(note), at
        with pytest.raises(BadNote):
            _all_signed(changed, keys)


def lines_in_bytes(note: str) -> list[tuple[str, bytes]]:
    """Go takes base 64 that nothing is written as (its last letter says more than there is)."""
    text, _, lines = note.rpartition("\n\n")
    words = [line.rpartition(" ") for line in lines.splitlines()]
    return [(text, b""), *((name, base64.b64decode(word)) for name, _, word in words)]


def _all_signed(note: str, keys: list[str]) -> None:
    known = [VerifierKey.parse(each) for each in keys]
    _, signers = read_signers(note.encode(), known)
    if len(signers) < len(known):
        raise BadNote("a key did not sign")


def test_on_our_receipts(go: Go, published: tuple[Path, str]) -> None:
    folder, vkeys = published
    note = (folder / "checkpoint").read_text()
    entries = [e.raw for _, e in told([*VENDOR, *GRANT, *case()])]
    complete = merkle.over([leaf_hash(each) for each in entries])
    for index in range(len(entries)):
        proof = merkle.inclusion_proof(complete, index, len(entries))
        receipt = write_receipt(index, proof, note)
        check_receipt(receipt, entries[index], parse_keys(vkeys))
        asked = {"note": receipt, "keys": vkeys.split("\n")}
        assert go.holds("receipt", **asked, entry=entries[index].decode())
        assert not go.holds("receipt", **asked, entry=entries[index].decode() + " ")


# A whole folder


def test_on_a_published_folder(go_program: Path, published: tuple[Path, str]) -> None:
    folder, vkeys = published
    found = verify_folder(go_program, folder, vkeys)
    assert "refused" not in found
    told_by_us = read_note((folder / "checkpoint").read_bytes(), parse_keys(vkeys))
    assert found["root"] == Checkpoint.parse(told_by_us).root.hex()
    assert found["entries"] == Checkpoint.parse(told_by_us).size


def test_on_a_folder_with_one_byte_changed(go_program: Path, published: tuple[Path, str]) -> None:
    folder, vkeys = published
    for path in (folder / "checkpoint", *sorted((folder / "tile").rglob("[0-9]*"))):
        if path.is_file() and (path.parent.name.endswith(".p") or path.name == "checkpoint"):
            whole = path.read_bytes()
            for at in CHANCE.sample(range(len(whole)), 5):
                path.write_bytes(bytes(b ^ (i == at) for i, b in enumerate(whole)))
                assert "refused" in verify_folder(go_program, folder, vkeys), (path.name, at)
            path.write_bytes(whole)
