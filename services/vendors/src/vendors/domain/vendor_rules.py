"""What programmes ask of vendors: the documents for each kind and tier, and what a tier is for.

A vendor serves every programme, so it brings the documents that any of them asks for. How much is
bought from it is asked under the programme of each purchase.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from events.decider import Event, Rejected
from events.money import Money
from events.registry import Registry
from events.values import Code, ProgrammeId


class VendorKind(msgspec.Struct, frozen=True):
    kind: Code
    documents: tuple[Code, ...]


class VendorTier(msgspec.Struct, frozen=True):
    tier: Code
    up_to: Money | None
    documents: tuple[Code, ...]


class VendorRules(msgspec.Struct, frozen=True):
    """One programme's."""

    kinds: tuple[VendorKind, ...] = ()
    tiers: tuple[VendorTier, ...] = ()

    def documents(self, kind: str, tier: str) -> tuple[Code, ...]:
        of_kind = (each.documents for each in self.kinds if each.kind == kind)
        of_tier = (each.documents for each in self.tiers if each.tier == tier)
        return tuple(dict.fromkeys(d for some in (*of_kind, *of_tier) for d in some))

    def within_tier(self, tier: str, value: Money) -> None:
        """A vendor of this tier may sell so much; `AboveTier`."""
        for each in self.tiers:
            if each.tier == tier and each.up_to is not None and each.up_to < value:
                raise AboveTier(tier=each.tier, up_to=each.up_to, value=value)


class VendorRulesPublished(Event, frozen=True, tag="plans.vendor_rules_published.v1"):
    programme: ProgrammeId
    version: int
    kinds: tuple[VendorKind, ...]
    tiers: tuple[VendorTier, ...]


@dataclass(unsafe_hash=True)
class AboveTier(Rejected):
    """More than is bought from a vendor examined no more thoroughly: raise its tier first."""

    tier: Code
    up_to: Money
    value: Money


UNLESS_SAID = {
    "company": (Code("certificate_of_registration"),),
    "sole_trader": (Code("identity_document"),),
    "school": (Code("licence_to_teach"),),
    "landlord": (Code("lease_or_land_certificate"),),
    "clinic": (Code("medical_licence"),),
    "employer": (Code("certificate_of_registration"),),
    "lender": (Code("lending_licence"),),
    "partner": (Code("partnership_agreement"),),
}
"""What a vendor of each kind brings where no programme says what that kind does: never nothing."""


def documents(rules: Sequence[VendorRules], kind: str, tier: str) -> tuple[Code, ...]:
    """What any of these programmes asks a vendor of that kind and tier to bring; if none of them
    names the kind, what the platform asks of it.
    """
    named = any(each.kind == kind for one in rules for each in one.kinds)
    asked = {paper for each in rules for paper in each.documents(kind, tier)}
    return tuple(sorted(asked if named else asked.union(UNLESS_SAID.get(kind, ()))))


published = Registry.of("plans", [VendorRulesPublished], foreign=True)
