"""A delivery in dispute: nothing that rests on it is paid until another person has settled it.

disputed -> accepted back, and stands as it was
         -> reduced, and counts for less
         -> replaced, and counts for less until the vendor has delivered again
"""

from collections.abc import Sequence

from disbursement.domain.commitment import invoicing
from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment import refusals_at_delivery as at_delivery
from disbursement.domain.commitment.evolving import evolve
from disbursement.domain.commitment.facts import (
    CommitmentEvent,
    DisputedLine,
    Outcome,
    ReceiptDisputed,
    ReceiptDisputeResolved,
    ThreeWayMatchFailed,
)
from disbursement.domain.commitment.invoices import InvoiceStage
from disbursement.domain.commitment.receipts import Receipt
from disbursement.domain.commitment.requests import DisputeDelivery, ResolveDispute
from disbursement.domain.commitment.state import Commitment
from events.documents import require_on_file
from events.values import ReceiptId

NOT_PAID = (InvoiceStage.MATCHED, InvoiceStage.SUBMITTED)


def disputed(command: DisputeDelivery, commitment: Commitment) -> ReceiptDisputed:
    receipt = _receipt(commitment, command.receipt)
    if receipt.dispute is not None:
        raise at_delivery.DeliveryInDispute(receipt.id)
    _among_the_good(command.lines, receipt)
    return ReceiptDisputed(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        receipt=receipt.id,
        reason=command.reason,
        lines=command.lines,
    )


def resolved(command: ResolveDispute, commitment: Commitment) -> list[CommitmentEvent]:
    """The outcome; and which invoices, the latest first, do not match any more."""
    receipt = _receipt(commitment, command.receipt)
    dispute = receipt.dispute
    if dispute is None:
        raise at_delivery.NotInDispute(receipt.id)
    if command.by in commitment.counsellors:
        raise no.CounsellorOfTheCase(command.by)
    if command.by in (dispute.raised_by, receipt.recorded_by):
        raise at_delivery.PartyToTheDispute(command.by)
    require_on_file((command.document,), command.wanting)
    settled = ReceiptDisputeResolved(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        receipt=receipt.id,
        outcome=command.outcome,
        lines=() if command.outcome is Outcome.ACCEPTED_BACK else dispute.lines,
        document=command.document,
    )
    events: list[CommitmentEvent] = [settled]
    then = evolve(commitment, settled)
    for invoice in reversed(then.invoices):
        if invoice.stage not in NOT_PAID or invoice.payment in command.with_the_bank:
            continue
        if receipt.id in invoice.receipts:
            verdict = invoicing.matched(command, then, invoice)
            if isinstance(verdict, ThreeWayMatchFailed):
                events.append(verdict)
                then = evolve(then, verdict)
    return events


def _receipt(commitment: Commitment, receipt: ReceiptId) -> Receipt:
    for each in commitment.receipts:
        if each.id == receipt:
            return each
    raise at_delivery.NoSuchReceipt(receipt)


def _among_the_good(lines: Sequence[DisputedLine], receipt: Receipt) -> None:
    """What is in dispute was recorded as received, and each line is named once."""
    asked = [line.line for line in lines]
    for line in lines:
        good = receipt.good(line.line)
        if not 0 < line.quantity <= good or asked.count(line.line) > 1:
            raise at_delivery.NotReceived(line.line, good, line.quantity)
    if not lines:
        raise no.NoLines
