"""A file that a person hands in with a form, passed on as it comes: never in memory whole.

The form's own fields stand before the file, so that what says who sends it is looked at first.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from fastapi import Request
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from console.backend import Refused

FILE_MAX_BYTES = 64 * 1024 * 1024
"""As much as the services take of a bank's file."""
FIELDS_MAX_BYTES = 8192
BOUNDARY_MAX = 70
"""By RFC 2046, 5.1.1."""
DRAINED_TIMES = 4
"""So many times the limit is read and thrown away: a browser that still sends hears no answer."""
_MEDIA = re.compile(rb"[\x21-\x7e]+(?:; ?[\x21-\x7e]+)*")
"""What can stand in a header; of anything else the file's own first bytes tell."""
TOO_LARGE = Refused(
    413,
    "file_too_large",
    "The file is too large",
    f"At most {FILE_MAX_BYTES // 1024 // 1024} MB are taken. Nothing was stored.",
)
NO_FORM = Refused(
    400,
    "form_invalid",
    "The form is not as the page made it",
    "Nothing was done. Go back, load the page again and try once more.",
)


@dataclass
class _Parts:
    """What has come so far."""

    fields: dict[str, str] = field(default_factory=dict)
    file: list[bytes] = field(default_factory=list)
    in_file: bool = False
    size: int = 0
    _header: bytes = b""
    _value: bytes = b""
    _disposition: bytes = b""
    media: str = ""
    _name: str = ""
    _text: bytes = b""

    def begin(self) -> None:
        self._disposition = self._text = b""

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        if self._header.lower() == b"content-type":
            self.media = self._value.decode("latin-1") if _MEDIA.fullmatch(self._value) else ""
        self._header = self._value = b""

    def headers_finished(self) -> None:
        _, told = parse_options_header(self._disposition)
        if self.in_file:
            raise NO_FORM  # nothing comes after the file
        self._name = told.get(b"name", b"").decode("utf-8", "replace")
        self.in_file = b"filename" in told

    def data(self, data: bytes, start: int, end: int) -> None:
        if self.in_file:
            self.file.append(data[start:end])
        else:
            self._text += data[start:end]

    def end(self) -> None:
        if not self.in_file:
            self.fields[self._name] = self._text.decode("utf-8", "replace")


@dataclass
class Posted:
    """A form with a file, as far as the file."""

    fields: dict[str, str]
    content: AsyncIterator[bytes]
    """`Refused` at its end when it was too large: what was passed on so far is then given up."""
    _parts: _Parts

    @property
    def media(self) -> str:
        """What the browser says that the file is."""
        return self._parts.media

    @property
    def too_large(self) -> bool:
        return self._parts.size > FILE_MAX_BYTES


async def posted(request: Request) -> Posted:
    """Read up to the file. `Refused` for what is no such form."""
    kind, told = parse_options_header(request.headers.get("content-type", ""))
    boundary = told.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary or len(boundary) > BOUNDARY_MAX:
        raise NO_FORM
    parts, stream = _Parts(), request.stream()
    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": parts.begin,
            "on_part_data": parts.data,
            "on_part_end": parts.end,
            "on_header_field": parts.header_field,
            "on_header_value": parts.header_value,
            "on_header_end": parts.header_end,
            "on_headers_finished": parts.headers_finished,
        },
    )
    read = 0
    while not parts.in_file:
        chunk = await anext(stream, b"")
        read += len(chunk)
        if not chunk or read - sum(map(len, parts.file)) > FIELDS_MAX_BYTES + len(chunk):
            raise NO_FORM
        _feed(parser, chunk)
    return Posted(parts.fields, _content(parts, parser, stream), parts)


def _feed(parser: MultipartParser, chunk: bytes) -> None:
    try:
        parser.write(chunk)
    except MultipartParseError:
        raise NO_FORM from None


async def _content(
    parts: _Parts, parser: MultipartParser, stream: AsyncIterator[bytes]
) -> AsyncIterator[bytes]:
    while True:
        for part in parts.file:
            parts.size += len(part)
            if parts.size <= FILE_MAX_BYTES:
                yield part
        parts.file.clear()
        chunk = await anext(stream, b"")
        if not chunk or parts.size > DRAINED_TIMES * FILE_MAX_BYTES:
            break
        _feed(parser, chunk)
    if parts.size > FILE_MAX_BYTES:
        raise TOO_LARGE
