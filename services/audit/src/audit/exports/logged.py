"""The log's entries out of its files, held against the root that was signed for them."""

from collections.abc import Iterator
from itertools import islice

from audit.domain.difference import Kind
from audit.domain.merkle import leaf_hash
from audit.domain.note import Checkpoint
from audit.domain.tiles import WIDTH, Bundle, Edge, bundles_of, unpack
from audit.log.files import LogFiles
from audit.log.logged import BrokenLog, Logged
from events.envelope import open_entry


def logged(files: LogFiles, signed: Checkpoint) -> Iterator[tuple[int, bytes]]:
    """Each entry with its index. `BrokenLog`, at the end, if these are not the ones signed for:
    what was made of them until then is to be thrown away.
    """
    edge = Edge()
    for bundle in bundles_of(signed.size):
        for raw in entries_of(files, bundle):
            yield edge.size, raw
            for _ in edge.add(leaf_hash(raw)):
                pass
    if edge.size and edge.root() != signed.root:
        raise BrokenLog(f"{edge.size} entries do not have the root that was signed for them")


def entry_at(files: LogFiles, signed: Checkpoint, index: int) -> Logged:
    """One entry that the checkpoint covers; nothing is proven of it yet."""
    bundle = next(islice(bundles_of(signed.size), index // WIDTH, None))
    raw = entries_of(files, bundle)[index % WIDTH]
    envelope = open_entry(raw)
    return Logged(index, envelope.service, envelope.type, envelope.subject, (), raw)


def entries_of(files: LogFiles, bundle: Bundle) -> list[bytes]:
    """The bundle's entries; of the full one where a wider one has come in the meantime."""
    data = files.read(bundle.path) or files.read(Bundle(bundle.number, WIDTH).path)
    if data is None:
        raise BrokenLog(f"{bundle.path} is missing", bundle.number * WIDTH, kind=Kind.DELETED)
    return unpack(data)[: bundle.width]
