"""Why what a person decides of an invoice may be refused: duplicates, waivers, advances."""

from dataclasses import dataclass
from datetime import date

from events.decider import Rejected
from events.money import Money
from events.values import CommitmentId, InvoiceId, ItemId, PersonId


@dataclass(unsafe_hash=True)
class InvoiceSuspected(Rejected):
    """The invoice looks like another one: a person decides first whether it came before (R1)."""

    invoice: InvoiceId


@dataclass(unsafe_hash=True)
class NotSuspected(Rejected):
    """The invoice looks like no other one."""

    invoice: InvoiceId


@dataclass(unsafe_hash=True)
class RecordedByYou(Rejected):
    """Who recorded an invoice does not decide what becomes of it."""

    person: PersonId
    invoice: InvoiceId


@dataclass(unsafe_hash=True)
class NothingToWaive(Rejected):
    """The invoice matches, or is rejected or replaced."""

    invoice: InvoiceId


@dataclass(unsafe_hash=True)
class NotWaivable(Rejected):
    """Nobody waives an offer for an invoice, another currency, or what nobody received (S6, A6)."""

    invoice: InvoiceId
    exceptions: tuple[str, ...]


@dataclass(unsafe_hash=True)
class WaiverExpired(Rejected):
    """The waiver that the invoice rests on was for payments until an earlier day (S15)."""

    invoice: InvoiceId
    expires: date


@dataclass(unsafe_hash=True)
class AdvanceNotAllowed(Rejected):
    """The programme pays nothing before delivery for such an item (S6)."""

    item: ItemId


@dataclass(unsafe_hash=True)
class AboveAdvanceCap(Rejected):
    """The programme lets less of an order be paid before delivery, all advances together."""

    cap: Money
    advanced: Money
    asked: Money


@dataclass(unsafe_hash=True)
class AdvanceOutstanding(Rejected):
    """The vendor owes goods or the money for what was paid before: recover that first (S11)."""

    commitment: CommitmentId
    outstanding: Money


@dataclass(unsafe_hash=True)
class NotAllOfAdvance(Rejected):
    """What is owed back was an expense as well: it is received, or given up."""

    commitment: CommitmentId
    of_advance: Money
    owed: Money


@dataclass(unsafe_hash=True)
class NotCountedYet(Rejected):
    """It was given up this very moment: when the order has counted that, it is asked back again."""

    commitment: CommitmentId
    claimed: Money


@dataclass(unsafe_hash=True)
class NothingToAdvance(Rejected):
    """The invoice is payable as it is, or replaced, rejected or paid."""

    invoice: InvoiceId
