"""An advance: part of the price is paid before delivery, and set off when what was paid arrives."""

from datetime import date, timedelta

import msgspec

from events.decider import Event
from events.money import Money
from events.values import (
    BudgetLineId,
    CommitmentId,
    DelegationId,
    InvoiceId,
    ItemId,
    PaymentId,
    VendorId,
)


class AdvanceRule(msgspec.Struct, frozen=True, kw_only=True):
    """What the programme allows for such an item."""

    percent_at_most: int
    """Of the order, with all its advances."""
    clear_within_days: int
    """From the payment on."""


class Advance(msgspec.Struct, frozen=True, kw_only=True):
    rule: AdvanceRule
    paid_on: date | None = None

    @property
    def due(self) -> date | None:
        """By when what it paid for should have arrived and been invoiced."""
        return self.paid_on and self.paid_on + timedelta(days=self.rule.clear_within_days)


class AdvanceApproved(Event, frozen=True, tag="disbursement.advance_approved.v1"):
    """So much is paid on an offer, or on an invoice for what has not arrived."""

    commitment: CommitmentId
    invoice: InvoiceId
    vendor: VendorId
    amount: Money
    rule: AdvanceRule
    delegation: DelegationId


class AdvanceCleared(Event, frozen=True, tag="disbursement.advance_cleared.v1"):
    """What was paid before is set off against an invoice for what arrived: it is not paid again."""

    commitment: CommitmentId
    invoice: InvoiceId
    amount: Money


class AdvanceClaimed(Event, frozen=True, tag="disbursement.advance_claimed.v1"):
    """The vendor is asked for money of an advance: nothing is set off against that any more."""

    commitment: CommitmentId
    invoice: InvoiceId
    payment: PaymentId
    amount: Money


class AdvanceClaimDropped(Event, frozen=True, tag="disbursement.advance_claim_dropped.v1"):
    """The vendor keeps it, and owes goods for it as before; or the bank has sent it back."""

    commitment: CommitmentId
    invoice: InvoiceId
    payment: PaymentId
    amount: Money


class AdvanceClaimedAgain(Event, frozen=True, tag="disbursement.advance_claimed_again.v1"):
    """What a person had given up is asked of the vendor again."""

    commitment: CommitmentId
    invoice: InvoiceId
    payment: PaymentId
    amount: Money


class AdvanceRecovered(Event, frozen=True, tag="disbursement.advance_recovered.v1"):
    """The vendor paid back, or a person gave up, what nothing was set off against."""

    commitment: CommitmentId
    invoice: InvoiceId
    amount: Money


class RecoveredFundsPlaced(Event, frozen=True, tag="disbursement.recovered_funds_placed.v1"):
    """What a vendor paid back is there again: an advance for its order, the rest for the item."""

    commitment: CommitmentId
    item: ItemId
    budget_line: BudgetLineId
    payment: PaymentId
    invoice: InvoiceId | None
    """Whose advance it was of; None: of none."""
    amount: Money
    """What the order may cost again."""
    to_order: Money
    """In the grant's currency, as what follows."""
    to_item: Money


class AdvanceOverdue(Event, frozen=True, tag="disbursement.advance_overdue.v1"):
    """What was paid before delivery has not arrived in time."""

    commitment: CommitmentId
    vendor: VendorId
    due: date
    outstanding: Money


AdvanceEvent = (
    AdvanceApproved
    | AdvanceCleared
    | AdvanceClaimed
    | AdvanceClaimDropped
    | AdvanceClaimedAgain
    | AdvanceRecovered
    | RecoveredFundsPlaced
    | AdvanceOverdue
)
