"""Looking for values in bytes, in whichever form they might lie there."""

import base64
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

FORMS = ("UTF-8", "UTF-16", "JSON", "hex", "base64", "base64url")


@dataclass(frozen=True)
class Hit:
    """A value that was found, in what form and where."""

    value: str
    form: str
    place: str


def forms(value: str) -> Mapping[str, frozenset[bytes]]:
    """How the value might be written, by the name of the form."""
    raw = value.encode()
    escaped = json.dumps(value)[1:-1].encode()
    return {
        "UTF-8": frozenset({raw}),
        "UTF-16": frozenset({value.encode("utf-16-le"), value.encode("utf-16-be")}),
        "JSON": frozenset({escaped, escaped.replace(b"\\u", b"\\\\u")}),
        "hex": frozenset({raw.hex().encode(), raw.hex().upper().encode()}),
        "base64": frozenset(
            part for text in (raw, escaped) for part in _in_base64(text, base64.b64encode)
        ),
        "base64url": frozenset(
            part for text in (raw, escaped) for part in _in_base64(text, base64.urlsafe_b64encode)
        ),
    }


def _in_base64(text: bytes, encode: object) -> Iterator[bytes]:
    """The letters that the text gives wherever it begins within a longer one that is encoded."""
    assert callable(encode)
    for before in range(3):
        encoded = encode(b"\0" * before + text)
        skipped = (before * 8 + 5) // 6
        whole = (before + len(text)) * 8 // 6
        yield encoded[skipped:whole]


def search(
    values: Iterable[str], places: Iterable[tuple[str, bytes]], among: Collection[str] = FORMS
) -> list[Hit]:
    """Every value that is in one of the places, in any of these forms."""
    wanted = [
        (value, form, needle)
        for value in values
        for form, needles in forms(value).items()
        if form in among
        for needle in needles
    ]
    return [
        Hit(value, form, place)
        for place, content in places
        for value, form, needle in wanted
        if needle in content
    ]


def files(root: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below the folder."""
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield str(path.relative_to(root)), path.read_bytes()
