"""What this service hears of payments and commitments.

Before a payment is released, its vendor is screened again; what is committed keeps its award.
"""

from events.decider import Event
from events.money import Money
from events.registry import Registry
from events.values import CommitmentId, ItemId, PaymentId, VendorId


class PaymentRequested(Event, frozen=True, tag="disbursement.payment_requested.v1"):
    payment: PaymentId
    vendor: VendorId


class PaymentApproved(Event, frozen=True, tag="disbursement.payment_approved.v1"):
    payment: PaymentId


class PaymentApprovedAgain(Event, frozen=True, tag="disbursement.payment_approved_again.v1"):
    """By the second person: what was looked for before that is not looked for since."""

    payment: PaymentId


class RefundApproved(Event, frozen=True, tag="disbursement.refund_approved.v1"):
    """What the vendor had paid back of it goes to the vendor again."""

    payment: PaymentId


class RefundApprovedAgain(Event, frozen=True, tag="disbursement.refund_approved_again.v1"):
    """By the second person."""

    payment: PaymentId


class ItemCommitted(Event, frozen=True, tag="disbursement.item_committed.v1"):
    item: ItemId
    commitment: CommitmentId
    amount: Money


class ItemReleased(Event, frozen=True, tag="disbursement.item_released.v1"):
    item: ItemId
    commitment: CommitmentId
    amount: Money


on_items = Registry.of("disbursement", [ItemCommitted, ItemReleased], foreign=True)
from_disbursement = Registry.of(
    "disbursement",
    [
        PaymentRequested,
        PaymentApproved,
        PaymentApprovedAgain,
        RefundApproved,
        RefundApprovedAgain,
    ],
    foreign=True,
)
