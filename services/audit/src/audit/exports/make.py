"""Making a bundle: the log or a grant's part of it, as tables and as OCEL too, under a manifest."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import IO

from audit.domain.bundle import Bundle
from audit.domain.difference import CHECKPOINTS, Kind
from audit.domain.note import parse_keys, read_checkpoint
from audit.domain.tiles import WIDTH, bundles_of
from audit.exports.bundle import Part, about, pack_excerpt, pack_log
from audit.exports.grant import of_grant
from audit.exports.logged import entries_of
from audit.exports.naming import DISCLOSED
from audit.exports.ocel import write_ocel
from audit.exports.packing import Packer
from audit.exports.tables import write_tables
from audit.log import table
from audit.log.files import VKEY, LogFiles
from audit.log.logged import BrokenLog
from audit.log.proofs import Prover, Signed, kept
from events.service import Connection

OCEL = "ocel.json"


async def make(
    bundle: Bundle, out: IO[bytes], log: Connection, files: LogFiles, names: bytes = b""
) -> None:
    """Write the zip. The same bundle is the same bytes, whenever it is made, but for the `names`
    that are told with it (`naming.py`).
    """
    checkpoints = await table.checkpoints_of_days(log, bundle.size)
    if not checkpoints:
        raise BrokenLog("no checkpoint is kept", bundle.size, part=CHECKPOINTS, kind=Kind.DELETED)
    signed = kept(bundle.size, checkpoints[-1], files)
    if bundle.grant is None:
        await asyncio.to_thread(whole, checkpoints, out, files, names)
        return
    found = await of_grant(bundle.grant, bundle.since, bundle.until, bundle.size, log)
    entries = [(entry, found.tells(entry)) async for entry in found.entries(log)]
    await asyncio.to_thread(_excerpt, bundle, entries, signed, out, files)


def whole(checkpoints: Sequence[str], out: IO[bytes], files: LogFiles, names: bytes = b"") -> None:
    """The log as the last of these checkpoints signs it; they are those of its days."""
    signed = _signed(checkpoints[-1], files)
    size = signed.checkpoint.size
    with closing(Packer(out)) as packer:
        if pack_log(packer, size, checkpoints, files) != signed.checkpoint.root:
            raise BrokenLog(f"{size} entries do not have the root that was signed for them")
        _retell(packer, lambda: _entries(size, files))
        if names:
            packer.put(DISCLOSED, names)
        packer.finish(about(signed.checkpoint))


def _excerpt(
    bundle: Bundle,
    entries: Sequence[Part],
    signed: Signed,
    out: IO[bytes],
    files: LogFiles,
) -> None:
    period = (bundle.grant, bundle.since, bundle.until)
    with closing(Packer(out)) as packer:
        pack_excerpt(packer, signed.note, entries, Prover(signed, files).prove, files)
        _retell(packer, lambda: ((entry.index, entry.raw) for entry, told in entries if told))
        packer.finish(about(signed.checkpoint, *period))


def _retell(packer: Packer, entries: Callable[[], Iterator[tuple[int, bytes]]]) -> None:
    """The same entries in the forms that auditors' tools read."""
    write_tables(entries(), packer.create)
    with packer.create(OCEL) as file:
        write_ocel(entries(), file)


def _entries(size: int, files: LogFiles) -> Iterator[tuple[int, bytes]]:
    for each in bundles_of(size):
        yield from enumerate(entries_of(files, each), start=each.number * WIDTH)


def _signed(note: str, files: LogFiles) -> Signed:
    keys = files.read(VKEY)
    if keys is None:
        raise BrokenLog(f"{VKEY} is missing")
    return Signed(read_checkpoint(note.encode(), parse_keys(keys.decode())), note)
