"""The signer: holds the log's keys and signs a tree only if it continues the one it signed last.

It keeps its own memory of that, so whoever changes the log's table or files, or puts an old copy
of them back, gets no signature for it. It knows nothing of events. It runs as a process of its own
(`audit/signer.py`) and is asked over a socket (`signing.py`): the log's service has no key.

Two keys sign: Ed25519, which every reader of such logs knows, and ML-DSA-44, which will hold when
the first one does not any more. A payment is looked into for longer than that.
"""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from audit.domain.merkle import EMPTY_ROOT, BadProof, verify_consistency
from audit.domain.note import COSIGNED_MLDSA44, Checkpoint, VerifierKey, cosign, sign
from audit.log.files import write_now
from events.ports import Clock

KEY = "log.key"
LASTING_KEY = "log-ml-dsa-44.key"
MEMORY = "signed.json"

Key = Ed25519PrivateKey | MLDSA44PrivateKey


class WouldFork(Exception):
    """The tree is no continuation of what was signed last. Nothing is signed until a person has
    looked: the log's history was changed, or an old copy of it was put in place.
    """


class Signer:
    """Signs checkpoints of one log."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._memory = folder / MEMORY
        self._clock = clock
        key = _key(folder / KEY, Ed25519PrivateKey.generate)
        lasting = _key(folder / LASTING_KEY, MLDSA44PrivateKey.generate)
        assert isinstance(key, Ed25519PrivateKey), f"{KEY} is not an Ed25519 key"
        assert isinstance(lasting, MLDSA44PrivateKey), f"{LASTING_KEY} is not an ML-DSA-44 key"
        self._key, self._lasting = key, lasting
        public = key.public_key().public_bytes_raw()
        origin = f"homeward/log/{hashlib.sha256(public).hexdigest()[:8]}"
        self.keys = (
            VerifierKey(origin, public),
            VerifierKey(origin, lasting.public_key().public_bytes_raw(), COSIGNED_MLDSA44),
        )
        self.last, self._note = self._remembered(origin)

    def recall(self) -> None:
        """Read the memory again, once nobody else can write it."""
        self.last, self._note = self._remembered(self.last.origin)

    @property
    def vkey(self) -> str:
        """What others trust the log by: its keys, one a line, Ed25519 first."""
        return "\n".join(str(key) for key in self.keys)

    def _remembered(self, origin: str) -> tuple[Checkpoint, str]:
        try:
            said: Any = msgspec.json.decode(self._memory.read_bytes())
        except FileNotFoundError:
            return Checkpoint(origin, 0, EMPTY_ROOT), ""
        return Checkpoint(origin, said["size"], bytes.fromhex(said["root"])), said.get("note", "")

    def sign(self, size: int, root: bytes, proof: Sequence[bytes]) -> str:
        """The signed checkpoint; `proof` shows that the tree continues `self.last`. `WouldFork`.

        What is signed is remembered before it is told: a crash in between loses nothing, since the
        same tree gets the same note again.
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
        if next_one != self.last or not self._note:
            note = sign(next_one.text, next_one.origin, self._key)
            now = int(self._clock.now().timestamp())
            note += cosign(next_one.text, next_one.origin, self._lasting, now)
            memory = {"size": size, "root": root.hex(), "note": note}
            write_now(self._memory, msgspec.json.encode(memory), mode=0o600)
            self.last, self._note = next_one, note
        return self._note


def _key(path: Path, generate: Callable[[], Key]) -> Key:
    """A key of the log, made when the log begins."""
    if not path.exists():
        made = generate().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        write_now(path, made, mode=0o600)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, Ed25519PrivateKey | MLDSA44PrivateKey), f"{path} is no key of a log"
    return key
