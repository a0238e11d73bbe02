"""Documents in an object store: S3, or a folder on this machine, by obstore."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore, from_url

from events.documents import Missing
from events.ports import Unavailable
from events.values import Digest

PART_BYTES = 256 * 1024
AT_ONCE = 2
"""So many parts of an upload of more than five megabytes are on their way, and in memory."""


class ObjectDocuments:
    """One service's documents under a prefix of its own. An upload that was cut off is not seen."""

    def __init__(self, store: ObjectStore, prefix: str) -> None:
        self._store = store
        self._prefix = prefix

    async def put(self, name: Digest, parts: AsyncIterator[bytes], size: int) -> None:  # noqa: ARG002
        with _unavailable():
            await obstore.put_async(self._store, self._path(name), parts, max_concurrency=AT_ONCE)

    async def get(self, name: Digest) -> AsyncIterator[bytes]:
        with _unavailable():
            try:
                found = await obstore.get_async(self._store, self._path(name))
            except FileNotFoundError:
                raise Missing(name) from None
            async for part in found.stream(min_chunk_size=PART_BYTES):
                yield bytes(part)

    async def remove(self, name: Digest) -> None:
        with _unavailable():
            try:
                await obstore.delete_async(self._store, self._path(name))
            except FileNotFoundError:
                return

    async def names(self) -> AsyncIterator[Digest]:
        with _unavailable():
            async for some in obstore.list(self._store, prefix=self._prefix):
                for each in some:
                    yield Digest(each["path"].rpartition("/")[2])

    async def since(self, name: Digest) -> datetime | None:
        with _unavailable():
            try:
                return (await obstore.head_async(self._store, self._path(name)))["last_modified"]
            except FileNotFoundError:
                return None

    def _path(self, name: Digest) -> str:
        """Spread over folders, so that none holds very many."""
        return f"{self._prefix}/{name[:2]}/{name}"


def object_documents(url: str, service: str) -> ObjectDocuments:
    """At `s3://bucket/prefix` (with the usual AWS_ variables) or `file:///folder`."""
    if url.startswith("file://"):
        return ObjectDocuments(from_url(url, mkdir=True), service)
    return ObjectDocuments(from_url(url), service)


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        raise Unavailable(f"the document store: {type(error).__name__}") from error
