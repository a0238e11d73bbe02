"""Receipts: what arrived, on whose word, and what is said against it."""

from datetime import date

import msgspec
from msgspec.structs import replace

from disbursement.domain.commitment.confirming import Captured, Confirmation, Period
from disbursement.domain.commitment.facts import (
    Condition,
    DisputedLine,
    DisputeReason,
    GoodsReceived,
    ReceiptDisputed,
    ReceiptDisputeResolved,
    ReceivedLine,
)
from events.values import PersonId, ReceiptId


class Dispute(msgspec.Struct, frozen=True, kw_only=True):
    reason: DisputeReason
    lines: tuple[DisputedLine, ...]
    raised_by: PersonId


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    id: ReceiptId
    date: date
    lines: tuple[ReceivedLine, ...]
    confirmation: Confirmation
    recorded_by: PersonId
    period: Period | None = None
    captured: Captured | None = None
    dispute: Dispute | None = None
    taken_back: tuple[DisputedLine, ...] = ()
    """What disputes found not to count as received."""

    def good(self, line: int) -> int:
        """How much of the line arrived in good condition, and stayed."""
        arrived = sum(
            part.quantity
            for part in self.lines
            if part.line == line and part.condition is Condition.GOOD
        )
        return arrived - sum(part.quantity for part in self.taken_back if part.line == line)


Receipts = tuple[Receipt, ...]


def received(receipts: Receipts, event: GoodsReceived) -> Receipts:
    receipt = Receipt(
        id=event.receipt,
        date=event.date,
        lines=event.lines,
        confirmation=event.confirmation,
        recorded_by=event.by,
        period=event.period,
        captured=event.captured,
    )
    return (*receipts, receipt)


def disputed(receipts: Receipts, event: ReceiptDisputed) -> Receipts:
    dispute = Dispute(reason=event.reason, lines=event.lines, raised_by=event.by)
    return tuple(
        replace(each, dispute=dispute) if each.id == event.receipt else each for each in receipts
    )


def settled(receipts: Receipts, event: ReceiptDisputeResolved) -> Receipts:
    return tuple(
        replace(each, dispute=None, taken_back=(*each.taken_back, *event.lines))
        if each.id == event.receipt
        else each
        for each in receipts
    )
