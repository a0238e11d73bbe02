"""How a folded state stands in a row, and how it is read back."""

from typing import Any

import msgspec

from events.canonical import canonical, decode_ours


def written(state: object) -> str:
    return canonical(state).decode()


def read(text: str, kind: Any) -> Any:
    return msgspec.json.decode(text, type=kind, dec_hook=decode_ours)
