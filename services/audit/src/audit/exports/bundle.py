"""The bundle for the offline verifier: one zip, the same for the same size of the log.

Of the whole log, for auditors: every entry, every tile, each day's last checkpoint. Of one grant,
for who gave the money: what belongs to it, each entry with its path to the signed root
(`grant.py`).
"""

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from audit import verify, verify_export
from audit.domain.merkle import leaf_hash
from audit.domain.note import Checkpoint
from audit.domain.tiles import Edge, bundles_of, pack
from audit.exports.logged import entries_of
from audit.exports.packing import Packer, line
from audit.log.erasures import SCHEMAS
from audit.log.files import POLICY, VKEY, LogFiles
from audit.log.logged import BrokenLog, Logged

Prove = Callable[[Logged], Sequence[bytes]]
Part = tuple[Logged, bool]
"""An entry of a stream that is in an excerpt, and whether it is told."""


def about(
    signed: Checkpoint,
    grant: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> dict[str, Any]:
    """What the bundle is of, for its manifest."""
    return {
        "bundle": "homeward/1",
        "origin": signed.origin,
        "size": signed.size,
        "root": signed.root.hex(),
        "grant": grant,
        "from": since and since.isoformat(),
        "to": until and until.isoformat(),
    }


def pack_log(packer: Packer, size: int, checkpoints: Sequence[str], files: LogFiles) -> bytes:
    """The whole log at that size; `checkpoints` are of its days, oldest first.

    The tiles are made anew out of the entries: the root that they come to.
    """
    _pack_anchors(packer, checkpoints[-1], files)
    notes = (json.dumps(note, ensure_ascii=False) for note in checkpoints)
    packer.put("checkpoints.jsonl", "".join(f"{note}\n" for note in notes).encode())
    edge = Edge()
    for bundle in bundles_of(size):
        entries = entries_of(files, bundle)
        packer.put(bundle.path, pack(entries))
        for entry in entries:
            for tile, data in edge.add(leaf_hash(entry)):
                packer.put(tile.path, data)
    for tile, data in edge.partial_tiles():
        packer.put(tile.path, data)
    return edge.root()


def pack_excerpt(
    packer: Packer, note: str, entries: Iterable[Part], prove: Prove, files: LogFiles
) -> None:
    """Some entries, in the log's order, each with its path to the root that the note signs; of what
    is left out of their streams, that something stands there.
    """
    _pack_anchors(packer, note, files)
    with packer.create("entries.jsonl") as file:
        for entry, told in entries:
            of_it = {"entry": entry.raw.decode()} if told else _left_out(entry)
            path = [base64.b64encode(step).decode() for step in prove(entry)]
            file.write(line(of_it | {"index": entry.index, "path": path}))


def _left_out(entry: Logged) -> dict[str, Any]:
    """Which one of its stream it is: so the others of it have no gap."""
    return {
        "leaf": base64.b64encode(entry.leaf).decode(),
        "sequence": int(entry.envelope.sequence),
        "service": entry.source,
        "stream": entry.stream,
    }


def _pack_anchors(packer: Packer, note: str, files: LogFiles) -> None:
    packer.put("checkpoint", note.encode())
    packer.put(VKEY, _read(VKEY, files))
    policy = files.policy()
    if policy is not None:
        packer.put(POLICY, policy)
    for program in (Path(verify.__file__), Path(verify_export.__file__)):
        packer.put(program.name, program.read_bytes())
    for schema in sorted(SCHEMAS.glob("*.json")):
        packer.put(f"schemas/{schema.name}", schema.read_bytes())


def _read(path: str, files: LogFiles) -> bytes:
    data = files.read(path)
    if data is None:
        raise BrokenLog(f"{path} is missing")
    return data
