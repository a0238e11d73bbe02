"""A commitment that comes to nothing: rejected, expired, cancelled. What is left goes back.

Why it ended is its own fact; that it is over, and what it gives back, is `commitment_cancelled`.
"""

from disbursement.domain.commitment import invoicing, judging
from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment.evolving import evolve
from disbursement.domain.commitment.facts import (
    CommitmentCancelled,
    CommitmentEvent,
    CommitmentExpired,
    CommitmentRejected,
)
from disbursement.domain.commitment.invoices import InvoiceStage
from disbursement.domain.commitment.lengthened import FollowWindow, WindowExtended
from disbursement.domain.commitment.refusals import Stage
from disbursement.domain.commitment.requests import (
    CancelCommitment,
    ExpireCommitment,
    RejectCommitment,
    StopCommitment,
)
from disbursement.domain.commitment.state import Commitment
from events.decider import Command
from events.values import Code

REJECTED, EXPIRED = Code("rejected"), Code("expired")


def rejected(command: RejectCommitment, commitment: Commitment) -> list[CommitmentEvent]:
    """Who would certify or approve it says no: somebody without a part in it so far."""
    if commitment.stage not in (Stage.REQUESTED, Stage.CERTIFIED):
        raise no.CommitmentIsAt(commitment.stage, Stage.REQUESTED)
    if command.by in commitment.counsellors:
        raise no.CounsellorOfTheCase(command.by)
    for stage, person in commitment.acts:
        if person == command.by:
            raise no.ActedOnCommitment(person, stage)
    why = CommitmentRejected(
        by=command.by, at=command.at, commitment=commitment.id, reason=command.reason
    )
    return [why, _over(command, commitment, REJECTED)]


def put_off(command: FollowWindow, commitment: Commitment) -> list[CommitmentEvent]:
    """Its grant bears it for longer; what came too late, and does not now, is looked at again."""
    _not_over(commitment)
    if command.closes <= commitment.window.closes:
        return []
    longer = WindowExtended(
        by=command.by, at=command.at, commitment=commitment.id, closes=command.closes
    )
    return [longer, *invoicing.looked_at_again(command, evolve(commitment, longer))]


def expired(command: ExpireCommitment, commitment: Commitment) -> list[CommitmentEvent]:
    """Its grant bears nothing new for it any more; what was delivered is still owed."""
    _not_over(commitment)
    closes = min(command.closes, commitment.window.closes)
    if command.at.date() <= closes:
        raise no.GrantStillBearsIt(commitment.id, closes)
    _not_under_payment(commitment)
    _nothing_advanced(commitment)
    _nothing_delivered_is_owed(commitment)
    why = CommitmentExpired(by=command.by, at=command.at, commitment=commitment.id, closed=closes)
    return [why, _over(command, commitment, EXPIRED)]


def cancelled(command: CancelCommitment, commitment: Commitment) -> list[CommitmentEvent]:
    """Whoever asks: what was delivered and is not paid stays; the rest is taken off the order."""
    _not_over(commitment)
    _not_under_payment(commitment)
    _nothing_advanced(commitment)
    _nothing_delivered_is_owed(commitment)
    return [_over(command, commitment, command.reason)]


def stopped(command: StopCommitment, commitment: Commitment) -> list[CommitmentEvent]:
    """By itself, and so only where nobody has to decide: what was delivered or paid is owed."""
    over = commitment.stage in (Stage.LIQUIDATED, Stage.CANCELLED)
    left_alone = commitment.stage is Stage.ISSUED and not command.ordered_too
    owed = commitment.receipts or commitment.advanced
    if over or left_alone or owed:
        return []
    return [_over(command, commitment, command.reason)]


def _not_over(commitment: Commitment) -> None:
    if commitment.stage in (Stage.LIQUIDATED, Stage.CANCELLED):
        raise no.CommitmentIsAt(commitment.stage, Stage.REQUESTED)


def _not_under_payment(commitment: Commitment) -> None:
    for invoice in commitment.invoices:
        if invoice.stage is InvoiceStage.SUBMITTED and invoice.payment is not None:
            raise no.InvoiceUnderPayment(invoice.id, invoice.payment)


def _nothing_advanced(commitment: Commitment) -> None:
    if commitment.uncleared:
        raise judging.AdvanceOutstanding(commitment.id, commitment.uncleared)


def _nothing_delivered_is_owed(commitment: Commitment) -> None:
    for line in commitment.order.lines if commitment.order else ():
        if commitment.received(line.line) > commitment.settled(line.line):
            raise no.DeliveredAndOwed(commitment.id, line.line)


def _over(command: Command, commitment: Commitment, reason: Code) -> CommitmentCancelled:
    return CommitmentCancelled(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        budget_line=commitment.budget_line,
        item=commitment.item,
        reason=reason,
        released=commitment.reserved,
    )
