"""Snapshots: the folded state of a long stream, kept so that it is not folded from the start.

A snapshot is a cache. It is read by the code that made it and by no other: its key is a digest of
the source files that fold, and a store seals it. States are folded from stored entries only, so no
snapshot holds a personal value.
"""

import hashlib
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar, get_type_hints

import msgspec

from events.canonical import canonical, decode_ours
from events.decider import Decider

S = TypeVar("S")


@dataclass(frozen=True)
class Freezer(Generic[S]):
    """Turns one decider's states into bytes and back."""

    kind: Any
    """The state's type, as `evolve` declares what it returns."""
    code: str
    """A digest of the code that folds."""

    def freeze(self, state: S) -> bytes | None:
        """None when JSON cannot carry the state faithfully; then it is folded each time."""
        try:
            frozen = canonical(state)
            return frozen if self.thaw(frozen) == state else None
        except (TypeError, ValueError, NotImplementedError):
            return None

    def thaw(self, frozen: bytes) -> S:
        state: S = msgspec.json.decode(frozen, type=self.kind, dec_hook=decode_ours)
        return state


@cache
def freezer(decider: Decider[Any, S, Any]) -> Freezer[S]:
    """The decider's freezer."""
    digest = hashlib.sha256()
    for file in _sources(Path(inspect.getfile(decider.evolve))):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return Freezer(get_type_hints(decider.evolve)["return"], digest.hexdigest())


def _sources(module: Path) -> Iterator[Path]:
    """The files beside the module that folds, where its rules are, and those of this library."""
    yield from sorted(module.parent.glob("*.py"))
    yield from sorted(Path(__file__).parent.glob("*.py"))
