"""Documents: quotations, invoices, signatures, photos, by the SHA-256 of what was sent.

An event says that a document was kept, about whom, and what kind of thing it is. The document
itself lies sealed in a `DocumentStore`, under a key of its own, and that key is a personal value of
whom it is about: erasing them destroys the key, and nobody opens the document again, wherever a
copy of it lies. The store names each object by the SHA-256 of its sealed bytes, so that it can be
checked without being opened, and tells nobody that two people have the same paper.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol

import msgspec
from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.personal import Contact, Health, Identity, Kind, Protection
from events.values import CaseId, Code, Digest, DocumentId, HolderId

LIMIT_BYTES = 25 * 1024 * 1024
"""A document is no larger: 25 MB."""
SNIFFED_BYTES = 16
"""So much of its beginning tells what it is."""
SEALED = "document"
"""The claims' scope by which an object in the store is known to belong to a document."""


class Media(StrEnum):
    """What a document may be: something that a person reads or looks at, and nothing that runs."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    TIFF = "image/tiff"
    WEBP = "image/webp"

    @property
    def suffix(self) -> str:
        """How the name of such a file ends."""
        return self.value.partition("/")[2]

    def begins(self, head: bytes) -> bool:
        """Whether a file of this type begins like that."""
        match self:
            case Media.PDF:
                return head.startswith(b"%PDF-")
            case Media.JPEG:
                return head.startswith(b"\xff\xd8\xff")
            case Media.PNG:
                return head.startswith(b"\x89PNG\r\n\x1a\n")
            case Media.TIFF:
                return head.startswith((b"II*\0", b"MM\0*"))
            case Media.WEBP:
                return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


class Missing(Exception):
    """There is no such object in the store."""


class DocumentStore(Protocol):
    """Where sealed documents lie: each under the SHA-256 of its bytes, whole or not at all."""

    async def put(self, name: Digest, parts: AsyncIterator[bytes], size: int) -> None:
        """Keep it durably; again, it changes nothing. `Unavailable`."""
        ...

    def get(self, name: Digest) -> AsyncIterator[bytes]:
        """Its bytes, part by part. `Missing`, `Unavailable`, both before the first part."""
        ...

    async def remove(self, name: Digest) -> None:
        """What is not there is removed already. `Unavailable`."""
        ...

    def names(self) -> AsyncIterator[Digest]:
        """Of everything that lies there, what a crash left half of included."""
        ...

    async def since(self, name: Digest) -> datetime | None:
        """When the last of it was written; None when there is no such object."""
        ...


# Facts


class DocumentKept(Event, frozen=True):
    """A document is on file. Each service has its own, under its own name."""

    about: ClassVar[str | None] = "holder"

    document: Digest
    """SHA-256 of what was sent."""
    sealed: Digest
    """SHA-256 of what lies in the store."""
    size: int
    """Of what was sent, in bytes."""
    media: Media
    paper: Code
    """What it is: `invoice`, `receipt`, `signature`, `photo`, what a programme asks for."""
    holder: HolderId
    """Whom it is about."""
    case: CaseId | None
    """Whose need to know it falls under."""
    kind: Kind
    """How sensitive it is. The key of that kind is the one it was sealed under."""
    identity_key: Identity[str] = None
    contact_key: Contact[str] = None
    protection_key: Protection[str] = None
    health_key: Health[str] = None


class DocumentRead(Event, frozen=True):
    """Somebody was given a document about a person or a vendor."""

    document: Digest
    holder: HolderId
    case: CaseId | None
    kind: Kind


# State


class Keeping(msgspec.Struct, frozen=True):
    """One fact of being kept: about one holder, under one case."""

    sealed: Digest
    size: int
    """Of what was sent, in bytes."""
    media: Media
    paper: Code
    holder: HolderId
    case: CaseId | None
    kind: Kind


class Document(State, frozen=True):
    """The same bytes may be kept about several: each is erased by itself."""

    digest: Digest
    keepings: tuple[Keeping, ...] = ()
    """In the order of the stream's versions."""

    def kept(self, holder: HolderId, case: CaseId | None) -> Keeping | None:
        """How it is kept about them, if it is."""
        found = (each for each in self.keepings if (each.holder, each.case) == (holder, case))
        return next(found, None)


class KeepDocument(Command, frozen=True):
    document: Digest
    key: str
    """What opens it, in base64."""
    keeping: Keeping


class ReadDocument(Command, frozen=True):
    document: Digest
    keeping: Keeping


class Reading(State, frozen=True):
    document: Digest


def document_id(digest: Digest) -> DocumentId:
    """The stream of a document: 192 bits of its digest, which is as good as all of it."""
    return DocumentId(f"doc_{digest[:48]}")


def evolve(document: Document | None, event: DocumentKept) -> Document:
    stands = document or Document(digest=event.document)
    assert stands.digest == event.document, "two documents under one id"
    keeping = Keeping(
        sealed=event.sealed,
        size=event.size,
        media=event.media,
        paper=event.paper,
        holder=event.holder,
        case=event.case,
        kind=event.kind,
    )
    return replace(stands, keepings=(*stands.keepings, keeping))


def _unasked(command: Command, _: Document | None) -> Sequence[DocumentKept]:
    raise AssertionError(f"{command} is not put to a document that is only looked at")


document: Decider[Any, Document, DocumentKept] = Decider(decide=_unasked, evolve=evolve)
"""A document as every service looks at it; each keeps with an event of its own."""


def keeping(kept: type[DocumentKept]) -> Decider[KeepDocument, Document, DocumentKept]:
    """A document as a service keeps it, by an event of its own: about a holder and case once."""

    def decide(command: KeepDocument, state: Document | None) -> Sequence[DocumentKept]:
        told = command.keeping
        if state is not None and state.kept(told.holder, told.case) is not None:
            return []
        said = {name: getattr(told, name) for name in told.__struct_fields__}
        said[f"{told.kind}_key"] = command.key
        return [kept(by=command.by, at=command.at, document=command.document, **said)]

    return Decider(decide=decide, evolve=evolve)


def reading(read: type[DocumentRead]) -> Decider[ReadDocument, Reading, DocumentRead]:
    """A reading, recorded under an id of its own."""

    def decide(command: ReadDocument, state: Reading | None) -> Sequence[DocumentRead]:
        assert state is None, "each reading has an id of its own"
        told = command.keeping
        return [
            read(
                by=command.by,
                at=command.at,
                document=command.document,
                holder=told.holder,
                case=told.case,
                kind=told.kind,
            )
        ]

    def evolve_reading(_: Reading | None, event: DocumentRead) -> Reading:
        return Reading(document=event.document)

    return Decider(decide=decide, evolve=evolve_reading)


@dataclass(unsafe_hash=True)
class CitedNotOnFile(Rejected):
    """It rests on documents that nobody has put on file: who answers for it cannot read them."""

    documents: tuple[Digest, ...]


def require_on_file(cited: Iterable[Digest], wanting: Collection[Digest]) -> None:
    """What an act rests on can be read; `wanting`: what cannot. `CitedNotOnFile`."""
    if unseen := tuple(each for each in dict.fromkeys(cited) if each in wanting):
        raise CitedNotOnFile(unseen)
