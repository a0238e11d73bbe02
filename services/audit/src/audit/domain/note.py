"""Signed notes and checkpoints: https://c2sp.org/signed-note and https://c2sp.org/tlog-checkpoint.

A note is a text and, after an empty line, one or more signature lines. A checkpoint is a note
whose text says: this log, of this many entries, has this root. A cosignature
(https://c2sp.org/tlog-cosignature) is a line that says as well when that was so.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from audit.domain.merkle import HASH_BYTES

ED25519 = b"\x01"
COSIGNED_ED25519 = b"\x04"
COSIGNED_MLDSA44 = b"\x06"
KEY_BYTES = {ED25519: 32, COSIGNED_ED25519: 32, COSIGNED_MLDSA44: 1312}
ID_BYTES = 4
TIME_BYTES = 8
TIME_MAX = 2**63 - 1
OPAQUE_MAX = 255
SIGNATURES_MAX = 64
SIZE_MAX = 2**63
VKEY_PARTS = 3

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
NAME = re.compile(r"[^\s+\x00-\x1f]+")
"""What somebody may sign as."""
_SIGNATURE = re.compile(r"— ([^\s+\x00-\x1f]+) ([A-Za-z0-9+/]+={0,2})")


class BadNote(ValueError):
    """It is not a note, or no key that is trusted here signed it. The message says why."""


@dataclass(frozen=True)
class VerifierKey:
    """The public half of a key, with its holder's name: what a log or a witness is trusted by."""

    name: str
    public: bytes
    kind: bytes = ED25519

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `name+id+key`; `BadNote` when it is none, or of a kind that is unknown here."""
        parts = text.strip().split("+", VKEY_PARTS - 1)
        if len(parts) != VKEY_PARTS or not NAME.fullmatch(parts[0]):
            raise BadNote("a verifier key reads name+id+key")
        key = unbase64(parts[2])
        if KEY_BYTES.get(key[:1]) != len(key) - 1:
            raise BadNote("not a key of type 0x01, 0x04 or 0x06")
        known = cls(parts[0], key[1:], key[:1])
        if parts[1] != known.id.hex():
            raise BadNote("the key's id does not fit the key")
        return known

    @property
    def id(self) -> bytes:
        named = self.name.encode() + b"\n" + self.kind + self.public
        return hashlib.sha256(named).digest()[:ID_BYTES]

    def __str__(self) -> str:
        key = base64.b64encode(self.kind + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{key}"

    def verify(self, signature: bytes, text: str) -> None:
        """`BadNote` unless the signature is by this key, over this text."""
        try:
            if self.kind == ED25519:
                public = Ed25519PublicKey.from_public_bytes(self.public)
                public.verify(signature, text.encode())
                return
            at = int.from_bytes(signature[:TIME_BYTES])
            told = cosigned(self.kind, self.name, at, text)
            if self.kind == COSIGNED_ED25519:
                public = Ed25519PublicKey.from_public_bytes(self.public)
                public.verify(signature[TIME_BYTES:], told)
            else:
                lasting = MLDSA44PublicKey.from_public_bytes(self.public)
                lasting.verify(signature[TIME_BYTES:], told)
        except (InvalidSignature, ValueError):
            raise BadNote(f"the signature of {self.name} does not fit the text") from None


def parse_keys(text: str) -> tuple[VerifierKey, ...]:
    """The keys of one holder, one a line: the log's Ed25519 key and its ML-DSA-44 key."""
    keys = tuple(VerifierKey.parse(line) for line in text.strip().split("\n"))
    if len({key.name for key in keys}) != 1:
        raise BadNote("the keys have different names")
    return keys


def cosigned(kind: bytes, name: str, at: int, text: str) -> bytes:
    """What a cosignature is over: this checkpoint, as `name` knew it at the POSIX time `at`."""
    if at > TIME_MAX:
        raise BadNote("a time that cannot be")
    if kind == COSIGNED_ED25519:
        return f"cosignature/v1\ntime {at}\n{text}".encode()
    checkpoint = Checkpoint.parse(text)
    return b"".join(
        (
            b"subtree/v1\n\0",
            _opaque(name),
            at.to_bytes(8),
            _opaque(checkpoint.origin),
            (0).to_bytes(8),
            checkpoint.size.to_bytes(8),
            checkpoint.root,
        )
    )


def _opaque(text: str) -> bytes:
    encoded = text.encode()
    if not 0 < len(encoded) <= OPAQUE_MAX:
        raise BadNote(f"a name has at most {OPAQUE_MAX} bytes")
    return bytes([len(encoded)]) + encoded


def sign(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """The text as a note with one signature."""
    verifier = VerifierKey(name, key.public_key().public_bytes_raw())
    return f"{text}\n{_line(verifier, key.sign(text.encode()))}"


def cosign(text: str, name: str, key: Ed25519PrivateKey | MLDSA44PrivateKey, at: int) -> str:
    """The line to put under the checkpoint: `name` knew of none that is larger at that time."""
    kind = COSIGNED_ED25519 if isinstance(key, Ed25519PrivateKey) else COSIGNED_MLDSA44
    verifier = VerifierKey(name, key.public_key().public_bytes_raw(), kind)
    signature = key.sign(cosigned(kind, name, at, text))
    return _line(verifier, at.to_bytes(TIME_BYTES) + signature)


def _line(key: VerifierKey, signature: bytes) -> str:
    return f"— {key.name} {base64.b64encode(key.id + signature).decode()}\n"


def read_note(note: bytes, keys: Sequence[VerifierKey]) -> str:
    """The text, if one of the keys signed it and none of them signed something else."""
    text, signers = read_signers(note, keys)
    if not signers:
        raise BadNote("no signature by a known key")
    return text


def only_by(note: bytes, keys: Sequence[VerifierKey]) -> str:
    """The note without the signatures of all others. `BadNote` if one of these does not fit."""
    text, _ = read_signers(note, keys)
    lines = note.decode()[len(text) + 1 :].splitlines(keepends=True)
    ours = [line for line in lines if _signer(line.rstrip("\n"), text, keys) is not None]
    return f"{text}\n{''.join(ours)}"


def read_signers(note: bytes, keys: Sequence[VerifierKey]) -> tuple[str, frozenset[VerifierKey]]:
    """The text, and who of these signed it. `BadNote` if one of them signed something else."""
    try:
        whole = note.decode()
    except UnicodeDecodeError:
        raise BadNote("a note is UTF-8") from None
    if _CONTROL.search(whole):
        raise BadNote("a note has no control characters")
    body, found, lines = whole.rpartition("\n\n")
    if not found or not lines.endswith("\n"):
        raise BadNote("a note is a text, an empty line and signatures")
    signatures = lines[:-1].split("\n")
    if len(signatures) > SIGNATURES_MAX:
        raise BadNote(f"more than {SIGNATURES_MAX} signatures")
    text = body + "\n"
    signers = [_signer(line, text, keys) for line in signatures]
    return text, frozenset(key for key in signers if key is not None)


def cosigned_at(note: bytes, key: VerifierKey) -> datetime | None:
    """When the holder of the key cosigned it; None when they did not. `BadNote`."""
    text, _ = read_signers(note, [key])
    for line in note.decode()[len(text) + 1 :].splitlines():
        if _signer(line, text, [key]) is not None:
            signature = unbase64(line.rpartition(" ")[2])[ID_BYTES:]
            return datetime.fromtimestamp(int.from_bytes(signature[:TIME_BYTES]), UTC)
    return None


def _signer(line: str, text: str, keys: Sequence[VerifierKey]) -> VerifierKey | None:
    """The key that the line is by; None when it is by nobody whom we know."""
    match = _SIGNATURE.fullmatch(line)
    if match is None:
        raise BadNote("a signature line reads — name signature")
    signature = unbase64(match[2])
    if len(signature) <= ID_BYTES:
        raise BadNote("a signature is longer than that")
    for key in keys:
        if (key.name, key.id) == (match[1], signature[:ID_BYTES]):
            key.verify(signature[ID_BYTES:], text)
            return key
    return None


@dataclass(frozen=True)
class Checkpoint:
    """A log's statement: so many entries, under this root."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a checkpoint's text; `BadNote` when it is none."""
        if not text.endswith("\n"):
            raise BadNote("a checkpoint ends its lines")
        lines = text[:-1].split("\n")
        if len(lines) < 3 or not all(lines):  # noqa: PLR2004  origin, size, root
            raise BadNote("a checkpoint has an origin, a size and a root")
        origin, size, root = lines[:3]
        if not re.fullmatch(r"0|[1-9][0-9]{0,18}", size, re.ASCII) or int(size) >= SIZE_MAX:
            raise BadNote("the size is not a number of entries")
        hashed = unbase64(root)
        if len(hashed) != HASH_BYTES:
            raise BadNote("the root is not 32 bytes long")
        return cls(origin, int(size), hashed)

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def read_checkpoint(note: bytes, keys: Sequence[VerifierKey]) -> Checkpoint:
    """The checkpoint, if the log signed it with every one of its keys: none may be left out."""
    text, signers = read_signers(note, keys)
    for key in keys:
        if key not in signers:
            raise BadNote(f"no signature by a known key: {key.name} with {key.id.hex()}")
    checkpoint = Checkpoint.parse(text)
    if any(key.name != checkpoint.origin for key in keys):
        raise BadNote(f"a checkpoint of {checkpoint.origin}, not of {keys[0].name}")
    return checkpoint


def unbase64(text: str) -> bytes:
    """Standard base 64, and only in the one way in which it is written."""
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise BadNote("not base 64") from None
    if base64.b64encode(data).decode() != text:
        raise BadNote("not the base 64 of anything")
    return data
