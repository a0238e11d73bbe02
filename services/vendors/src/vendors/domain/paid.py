"""What this service hears of payments: before one is released, its vendor is screened again."""

from events.decider import Event
from events.registry import Registry
from events.values import PaymentId, VendorId


class PaymentRequested(Event, frozen=True, tag="disbursement.payment_requested.v1"):
    payment: PaymentId
    vendor: VendorId


class PaymentApproved(Event, frozen=True, tag="disbursement.payment_approved.v1"):
    payment: PaymentId


from_disbursement = Registry.of("disbursement", [PaymentRequested, PaymentApproved], foreign=True)
