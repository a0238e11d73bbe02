"""A waiver: what does not match is paid as far as it arrived, at the order's prices."""

from datetime import date

import msgspec

from disbursement.domain.commitment.matching import InvoicedLine, MatchException
from events.decider import Event
from events.values import Code, CommitmentId, DelegationId, InvoiceId


class Waiver(msgspec.Struct, frozen=True, kw_only=True):
    exceptions: tuple[MatchException, ...]
    lines: tuple[InvoicedLine, ...]
    """What of the invoice is paid: no more than arrived, and stands on no other invoice (A6)."""
    expires: date
    """The last day on which a payment rests on it (S15)."""


class MatchExceptionWaived(Event, frozen=True, tag="disbursement.match_exception_waived.v1"):
    commitment: CommitmentId
    invoice: InvoiceId
    waiver: Waiver
    reason: Code
    delegation: DelegationId
