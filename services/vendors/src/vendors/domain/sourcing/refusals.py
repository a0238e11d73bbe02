"""Why an act on a sourcing may be refused, in the order in which the rules are asked."""

from dataclasses import dataclass
from datetime import date

from events.decider import Rejected
from events.money import Money
from events.values import (
    Code,
    CommitmentId,
    ItemId,
    PersonId,
    QuotationId,
    VendorId,
)
from vendors.domain.sourcing.kinds import Reason, Stage


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
class CommittedAlready(Rejected):
    """Money is committed for the item: the award stands until that is given up."""

    commitments: tuple[CommitmentId, ...]


@dataclass(unsafe_hash=True)
class CounsellorTakesNoPart(Rejected):
    """The counsellor of the case has no part in choosing its vendors (D7)."""

    counsellor: PersonId


@dataclass(unsafe_hash=True)
class QuotedAlready(Rejected):
    """The vendor has an offer in this sourcing."""

    vendor: VendorId


@dataclass(unsafe_hash=True)
class OfferedForAnother(Rejected):
    """The document is an offer for another item already: each has offers of its own (R3)."""

    item: ItemId


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
class NoSuchQuotation(Rejected):
    """There is no such offer in this sourcing, or it was withdrawn."""

    quotation: QuotationId


@dataclass(unsafe_hash=True)
class RankingNotOfAll(Rejected):
    """A comparison ranks every offer that stands, each once, and no other."""

    missing: tuple[QuotationId, ...]
    besides: tuple[QuotationId, ...]


@dataclass(unsafe_hash=True)
class NotCompared(Rejected):
    """Several offers stand: they are compared before one of them is selected or voted on."""

    offers: int


@dataclass(unsafe_hash=True)
class NotAsCompared(Rejected):
    """The comparison recommends another offer, or for another reason: compare anew."""

    recommended: QuotationId
    reason: Reason


@dataclass(unsafe_hash=True)
class NoVoteAsked(Rejected):
    """The programme asks no committee about purchases."""


@dataclass(unsafe_hash=True)
class VotedAlready(Rejected):
    """A member has one vote on a comparison."""

    person: PersonId


@dataclass(unsafe_hash=True)
class AskedInWritingAlready(Rejected):
    """The vendors' time to answer runs already: it is not counted anew, nor from an earlier day."""

    sent_on: date


@dataclass(unsafe_hash=True)
class LetterFromTheFuture(Rejected):
    """A letter is recorded after it was sent."""

    sent_on: date


@dataclass(unsafe_hash=True)
class NotAskedInWriting(Rejected):
    """A purchase of this value needs a written request, and working days to answer it."""

    working_days: int
    value: Money


@dataclass(unsafe_hash=True)
class DecidedTooSoon(Rejected):
    """Vendors are given working days to answer before a purchase of this value is decided."""

    working_days: int
    not_before: date
    value: Money


@dataclass(unsafe_hash=True)
class CommitteeHasNotAgreed(Rejected):
    """A purchase of this value needs so many votes of the committee for it, and no such refusal."""

    needed: int
    in_favour: int
    against: int
    value: Money


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
