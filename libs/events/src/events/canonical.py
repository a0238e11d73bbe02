"""Canonical JSON: one value, one byte string. Equal to RFC 8785 (JCS) on our schema.

Our schema has no floats and only ASCII keys, so sorting by byte is sorting by UTF-16 unit.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from events.money import Money

INTEGER_MAX = 2**53 - 1
"""RFC 8785 numbers are IEEE 754 doubles: a larger integer would not survive a reader."""


class NotCanonical(ValueError):
    """The value has no canonical form here: a float, a huge integer, a lone surrogate."""


def _encode_ours(value: object) -> object:
    if isinstance(value, Money):
        return value.to_wire()
    raise NotImplementedError


def decode_ours(kind: type, value: object) -> Any:
    """Msgspec's `dec_hook`: how our own value types are read from the wire."""
    if kind is Money:
        return Money.from_wire(value)
    raise NotImplementedError


_encoder = msgspec.json.Encoder(order="sorted", enc_hook=_encode_ours)


def plain(value: object) -> Any:
    """The value as dicts, lists, strings, integers, booleans and None."""
    return msgspec.to_builtins(value, enc_hook=_encode_ours)


def refuse_the_uncanonical(value: object) -> None:
    """Walk plain JSON data; `NotCanonical` at the first part that RFC 8785 would change."""
    parts: Iterable[object] = ()
    if isinstance(value, dict):
        parts = value.values()
        for key in value:
            if not (isinstance(key, str) and key.isascii()):
                raise NotCanonical("a key that is not ASCII")
    elif isinstance(value, list | tuple):
        parts = value
    elif isinstance(value, int) and abs(value) > INTEGER_MAX:
        raise NotCanonical("an integer beyond 2^53 - 1; write it as a string")
    elif isinstance(value, float):
        raise NotCanonical("a float")
    for part in parts:
        if type(part) is not str:
            refuse_the_uncanonical(part)


def canonical(value: object) -> bytes:
    """The canonical bytes. `NotCanonical` for what has none."""
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError as error:
        raise NotCanonical("a lone surrogate") from error
