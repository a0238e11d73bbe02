"""The secret of an anonymous complainant: said once, dictated over a telephone, never stored.

It follows from the complaint's id under a key of the service, so that a repeated request is
answered with the same one. What is stored is a keyed hash of the complaint's id under the secret.
"""

import base64
import hashlib
import hmac

from events.values import ComplaintId, Digest

SECRET_BYTES = 15
GROUP = 4


def secret_of(complaint: ComplaintId, key: bytes) -> str:
    """24 letters and digits in groups of four, 120 bits: `k7qd-…`."""
    drawn = hmac.digest(key, complaint.encode(), hashlib.sha256)[:SECRET_BYTES]
    letters = base64.b32encode(drawn).decode().lower()
    return "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))


def proof_of(complaint: ComplaintId, secret: str) -> Digest:
    """What shows that somebody holds the secret. Spaces, dashes and capitals do not matter."""
    plain = "".join(secret.lower().replace("-", " ").split())
    return Digest(hmac.new(plain.encode(), complaint.encode(), hashlib.sha256).hexdigest())
