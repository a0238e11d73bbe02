"""The bundle for the offline verifier: one zip, the same for the same size of the log."""

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from audit import verify
from audit.domain.tiles import bundles_of, tiles_of
from audit.log.files import VKEY, LogFiles
from audit.log.proofs import BrokenLog

BEGINNING = (1980, 1, 1, 0, 0, 0)
"""A zip's earliest date: a bundle tells of nothing but the log."""


def pack_bundle(size: int, checkpoints: Sequence[str], files: LogFiles) -> bytes:
    """The zip; `checkpoints` are all up to `size`, oldest first."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in bundle_files(size, checkpoints, files):
            archive.writestr(zipfile.ZipInfo(name, BEGINNING), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def bundle_files(
    size: int, checkpoints: Sequence[str], files: LogFiles
) -> Iterator[tuple[str, bytes]]:
    """Each file of the bundle, by its name."""
    yield "checkpoint", checkpoints[-1].encode()
    notes = (json.dumps(note, ensure_ascii=False) for note in checkpoints)
    yield "checkpoints.jsonl", "".join(f"{note}\n" for note in notes).encode()
    yield "verify.py", Path(verify.__file__).read_bytes()
    paths = [VKEY, *(t.path for t in tiles_of(size)), *(b.path for b in bundles_of(size))]
    for path in paths:
        data = files.read(path)
        if data is None:
            raise BrokenLog(f"{path} is missing")
        yield path, data
