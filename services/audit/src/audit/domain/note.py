"""Signed notes and checkpoints: https://c2sp.org/signed-note and https://c2sp.org/tlog-checkpoint.

A note is a text and, after an empty line, one or more signature lines. A checkpoint is a note
whose text says: this log, of this many entries, has this root.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit.domain.merkle import HASH_BYTES

ED25519 = b"\x01"
ID_BYTES = 4
ED25519_KEY_BYTES = 32
SIGNATURES_MAX = 64
SIZE_MAX = 2**63
VKEY_PARTS = 3

_NAME = re.compile(r"[^\s+\x00-\x1f]+")
_SIGNATURE = re.compile(r"— ([^\s+\x00-\x1f]+) ([A-Za-z0-9+/]+={0,2})")


class BadNote(ValueError):
    """It is not a note, or no key that is trusted here signed it. The message says why."""


@dataclass(frozen=True)
class VerifierKey:
    """The public half of a log's key, with the log's name: what others trust it by."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `name+id+key`; `BadNote` when it is not an Ed25519 verifier key."""
        parts = text.strip().split("+", VKEY_PARTS - 1)
        if len(parts) != VKEY_PARTS or not _NAME.fullmatch(parts[0]):
            raise BadNote("a verifier key reads name+id+key")
        key = unbase64(parts[2])
        if key[:1] != ED25519 or len(key) != 1 + ED25519_KEY_BYTES:
            raise BadNote("not an Ed25519 key (type 0x01)")
        known = cls(parts[0], key[1:])
        if parts[1] != known.id.hex():
            raise BadNote("the key's id does not fit the key")
        return known

    @property
    def id(self) -> bytes:
        named = self.name.encode() + b"\n" + ED25519 + self.public
        return hashlib.sha256(named).digest()[:ID_BYTES]

    def __str__(self) -> str:
        key = base64.b64encode(ED25519 + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{key}"


def sign(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """The text as a note with one signature."""
    verifier = VerifierKey(name, key.public_key().public_bytes_raw())
    signature = base64.b64encode(verifier.id + key.sign(text.encode())).decode()
    return f"{text}\n— {name} {signature}\n"


def read_note(note: bytes, keys: Sequence[VerifierKey]) -> str:
    """The text, if one of the keys signed it and none of them signed something else."""
    try:
        whole = note.decode()
    except UnicodeDecodeError:
        raise BadNote("a note is UTF-8") from None
    if any(char < " " and char != "\n" for char in whole):
        raise BadNote("a note has no control characters")
    body, found, lines = whole.rpartition("\n\n")
    if not found or not lines.endswith("\n"):
        raise BadNote("a note is a text, an empty line and signatures")
    signatures = lines[:-1].split("\n")
    if len(signatures) > SIGNATURES_MAX:
        raise BadNote(f"more than {SIGNATURES_MAX} signatures")
    text = body + "\n"
    trusted = [_signed(line, text, keys) for line in signatures]
    if not any(trusted):
        raise BadNote("no signature by a known key")
    return text


def _signed(line: str, text: str, keys: Sequence[VerifierKey]) -> bool:
    match = _SIGNATURE.fullmatch(line)
    if match is None:
        raise BadNote("a signature line reads — name signature")
    signature = unbase64(match[2])
    if len(signature) <= ID_BYTES:
        raise BadNote("a signature is longer than that")
    for key in keys:
        if (key.name, key.id) == (match[1], signature[:ID_BYTES]):
            try:
                public = Ed25519PublicKey.from_public_bytes(key.public)
                public.verify(signature[ID_BYTES:], text.encode())
            except InvalidSignature:
                raise BadNote(f"the signature of {key.name} does not fit the text") from None
            return True
    return False


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


def unbase64(text: str) -> bytes:
    """Standard base 64, and only in the one way in which it is written."""
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise BadNote("not base 64") from None
    if base64.b64encode(data).decode() != text:
        raise BadNote("not the base 64 of anything")
    return data
