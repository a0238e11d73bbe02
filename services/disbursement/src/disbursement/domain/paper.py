"""The invoices that are one paper, of whichever vendors.

Each is registered in the append that records it, so that who pays one of them at the same instant
knows of the other.
"""

from collections.abc import Sequence

import msgspec

from disbursement.domain.vendor_invoices import AnotherCameBetween
from events.decider import Command, Decider, Event, State
from events.values import CommitmentId, Digest, InvoiceId, VendorId

PART = 40
"""So many digits of a paper's digest are enough to name it."""


def paper_of(document: Digest) -> str:
    """The stream of the paper."""
    return f"pap_{document[:PART]}"


class RegisterPaper(Command, frozen=True):
    document: Digest
    vendor: VendorId
    commitment: CommitmentId
    invoice: InvoiceId


class LookAtPaper(Command, frozen=True):
    """One of them is to be paid, or goes on: no other one came meanwhile."""

    vendor: VendorId
    seen: tuple[InvoiceId, ...]


class PaperRegistered(Event, frozen=True, tag="disbursement.paper_registered.v1"):
    """An invoice is this paper."""

    document: Digest
    vendor: VendorId
    commitment: CommitmentId
    invoice: InvoiceId


class Copy(msgspec.Struct, frozen=True):
    commitment: CommitmentId
    invoice: InvoiceId


class Paper(State, frozen=True):
    copies: tuple[Copy, ...] = ()


def evolve(paper: Paper | None, event: PaperRegistered) -> Paper:
    before = paper.copies if paper else ()
    return Paper(copies=(*before, Copy(event.commitment, event.invoice)))


def decide(command: RegisterPaper | LookAtPaper, paper: Paper | None) -> Sequence[PaperRegistered]:
    if isinstance(command, LookAtPaper):
        if tuple(each.invoice for each in (paper or Paper()).copies) != command.seen:
            raise AnotherCameBetween(command.vendor)
        return []
    registered = PaperRegistered(
        by=command.by,
        at=command.at,
        document=command.document,
        vendor=command.vendor,
        commitment=command.commitment,
        invoice=command.invoice,
    )
    return [registered]


paper = Decider(decide=decide, evolve=evolve)
