"""Logs in folders of the tests' own: entries in, a bundle for the verifier out."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from audit.domain.merkle import consistency_proof, leaf_hash, over
from audit.domain.tiles import WIDTH, Edge, bundles_of, pack
from audit.exports.bundle import bundle_files
from audit.log.files import VKEY, LogFiles
from audit.log.signer import Signer
from events.memory import FixedClock


@dataclass(frozen=True)
class Bundle:
    """An exported log, and the key by which it is trusted."""

    folder: Path
    vkey: str


def write_bundle(
    folder: Path,
    entries: Sequence[bytes],
    *,
    sizes: Iterable[int] = (),
    disclosures: Iterable[tuple[int, str]] = (),
) -> Bundle:
    """Publish the entries, signing at each of `sizes` and at the end, and export them."""
    files, signer = LogFiles(folder / "log"), Signer(folder / "signer", FixedClock())
    leaves = [leaf_hash(entry) for entry in entries]
    edge = Edge()
    notes: list[str] = []
    for size in [*sizes, len(entries)]:
        grown = [(t.path, d) for leaf in leaves[edge.size : size] for t, d in edge.add(leaf)]
        partial = [(tile.path, data) for tile, data in edge.partial_tiles()]
        bundles = [(b.path, pack(entries[b.number * WIDTH :][: b.width])) for b in bundles_of(size)]
        files.write([*grown, *partial, *bundles, (VKEY, f"{signer.vkey}\n".encode())])
        proof = consistency_proof(over(leaves), signer.last.size, size)
        notes.append(signer.sign(size, edge.root(), proof))
    exported = LogFiles(folder / "bundle")
    exported.write(bundle_files(len(entries), notes, files))
    lines = [
        json.dumps({"disclosure": told, "entry": at}, separators=(",", ":"))
        for at, told in disclosures
    ]
    if lines:
        exported.write([("disclosures.jsonl", "".join(f"{each}\n" for each in lines).encode())])
    return Bundle(exported.folder, signer.vkey)
