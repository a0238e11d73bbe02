"""A vendor's dossier over HTTP: its papers, its numbers, and the tier that they are enough for."""

from datetime import date
from typing import Annotated

from fastapi import Response
from pydantic import Field

from events.handler import Act
from events.io.http import Answer, Body, Load, Now, View, Who
from events.roles import READERS, Role
from events.values import Code, Digest, VendorId
from vendors import views
from vendors.api.declared import Country, api
from vendors.api.documents import papers_wanting
from vendors.api.taking_part import Do
from vendors.api.vendors import VendorAnswer
from vendors.domain.dossier import IdentifyVendor, Paper, ReceiveDocuments
from vendors.domain.identifiers import Numbered
from vendors.domain.searching import Debarred
from vendors.domain.vendor import vendor
from vendors.domain.vendor.kinds import Tier
from vendors.domain.vendor.refusals import NoSuchVendor, VendorIsAt
from vendors.domain.vendor.requests import ChangeTier

PAPERS_MAX = 20


class PaperBody(Body):
    kind: Code
    document: Digest
    valid_until: date | None = None


class DocumentsBody(Body):
    papers: Annotated[tuple[PaperBody, ...], Field(min_length=1, max_length=PAPERS_MAX)]


class IdentifierBody(Body):
    numbered: Numbered
    country: Country
    number: Annotated[str, Field(min_length=3, max_length=40)]


class TierBody(Body):
    tier: Tier


class PaperAnswer(Answer):
    kind: Code
    document: Digest
    valid_until: date | None
    on_file: bool
    """Whether it can be read: a vendor is not approved on papers that nobody can."""


class DossierAnswer(Answer):
    vendor: VendorId
    papers: tuple[PaperAnswer, ...]
    numbered: tuple[Numbered, ...]
    """By which numbers it is told from others; they are personal, and not shown here."""
    needed: tuple[Code, ...]
    """What a vendor of its kind and tier brings, by the programmes in force."""
    missing: tuple[Code, ...]


@api.command(
    "/v1/vendors/{vendor_id}/documents",
    answers=VendorAnswer,
    allows={Role.VENDOR_OFFICER},
    unknown={NoSuchVendor},
    conflicts={Debarred},
)
async def receive_documents(
    vendor_id: VendorId, body: DocumentsBody, me: Who, now: Now, do: Do
) -> Response:
    """Put on file what the vendor brought."""
    papers = tuple(Paper(each.kind, each.document, each.valid_until) for each in body.papers)
    received = ReceiveDocuments(by=me.id, at=now, papers=papers)
    return await do(Act(vendor, vendor_id, received), answer=VendorAnswer.of)


@api.command(
    "/v1/vendors/{vendor_id}/identifiers",
    answers=VendorAnswer,
    allows={Role.VENDOR_OFFICER},
    unknown={NoSuchVendor},
    conflicts={Debarred},
)
async def identify_vendor(
    vendor_id: VendorId, body: IdentifierBody, me: Who, now: Now, do: Do
) -> Response:
    """Put on file a number by which the vendor is told from others; it is checked."""
    identify = IdentifyVendor(
        by=me.id,
        at=now,
        numbered=body.numbered,
        country=Code(body.country),
        number=body.number,
    )
    return await do(Act(vendor, vendor_id, identify), answer=VendorAnswer.of)


@api.command(
    "/v1/vendors/{vendor_id}/change-tier",
    answers=VendorAnswer,
    allows={Role.VENDOR_APPROVER},
    unknown={NoSuchVendor},
    conflicts={VendorIsAt, Debarred},
)
async def change_tier(
    *, vendor_id: VendorId, body: TierBody, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Let more, or less, be bought from an approved vendor, by the papers that it brought."""
    changed = ChangeTier(
        by=me.id,
        at=now,
        tier=body.tier,
        diligence=await views.diligence(view),
        wanting=await papers_wanting(vendor_id, load),
    )
    return await do(Act(vendor, vendor_id, changed), answer=VendorAnswer.of)


@api.query(
    "/v1/vendors/{vendor_id}/documents",
    answers=DossierAnswer,
    allows=READERS,
    unknown={NoSuchVendor},
)
async def read_dossier(vendor_id: VendorId, now: Now, load: Load, view: View) -> DossierAnswer:
    """Read which papers of the vendor are on file, and which are still missing."""
    state, _ = await load.state(vendor, vendor_id)
    if state is None:
        raise NoSuchVendor
    needed = (await views.diligence(view)).documents(state.kind, state.tier)
    wanting = await papers_wanting(vendor_id, load)
    return DossierAnswer(
        vendor=state.id,
        papers=tuple(
            PaperAnswer(
                kind=each.kind,
                document=each.document,
                valid_until=each.valid_until,
                on_file=each.document not in wanting,
            )
            for each in state.dossier.papers
        ),
        numbered=state.dossier.numbered,
        needed=needed,
        missing=state.dossier.missing(needed, now.date()),
    )
