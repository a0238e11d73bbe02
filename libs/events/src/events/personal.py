"""Personal values: in the event's vault, never in its entry, provable all the same.

A personal field is declared by its type, `name: Identity[str]`. In memory it holds the value when
the event is made and None when it is read back. Its entry carries only a salted digest, in the
disclosure form of SD-JWT (RFC 9901, section 4.2): base64url(SHA-256(disclosure)), where the
disclosure is base64url(JSON[salt, name, value]) and the salt has 128 random bits.
"""

import base64
import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Optional, TypeVar

import msgspec

from events.canonical import canonical

T = TypeVar("T")


class Kind(StrEnum):
    """How sensitive a personal value is. Each person has one key per kind."""

    IDENTITY = "identity"
    CONTACT = "contact"
    PROTECTION = "protection"
    HEALTH = "health"


@dataclass(frozen=True)
class PersonalMark:
    """What the alias puts on a field's type."""

    kind: Kind


Identity = Annotated[Optional[T], PersonalMark(Kind.IDENTITY)]  # noqa: UP045  a generic alias
Contact = Annotated[Optional[T], PersonalMark(Kind.CONTACT)]  # noqa: UP045
Protection = Annotated[Optional[T], PersonalMark(Kind.PROTECTION)]  # noqa: UP045
Health = Annotated[Optional[T], PersonalMark(Kind.HEALTH)]  # noqa: UP045


@dataclass(frozen=True)
class Disclosure:
    """One personal value of one event, in the clear, on its way into the vault or out of it."""

    name: str
    kind: Kind
    encoded: str
    """base64url(JSON[salt, name, value]) without padding: what is hashed, what is handed out."""

    @classmethod
    def make(cls, name: str, kind: Kind, value: object, salt: bytes) -> "Disclosure":
        """`salt`: 16 fresh random bytes."""
        return cls(name, kind, b64url(canonical([b64url(salt), name, value])))

    @property
    def digest(self) -> str:
        """What the entry carries in `_sd`."""
        return digest_of(self.encoded)

    @property
    def value(self) -> Any:
        return msgspec.json.decode(unb64url(self.encoded))[2]


def digest_of(encoded: str) -> str:
    """base64url(SHA-256(ascii(disclosure))), RFC 9901 section 4.2.3."""
    return b64url(hashlib.sha256(encoded.encode("ascii")).digest())


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
