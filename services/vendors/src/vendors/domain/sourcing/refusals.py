"""Why an act on a sourcing may be refused, in the order in which the rules are asked."""

from dataclasses import dataclass
from datetime import date

from events.decider import Rejected
from events.money import Money
from events.values import (
    Code,
    ItemId,
    PersonId,
    QuotationId,
    VendorId,
)
from vendors.domain.sourcing.kinds import Stage


@dataclass(unsafe_hash=True)
class NoSuchSourcing(Rejected):
    """There is no such sourcing."""


@dataclass(unsafe_hash=True)
class SourcingIsAt(Rejected):
    """The act needs the sourcing at another stage (`None`: not there yet)."""

    stage: Stage
    needed: Stage | None


@dataclass(unsafe_hash=True)
class ItemStopped(Rejected):
    """Nothing new is bought for it: its plan rests or is over, or the item was given up."""

    item: ItemId
    because: Code


@dataclass(unsafe_hash=True)
class ItemNotApproved(Rejected):
    """A vendor is looked for only for an item of an approved plan."""


@dataclass(unsafe_hash=True)
class AwardedAlready(Rejected):
    """A vendor was selected for this item in another sourcing."""

    item: ItemId


@dataclass(unsafe_hash=True)
class CounsellorTakesNoPart(Rejected):
    """The counsellor of the case has no part in choosing its vendors (D7)."""

    counsellor: PersonId


@dataclass(unsafe_hash=True)
class QuotedAlready(Rejected):
    """The vendor has an offer in this sourcing."""

    vendor: VendorId


@dataclass(unsafe_hash=True)
class SameDocument(Rejected):
    """The document stands for another vendor's offer already (red flag R3)."""

    quotation: QuotationId


@dataclass(unsafe_hash=True)
class QuotationWorthless(Rejected):
    """An offer has a price above zero, in the currency of the other offers."""

    total: Money


@dataclass(unsafe_hash=True)
class QuotationExpired(Rejected):
    """The offer is no longer valid."""

    valid_until: date


@dataclass(unsafe_hash=True)
class WaiverNotAllowed(Rejected):
    """The programme leaves the waiver to another role, or to nobody, or for other reasons."""

    role: Code | None
    reason: Code
    reasons: tuple[Code, ...]


@dataclass(unsafe_hash=True)
class WaiverExpired(Rejected):
    """The waiver is over, or would be before it began."""

    expires: date


@dataclass(unsafe_hash=True)
class VendorDidNotQuote(Rejected):
    """Only a vendor with an offer can be selected."""

    vendor: VendorId


@dataclass(unsafe_hash=True)
class TooFewQuotations(Rejected):
    """A purchase of this value, with what was awarded lately, needs more quotations."""

    needed: int
    received: int
    value: Money


@dataclass(unsafe_hash=True)
class NotTheLowestPrice(Rejected):
    """Another offer is lower: give the reason for this one."""

    lowest: QuotationId
