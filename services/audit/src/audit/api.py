"""The audit service over HTTP: the log's files for anybody, its entries for those who may see them.

`/log` is a tiled transparency log (c2sp.org/tlog-tiles): checkpoint, hash tiles and key are public,
for they are hashes; entry bundles need a token. Everything under `/v1` is ours.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import Query, Response
from pydantic import StringConstraints

from audit import exports, proofs, table
from audit.domain import bundle as domain
from audit.domain import tiles
from audit.files import CHECKPOINT, VKEY, LogFiles
from audit.knowing import readable
from audit.table import Logged
from audit.trail import trail
from audit.words import in_words
from events.handler import Act
from events.io.http import Answer, Api, Desk, Do, Gateways, Load, NewIds, Now, Problem, View, Who
from events.roles import READERS, Role
from events.service import Connection
from events.values import ID, Code, Digest

FINDINGS_SHOWN = 50
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
FOR_NOW = {"Cache-Control": "no-cache"}
TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"

TRAIL_READERS = frozenset(
    {
        Role.AUDITOR,
        Role.FINANCE_OFFICER,
        Role.CERTIFYING_OFFICER,
        Role.APPROVING_OFFICER,
        Role.SIGNATORY,
        Role.GRANT_MANAGER,
        Role.PROGRAMME_MANAGER,
    }
)
"""Who answers for money, each for what they may know of. A case's own people ask the services that
own it."""

api = Api("audit")

TileName = Annotated[str, StringConstraints(pattern=rf"^{tiles.NAME}$")]
"""What comes behind a tile's level in its path."""


# The log's files


@api.file("/log/checkpoint")
async def read_checkpoint(desk: Desk, _path: Mapping[str, str]) -> Response:
    """The newest checkpoint."""
    return await _file(desk.gateways, CHECKPOINT, TEXT, FOR_NOW)


@api.file("/log/vkey")
async def read_vkey(desk: Desk, _path: Mapping[str, str]) -> Response:
    """The log's verifier key. Hold it against the one that you were given in another way."""
    return await _file(desk.gateways, VKEY, TEXT, FOR_NOW)


@api.file("/log/tile/{level}/{name:path}")
async def read_tile(desk: Desk, path: Mapping[str, str]) -> Response:
    """A tile of hashes."""
    tile = tiles.of_path(f"tile/{path['level']}/{path['name']}")
    if not isinstance(tile, tiles.Tile):
        raise _no_such_file()
    return await _file(desk.gateways, tile.path, BYTES, FOR_EVER)


@api.query("/log/tile/entries/{name:path}", answers=Answer, allows={Role.AUDITOR})
async def read_entry_bundle(name: TileName, files: Gateways) -> Response:
    """An entry bundle."""
    bundle = tiles.of_path(f"tile/entries/{name}")
    if bundle is None:
        raise _no_such_file()
    return await _file(files, bundle.path, BYTES, FOR_EVER)


def _no_such_file() -> Problem:
    return Problem("not_found", "The log has no such file, or not yet.")


async def _file(
    files: LogFiles, name: str, media_type: str, headers: Mapping[str, str]
) -> Response:
    """A file under a name that the log itself gives; nothing of the request becomes a path."""
    data = await asyncio.to_thread(files.read, name)
    if data is None:
        raise _no_such_file()
    return Response(data, headers=dict(headers), media_type=media_type)


# The log, told


class SourceAnswer(Answer):
    name: str
    entries: int
    gaps: int


class FindingAnswer(Answer):
    index: int
    rule: str
    detail: str


class LogAnswer(Answer):
    """How the log stands."""

    entries: int
    """How many there are, signed or about to be."""
    size: int
    """How many the newest checkpoint covers."""
    root: str | None
    origin: str | None
    vkey: str | None
    checkpoints: int
    sources: tuple[SourceAnswer, ...]
    findings: tuple[FindingAnswer, ...]


@api.query("/v1/log", answers=LogAnswer, allows=READERS)
async def read_log(log: View, files: Gateways) -> LogAnswer:
    """Size, root and key; every source and its gaps, which must be none; what was found wrong."""
    signed = proofs.newest(files)
    key = files.read(VKEY)
    return LogAnswer(
        entries=await table.size_of(log),
        size=signed.checkpoint.size if signed else 0,
        root=signed.checkpoint.root.hex() if signed else None,
        origin=signed.checkpoint.origin if signed else None,
        vkey=key.decode().strip() if key else None,
        checkpoints=await table.count_checkpoints(log),
        sources=tuple(
            SourceAnswer(name=s.name, entries=s.entries, gaps=s.gaps)
            for s in await table.sources(log)
        ),
        findings=tuple(
            FindingAnswer(index=index, rule=rule, detail=detail)
            for index, rule, detail in await table.findings(log, FINDINGS_SHOWN)
        ),
    )


class EntryAnswer(Answer):
    index: int
    source: str
    entry: str
    """The entry's text, byte for byte what the leaf hash is of."""
    receipt: str | None
    """Its proof (c2sp.org/tlog-proof), as soon as a checkpoint covers it."""


@api.query("/v1/log/entries/{index}", answers=EntryAnswer, allows={Role.AUDITOR, Role.SERVICE})
async def read_entry(index: int, log: View, files: Gateways) -> EntryAnswer:
    """One entry, and the receipt that proves it to be in the log."""
    entry = await _entry(index, log)
    return EntryAnswer(
        index=index,
        source=entry.source,
        entry=entry.raw.decode(),
        receipt=proofs.receipt(entry, files),
    )


@api.query("/v1/log/proof", answers=Answer, allows=READERS)
async def read_proof(
    log: View,
    files: Gateways,
    index: Annotated[int | None, Query(ge=0)] = None,
    source: Annotated[str | None, Query(max_length=32)] = None,
    position: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """The receipt of an event: by its index in the log, or by its source and position there."""
    if index is None and source is not None and position is not None:
        index = await table.index_of(log, source, position)
    receipt = proofs.receipt(await _entry(index, log), files)
    if receipt is None:
        raise Problem("not_found", "No checkpoint covers it yet; ask again in a moment.")
    return Response(receipt, media_type=TEXT, headers=FOR_NOW)


@api.query("/v1/log/consistency", answers=Answer, allows=READERS)
async def read_consistency(
    files: Gateways, old: Annotated[int, Query(ge=0)], new: Annotated[int, Query(ge=0)]
) -> Response:
    """The hashes that prove the log of `old` entries to be the beginning of that of `new`."""
    lines = proofs.consistency(old, new, files)
    if lines is None:
        raise Problem("not_found", "No such sizes have been signed.")
    return Response(lines, media_type=TEXT, headers=FOR_NOW)


async def _entry(index: int | None, log: Connection) -> Logged:
    entry = await table.entry_at(log, index) if index is not None else None
    if entry is None:
        raise Problem("not_found", "The log has no such entry.")
    return entry


# The trail


class TrailLine(Answer):
    """One thing that happened."""

    index: int
    service: str
    position: int
    type: str
    stream: str
    happened_at: datetime
    recorded_at: datetime
    who: str
    role: str
    delegation: str | None
    said: str
    """In plain words, what they did."""
    names: tuple[str, ...]
    """The ids that it mentions, of those that the reader may know."""
    proven: bool
    """Whether it was just now proven to be under the newest checkpoint."""


class TrailAnswer(Answer):
    key: str
    size: int
    """How many entries the checkpoint covers that the proofs lead to."""
    root: str | None
    lines: tuple[TrailLine, ...]


@api.query("/v1/trail/{key}", answers=TrailAnswer, allows=TRAIL_READERS)
async def read_trail(
    key: Annotated[str, StringConstraints(pattern=ID)],
    me: Who,
    now: Now,
    log: View,
    files: Gateways,
) -> TrailAnswer:
    """All that has to do with a case, a plan, a vendor, a payment or a person, in order, as far as
    the reader may know of it; auditors see all.
    """
    lines = await readable(key, await trail(key, log), me, now, log)
    if not lines:
        raise Problem("not_found", "The log does not mention it.")
    signed = proofs.newest(files)
    return TrailAnswer(
        key=key,
        size=signed.checkpoint.size if signed else 0,
        root=signed.checkpoint.root.hex() if signed else None,
        lines=tuple(
            _line(entry, names, proofs.holds(entry, signed, files)) for entry, names in lines
        ),
    )


def _line(entry: Logged, names: tuple[str, ...], proven: bool) -> TrailLine:  # noqa: FBT001
    envelope = entry.envelope
    return TrailLine(
        index=entry.index,
        service=entry.source,
        position=int(envelope.position),
        type=entry.type,
        stream=entry.stream,
        happened_at=envelope.time,
        recorded_at=envelope.recordedtime,
        who=envelope.actorid,
        role=envelope.actorrole,
        delegation=envelope.actordelegation,
        said=in_words(entry),
        names=names,
        proven=proven,
    )


# Bundles for the offline verifier


class BundleAnswer(Answer):
    bundle: Code
    size: int
    root: Digest

    @classmethod
    def of(cls, bundle: domain.Bundle, _version: int) -> "BundleAnswer":
        return cls(bundle=bundle.id, size=bundle.size, root=bundle.root)


@api.command("/v1/bundles", creates=BundleAnswer, allows={Role.AUDITOR})
async def export_bundle(me: Who, now: Now, do: Do, ids: NewIds, files: Gateways) -> Response:
    """Take a copy of the log as it is signed now. That it was taken is itself an event."""
    signed = proofs.newest(files)
    if signed is None:
        raise Problem("not_found", "Nothing is signed yet; ask again in a moment.")
    new = Code(ids.new("bun"))
    command = domain.ExportBundle(
        by=me.id,
        at=now,
        bundle=new,
        size=signed.checkpoint.size,
        root=Digest(signed.checkpoint.root.hex()),
    )
    return await do(Act(domain.bundle, new, command), answer=BundleAnswer.of)


@api.query("/v1/bundles/{bundle}", answers=Answer, allows={Role.AUDITOR})
async def read_bundle(bundle: Code, load: Load, log: View, files: Gateways) -> Response:
    """The copy, as a zip: unpack it or not, `verify.py` in it checks it offline."""
    exported, _ = await load.state(domain.bundle, bundle)
    if exported is None:
        raise Problem("not_found", "There is no such bundle.")
    packed = exports.pack_bundle(exported.size, await table.checkpoints(log, exported.size), files)
    headers = {"Content-Disposition": f'attachment; filename="{bundle}.zip"'}
    return Response(packed, media_type="application/zip", headers=headers)
