"""What this service needs of programmes: how to buy under one, and how careful to be with vendors.

The plans service publishes programmes. A vendor and its account serve any of them, so for those
the strictest programme in force counts; a purchase is made under the version of its plan.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from events.decider import Event, Rejected
from events.money import Money
from events.registry import Registry
from events.values import Code, ProgrammeId
from vendors.domain.terms import Demand, Quorum, Terms
from vendors.domain.vendor_rules import VendorRules, documents


class Band(msgspec.Struct, frozen=True):
    """How to buy below an amount."""

    below: Money
    quotations: int
    waiver_by: Code | None
    """The role that may waive competition; None: nobody may."""
    waiver_for: tuple[Code, ...]


class Buying(msgspec.Struct, frozen=True):
    """The bands, lowest first, and over which time purchases count together."""

    bands: tuple[Band, ...]
    added_up_over_days: int

    def band(self, value: Money) -> Band:
        """The band that the value falls into; `FormalTenderNeeded` above the last."""
        for band in self.bands:
            if value < band.below:
                return band
        raise FormalTenderNeeded(value)

    def competing(self, value: Money) -> Band:
        """The first band, from that of the value on, in which vendors compete."""
        compete = (band for band in self.bands if value < band.below and band.quotations > 1)
        return next(compete, None) or self.band(value)


class Paying(msgspec.Struct, frozen=True):
    """The part of a programme's rules for paying that is about vendors and their accounts."""

    account_wait_hours: int
    screening_at_most_days: int
    call_back: bool = True


class _Demands(msgspec.Struct, frozen=True):
    bands: tuple[Demand, ...]


class _Approval(msgspec.Struct, frozen=True):
    bands: tuple[Quorum, ...] = ()


class TermsPublished(Event, frozen=True, tag="plans.programme_published.v2"):
    """The same fact, read for the terms on which vendors compete."""

    programme: ProgrammeId
    version: int
    buying: _Demands
    approval: _Approval = _Approval()

    @property
    def terms(self) -> Terms:
        return Terms(demands=self.buying.bands, quorum=self.approval.bands)


class ProgrammePublished(Event, frozen=True, tag="plans.programme_published.v2"):
    programme: ProgrammeId
    version: int
    buying: Buying
    paying: Paying


@dataclass(unsafe_hash=True)
class FormalTenderNeeded(Rejected):
    """A purchase of this value is outside the programme's bands: it needs a formal tender."""

    value: Money


@dataclass(unsafe_hash=True)
class NoProgrammeInForce(Rejected):
    """No programme has been published, so there is no rule to decide by."""


class Diligence(msgspec.Struct, frozen=True):
    """How careful to be with every vendor: the strictest of the programmes in force."""

    account_wait_hours: int
    """From the approval of a changed bank account until it may be used."""
    screening_at_most_days: int
    """How long a clear screening counts."""
    call_back: bool = True
    """Whether an account is approved only after a call-back: as long as any of them asks for it."""
    vendor_rules: tuple[VendorRules, ...] = ()
    """Of each programme that has some."""

    @classmethod
    def strictest(
        cls, rules: Iterable[Paying], vendor_rules: Iterable[VendorRules] = ()
    ) -> "Diligence":
        known = tuple(rules)
        if not known:
            raise NoProgrammeInForce
        return cls(
            account_wait_hours=max(p.account_wait_hours for p in known),
            screening_at_most_days=min(p.screening_at_most_days for p in known),
            call_back=any(p.call_back for p in known),
            vendor_rules=tuple(vendor_rules),
        )

    def documents(self, kind: str, tier: str) -> tuple[Code, ...]:
        """What a vendor of that kind and tier brings before it is approved."""
        return documents(self.vendor_rules, kind, tier)

    def screening_holds_until(self, screened_on: date) -> date:
        """The last day on which a clear screening of that day counts."""
        return screened_on + timedelta(days=self.screening_at_most_days)

    def usable_from(self, approved_at: datetime) -> datetime:
        return approved_at + timedelta(hours=self.account_wait_hours)


published = Registry.of(
    "plans",
    [ProgrammePublished],
    # Version 2 says nothing else about buying and paying.
    upcasters={"plans.programme_published.v1": dict},
    foreign=True,
)


def _one_quorum(data: dict[str, Any]) -> dict[str, Any]:
    """Version 1 had one quorum for all amounts."""
    members = data["approval"]["members"]
    return data | {"approval": {"bands": [{"up_to": None, "members": members}]}}


of_terms = Registry.of(
    "plans",
    [TermsPublished],
    upcasters={"plans.programme_published.v1": _one_quorum},
    foreign=True,
)
