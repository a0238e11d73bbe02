"""By which of its programme's rules a payment goes: set when it is requested, and so for good."""

from datetime import date

import msgspec

from events.decider import Event
from events.money import Money
from events.values import DelegationId, Digest, PaymentId


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    certifier_may_sign: bool
    """A small office's exception to D3: who certified may be one of the two signatories."""
    second_approval: bool
    """Two people approve it: it, or what it is counted together with, is large (R4)."""
    together: Money
    """With what is paid beside it, to the vendor or for the case, in the programme's currency."""
    due: date
    """The last day on which the vendor is to be paid."""


class PaymentTermsSet(Event, frozen=True, tag="disbursement.payment_terms_set.v1"):
    payment: PaymentId
    terms: Terms


class PaymentApprovedAgain(Event, frozen=True, tag="disbursement.payment_approved_again.v1"):
    """A second person approved it, as its terms ask."""

    payment: PaymentId
    evidence: Digest
    delegation: DelegationId
