"""Deliveries: in parts, by quantity and condition, on somebody's word; services by period."""

from disbursement.domain.commitment import invoicing
from disbursement.domain.commitment import refusals as no
from disbursement.domain.commitment import refusals_at_delivery as at_delivery
from disbursement.domain.commitment.checks import in_order, must_be_at
from disbursement.domain.commitment.confirming import Period, confirmed
from disbursement.domain.commitment.evolving import evolve
from disbursement.domain.commitment.facts import CommitmentEvent, Condition, GoodsReceived
from disbursement.domain.commitment.refusals import Stage
from disbursement.domain.commitment.requests import RecordDelivery
from disbursement.domain.commitment.state import Commitment
from disbursement.domain.commitment.witnessing import chain_of
from events.values import Code


def delivered(command: RecordDelivery, commitment: Commitment) -> list[CommitmentEvent]:
    if _sent_before(command, commitment):
        return []
    must_be_at(commitment, Stage.ISSUED)
    assert commitment.order is not None, "an issued commitment has an order"
    if command.by in commitment.collectors:
        raise no.CollectorRecordsDelivery(command.by)
    chain = chain_of(commitment, command.by, command.date)
    confirmed(command.confirmation, command.may_receive, chain)
    in_order(command.date, commitment.order.issued, command.at.date())
    window = commitment.window
    if not window.opens <= command.date <= window.closes:
        raise no.OutsideGrantWindow(command.date, window.opens, window.closes)
    _within_the_order(command, commitment)
    _signed_for_this_alone(command, commitment)
    if command.period is not None:
        _not_rendered_before(command, command.period, commitment)
    received = GoodsReceived(
        by=command.by,
        at=command.at,
        commitment=commitment.id,
        receipt=command.receipt,
        lines=command.lines,
        date=command.date,
        confirmation=command.confirmation,
        period=command.period,
        captured=command.captured,
    )
    return [received, *invoicing.looked_at_again(command, evolve(commitment, received))]


def _sent_before(command: RecordDelivery, commitment: Commitment) -> bool:
    """Whether this very capture was taken in: a device may send it again."""
    for receipt in commitment.receipts:
        if command.captured is not None and receipt.id == command.receipt:
            if receipt.captured != command.captured:
                raise at_delivery.CaptureDiffers(command.captured.capture, receipt.id)
            return True
    return False


def _signed_for_this_alone(command: RecordDelivery, commitment: Commitment) -> None:
    """What was signed for one part is no evidence for another."""
    document = command.confirmation.document
    for receipt in commitment.receipts:
        if document is not None and document == receipt.confirmation.document:
            raise at_delivery.SignatureUsedBefore(Code(receipt.id))


def _within_the_order(command: RecordDelivery, commitment: Commitment) -> None:
    arriving: dict[int, int] = {}
    told: set[tuple[int, Condition]] = set()
    for line in command.lines:
        ordered = commitment.ordered(line.line)
        if ordered is None:
            raise no.NoSuchLine(line.line)
        if line.quantity <= 0:
            raise no.QuantityNotAboveZero(line.line, line.quantity)
        if (line.line, line.condition) in told:
            raise no.LineTwice(line.line)
        told.add((line.line, line.condition))
        if line.condition is not Condition.GOOD:
            continue
        arriving[line.line] = arriving.get(line.line, 0) + line.quantity
        received = commitment.received(line.line) + arriving[line.line]
        if received > ordered.quantity:
            raise no.MoreThanOrdered(line.line, ordered.quantity, received)
    if not command.lines:
        raise no.NoLines


def _not_rendered_before(command: RecordDelivery, period: Period, commitment: Commitment) -> None:
    """A service is confirmed when its period is over, and no day of it twice."""
    if not period.first <= period.last <= command.date:
        raise at_delivery.PeriodNotOver(period.first, period.last, command.date)
    lines = {line.line for line in command.lines}
    for receipt in commitment.receipts:
        of = receipt.period
        if of is None or not lines & {line.line for line in receipt.lines}:
            continue
        if of.first <= period.last and period.first <= of.last:
            raise at_delivery.PeriodConfirmed(receipt.id, of.first, of.last)
