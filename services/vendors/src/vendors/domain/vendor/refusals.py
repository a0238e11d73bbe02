"""Why an act on a vendor may be refused, in the order in which the rules are asked."""

from dataclasses import dataclass
from datetime import date

from events.decider import Rejected
from events.values import Code
from vendors.domain.vendor.kinds import Stage


@dataclass(unsafe_hash=True)
class NoSuchVendor(Rejected):
    """There is no such vendor."""


@dataclass(unsafe_hash=True)
class VendorIsAt(Rejected):
    """The act needs the vendor at another stage (`None`: not there yet)."""

    stage: Stage
    needed: Stage | None


@dataclass(unsafe_hash=True)
class RegisteredOnce(Rejected):
    """What the vendor was registered with stands: a later number comes from elsewhere."""


@dataclass(unsafe_hash=True)
class ScreeningInTheFuture(Rejected):
    """A screening is recorded after it was made."""

    on: date


@dataclass(unsafe_hash=True)
class ScreeningInThePast(Rejected):
    """A screening by hand is recorded on the day on which it is made."""

    on: date


@dataclass(unsafe_hash=True)
class SearchedByThePlatform(Rejected):
    """The platform has looked for the vendor that day: no screening by hand stands above it."""

    on: date


@dataclass(unsafe_hash=True)
class NotScreened(Rejected):
    """Nobody has looked for the vendor on the sanctions lists."""


@dataclass(unsafe_hash=True)
class ScreeningNotClear(Rejected):
    """The last screening found a possible match (S4)."""

    list_set: Code
    list_version: Code


@dataclass(unsafe_hash=True)
class ScreeningTooOld(Rejected):
    """The last clear screening no longer counts (S4)."""

    on: date
    held_until: date
