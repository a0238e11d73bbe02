"""A person decides on an invoice that looks like another: it is a different one, or is rejected."""

from disbursement.domain.commitment import judging
from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment.invoices import Invoice, InvoiceStage
from disbursement.domain.commitment.requests import ClearSuspicion, RejectInvoice
from disbursement.domain.commitment.state import Commitment
from disbursement.domain.commitment.suspected import DuplicateInvoiceCleared, InvoiceRejected

OPEN = (InvoiceStage.UNMATCHED, InvoiceStage.MATCHED)


def cleared(command: ClearSuspicion, commitment: Commitment) -> DuplicateInvoiceCleared:
    invoice = judged(command, commitment)
    if not invoice.alike:
        raise judging.NotSuspected(invoice.id)
    return DuplicateInvoiceCleared(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        invoice=invoice.id,
        reason=command.reason,
    )


def rejected(command: RejectInvoice, commitment: Commitment) -> InvoiceRejected:
    invoice = judged(command, commitment)
    return InvoiceRejected(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        invoice=invoice.id,
        reason=command.reason,
    )


def judged(command: ClearSuspicion | RejectInvoice, commitment: Commitment) -> Invoice:
    """The invoice, if it is open and this person is not the one who recorded it."""
    invoice = commitment.invoice(command.invoice)
    if invoice is None:
        raise no.NoSuchInvoice(command.invoice)
    if invoice.payment is not None:
        raise no.InvoiceUnderPayment(invoice.id, invoice.payment)
    if invoice.stage not in OPEN:
        raise no.InvoiceReplaced(invoice.id)
    if command.by in commitment.counsellors:
        raise no.CounsellorOfTheCase(command.by)
    if command.by == invoice.recorded_by:
        raise judging.RecordedByYou(command.by, invoice.id)
    return invoice
