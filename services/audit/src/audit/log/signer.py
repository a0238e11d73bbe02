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
from typing import Annotated

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from msgspec import Meta

from audit.domain.merkle import EMPTY_ROOT, BadProof, verify_consistency
from audit.domain.note import (
    COSIGNED_MLDSA44,
    BadNote,
    Checkpoint,
    VerifierKey,
    cosign,
    only_by,
    read_checkpoint,
    sign,
)
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


class Forgotten(Exception):
    """The folder's keys and its memory do not belong together. The message says what to do: a
    signer that does not know what it signed last could be led to sign another history.
    """


class Memory(msgspec.Struct, frozen=True):
    """What was signed last; size 0 before anything was."""

    size: Annotated[int, Meta(ge=0)]
    root: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
    note: str = ""
    before: int | None = None
    """The size that was signed before it; unknown to older memories."""

    def of(self, origin: str) -> Checkpoint:
        return Checkpoint(origin, self.size, bytes.fromhex(self.root))


class Keys:
    """The two keys of a log, made when it begins."""

    def __init__(self, folder: Path) -> None:
        key = _key(folder / KEY, Ed25519PrivateKey.generate)
        lasting = _key(folder / LASTING_KEY, MLDSA44PrivateKey.generate)
        assert isinstance(key, Ed25519PrivateKey), f"{KEY} is not an Ed25519 key"
        assert isinstance(lasting, MLDSA44PrivateKey), f"{LASTING_KEY} is not an ML-DSA-44 key"
        self._key, self._lasting = key, lasting
        public = key.public_key().public_bytes_raw()
        self.origin = f"homeward/log/{hashlib.sha256(public).hexdigest()[:8]}"
        self.verifiers = (
            VerifierKey(self.origin, public),
            VerifierKey(self.origin, lasting.public_key().public_bytes_raw(), COSIGNED_MLDSA44),
        )

    def sign(self, checkpoint: Checkpoint, at: int) -> str:
        """The checkpoint as a note, signed with both."""
        note = sign(checkpoint.text, self.origin, self._key)
        return note + cosign(checkpoint.text, self.origin, self._lasting, at)


class Signer:
    """Signs checkpoints of one log."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        """A folder with nothing in it is a log that begins. `Forgotten`."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (folder / KEY).exists():
            _begin(folder)
        self._folder, self._clock = folder, clock
        self._keys = Keys(folder)
        self.recall()

    def recall(self) -> None:
        """Read the memory: again, once nobody else can write it. `Forgotten`."""
        memory = _remembered(self._folder)
        self.last, self._note = memory.of(self._keys.origin), memory.note
        self.before = memory.before
        try:
            read_checkpoint(self._note.encode(), self.keys)
        except BadNote:  # none yet, or of the time before there was the second key
            self._note = ""

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        return self._keys.verifiers

    @property
    def vkey(self) -> str:
        """What others trust the log by: its keys, one a line, Ed25519 first."""
        return "\n".join(str(key) for key in self.keys)

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
            note = self._keys.sign(next_one, int(self._clock.now().timestamp()))
            before = self.last.size if next_one != self.last else self.before
            _remember(self._folder, Memory(size, root.hex(), note, before))
            self.last, self._note, self.before = next_one, note, before
        return self._note


def continue_from(folder: Path, note: bytes) -> Checkpoint:
    """Take what the keys in the folder signed once for what they signed last: a person says that
    there is nothing later. `Forgotten`, `BadNote`; `WouldFork` when the folder knows better.
    """
    for name in (KEY, LASTING_KEY):
        if not (folder / name).exists():
            raise Forgotten(f"{folder / name} is not there: put the log's two keys back first.")
    keys = Keys(folder)
    signed = read_checkpoint(note, keys.verifiers)
    try:
        memory = _remembered(folder)
    except Forgotten:
        memory = Memory(0, EMPTY_ROOT.hex())
    known = memory.of(keys.origin)
    if known.size > signed.size or (known.size == signed.size and known != signed):
        raise WouldFork(f"{folder} remembers another tree, of size {known.size}: it stays")
    ours = only_by(note, keys.verifiers)
    before = memory.before if known == signed else None
    _remember(folder, Memory(signed.size, signed.root.hex(), ours, before))
    return signed


def _begin(folder: Path) -> None:
    """No key is ever without a memory: the memory comes first."""
    if (folder / LASTING_KEY).exists() or ((folder / MEMORY).exists() and _remembered(folder).size):
        raise Forgotten(
            f"{folder} is of a log that has begun, and {KEY} is not there. Put the log's two keys"
            " back: with others it would be another log."
        )
    _remember(folder, Memory(0, EMPTY_ROOT.hex()))


def _remembered(folder: Path) -> Memory:
    try:
        return msgspec.json.decode((folder / MEMORY).read_bytes(), type=Memory)
    except FileNotFoundError:
        lacks = "is not there"
    except msgspec.MsgspecError as bad:
        lacks = f"cannot be read ({bad})"
    raise Forgotten(
        f"{folder / MEMORY} {lacks}, so the signer does not know what it signed last, and signs"
        " nothing. Take the newest checkpoint of the log that anybody has, ask its witnesses for"
        f" theirs, and run: python -m audit.signer --folder '{folder}' --continue CHECKPOINT."
        " If none was ever published, put the folder away: the log begins with new keys."
    )


def _remember(folder: Path, memory: Memory) -> None:
    write_now(folder / MEMORY, msgspec.json.encode(memory), mode=0o600)


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
