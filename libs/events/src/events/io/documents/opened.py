"""Which store a service's documents are in, as its settings say."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from events.delivery.ports import Watch
from events.documents import DocumentStore
from events.io.documents.nats import open_nats_documents
from events.io.documents.objects import object_documents
from events.io.settings import Settings


@asynccontextmanager
async def open_documents(settings: Settings, watch: Watch) -> AsyncIterator[DocumentStore]:
    """In NATS, unless `HOMEWARD_DOCUMENTS` names a folder or an S3 bucket."""
    if settings.documents is not None:
        yield object_documents(settings.documents, settings.service)
        return
    nats = settings.nats_url, settings.nats_user, settings.nats_password
    async with open_nats_documents(*nats, watch) as documents:
        yield documents
