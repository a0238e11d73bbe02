"""What can happen to a commitment, its order, its deliveries and its invoices."""

from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from disbursement.domain.commitment.advanced import AdvanceEvent
from disbursement.domain.commitment.confirming import Captured, Confirmation, Period
from disbursement.domain.commitment.executed import ExecutedEvent
from disbursement.domain.commitment.lengthened import WindowExtended
from disbursement.domain.commitment.matching import InvoicedLine, MatchException
from disbursement.domain.commitment.suspected import (
    DuplicateInvoiceCleared,
    DuplicateInvoiceSuspected,
    InvoiceRejected,
)
from disbursement.domain.commitment.unconfirmed import UnconfirmedEvent
from disbursement.domain.commitment.waived import MatchExceptionWaived
from disbursement.domain.commitment.witnessed import DeliveryWitnessed
from disbursement.domain.exchange_rate import Rate
from disbursement.domain.invoice_number import InvoiceNumber
from events.decider import Event
from events.money import Money
from events.values import (
    BudgetLineId,
    CaseId,
    Code,
    CommitmentId,
    DelegationId,
    Digest,
    InvoiceId,
    ItemId,
    PaymentId,
    PersonId,
    PlanId,
    ProgrammeId,
    ReceiptId,
    VendorId,
)


class Condition(StrEnum):
    """How goods arrived. Only what is good counts as received when an invoice is matched."""

    GOOD = "good"
    DAMAGED = "damaged"


class DisputeReason(StrEnum):
    """What is wrong with a delivery, as somebody says who ought to have it."""

    NOT_RECEIVED = "not_received"
    SHORT = "short"
    DAMAGED = "damaged"
    OTHER_THAN_ORDERED = "other_than_ordered"
    DOES_NOT_WORK = "does_not_work"


class Outcome(StrEnum):
    """How a dispute about a delivery ended."""

    ACCEPTED_BACK = "accepted_back"
    """The delivery stands as it was recorded."""
    REDUCED = "reduced"
    """What was in dispute is not counted as received, and not paid."""
    REPLACED = "replaced"
    """The same, and the vendor delivers again."""


class OrderLine(msgspec.Struct, frozen=True, kw_only=True):
    line: int
    spec: Code
    quantity: int
    unit_price: Money


class ReceivedLine(msgspec.Struct, frozen=True, kw_only=True):
    line: int
    """The order's line."""
    quantity: int
    condition: Condition


class DisputedLine(msgspec.Struct, frozen=True, kw_only=True):
    line: int
    """The order's line."""
    quantity: int
    """Of what was received in good condition."""


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """The first and the last day on which the grant bears a cost (S12)."""

    opens: date
    closes: date


class Tolerance(msgspec.Struct, frozen=True, kw_only=True):
    """How much an invoice may exceed its order: the lesser of the two (T2)."""

    basis_points: int
    """Hundredths of a percent of the order."""
    at_most: Money
    """In the grant's currency."""


class CommitmentRequested(Event, frozen=True, tag="disbursement.commitment_requested.v1"):
    commitment: CommitmentId
    plan: PlanId
    item: ItemId
    case: CaseId
    programme: ProgrammeId
    vendor: VendorId
    budget_line: BudgetLineId
    amount: Money
    """In the order's currency."""
    reserved: Money
    """In the grant's currency, at `rate`."""
    rate: Rate | None
    window: Window
    tolerance: Tolerance
    counsellor: PersonId
    collectors: tuple[PersonId, ...]
    """Who collected the quotations."""


class CounsellorsNamed(Event, frozen=True, tag="disbursement.counsellors_named.v1"):
    """Several people counsel those whom it is for, or did: none of them has a part in its money."""

    commitment: CommitmentId
    counsellors: tuple[PersonId, ...]


class CommitmentCertified(Event, frozen=True, tag="disbursement.commitment_certified.v1"):
    commitment: CommitmentId
    delegation: DelegationId


class CommitmentApproved(Event, frozen=True, tag="disbursement.commitment_approved.v1"):
    commitment: CommitmentId
    delegation: DelegationId


class PurchaseOrderIssued(Event, frozen=True, tag="disbursement.purchase_order_issued.v1"):
    commitment: CommitmentId
    number: Code
    lines: tuple[OrderLine, ...]
    deliver_by: date


class GoodsReceived(Event, frozen=True, tag="disbursement.goods_received.v2"):
    """Goods or a service arrived, and somebody confirmed it."""

    commitment: CommitmentId
    receipt: ReceiptId
    lines: tuple[ReceivedLine, ...]
    date: date
    confirmation: Confirmation
    period: Period | None = None
    """Of a service: over which days it was rendered."""
    captured: Captured | None = None
    """It was written down without a network, and sent later."""


def goods_received_v1(data: dict[str, Any]) -> dict[str, Any]:
    """Version 1 knew returnees and guardians alone, and always a paper."""
    told = ("received_by", "method", "witnesses", "document")
    rest = {name: value for name, value in data.items() if name not in told}
    return rest | {"confirmation": {name: data[name] for name in told}}


class ReceiptDisputed(Event, frozen=True, tag="disbursement.receipt_disputed.v1"):
    """Somebody says that a delivery is not as it was recorded: nothing is paid on it."""

    commitment: CommitmentId
    receipt: ReceiptId
    reason: DisputeReason
    lines: tuple[DisputedLine, ...]


class ReceiptDisputeResolved(Event, frozen=True, tag="disbursement.receipt_dispute_resolved.v1"):
    """Another person settled the dispute."""

    commitment: CommitmentId
    receipt: ReceiptId
    outcome: Outcome
    lines: tuple[DisputedLine, ...]
    """What is no longer counted as received."""
    document: Digest
    """The paper on which vendor and receiver agreed."""


class InvoiceReceived(Event, frozen=True, tag="disbursement.invoice_received.v1"):
    commitment: CommitmentId
    invoice: InvoiceId
    vendor: VendorId
    number: InvoiceNumber
    date: date
    amount: Money
    lines: tuple[InvoicedLine, ...]
    document: Digest
    pro_forma: bool
    replaces: InvoiceId | None
    """The invoice that this one corrects."""


class ThreeWayMatchPassed(Event, frozen=True, tag="disbursement.three_way_match_passed.v1"):
    commitment: CommitmentId
    invoice: InvoiceId
    payable: Money
    receipts: tuple[ReceiptId, ...]
    """The receipts that it rests on."""


class ThreeWayMatchFailed(Event, frozen=True, tag="disbursement.three_way_match_failed.v2"):
    """Version 1 knew no budget that had closed."""

    commitment: CommitmentId
    invoice: InvoiceId
    exceptions: tuple[MatchException, ...]


class InvoiceSubmitted(Event, frozen=True, tag="disbursement.invoice_submitted.v1"):
    """A payment was requested for it: no other one can be."""

    commitment: CommitmentId
    invoice: InvoiceId
    payment: PaymentId


class InvoiceReopened(Event, frozen=True, tag="disbursement.invoice_reopened.v1"):
    """Its payment came to nothing: another one may be requested."""

    commitment: CommitmentId
    invoice: InvoiceId
    payment: PaymentId
    restored: Money
    """What the payment had taken out of the reservation: nothing unless it was returned."""


class InvoiceSettled(Event, frozen=True, tag="disbursement.invoice_settled.v1"):
    commitment: CommitmentId
    invoice: InvoiceId
    payment: PaymentId
    reserved: Money
    """What this took out of the commitment's reservation."""
    displaced: PaymentId | None
    """Another payment of it that was under way: the bank was late with this one."""


class InvoicePaidAgain(Event, frozen=True, tag="disbursement.invoice_paid_again.v1"):
    """The bank executed a payment of an invoice that was settled, or stands no more: it is owed
    back.
    """

    commitment: CommitmentId
    invoice: InvoiceId
    payment: PaymentId


class AmendmentRequested(Event, frozen=True, tag="disbursement.amendment_requested.v1"):
    """Somebody asks that it be for more, or for something else. It counts when others agreed."""

    commitment: CommitmentId
    amendment: int
    """The first of the commitment is 1."""
    amount: Money
    """What it would then be for, in the order's currency."""
    more: Money
    """What would be reserved in addition, in the grant's currency."""
    lines: tuple[OrderLine, ...]
    """What would then be ordered; nothing before the order is issued."""
    deliver_by: date | None
    """Until when, if not until the same day as before."""
    reason: Code


class AmendmentCertified(Event, frozen=True, tag="disbursement.amendment_certified.v1"):
    commitment: CommitmentId
    amendment: int
    delegation: DelegationId


class AmendmentRejected(Event, frozen=True, tag="disbursement.amendment_rejected.v1"):
    """Who was to certify or approve it said no. The commitment stands as it was."""

    commitment: CommitmentId
    amendment: int
    reason: Code


class CommitmentAmended(Event, frozen=True, tag="disbursement.commitment_amended.v1"):
    """It is for another amount or other goods from now on: less, or what others agreed to."""

    commitment: CommitmentId
    budget_line: BudgetLineId
    item: ItemId
    amendment: int
    amount: Money
    more: Money
    """What is reserved in addition, in the grant's currency."""
    released: Money
    """What is no longer needed, and goes back."""
    lines: tuple[OrderLine, ...]
    """All that is ordered now; nothing before the order is issued."""
    deliver_by: date | None
    """Until when, if not until the same day as before."""
    reason: Code
    delegation: DelegationId | None
    """Of who approved it; None: it only took away."""


class WindowShortened(Event, frozen=True, tag="disbursement.window_shortened.v1"):
    """Its grant closed before its time: what arrives after that is not paid from it (S12)."""

    commitment: CommitmentId
    closes: date


class CommitmentLiquidated(Event, frozen=True, tag="disbursement.commitment_liquidated.v1"):
    """All that was ordered is paid for. What remains of the reservation goes back."""

    commitment: CommitmentId
    budget_line: BudgetLineId
    item: ItemId
    released: Money


class CommitmentRejected(Event, frozen=True, tag="disbursement.commitment_rejected.v1"):
    """Who was to certify or approve it said no. It ends."""

    commitment: CommitmentId
    reason: Code


class CommitmentExpired(Event, frozen=True, tag="disbursement.commitment_expired.v1"):
    """Its grant closed before all of it was delivered. It ends."""

    commitment: CommitmentId
    closed: date
    """The grant's last day."""


class CommitmentCancelled(Event, frozen=True, tag="disbursement.commitment_cancelled.v1"):
    commitment: CommitmentId
    budget_line: BudgetLineId
    item: ItemId
    reason: Code
    released: Money


CommitmentEvent = (
    CommitmentRequested
    | CounsellorsNamed
    | CommitmentCertified
    | CommitmentApproved
    | PurchaseOrderIssued
    | DeliveryWitnessed
    | GoodsReceived
    | ReceiptDisputed
    | ReceiptDisputeResolved
    | InvoiceReceived
    | ThreeWayMatchPassed
    | ThreeWayMatchFailed
    | MatchExceptionWaived
    | AdvanceEvent
    | DuplicateInvoiceSuspected
    | DuplicateInvoiceCleared
    | InvoiceRejected
    | InvoiceSubmitted
    | InvoiceReopened
    | InvoiceSettled
    | InvoicePaidAgain
    | ExecutedEvent
    | UnconfirmedEvent
    | AmendmentRequested
    | AmendmentCertified
    | AmendmentRejected
    | CommitmentAmended
    | WindowShortened
    | WindowExtended
    | CommitmentLiquidated
    | CommitmentRejected
    | CommitmentExpired
    | CommitmentCancelled
)
