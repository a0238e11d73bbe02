"""What a programme asks of those whom it buys from, and of the first payment to them.

Other services hear it as `plans.vendor_rules_published.v1`, beside the version that it is part of.
"""

import msgspec

from events.decider import Event
from events.money import Money
from events.values import Code, ProgrammeId


class VendorKind(msgspec.Struct, frozen=True):
    """A sort of vendor, and the documents without which none of it is approved."""

    kind: Code
    documents: tuple[Code, ...]


class VendorTier(msgspec.Struct, frozen=True):
    """How thoroughly a vendor is examined, and up to what is then bought from it."""

    tier: Code
    up_to: Money | None
    """Together over the time in which purchases count together; None: whatever the amount."""
    documents: tuple[Code, ...]
    """Needed besides those of its kind."""


class VendorRules(msgspec.Struct, frozen=True):
    kinds: tuple[VendorKind, ...]
    tiers: tuple[VendorTier, ...]
    first_payment_at_most: Money | None
    """To an account on which nothing was ever paid; None: as much as any other."""


class VendorRulesPublished(Event, frozen=True, tag="plans.vendor_rules_published.v1"):
    """What a version of a programme asks of vendors."""

    programme: ProgrammeId
    version: int
    kinds: tuple[VendorKind, ...]
    tiers: tuple[VendorTier, ...]
    first_payment_at_most: Money | None
