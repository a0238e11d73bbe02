"""Tidying: what lies in the store and belongs to no document that can be opened is removed.

A crash between storing and saying so leaves an object that nobody knows of; an erasure leaves one
that nobody can open. The grace is far longer than an upload may take.
"""

from datetime import timedelta
from typing import Any

from events.documents import SEALED, DocumentKept, DocumentStore
from events.ports import Clock, Store
from events.registry import Registry
from events.values import Digest

EVERY_SECONDS = 3600.0
GRACE = timedelta(hours=1)


async def tidy(documents: DocumentStore, store: Store, registry: Registry, clock: Clock) -> int:
    """Remove what belongs to nothing; how many objects."""
    names = [name async for name in documents.names()]
    removed = 0
    for name in names:
        if await _belongs(name, store, registry):
            continue
        written = await documents.since(name)
        if written is not None and written + GRACE < clock.now():
            await documents.remove(name)
            removed += 1
    return removed


async def _belongs(name: Digest, store: Store, registry: Registry) -> bool:
    """Whether a fact says that it was kept, and its key is still there."""
    claim = await store.claim(SEALED, name)
    if claim is None or claim.position is None:
        return False
    for entry in await store.read(claim.position - 1, 1):
        fact = registry.read(entry.envelope)
        if isinstance(fact, DocumentKept) and fact.sealed == name:
            return bool(await store.disclosures([entry.envelope.id]))
    return False


async def tidy_documents(running: Any) -> None:
    """The task of a service that takes documents."""
    while True:
        await tidy(running.documents, running.store, running.service.registry, running.clock)
        await running.clock.sleep(EVERY_SECONDS)
