"""An invoice that may have come before: suspected by itself, cleared or rejected by a person."""

from enum import StrEnum

import msgspec

from events.decider import Event
from events.values import Code, CommitmentId, InvoiceId


class Likeness(StrEnum):
    """What two invoices have in common."""

    NUMBER = "number"
    """At a glance: O and 0, l and 1, signs between."""
    AMOUNT = "amount"
    """Of days that are near."""
    DOCUMENT = "document"
    """The same paper, of whichever vendor."""


class Alike(msgspec.Struct, frozen=True):
    invoice: InvoiceId | None
    """None: another vendor's, recorded a moment ago."""
    by: tuple[Likeness, ...]


class DuplicateInvoiceSuspected(
    Event, frozen=True, tag="disbursement.duplicate_invoice_suspected.v1"
):
    commitment: CommitmentId
    invoice: InvoiceId
    alike: tuple[Alike, ...]


class DuplicateInvoiceCleared(Event, frozen=True, tag="disbursement.duplicate_invoice_cleared.v1"):
    """A person looked at both: it is another invoice."""

    commitment: CommitmentId
    invoice: InvoiceId
    reason: Code


class InvoiceRejected(Event, frozen=True, tag="disbursement.invoice_rejected.v1"):
    """Nothing is owed on it: it came before, or is none of ours."""

    commitment: CommitmentId
    invoice: InvoiceId
    reason: Code
