"""What was ordered, received and paid for an item, as disbursement tells it; and whether that is
what was agreed with the returnee.

    agreed: the plan's spec, in the quantities of the order;  delivered: what arrived in good state
"""

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, assert_never

import msgspec
from msgspec.structs import replace

from events.decider import Event, State
from events.money import Money
from events.registry import Registry
from events.values import CaseId, Code, CommitmentId, ItemId, PaymentId, PersonId, ReceiptId

GOOD = Code("good")
WHOLE = 10_000
"""Basis points."""


class OrderLine(msgspec.Struct, frozen=True):
    line: int
    spec: Code
    quantity: int


class ReceivedLine(msgspec.Struct, frozen=True):
    line: int
    quantity: int
    condition: Code


class CommitmentRequested(Event, frozen=True, tag="disbursement.commitment_requested.v1"):
    commitment: CommitmentId
    item: ItemId


class PurchaseOrderIssued(Event, frozen=True, tag="disbursement.purchase_order_issued.v1"):
    commitment: CommitmentId
    lines: tuple[OrderLine, ...]


class Confirmation(msgspec.Struct, frozen=True):
    witnesses: tuple[PersonId, ...] = ()


class GoodsReceived(Event, frozen=True, tag="disbursement.goods_received.v2"):
    commitment: CommitmentId
    lines: tuple[ReceivedLine, ...]
    date: dt.date
    confirmation: Confirmation


def goods_received_v1(data: dict[str, Any]) -> dict[str, Any]:
    """Version 1 named the witnesses beside what arrived."""
    return data | {"confirmation": {"witnesses": data["witnesses"]}}


class DisputedLine(msgspec.Struct, frozen=True):
    line: int
    quantity: int


class ReceiptDisputed(Event, frozen=True, tag="disbursement.receipt_disputed.v1"):
    commitment: CommitmentId
    receipt: ReceiptId


class ReceiptDisputeResolved(Event, frozen=True, tag="disbursement.receipt_dispute_resolved.v1"):
    commitment: CommitmentId
    receipt: ReceiptId
    lines: tuple[DisputedLine, ...]
    """What is no longer counted as received."""


class CommitmentAmended(Event, frozen=True, tag="disbursement.commitment_amended.v1"):
    commitment: CommitmentId
    lines: tuple[OrderLine, ...]
    """All that is ordered now; nothing before the order is issued."""


class CashRequested(Event, frozen=True, tag="disbursement.cash_requested.v1"):
    cash: CommitmentId
    """It stands for a commitment."""
    item: ItemId
    case: CaseId
    reserved: Money
    """In the grant's currency."""


class CashHandOverConfirmed(Event, frozen=True, tag="disbursement.cash_hand_over_confirmed.v1"):
    """Two people saw it handed over."""

    cash: CommitmentId
    item: ItemId


class CommitmentCancelled(Event, frozen=True, tag="disbursement.commitment_cancelled.v1"):
    commitment: CommitmentId


class VendorPaid(Event, frozen=True, tag="disbursement.vendor_paid.v1"):
    payment: PaymentId
    case: CaseId
    item: ItemId
    functional_amount: Money
    value_date: dt.date


class PaymentReturned(Event, frozen=True, tag="disbursement.payment_returned.v1"):
    payment: PaymentId


Ordering = (
    CommitmentRequested
    | PurchaseOrderIssued
    | CommitmentAmended
    | GoodsReceived
    | ReceiptDisputed
    | ReceiptDisputeResolved
    | CommitmentCancelled
)

from_disbursement = Registry.of(
    "disbursement",
    [
        CommitmentRequested,
        PurchaseOrderIssued,
        CommitmentAmended,
        CashRequested,
        CashHandOverConfirmed,
        GoodsReceived,
        ReceiptDisputed,
        ReceiptDisputeResolved,
        CommitmentCancelled,
        VendorPaid,
        PaymentReturned,
    ],
    upcasters={"disbursement.goods_received.v1": goods_received_v1},
    foreign=True,
)


class Line(State, frozen=True):
    """One line of an order, and what came of it."""

    line: int
    spec: Code
    ordered: int
    good: int = 0
    damaged: int = 0


class Order(State, frozen=True):
    """One commitment for an item."""

    commitment: CommitmentId
    item: ItemId
    lines: tuple[Line, ...] = ()
    cancelled: bool = False
    first_delivery: dt.date | None = None
    people: frozenset[PersonId] = frozenset()
    """Who recorded or witnessed a delivery."""
    in_dispute: frozenset[ReceiptId] = frozenset()
    cash: bool = False
    """It was handed over as cash: there is nothing to order."""


def evolve(order: Order | None, event: Ordering) -> Order:
    if isinstance(event, CommitmentRequested):
        return Order(commitment=event.commitment, item=event.item)
    assert order is not None, "a fact about a commitment that nobody requested"
    match event:
        case PurchaseOrderIssued(lines=lines):
            ordered = tuple(
                Line(line=each.line, spec=each.spec, ordered=each.quantity) for each in lines
            )
            return replace(order, lines=ordered)
        case CommitmentAmended(lines=lines):
            return replace(order, lines=_as_ordered_now(order.lines, lines))
        case GoodsReceived():
            return replace(
                order,
                lines=tuple(_received(line, event.lines) for line in order.lines),
                first_delivery=order.first_delivery or event.date,
                people=order.people | {event.by, *event.confirmation.witnesses},
            )
        case ReceiptDisputed(receipt=receipt):
            return replace(order, in_dispute=order.in_dispute | {receipt})
        case ReceiptDisputeResolved(receipt=receipt):
            return replace(
                order,
                lines=tuple(_taken_back(line, event.lines) for line in order.lines),
                in_dispute=order.in_dispute - {receipt},
            )
        case CommitmentCancelled():
            return replace(order, cancelled=True)
        case _:
            assert_never(event)


def handed_over(event: CashHandOverConfirmed) -> Order:
    """Cash is there at once and as a whole."""
    return Order(
        commitment=event.cash,
        item=event.item,
        cash=True,
        first_delivery=event.at.date(),
        people=frozenset({event.by}),
    )


def _as_ordered_now(before: tuple[Line, ...], lines: Sequence[OrderLine]) -> tuple[Line, ...]:
    """What has arrived stands; an amendment before the order changes its amount alone."""
    if not lines:
        return before
    arrived = {line.line: line for line in before}
    return tuple(
        replace(
            arrived.get(each.line) or Line(line=each.line, spec=each.spec, ordered=0),
            spec=each.spec,
            ordered=each.quantity,
        )
        for each in lines
    )


def _received(line: Line, parts: Sequence[ReceivedLine]) -> Line:
    ours = [part for part in parts if part.line == line.line]
    good = sum(part.quantity for part in ours if part.condition == GOOD)
    damaged = sum(part.quantity for part in ours if part.condition != GOOD)
    return replace(line, good=line.good + good, damaged=line.damaged + damaged)


def _taken_back(line: Line, parts: Sequence[DisputedLine]) -> Line:
    back = sum(part.quantity for part in parts if part.line == line.line)
    return replace(line, good=line.good - back)


class Difference(StrEnum):
    """How what was delivered differs from what was agreed."""

    NOTHING_ORDERED = "nothing_ordered"
    OTHER_SPEC = "other_spec"
    """The order has no line with the plan's spec."""
    SHORT = "short"
    """Less arrived in good state than was ordered."""
    DAMAGED = "damaged"
    DISPUTED = "disputed"
    """Somebody says that it is not as it was recorded."""


class Agreement(State, frozen=True):
    """Delivered = agreed, or how it is not."""

    lines: tuple[Line, ...]
    differences: tuple[Difference, ...]
    delivered_basis_points: int
    """Of what was ordered, how much arrived in good state: 10000 is all of it."""
    first_delivery: dt.date | None

    @property
    def as_agreed(self) -> bool:
        return not self.differences


def agreement(spec: Code, orders: Sequence[Order]) -> Agreement:
    """What the orders for an item came to, against the spec of the plan."""
    stand = [each for each in orders if not each.cancelled or each.first_delivery is not None]
    lines = tuple(line for order in stand for line in order.lines)
    in_cash = any(order.cash for order in stand)
    ordered = sum(line.ordered for line in lines)
    good = sum(min(line.good, line.ordered) for line in lines)
    found = {
        Difference.NOTHING_ORDERED: not lines and not in_cash,
        Difference.OTHER_SPEC: bool(lines) and spec not in {line.spec for line in lines},
        Difference.SHORT: good < ordered,
        Difference.DAMAGED: any(line.damaged for line in lines),
        Difference.DISPUTED: any(order.in_dispute for order in stand),
    }
    days = [order.first_delivery for order in orders if order.first_delivery is not None]
    return Agreement(
        lines=lines,
        differences=tuple(each for each, there in found.items() if there),
        delivered_basis_points=good * WHOLE // ordered if ordered else WHOLE * in_cash,
        first_delivery=min(days, default=None),
    )
