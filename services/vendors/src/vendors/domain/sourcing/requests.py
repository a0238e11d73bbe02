"""What may be asked of a sourcing."""

from datetime import date

from events.decider import Command
from events.money import Money
from events.roles import Role
from events.values import (
    Code,
    CommitmentId,
    Digest,
    QuotationId,
    SourcingId,
    VendorId,
)
from vendors.domain.calendar import Calendar
from vendors.domain.need import Need
from vendors.domain.purchases import Award
from vendors.domain.sourcing.kinds import Reason, Vote
from vendors.domain.vendor.state import Vendor
from vendors.domain.vendor_rules import VendorRules
from vendors.domain.worth import Rate


class RequestQuotations(Command, frozen=True):
    sourcing: SourcingId
    need: Need | None
    """None: there is no such item in an approved plan."""


class RecordQuotation(Command, frozen=True):
    quotation: QuotationId
    vendor: Vendor | None
    total: Money
    document: Digest
    valid_until: date


class WaiveCompetition(Command, frozen=True):
    roles: frozenset[Role]
    """The person's: the programme says whose waiver it is."""
    reason: Code
    expires: date


class RecordWrittenRequest(Command, frozen=True):
    sent_on: date
    document: Digest


class WithdrawQuotation(Command, frozen=True):
    quotation: QuotationId
    reason: Code


class CompareQuotations(Command, frozen=True):
    ranking: tuple[QuotationId, ...]
    """Of all offers that stand, the recommended one first."""
    reason: Reason
    barred: frozenset[VendorId]


class VoteOnAward(Command, frozen=True):
    quotation: QuotationId
    """The one that was seen to be recommended."""
    vote: Vote


class CancelSourcing(Command, frozen=True):
    reason: Code


class TakeBackAward(Command, frozen=True):
    reason: Code
    committed: tuple[CommitmentId, ...]
    """What holds money for the item."""


class SelectVendor(Command, frozen=True):
    vendor: Vendor | None
    reason: Reason | None
    """None: the comparison's; without one, the lowest price."""
    lately: tuple[Award, ...]
    """Earlier awards to the same vendor or for the same case, within the programme's time."""
    barred: frozenset[VendorId]
    """Whose offers are dead: they are suspended or debarred."""
    calendar: Calendar
    stopped: Code | None = None
    """Why nothing is bought for the item any more; None: it goes on."""
    vendor_rules: VendorRules = VendorRules()
    """Of the programme that it is bought under."""
    wanting: tuple[Digest, ...] = ()
    """Of the offers and the letter that asked for them, what is not on file."""
    rates: tuple[Rate, ...] = ()
    """For the currencies of the offer and of those earlier awards, as they were last published."""


SourcingCommand = (
    RequestQuotations
    | RecordWrittenRequest
    | RecordQuotation
    | WithdrawQuotation
    | WaiveCompetition
    | CompareQuotations
    | VoteOnAward
    | SelectVendor
    | CancelSourcing
    | TakeBackAward
)
