"""What may be asked of a sourcing."""

from datetime import date

import msgspec

from events.decider import Command
from events.money import Money
from events.roles import Role
from events.values import (
    CaseId,
    Code,
    Digest,
    QuotationId,
    SourcingId,
    VendorId,
)
from vendors.domain.need import Need
from vendors.domain.sourcing.kinds import Reason
from vendors.domain.vendor.state import Vendor
from vendors.domain.vendor_rules import VendorRules


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


class Award(msgspec.Struct, frozen=True):
    """An earlier award to the same vendor or for the same case, within the programme's time."""

    sourcing: SourcingId
    vendor: VendorId
    case: CaseId
    value: Money


class SelectVendor(Command, frozen=True):
    vendor: Vendor | None
    reason: Reason
    lately: tuple[Award, ...]
    stopped: Code | None = None
    """Why nothing is bought for the item any more; None: it goes on."""
    vendor_rules: VendorRules = VendorRules()
    """Of the programme that it is bought under."""


SourcingCommand = RequestQuotations | RecordQuotation | WaiveCompetition | SelectVendor
