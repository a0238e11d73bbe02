"""A vendor's dossier: the papers that it brought and the numbers by which it is told from others.

Which papers a vendor needs before it is approved follows from its kind and tier, by the programmes
in force. A paper is kept by its digest; one that has a last day counts until then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, assert_never

import msgspec
from msgspec.structs import replace

from events.decider import Command, Event, Rejected
from events.documents import require_on_file
from events.personal import Identity
from events.values import Code, Digest, VendorId
from vendors.domain.identifiers import Numbered, identified


class Paper(msgspec.Struct, frozen=True):
    """A document on file."""

    kind: Code
    document: Digest
    valid_until: date | None = None


# Requests


class ReceiveDocuments(Command, frozen=True):
    papers: tuple[Paper, ...]


class IdentifyVendor(Command, frozen=True):
    numbered: Numbered
    country: Code
    number: str


# Facts


class VendorDocumentsReceived(Event, frozen=True, tag="vendors.vendor_documents_received.v1"):
    """The vendor brought these papers."""

    vendor: VendorId
    papers: tuple[Paper, ...]


class VendorIdentified(Event, frozen=True, tag="vendors.vendor_identified.v1"):
    """A number by which the vendor is told from others is on file."""

    about: ClassVar[str | None] = "vendor"

    vendor: VendorId
    numbered: Numbered
    country: Code
    number: Identity[str]


DossierEvent = VendorDocumentsReceived | VendorIdentified


# Refusals


@dataclass(unsafe_hash=True)
class DocumentsMissing(Rejected):
    """A vendor of this kind and tier brings these documents before it is approved."""

    missing: tuple[Code, ...]


@dataclass(unsafe_hash=True)
class DocumentExpired(Rejected):
    """The document's last day is over."""

    kind: Code
    valid_until: date


# State


class Dossier(msgspec.Struct, frozen=True):
    papers: tuple[Paper, ...] = ()
    numbered: tuple[Numbered, ...] = ()

    def after(self, event: DossierEvent) -> "Dossier":
        match event:
            case VendorDocumentsReceived(papers=papers):
                return replace(self, papers=(*self.papers, *papers))
            case VendorIdentified(numbered=numbered):
                return replace(self, numbered=(*self.numbered, numbered))
            case _:
                assert_never(event)

    def counting(self, today: date) -> tuple[Paper, ...]:
        return tuple(each for each in self.papers if today <= (each.valid_until or date.max))

    def missing(self, needed: Sequence[Code], today: date) -> tuple[Code, ...]:
        """What of this was not brought, or counts no more."""
        brought = {each.kind for each in self.counting(today)}
        return tuple(kind for kind in needed if kind not in brought)

    def expired(self, needed: Sequence[Code], today: date) -> tuple[Code, ...]:
        """What of this was brought once and counts no more."""
        kinds = {each.kind for each in self.papers}
        return tuple(kind for kind in self.missing(needed, today) if kind in kinds)

    def require(
        self, needed: Sequence[Code], today: date, wanting: tuple[Digest, ...] = ()
    ) -> None:
        """Each of these was brought and can be read; `wanting`: the papers that nobody can."""
        if missing := self.missing(needed, today):
            raise DocumentsMissing(missing)
        papers = [each for each in self.counting(today) if each.kind in needed]
        readable = {each.kind for each in papers if each.document not in wanting}
        require_on_file((each.document for each in papers if each.kind not in readable), wanting)


# Rules


def filed(command: ReceiveDocuments | IdentifyVendor, vendor: VendorId) -> DossierEvent:
    match command:
        case ReceiveDocuments(by=by, at=at, papers=papers):
            for paper in papers:
                if paper.valid_until is not None and paper.valid_until < at.date():
                    raise DocumentExpired(paper.kind, paper.valid_until)
            return VendorDocumentsReceived(by=by, at=at, vendor=vendor, papers=papers)
        case IdentifyVendor(by=by, at=at, numbered=numbered, country=country):
            number = identified(numbered, country, command.number)
            return VendorIdentified(
                by=by, at=at, vendor=vendor, numbered=numbered, country=country, number=number
            )
        case _:
            assert_never(command)
