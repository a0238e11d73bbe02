"""The signer: holds the log's key and signs a tree only if it continues the one it signed last.

It keeps its own memory of that, so whoever changes the log's table or files, or puts an old copy
of them back, gets no signature for it. It knows nothing of events.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.domain.merkle import EMPTY_ROOT, BadProof, verify_consistency
from audit.domain.note import Checkpoint, VerifierKey, sign
from audit.log.files import write_now

KEY = "log.key"
MEMORY = "signed.json"


class WouldFork(Exception):
    """The tree is no continuation of what was signed last. Nothing is signed until a person has
    looked: the log's history was changed, or an old copy of it was put in place.
    """


class Signer:
    """Signs checkpoints of one log."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._memory = folder / MEMORY
        self._key = _key(folder / KEY)
        public = self._key.public_key().public_bytes_raw()
        origin = f"homeward/log/{hashlib.sha256(public).hexdigest()[:8]}"
        self.vkey = VerifierKey(origin, public)
        self.last = self._remembered(origin)

    def _remembered(self, origin: str) -> Checkpoint:
        try:
            said: Any = msgspec.json.decode(self._memory.read_bytes())
        except FileNotFoundError:
            return Checkpoint(origin, 0, EMPTY_ROOT)
        return Checkpoint(origin, said["size"], bytes.fromhex(said["root"]))

    def sign(self, size: int, root: bytes, proof: Sequence[bytes]) -> str:
        """The signed checkpoint; `proof` shows that the tree continues `self.last`. `WouldFork`.

        What is signed is remembered first: a crash in between loses a signature, never the memory.
        """
        try:
            verify_consistency(
                old=self.last.size,
                new=size,
                old_root=self.last.root,
                new_root=root,
                proof=proof,
            )
        except BadProof as bad:
            raise WouldFork(f"from size {self.last.size} to {size}: {bad}") from None
        next_one = Checkpoint(self.last.origin, size, root)
        memory = msgspec.json.encode({"size": size, "root": root.hex()})
        write_now(self._memory, memory, mode=0o600)
        self.last = next_one
        return sign(next_one.text, self.vkey.name, self._key)


def _key(path: Path) -> Ed25519PrivateKey:
    """The key of the log, made when the log begins."""
    if not path.exists():
        made = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        write_now(path, made, mode=0o600)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, Ed25519PrivateKey), f"{path} is not an Ed25519 key"
    return key
