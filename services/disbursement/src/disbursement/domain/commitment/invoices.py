"""An invoice on an order, as far as it has come: matched, waived, paid before, suspected."""

from datetime import date
from enum import StrEnum

import msgspec

from disbursement.domain.commitment.advanced import (
    Advance,
)
from disbursement.domain.commitment.matching import InvoicedLine, MatchException
from disbursement.domain.commitment.suspected import (
    Alike,
)
from disbursement.domain.commitment.waived import Waiver
from disbursement.domain.invoice_number import InvoiceNumber
from events.money import Money
from events.values import (
    Digest,
    InvoiceId,
    PaymentId,
    PersonId,
    ReceiptId,
)


class InvoiceStage(StrEnum):
    UNMATCHED = "unmatched"
    MATCHED = "matched"
    SUBMITTED = "submitted"
    SETTLED = "settled"
    REPLACED = "replaced"
    REJECTED = "rejected"


class Invoice(msgspec.Struct, frozen=True, kw_only=True):
    id: InvoiceId
    number: InvoiceNumber
    date: date
    amount: Money
    lines: tuple[InvoicedLine, ...]
    document: Digest
    pro_forma: bool
    stage: InvoiceStage
    exceptions: tuple[MatchException, ...] = ()
    payable: Money | None = None
    receipts: tuple[ReceiptId, ...] = ()
    payment: PaymentId | None = None
    recorded_by: PersonId | None = None
    recorded_before: frozenset[PersonId] = frozenset()
    """Who recorded those that it took the place of."""
    alike: tuple[Alike, ...] = ()
    """The invoices that it looks like, until a person has decided on that."""
    waiver: Waiver | None = None
    waived_by: PersonId | None = None
    advance: Advance | None = None
    """What is payable of it is paid before delivery."""
    set_off: Money | None = None
    """What of it advances had paid before."""
    claimed_back: Money | None = None
    """What of an advance the vendor is asked for, and did not pay back yet."""
    recovered: Money | None = None
    """What of an advance the vendor paid back, or a person gave up."""
    restored: Money | None = None
    """What of it came back and is there for the order again."""
    refund_of: PaymentId | None = None
    """A returned payment of which the vendor had paid something back: what is owed has that too."""

    @property
    def recorders(self) -> frozenset[PersonId]:
        return self.recorded_before | ({self.recorded_by} if self.recorded_by else set())

    @property
    def given_up(self) -> Money:
        """What of an advance neither came nor is owed any more."""
        nothing = Money.zero(self.amount.currency)
        return (self.recovered or nothing) - (self.restored or nothing)

    @property
    def stands(self) -> bool:
        """Whether something is payable of it, or paid."""
        gone = (InvoiceStage.REPLACED, InvoiceStage.REJECTED)
        return self.payable is not None and self.stage not in gone

    @property
    def counted(self) -> tuple[InvoicedLine, ...]:
        """What of it is paid: with a waiver, what arrived; of an advance, nothing that arrived."""
        if self.advance is not None:
            return ()
        return self.waiver.lines if self.waiver else self.lines
