"""How a folded state stands in a row, and how it is read back."""

from typing import Any, Generic, TypeVar

import msgspec

from events.canonical import canonical, decode_ours
from events.decider import State

S = TypeVar("S", bound=State)


class Row(msgspec.Struct, Generic[S], frozen=True):
    """An aggregate as the view has it."""

    state: S
    version: int


def written(value: object) -> str:
    return canonical(value).decode()


def read(text: str, kind: Any) -> Any:
    return msgspec.json.decode(text, type=kind, dec_hook=decode_ours)
