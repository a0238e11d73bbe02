"""Signed notes, checkpoints and receipts, against the published vectors and against themselves."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from services.audit.tests.vectors import vectors

from audit.domain.merkle import BadProof, inclusion_proof, leaf_hash, over, root
from audit.domain.note import (
    COSIGNED_ED25519,
    COSIGNED_MLDSA44,
    BadNote,
    Checkpoint,
    VerifierKey,
    cosign,
    parse_keys,
    read_checkpoint,
    read_note,
    read_signers,
    sign,
)
from audit.domain.proof import check_receipt, write_receipt

LOG = "log.example/homeward"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
VKEY = VerifierKey(LOG, KEY.public_key().public_bytes_raw())
LASTING = MLDSA44PrivateKey.from_seed_bytes(bytes(range(32)))
LASTING_VKEY = VerifierKey(LOG, LASTING.public_key().public_bytes_raw(), COSIGNED_MLDSA44)
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
ENTRIES = [f'{{"entry":{number}}}'.encode() for number in range(11)]
TREE = over([leaf_hash(entry) for entry in ENTRIES])
CHECKPOINT = Checkpoint(LOG, len(ENTRIES), root(TREE, 0, len(ENTRIES)))


def test_every_published_note_is_judged_rightly() -> None:
    judged = 0
    for case in vectors("signed-notes.json")["notes"]:
        note = base64.b64decode(case["note_b64"]) if "note_b64" in case else case["note"].encode()
        key = VerifierKey.parse(case["vkey"])
        judged += 1
        if case["valid"]:
            read_note(note, [key])
        else:
            with pytest.raises(BadNote):
                read_note(note, [key])
    assert judged == 32


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


# Cosignatures: two kinds, each over the time as well

WITNESS = "witness.example/donor"
AT = 1_795_000_000
NOTE = sign(CHECKPOINT.text, LOG, KEY)
COSIGNERS: dict[str, tuple[Ed25519PrivateKey | MLDSA44PrivateKey, VerifierKey]] = {
    "ed25519": (
        OTHER,
        VerifierKey(WITNESS, OTHER.public_key().public_bytes_raw(), COSIGNED_ED25519),
    ),
    "ml-dsa-44": (
        LASTING,
        VerifierKey(WITNESS, LASTING.public_key().public_bytes_raw(), COSIGNED_MLDSA44),
    ),
}


@pytest.mark.parametrize("kind", COSIGNERS)
def test_a_cosigned_checkpoint_is_read_by_who_trusts_either(kind: str) -> None:
    key, vkey = COSIGNERS[kind]
    note = (NOTE + cosign(CHECKPOINT.text, WITNESS, key, AT)).encode()
    assert read_note(note, [VKEY]) == read_note(note, [vkey]) == CHECKPOINT.text
    assert read_signers(note, [VKEY, vkey]) == (CHECKPOINT.text, frozenset({VKEY, vkey}))
    assert VerifierKey.parse(str(vkey)) == vkey


@pytest.mark.parametrize("kind", COSIGNERS)
def test_a_cosignature_is_for_its_text_and_its_time_alone(kind: str) -> None:
    key, vkey = COSIGNERS[kind]
    line = cosign(CHECKPOINT.text, WITNESS, key, AT)
    larger = Checkpoint(LOG, CHECKPOINT.size + 1, CHECKPOINT.root)
    with pytest.raises(BadNote, match="does not fit"):
        read_note((sign(larger.text, LOG, KEY) + line).encode(), [VKEY, vkey])
    signature = bytearray(base64.b64decode(line.split()[2]))
    signature[11] ^= 1  # the last byte of the time
    later = f"— {WITNESS} {base64.b64encode(signature).decode()}\n"
    with pytest.raises(BadNote, match="does not fit"):
        read_note((NOTE + later).encode(), [VKEY, vkey])


def test_a_lasting_cosignature_is_by_its_name() -> None:
    """The older kind does not say who signed, so nobody may hold one key under two names."""
    line = cosign(CHECKPOINT.text, "witness.example/other", LASTING, AT)
    signature = base64.b64decode(line.split()[2])[4:]
    _, vkey = COSIGNERS["ml-dsa-44"]
    taken = base64.b64encode(vkey.id + signature).decode()
    with pytest.raises(BadNote, match="does not fit"):
        read_note(f"{NOTE}— {WITNESS} {taken}\n".encode(), [vkey])


def test_the_log_signs_with_every_key_it_has() -> None:
    keys = parse_keys(f"{VKEY}\n{LASTING_VKEY}\n")
    whole = NOTE + cosign(CHECKPOINT.text, LOG, LASTING, AT)
    assert read_checkpoint(whole.encode(), keys) == CHECKPOINT
    with pytest.raises(BadNote, match="no signature by a known key"):
        read_checkpoint(NOTE.encode(), keys)
    with pytest.raises(BadNote, match="different names"):
        parse_keys(f"{VKEY}\n{COSIGNERS['ed25519'][1]}")


def test_a_receipt_proves_its_entry_and_no_other() -> None:
    note = sign(CHECKPOINT.text, LOG, KEY)
    for index, entry in enumerate(ENTRIES):
        receipt = write_receipt(index, inclusion_proof(TREE, index, len(ENTRIES)), note)
        assert check_receipt(receipt, entry, [VKEY]) == CHECKPOINT
        with pytest.raises(BadProof):
            check_receipt(receipt, entry + b" ", [VKEY])
        with pytest.raises(BadProof):
            check_receipt(receipt.replace(f"index {index}", f"index 0{index}"), entry, [VKEY])
    with pytest.raises(BadNote):
        check_receipt(receipt.replace(LOG, "log.example/other"), ENTRIES[-1], [VKEY])
