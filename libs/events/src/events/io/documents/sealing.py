"""Sealing: AES-256-GCM over parts of 64 KiB, so that no document is ever in memory whole.

The key is fresh for each document, so the nonce is the part's number, with a last byte that says
whether more follows: parts that were cut off, repeated or put in another order do not open (the
STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizar, CRYPTO 2015).
"""

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
PART_BYTES = 64 * 1024
TAG_BYTES = 16
COUNTER_BYTES = 11


def fresh_key() -> bytes:
    return AESGCM.generate_key(8 * KEY_BYTES)


class _Parts:
    """Cuts what comes into parts of one size; of the last it is known only at the end."""

    def __init__(self, key: bytes, size: int) -> None:
        self._cipher = AESGCM(key)
        self._size = size
        self._left = bytearray()
        self._number = 0

    def _apply(self, part: bytes, nonce: bytes) -> bytes:
        raise NotImplementedError

    def update(self, data: bytes) -> bytes:
        self._left += data
        done = bytearray()
        while len(self._left) > self._size:
            done += self._next(bytes(self._left[: self._size]), last=False)
            del self._left[: self._size]
        return bytes(done)

    def finish(self) -> bytes:
        return self._next(bytes(self._left), last=True)

    def _next(self, part: bytes, *, last: bool) -> bytes:
        nonce = self._number.to_bytes(COUNTER_BYTES, "big") + bytes([last])
        self._number += 1
        return self._apply(part, nonce)


class Sealing(_Parts):
    """Takes a document as it comes, gives its sealed bytes."""

    def __init__(self, key: bytes) -> None:
        super().__init__(key, PART_BYTES)

    def _apply(self, part: bytes, nonce: bytes) -> bytes:
        return self._cipher.encrypt(nonce, part, None)


class Opening(_Parts):
    """Takes sealed bytes as they come, gives the document. `InvalidTag` when they are not whole."""

    def __init__(self, key: bytes) -> None:
        super().__init__(key, PART_BYTES + TAG_BYTES)

    def _apply(self, part: bytes, nonce: bytes) -> bytes:
        return self._cipher.decrypt(nonce, part, None)
