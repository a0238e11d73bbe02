"""Codes and signatures at the edge: what the domain is told of them as digests and answers.

A code is not kept anywhere. It follows from its id under the service's own secret, and what an
event holds of it is keyed with the same: without the secret it cannot be found by trying.
"""

import hashlib
import hmac
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from disbursement.domain.capture_device import PublicKey
from events.canonical import canonical
from events.ports import Claim, ClaimTaken
from events.values import CashId, CommitmentId, DeliveryCodeId, Digest, InvoiceId, ReceiptId

DIGITS = 6
SIGNED = "disbursement.signed"
"""A claim: a paper is evidence for one thing alone: signed for a hand-over, of goods or of cash, or
the vendor's invoice.
"""


def signed_for(document: Digest, of: ReceiptId | CashId | InvoiceId) -> Claim:
    """That the paper was signed for this hand-over, or is this invoice."""
    return Claim(SIGNED, document, answer=of.encode())


def signed_before(taken: ClaimTaken) -> str:
    """For which other hand-over the paper was signed, or which invoice it is; raises the refusal
    again if it tells none.
    """
    if taken.held.scope != SIGNED or taken.held.answer is None:
        raise taken
    return taken.held.answer.decode()


def spoken(secret: bytes, code: DeliveryCodeId) -> str:
    """The digits that the returnee is told."""
    number = hmac.digest(secret, b"delivery code\0" + code.encode(), hashlib.sha256)
    return f"{int.from_bytes(number) % 10**DIGITS:0{DIGITS}d}"


def code_digest(secret: bytes, commitment: CommitmentId, digits: str) -> Digest:
    """What is kept of digits that were issued or given for an order."""
    given = b"delivery code given\0" + commitment.encode() + b"\0" + digits.encode()
    return Digest(hmac.digest(secret, given, hashlib.sha256).hex())


def to_be_signed(commitment: CommitmentId, body: bytes) -> Digest:
    """What a device signs of a capture: the SHA-256 of the canonical JSON (RFC 8785) of all that
    it sends but the signature, with the order that it is for. The signature is over the digest's
    64 hexadecimal digits.
    """
    sent: dict[str, Any] = msgspec.json.decode(body)
    sent.pop("signature", None)
    return Digest(hashlib.sha256(canonical(sent | {"commitment": commitment})).hexdigest())


def is_signed_by(key: PublicKey, signed: Digest, signature: str) -> bool:
    """Whether that signature is the device's."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(
            bytes.fromhex(signature), signed.encode()
        )
    except (InvalidSignature, ValueError):
        return False
    return True
