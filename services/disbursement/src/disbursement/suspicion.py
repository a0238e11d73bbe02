"""Whether a later invoice looks like one that is to be paid, and nobody has decided on that yet."""

from datetime import datetime
from typing import Any

import msgspec

from disbursement.domain.commitment import Commitment, Invoice, commitment
from disbursement.domain.commitment.invoices import InvoiceStage
from disbursement.domain.commitment.suspected import Alike, Likeness
from disbursement.domain.paper import LookAtPaper, Paper, paper, paper_of
from disbursement.domain.vendor_invoices import LookAround, around, register, vendor_invoices
from disbursement.streams import Load
from disbursement.views.lookalikes import OVER
from events.handler import Act
from events.values import CommitmentId, InvoiceId, PersonId


class Suspicion(msgspec.Struct, frozen=True):
    is_open: bool
    looks: tuple[Act[Any, Any, Any], ...]
    """They bind it: whatever looks alike and comes at the same instant is known."""


async def suspicion(
    of: Commitment, invoice: Invoice, *, by: PersonId, at: datetime, load: Load
) -> Suspicion:
    """Asked of the invoices themselves, and not of a read model, which may be behind."""
    register_of, paper_is = register(of.vendor), paper_of(invoice.document)
    known, _ = await load.state(vendor_invoices, register_of)
    same, _ = await load.state(paper, paper_is)
    alike = around(known, invoice.id)
    copies = (same or Paper()).copies
    others = {each.invoice: each.commitment for each in alike}
    others |= {each.invoice: each.commitment for each in copies}
    others.pop(invoice.id, None)
    look = LookAround(
        by=by, at=at, vendor=of.vendor, invoice=invoice.id, seen=tuple(a.invoice for a in alike)
    )
    at_paper = LookAtPaper(
        by=by, at=at, vendor=of.vendor, seen=tuple(each.invoice for each in copies)
    )
    return Suspicion(
        is_open=await _any_undecided(others, invoice.id, load),
        looks=(Act(vendor_invoices, register_of, look), Act(paper, paper_is, at_paper)),
    )


async def _any_undecided(others: dict[InvoiceId, CommitmentId], of: InvoiceId, load: Load) -> bool:
    for other, stands_on in others.items():
        theirs, _ = await load.state(commitment, stands_on)
        invoice = theirs.invoice(other) if theirs else None
        if invoice is None or invoice.stage in (*OVER, InvoiceStage.SETTLED):
            continue
        if any(_means(alike, of) for alike in invoice.alike):
            return True
    return False


def _means(alike: Alike, invoice: InvoiceId) -> bool:
    """It names it; or it is one of the same paper, of another vendor."""
    return alike.invoice == invoice or (alike.invoice is None and Likeness.DOCUMENT in alike.by)
