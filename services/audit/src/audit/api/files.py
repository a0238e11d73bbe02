"""The log as files: checkpoint, hash tiles and key for anybody, entry bundles for auditors.

`/log` is a tiled transparency log (c2sp.org/tlog-tiles): what is public there are hashes.
Everything under `/v1` is ours.
"""

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Annotated

from fastapi import Response
from pydantic import StringConstraints

from audit.api.declared import FOR_EVER, FOR_EVER_FOR_ONE, FOR_NOW, TEXT, api
from audit.api.recording import Record
from audit.domain import tiles
from audit.domain.reading import What
from audit.log import proofs
from audit.log.files import CHECKPOINT, PENDING, VKEY, LogFiles
from events.io.http import Answer, Desk, Gateways, Problem
from events.roles import Role

BYTES = "application/octet-stream"

TileName = Annotated[str, StringConstraints(pattern=rf"^{tiles.NAME}$")]
"""What comes behind a tile's level in its path."""


@api.file("/log/checkpoint")
async def read_checkpoint(desk: Desk, _path: Mapping[str, str]) -> Response:
    """The newest checkpoint."""
    return await _file(desk.gateways, CHECKPOINT, TEXT, FOR_NOW)


@api.file("/log/pending")
async def read_pending(desk: Desk, _path: Mapping[str, str]) -> Response:
    """A checkpoint that is signed and waits for its witnesses, as long as it does."""
    return await _file(desk.gateways, PENDING, TEXT, FOR_NOW)


@api.file("/log/vkey")
async def read_vkey(desk: Desk, _path: Mapping[str, str]) -> Response:
    """The log's verifier keys, one a line. Hold them against those given to you in another way."""
    return await _file(desk.gateways, VKEY, TEXT, FOR_NOW)


@api.file("/log/tile/{level}/{name:path}")
async def read_tile(desk: Desk, path: Mapping[str, str]) -> Response:
    """A tile of hashes."""
    tile = tiles.of_path(f"tile/{path['level']}/{path['name']}")
    if not isinstance(tile, tiles.Tile):
        raise _no_such_file()
    await _within(desk.gateways, (tile.start + tile.width) << tiles.HEIGHT * tile.level)
    return await _file(desk.gateways, tile.path, BYTES, FOR_EVER)


@api.query("/log/tile/entries/{name:path}", answers=Answer, allows={Role.AUDITOR})
async def read_entry_bundle(name: TileName, files: Gateways, record: Record) -> Response:
    """An entry bundle."""
    bundle = tiles.of_path(f"tile/entries/{name}")
    if bundle is None:
        raise _no_such_file()
    first = bundle.number * tiles.WIDTH
    await _within(files, first + bundle.width)
    answer = await _file(files, bundle.path, BYTES, FOR_EVER_FOR_ONE)
    await record.all_of(What.ENTRIES, None, first, first + bundle.width - 1)
    return answer


def _no_such_file() -> Problem:
    return Problem("not_found", "The log has no such file, or not yet.")


async def _within(files: LogFiles, size: int) -> None:
    """Nothing is given for ever of a larger log than is published: somebody put it there, or it may
    still be made otherwise.
    """
    signed = await asyncio.to_thread(proofs.newest, files)
    if signed is None or size > signed.checkpoint.size:
        raise _no_such_file()


async def _file(
    files: LogFiles, name: str, media_type: str, headers: Mapping[str, str]
) -> Response:
    """A file under a name that the log itself gives; nothing of the request becomes a path."""
    data = await asyncio.to_thread(files.read, name)
    if data is None:
        raise _no_such_file()
    tag = f'"{hashlib.sha256(data).hexdigest()}"'
    return Response(data, headers={**headers, "ETag": tag}, media_type=media_type)
