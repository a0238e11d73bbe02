"""Signed notes, checkpoints and receipts, against the published vectors and against themselves."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from services.audit.tests.vectors import vectors

from audit.domain.merkle import BadProof, inclusion_proof, leaf_hash, over, root
from audit.domain.note import BadNote, Checkpoint, VerifierKey, read_note, sign
from audit.domain.proof import check_receipt, write_receipt

LOG = "log.example/homeward"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
VKEY = VerifierKey(LOG, KEY.public_key().public_bytes_raw())
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
ENTRIES = [f'{{"entry":{number}}}'.encode() for number in range(11)]
TREE = over([leaf_hash(entry) for entry in ENTRIES])
CHECKPOINT = Checkpoint(LOG, len(ENTRIES), root(TREE, 0, len(ENTRIES)))


def test_every_published_note_is_judged_rightly() -> None:
    judged = 0
    for case in vectors("signed-notes.json")["notes"]:
        if "cosignature" in case["name"] or "101 signatures" in case["name"]:
            continue  # other signature types; a cap that the specification leaves open
        note = base64.b64decode(case["note_b64"]) if "note_b64" in case else case["note"].encode()
        key = VerifierKey.parse(case["vkey"])
        judged += 1
        if case["valid"]:
            read_note(note, [key])
        else:
            with pytest.raises(BadNote):
                read_note(note, [key])
    assert judged >= 28


def test_a_bad_verifier_key_is_refused() -> None:
    for text in vectors("signed-notes.json")["bad_vkeys"]:
        with pytest.raises(BadNote):
            VerifierKey.parse(text)


def test_a_bad_checkpoint_is_refused() -> None:
    for case in vectors("signed-notes.json")["checkpoint_bodies"]:
        with pytest.raises(BadNote):  # the one that is valid upstream has a root of 7 bytes
            Checkpoint.parse(case["body"])


def test_a_note_is_read_back_by_who_trusts_the_key() -> None:
    note = sign(CHECKPOINT.text, LOG, KEY)
    assert Checkpoint.parse(read_note(note.encode(), [VKEY])) == CHECKPOINT
    assert VerifierKey.parse(str(VKEY)) == VKEY


def test_a_note_by_nobody_we_trust_says_nothing() -> None:
    with pytest.raises(BadNote, match="no signature by a known key"):
        read_note(sign(CHECKPOINT.text, LOG, OTHER).encode(), [VKEY])


def test_every_changed_byte_of_a_checkpoint_is_noticed() -> None:
    note = sign(CHECKPOINT.text, LOG, KEY).encode()
    for at in range(len(note)):
        changed = bytes(b ^ (i == at) for i, b in enumerate(note))
        with pytest.raises(BadNote):
            read_note(changed, [VKEY])


def test_a_receipt_proves_its_entry_and_no_other() -> None:
    note = sign(CHECKPOINT.text, LOG, KEY)
    for index, entry in enumerate(ENTRIES):
        receipt = write_receipt(index, inclusion_proof(TREE, index, len(ENTRIES)), note)
        assert check_receipt(receipt, entry, VKEY) == CHECKPOINT
        with pytest.raises(BadProof):
            check_receipt(receipt, entry + b" ", VKEY)
        with pytest.raises(BadProof):
            check_receipt(receipt.replace(f"index {index}", f"index 0{index}"), entry, VKEY)
    with pytest.raises(BadNote):
        check_receipt(receipt.replace(LOG, "log.example/other"), ENTRIES[-1], VKEY)
