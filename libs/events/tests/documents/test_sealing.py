"""A document is sealed part by part, and does not open when anything about it was changed."""

import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from events.documents import Media
from events.io.documents.receiving import OtherMedia, Received, receive
from events.io.documents.sealing import PART_BYTES, TAG_BYTES, Opening, Sealing

KEY = b"k" * 32
SEALED_PART = PART_BYTES + TAG_BYTES


def seal(content: bytes, pieces: int = 50_000) -> bytes:
    sealing = Sealing(KEY)
    cut = (content[at : at + pieces] for at in range(0, len(content), pieces))
    return b"".join([sealing.update(piece) for piece in cut]) + sealing.finish()


def opened(sealed: bytes, pieces: int = 70_000) -> bytes:
    opening = Opening(KEY)
    cut = (sealed[at : at + pieces] for at in range(0, len(sealed), pieces))
    return b"".join([opening.update(piece) for piece in cut]) + opening.finish()


@given(
    st.sampled_from([0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES]),
    st.integers(1, 200_000),
    st.integers(1, 200_000),
)
def test_it_opens_as_it_was_however_it_is_cut(size: int, written: int, read: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    written, read = max(written, size // 50 + 1), max(read, size // 50 + 1)
    assert opened(seal(content, written), read) == content


CONTENT = os.urandom(3 * PART_BYTES)


@pytest.mark.parametrize(
    "changed",
    [
        lambda s: s[:-1],
        lambda s: s[: 2 * SEALED_PART],
        lambda s: s + b"x",
        lambda s: s[SEALED_PART : 2 * SEALED_PART] + s[:SEALED_PART] + s[2 * SEALED_PART :],
        lambda s: s[:SEALED_PART] + s[:SEALED_PART] + s[2 * SEALED_PART :],
        lambda s: s[:77] + bytes([s[77] ^ 1]) + s[78:],
        lambda _: b"",
    ],
    ids=["cut", "a part less", "longer", "swapped", "repeated", "a bit", "nothing"],
)
def test_what_was_changed_does_not_open(changed: object) -> None:
    with pytest.raises(InvalidTag):
        opened(changed(seal(CONTENT)))  # type: ignore[operator]


async def comes(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_it_is_never_on_the_disk_in_the_clear_nor_under_a_name(tmp_path: Path) -> None:
    content = b"%PDF-1.7 " + b"A name that nobody should find. " * 10_000
    received: Received = await receive(comes(content), Media.PDF, tmp_path)
    assert received.document == hashlib.sha256(content).hexdigest()
    assert os.listdir(tmp_path) == []  # noqa: PTH208
    sealed = b"".join([part async for part in received.parts()])
    assert b"nobody should find" not in sealed
    assert received.sealed == hashlib.sha256(sealed).hexdigest()
    assert len(sealed) == received.sealed_size
    received.close()


@pytest.mark.parametrize(
    ("media", "begins"),
    [
        (Media.PDF, b"%PDF-1.4 and more of it"),
        (Media.JPEG, b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1"),
        (Media.PNG, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        (Media.TIFF, b"II*\0" + bytes(20)),
        (Media.TIFF, b"MM\0*" + bytes(20)),
        (Media.WEBP, b"RIFF\x24\0\0\0WEBPVP8 "),
    ],
)
async def test_the_beginning_tells_the_type(media: Media, begins: bytes) -> None:
    one_by_one = comes(*(begins[at : at + 1] for at in range(len(begins))))
    (await receive(one_by_one, media, None)).close()
    for other in set(Media) - {media}:
        with pytest.raises(OtherMedia):
            await receive(comes(begins), other, None)


@pytest.mark.parametrize("content", [b"", b"%PD", b"MZ\x90" + bytes(90), b"<html><script>" * 9])
async def test_what_is_nothing_of_that_is_not_taken(content: bytes) -> None:
    for media in Media:
        with pytest.raises(OtherMedia):
            await receive(comes(content), media, None)
