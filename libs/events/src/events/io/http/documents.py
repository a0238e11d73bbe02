"""Documents over HTTP: one thing that a service declares, `declare_documents`.

`POST /v1/documents` takes the document itself as its body, seals it as it comes in and puts it on
file; `GET /v1/documents/{digest}` gives it out again, after the reading has been recorded.
"""

import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any

from fastapi import Query, Response
from fastapi.responses import StreamingResponse

from events.decider import Decider
from events.documents import (
    LIMIT_BYTES,
    SEALED,
    Document,
    DocumentKept,
    DocumentRead,
    KeepDocument,
    Keeping,
    Media,
    Missing,
    ReadDocument,
    Reading,
    document,
    document_id,
    keeping,
    reading,
)
from events.handler import Act
from events.io.documents.receiving import OtherMedia, Received, receive
from events.io.documents.sealing import Opening
from events.io.http.api import Api
from events.io.http.asked import Asked, Desk, Given
from events.io.http.do import Doer, Loader
from events.io.http.models import Answer
from events.io.http.problems import Fault, Problem
from events.io.http.request import Raw
from events.io.identity import Acting
from events.personal import Kind, b64url, unb64url
from events.ports import Claim, PersonErased, Unavailable
from events.roles import Role
from events.values import CaseId, Code, Digest, HolderId

Knows = Callable[[Asked, HolderId, CaseId | None], Awaitable[bool]]
"""Whether who asks may know of a document about them, under that case."""


@dataclass(frozen=True)
class Documents:
    """What a service says of the documents that it takes."""

    kept: type[DocumentKept]
    read: type[DocumentRead]
    keeps: frozenset[Role]
    shown_to: frozenset[Role]
    knows: Knows

    @cached_property
    def keep(self) -> Decider[KeepDocument, Document, DocumentKept]:
        return keeping(self.kept)

    @cached_property
    def reading(self) -> Decider[ReadDocument, Reading, DocumentRead]:
        return reading(self.read)


class DocumentAnswer(Answer):
    """A document that is on file."""

    document: Digest
    size: int
    media: Media


@dataclass(frozen=True)
class Papers:
    """What the operation takes in the place of a body: one document, as it is."""

    later = False

    async def read(self, raw: Raw, desk: Desk) -> tuple[bytes, Received]:
        """What stands for the document in the request's fingerprint, and the document, sealed."""
        media = _told(raw)
        raw.expect_no_encoding()
        try:
            received = await receive(raw.parts(LIMIT_BYTES), media, desk.spool)
        except OtherMedia:
            raise Problem(
                "document_not_as_told", f"What was sent does not begin as {media} begins."
            ) from None
        return received.document.encode(), received

    def done(self, value: Received) -> None:
        value.close()

    def described(self) -> dict[str, Any]:
        """As OpenAPI says it."""
        file = {"schema": {"type": "string", "format": "binary"}}
        return {"required": True, "content": {media.value: file for media in Media}}


def _told(raw: Raw) -> Media:
    told, _, _ = raw.headers.get(b"content-type", b"").partition(b";")
    try:
        return Media(told.decode("latin-1").strip().lower())
    except ValueError:
        raise Problem(
            "media_type_unsupported",
            f"Send Content-Type: {', '.join(Media)}.",
            title="The body must be a document that people read or look at",
            status=415,
        ) from None


class Cabinet:
    """Keeps and opens documents for one request."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self._handler = asked.desk.handler

    async def keep(
        self,
        do: Doer,
        told: Documents,
        file: Received,
        *,
        about: HolderId,
        paper: Code,
        case: CaseId | None = None,
        kind: Kind = Kind.IDENTITY,
    ) -> Response:
        """Put it on file, unless this document is kept about them already."""
        await self._put_in(file, about, case)
        kept = KeepDocument(
            by=self.asked.me.id,
            at=self.asked.now,
            document=file.document,
            key=b64url(file.key),
            keeping=Keeping(
                sealed=file.sealed,
                size=file.size,
                media=file.media,
                paper=paper,
                holder=about,
                case=case,
                kind=kind,
            ),
        )

        def answer(state: Document, _: int) -> DocumentAnswer:
            stands = state.kept(about, case)
            assert stands is not None, "it was just kept"
            return DocumentAnswer(document=state.digest, size=stands.size, media=stands.media)

        return await do(
            Act(told.keep, document_id(file.document), kept, (Claim(SEALED, file.sealed),)),
            answer=answer,
            location=f"/v1/documents/{file.document}",
        )

    async def keep_ours(
        self, do: Doer, told: Documents, content: bytes, media: Media, **what: Any
    ) -> Response:
        """The same, with a document that the service made itself."""

        async def parts() -> AsyncIterator[bytes]:
            yield content

        with closing(await receive(parts(), media, self.asked.desk.spool)) as file:
            return await self.keep(do, told, file, **what)

    async def _put_in(self, file: Received, holder: HolderId, case: CaseId | None) -> None:
        if erased := await self._handler.store.erased(holder):
            raise PersonErased(holder, min(erased))
        state, _ = await self._handler.load(document, document_id(file.document))
        if state is None or state.kept(holder, case) is None:
            store = self.asked.desk.documents
            await store.put(file.sealed, file.parts(), file.sealed_size)

    async def find(self, digest: Digest, knows: Knows) -> tuple[Keeping, bytes | None]:
        """The last keeping that may be known of, and its key; None: whom it is about was erased."""
        stream = document_id(digest)
        state, _ = await self._handler.load(document, stream)
        entries = await self._handler.store.load(stream) if state is not None else ()
        found: tuple[Keeping, bytes | None] | None = None
        for each, entry in zip(state.keepings if state else (), entries, strict=True):
            if await knows(self.asked, each.holder, each.case):
                opened = await self._handler.store.disclosures([entry.envelope.id])
                keys = [d.value for d in opened.get(entry.envelope.id, ())]
                if found is None or keys:
                    found = each, unb64url(keys[0]) if keys else None
        if found is None or state is None or state.digest != digest:
            raise Problem("not_found", "There is no such document, or it is not yours to see.")
        return found

    async def opened(self, found: Keeping, key: bytes) -> AsyncIterator[bytes]:
        """The document, part by part; what fails at once fails before the first of them."""
        opening = Opening(key)
        try:
            async for part in self.asked.desk.documents.get(found.sealed):
                if plain := opening.update(part):
                    yield plain
        except Missing:
            raise Unavailable(f"the store does not have {found.sealed}") from None
        yield opening.finish()

    async def record(self, act: Any) -> None:
        await self._handler.do(act, context=self.asked.context)


async def _cabinet(asked: Asked) -> Cabinet:
    return Cabinet(asked)


async def _do(asked: Asked) -> Doer:
    return Doer(asked)


async def _who(asked: Asked) -> Acting:
    return asked.me


async def _now(asked: Asked) -> datetime:
    return asked.now


Filing = Annotated[Cabinet, Given(_cabinet, reads_views=True, records=True)]
"""Keeps and opens documents."""
_Do = Annotated[Doer, Given(_do)]
_Who = Annotated[Acting, Given(_who)]
_Now = Annotated[datetime, Given(_now)]
Holder = Annotated[HolderId, Query(description="Whom it is about: a person, a vendor, a project.")]
OfCase = Annotated[CaseId | None, Query(description="Of a person's document, the case.")]
Paper = Annotated[Code, Query(description="What it is: `invoice`, `receipt`, `photo`, …")]
OfKind = Annotated[Kind, Query(description="How sensitive it is: it is erased with what is so.")]


def declare_documents(api: Api, told: Documents) -> None:
    """Declare how to put one on file, and how to read it."""

    @api.command("/v1/documents", creates=DocumentAnswer, allows=told.keeps, files=Papers())
    async def keep_document(
        *,
        file: Received,
        do: _Do,
        cabinet: Filing,
        about: Holder,
        paper: Paper,
        case: OfCase = None,
        kind: OfKind = Kind.IDENTITY,
    ) -> Response:
        """Put a document on file: the body is the document, of 25 MB at most.

        It is sealed as it comes in and kept under its SHA-256, by which acts cite it.
        """
        if about.startswith("per_") and case is None:
            fault = Fault(None, "missing", "A person's document names the case.", parameter="case")
            raise Problem("query_invalid", "Some of the query does not fit.", errors=[fault])
        if not await told.knows(cabinet.asked, about, case):
            raise Problem("not_found", "There is no such thing, or it is not yours to see.")
        return await cabinet.keep(do, told, file, about=about, paper=paper, case=case, kind=kind)

    @api.query("/v1/documents/{digest}", allows=told.shown_to, gives=tuple(Media))
    async def read_document(digest: Digest, me: _Who, now: _Now, cabinet: Filing) -> Response:
        """Read a document; of one about a person or a vendor it is recorded who did."""
        found, key = await cabinet.find(digest, told.knows)
        if key is None:
            raise Problem("document_erased", "It was erased with whom it was about.")
        parts = cabinet.opened(found, key)
        first = await anext(parts)
        if not found.holder.startswith("prj_"):
            asked = ReadDocument(by=me.id, at=now, document=digest, keeping=found)
            await cabinet.record(Act(told.reading, cabinet.asked.ids.new("rea"), asked))
        return _given(digest, found, first, parts)


def _given(
    digest: Digest, found: Keeping, first: bytes, others: AsyncIterator[bytes]
) -> StreamingResponse:
    """To be saved and not to be run, whatever is in it."""

    async def all_of_it() -> AsyncIterator[bytes]:
        yield first
        async for part in others:
            yield part

    hashed = base64.b64encode(bytes.fromhex(digest)).decode()
    name = f"{found.paper}-{digest[:12]}.{found.media.suffix}".replace("/", "-")
    headers = {
        "Cache-Control": "no-store",
        "Content-Digest": f"sha-256=:{hashed}:",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(found.size),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(all_of_it(), headers=headers, media_type=found.media.value)


def _any(_: Keeping) -> bool:
    return True


async def not_on_file(
    load: Loader, cited: Iterable[Digest], *, fits: Callable[[Keeping], bool] = _any
) -> tuple[Digest, ...]:
    """Which of these documents nobody has put on file, each once.

    `fits`: what it has to be kept as, so that another's paper, or another kind, is no proof.
    """
    wanting = []
    for digest in dict.fromkeys(cited):
        state, _ = await load.state(document, document_id(digest))
        if state is None or state.digest != digest or not any(map(fits, state.keepings)):
            wanting.append(digest)
    return tuple(wanting)
