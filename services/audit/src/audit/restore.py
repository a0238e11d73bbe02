"""Fill an empty audit database from the published files: python -m audit.restore FOLDER

For when the audit service's own store was lost, or is behind what was published. FOLDER has the
log's files as they are served: checkpoint, vkey, tile/… with the entry bundles (`log` of the
service's folder, or a mirror's copy). HOMEWARD_DATABASE_URL is the address of the new database,
under the role that owns its tables; python -m events.io.migration makes them. The audit service
must not run meanwhile.

Every entry is hashed, every tile is held against the hashes, and what they come to against the
last checkpoint that was signed; of what does not fit nothing is written. What is not in the files
is not there again: earlier checkpoints, files of exports, answers under idempotency keys. Views,
the rules' books and how far the log has come with each service follow from the entries.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from audit.domain.note import (
    ED25519,
    BadNote,
    Checkpoint,
    cosigned_at,
    parse_keys,
    read_checkpoint,
)
from audit.domain.tiles import WIDTH, Edge, bundles_of, unpack
from audit.log import table
from audit.log.coming import Coming
from audit.log.files import CHECKPOINT, PENDING, VKEY, LogFiles
from audit.log.logged import BrokenLog, Logged
from events.envelope import Entry
from events.io.command import DATABASE
from events.io.system import SystemClock
from events.service import Loading

OWN = "audit"
"""The source whose store is in this database as well."""


class DoesNotFit(ValueError):
    """What is in the folder is not what was signed; or the database is not empty."""


@dataclass(frozen=True)
class Told:
    """A checkpoint of the folder, signed by the keys in it."""

    checkpoint: Checkpoint
    note: str
    at: datetime | None
    """When it was signed, where one of the keys says so."""


def told(files: LogFiles, name: str) -> Told | None:
    """What is published, or waits for its witnesses. `DoesNotFit`."""
    note, keys = files.read(name), files.read(VKEY)
    if note is None:
        return None
    try:
        known = parse_keys((keys or b"").decode())
        times = [cosigned_at(note, key) for key in known if key.kind != ED25519]
        return Told(read_checkpoint(note, known), note.decode(), next(iter(times), None))
    except (BadNote, ValueError) as bad:
        raise DoesNotFit(f"{name}: {bad}") from None


def entries_of(files: LogFiles, signed: Checkpoint) -> Iterator[list[Logged]]:
    """All entries, a bundle at a time. Ends with `DoesNotFit` where they are not what was signed:
    only who has come to the end knows that they are.
    """
    edge = Edge()
    for bundle in bundles_of(signed.size):
        start = bundle.number * WIDTH
        try:
            raw = unpack(_read(files, bundle.path))
            entries = [Logged.opened(start + at, "", each) for at, each in enumerate(raw)]
        except msgspec.MsgspecError:
            raise DoesNotFit(f"{bundle.path} has something that is no event") from None
        if len(entries) != bundle.width:
            raise DoesNotFit(f"{bundle.path} has {len(entries)} entries instead of {bundle.width}")
        for entry in entries:
            for tile, data in edge.add(entry.leaf):
                _hold(files, tile.path, data)
        yield entries
    for tile, data in edge.partial_tiles():
        _hold(files, tile.path, data)
    if edge.root() != signed.root:
        raise DoesNotFit("the entries do not come to the root that was signed")


def _read(files: LogFiles, path: str) -> bytes:
    data = files.read(path)
    if data is None:
        raise DoesNotFit(f"{path} is missing")
    return data


def _hold(files: LogFiles, path: str, data: bytes) -> None:
    if _read(files, path) != data:
        raise DoesNotFit(f"{path} is not over the entries that it is of")


async def restore(files: LogFiles, owner: Loading) -> int:
    """Fill the database with them; how many there are. In the caller's transaction: `DoesNotFit`
    has to roll it back.
    """
    if await table.size_of(owner) or await owner.fetchval("select pos from es_head"):
        raise DoesNotFit("the database is not empty: make another")
    published, waits = told(files, CHECKPOINT), told(files, PENDING)
    signed = [each.checkpoint for each in (published, waits) if each is not None]
    if not signed:
        raise DoesNotFit("there is no checkpoint")
    last = max(signed, key=lambda each: each.size)  # the signer signs only what continues that
    positions: dict[str, int] = {}
    for page in entries_of(files, last):
        for source, run in groupby(page, key=lambda entry: entry.envelope.service):
            begins = positions.get(source, 0) + 1
            entries = [Entry(at, each.raw) for at, each in enumerate(run, begins)]
            positions[source] = entries[-1].position
            await table.keep(await Coming.of(source, entries), owner)
            if source == OWN:
                await _store(entries, owner)
    await owner.execute("update es_head set pos = $1", positions.get(OWN, 0))
    if published is not None:
        at = published.at or SystemClock().now()
        await table.keep_checkpoint(owner, published.checkpoint, published.note, at)
    return last.size


async def _store(entries: list[Entry], owner: Loading) -> None:
    """What this service itself has told is in its own store as well."""
    await owner.executemany(
        "insert into es_event (pos, stream, version, type, event_id, entry, recorded_at)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        [
            (
                entry.position,
                (it := entry.envelope).subject,
                int(it.sequence),
                it.type,
                it.id,
                entry.raw,
                it.recordedtime,
            )
            for entry in entries
        ],
    )


async def _restore(folder: Path, url: str) -> str:
    owner: Any = await asyncpg.connect(url)
    try:
        async with owner.transaction():
            size = await restore(LogFiles(folder), owner)
    finally:
        await owner.close()
    return f"The log has its {size} entries again; the audit service goes on from there."


def main() -> None:
    """Do it; a hindrance is told in a sentence, and the code is 1."""
    parser = argparse.ArgumentParser(
        prog="python -m audit.restore",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, help="the log's files, as they are served")
    asked, url = parser.parse_args(), os.environ.get(DATABASE)
    if not url:
        sys.exit(f"Set {DATABASE} to the address of the new database, under its owner.")
    if not (asked.folder / CHECKPOINT).exists():
        sys.exit(f"{asked.folder} has no checkpoint.")
    try:
        sys.stdout.write(asyncio.run(_restore(asked.folder, url)) + "\n")
    except (DoesNotFit, BrokenLog, OSError, asyncpg.PostgresError) as hindrance:
        sys.exit(f"Nothing was restored: {hindrance}")


if __name__ == "__main__":
    main()
