"""The references and names that a bank carries through: what they are made of, and how long.

Banks pass on only the SWIFT character set "x" (SWIFT FIN, character set x; EPC217-08): Latin
letters, digits and a few marks. Our ids hold an underscore, which is not among them.
"""

import hashlib
import re
import uuid

from anyascii import anyascii

from events.values import PaymentId

SWIFT_X = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]*", re.ASCII)
_FOREIGN = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]+", re.ASCII)


def end_to_end_id(payment: PaymentId) -> str:
    """The one EndToEndId of a payment, for ever: its id in letters that a bank passes on."""
    return payment.replace("_", "-")


def uetr(end_to_end_id: str) -> str:
    """The one UETR of a payment, for ever: shaped as a UUIDv4, made from its EndToEndId."""
    digest = hashlib.sha256(b"homeward uetr\n" + end_to_end_id.encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


def latin(text: str, limit: int = 140) -> str:
    """The text in SWIFT's letters, at most `limit` of them: `مخبز النور` becomes `mkhbz lnwr`.

    Words keep their order; what has no counterpart becomes a space.
    """
    return " ".join(_FOREIGN.sub(" ", anyascii(text)).split())[:limit].rstrip()
