"""Logs in folders of the tests' own: entries in, a bundle for the verifier out."""

import hashlib
import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from audit.domain.merkle import EMPTY_ROOT, consistency_proof, leaf_hash, over
from audit.domain.tiles import WIDTH, Edge, bundles_of, pack
from audit.exports.bundle import pack_log
from audit.exports.make import whole
from audit.exports.packing import MANIFEST, Packer, line
from audit.log.files import VKEY, LogFiles
from audit.log.signer import KEY, LASTING_KEY, MEMORY, Signer
from events.memory import FixedClock


@dataclass(frozen=True)
class Bundle:
    """An exported log, and the key by which it is trusted."""

    folder: Path
    vkey: str


def publish(folder: Path, entries: Sequence[bytes], sizes: Iterable[int]) -> list[str]:
    """Put the entries into a log of the folder's, signed at these sizes: the notes."""
    files, signer = LogFiles(folder / "log"), Signer(folder / "signer", FixedClock())
    leaves = [leaf_hash(entry) for entry in entries]
    edge = Edge()
    notes: list[str] = []
    for size in sizes:
        grown = [(t.path, d) for leaf in leaves[edge.size : size] for t, d in edge.add(leaf)]
        partial = [(tile.path, data) for tile, data in edge.partial_tiles()]
        bundles = [(b.path, pack(entries[b.number * WIDTH :][: b.width])) for b in bundles_of(size)]
        files.write([*grown, *partial, *bundles, (VKEY, f"{signer.vkey}\n".encode())])
        proof = consistency_proof(over(leaves), signer.last.size, size)
        notes.append(signer.sign(size, edge.root(), proof))
    return notes


def forget(signer: Path) -> None:
    """What only who owns the signer's folder can do: let it sign as if it never had."""
    (signer / MEMORY).write_text(json.dumps({"size": 0, "root": EMPTY_ROOT.hex()}))


def begin_anew(signer: Path, folder: Path) -> None:
    """Another history under the same keys: what only who holds them can begin."""
    folder.mkdir(parents=True)
    for name in (KEY, LASTING_KEY):
        shutil.copy(signer / name, folder)
    forget(folder)


def write_bundle(
    folder: Path,
    entries: Sequence[bytes],
    *,
    sizes: Iterable[int] = (),
    disclosures: Iterable[tuple[int, str]] = (),
) -> Bundle:
    """Publish the entries, signing at each of `sizes` and at the end, and export the log alone with
    its schemas: no manifest and no tables.
    """
    notes = publish(folder, entries, [*sizes, len(entries)])
    packed = BytesIO()
    packer = Packer(packed)
    pack_log(packer, len(entries), notes, LogFiles(folder / "log"))
    packer.finish({})
    with ZipFile(packed) as archive:
        archive.extractall(folder / "bundle", {*archive.namelist()} - {MANIFEST})
    return _disclosing(folder, disclosures)


def write_whole_bundle(
    folder: Path,
    entries: Sequence[bytes],
    *,
    sizes: Iterable[int] = (),
    disclosures: Iterable[tuple[int, str]] = (),
) -> Bundle:
    """The same with all that a bundle has; as `whole.zip` beside the folder too."""
    notes = publish(folder, entries, [*sizes, len(entries)])
    with (folder / "whole.zip").open("wb") as packed:
        whole(notes, packed, LogFiles(folder / "log"))
    with ZipFile(folder / "whole.zip") as archive:
        archive.extractall(folder / "bundle")
    return _disclosing(folder, disclosures)


def _disclosing(folder: Path, disclosures: Iterable[tuple[int, str]]) -> Bundle:
    lines = [
        json.dumps({"disclosure": told, "entry": at}, separators=(",", ":"))
        for at, told in disclosures
    ]
    if lines:
        text = "".join(f"{each}\n" for each in lines)
        (folder / "bundle" / "disclosures.jsonl").write_text(text)
    return Bundle(folder / "bundle", (folder / "log" / VKEY).read_text().strip())


def repacked(bundle: Bundle) -> None:
    """The manifest of what now lies in the folder."""
    path = bundle.folder / MANIFEST
    about, *listed, _ = [json.loads(each) for each in path.read_text().splitlines()]
    files = [told for told in listed if (bundle.folder / told["name"]).exists()]
    for told in files:
        data = (bundle.folder / told["name"]).read_bytes()
        told |= {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    lines = b"".join(map(line, [about, *files]))
    path.write_bytes(lines + line({"manifest": hashlib.sha256(lines).hexdigest()}))
