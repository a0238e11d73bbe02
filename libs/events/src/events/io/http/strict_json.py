"""Strict JSON: the bytes are judged before any value is made of them.

Parsers disagree about duplicate keys, NaN, huge numbers and lone surrogates, and what parsers
disagree about is how a signed amount becomes another amount. So each of them is refused here, once,
for every service (OWASP ASVS 5.0, 1.5.3).
"""

import json
from typing import Any, NoReturn

from events.canonical import INTEGER_MAX

BODY_MAX_BYTES = 1_048_576
DEPTH_MAX = 32
NUMBER_MAX_CHARS = 32


class BadJson(ValueError):
    """The bytes are not JSON that every reader would read alike. `code` says which rule."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def decode(raw: bytes) -> Any:
    """The value, or `BadJson`."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise BadJson("not_utf8", "The body is not UTF-8 text.") from None
    return read(text)


def read(text: str, *, numbers_as_text: bool = False) -> Any:
    """The value, or `BadJson`. `numbers_as_text`: every number as its digits, also a fraction."""
    decoder = _textual if numbers_as_text else _decoder
    try:
        value = decoder.decode(text)
    except BadJson:
        raise
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise BadJson("not_json", "The body is not JSON.") from None
    escapes = "\\u" in text
    if escapes or text.count("{") + text.count("[") > DEPTH_MAX:
        _walk(value, DEPTH_MAX, suspicious=escapes)
    return value


def _walk(value: object, depth: int, *, suspicious: bool) -> None:
    """Refuse what nests too deeply; where there are escapes, look at what they stand for."""
    if isinstance(value, str):
        if suspicious:
            _refuse_bad_text(value)
    elif isinstance(value, dict | list):
        if depth == 0:
            raise _too_deep()
        if isinstance(value, dict):
            if suspicious:
                for key in value:
                    _refuse_bad_text(key)
            value = list(value.values())
        for part in value:
            _walk(part, depth - 1, suspicious=suspicious)


def _refuse_bad_text(text: str) -> None:
    if "\0" in text:
        raise BadJson("nul_character", "A text holds the character U+0000.")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise BadJson("lone_surrogate", "A text holds half of a surrogate pair.")


def _too_deep() -> BadJson:
    return BadJson("too_deep", f"The body nests deeper than {DEPTH_MAX} levels.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise BadJson("duplicate_key", "An object names a key twice.")
    return made


def _constant(_name: str) -> NoReturn:
    raise BadJson("not_a_number", "NaN and Infinity are not JSON.")


def _integer(digits: str) -> int:
    if len(digits) > NUMBER_MAX_CHARS or abs(int(digits)) > INTEGER_MAX:
        raise BadJson(
            "number_too_large", "A whole number is beyond 2^53 - 1; not every reader keeps it."
        )
    return int(digits)


def _fraction(_digits: str) -> NoReturn:
    raise BadJson(
        "fractional_number",
        'Numbers here are whole; an amount of money is a string such as "1234.50".',
    )


_decoder = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_constant=_constant,
    parse_int=_integer,
    parse_float=_fraction,
)
_textual = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_int=str, parse_float=str
)
