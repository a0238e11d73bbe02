"""What intake needs to know of a programme: who may be assisted, with how much, until when.

The plans service publishes programmes; these are the parts that intake listens to. What is
decided under a version stays pinned to it.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from events.decider import Event, Rejected
from events.money import Money
from events.registry import Registry
from events.values import Code, Digest, ProgrammeId


class ReturnType(StrEnum):
    """How somebody returns. Programmes pay by it."""

    VOLUNTARY = "voluntary"
    FORCED = "forced"


class FamilyRole(StrEnum):
    """As whom a person of the household is entitled."""

    PRINCIPAL = "principal"
    ACCOMPANYING_ADULT = "accompanying_adult"
    ACCOMPANYING_CHILD = "accompanying_child"


class Eligibility(msgspec.Struct, frozen=True):
    """Whom the programme is for."""

    returns: tuple[ReturnType, ...]
    countries: tuple[Code, ...]
    """ISO 3166-1 alpha-2 codes of the countries of return; none named: any."""
    criteria: tuple[Code, ...]
    """What has to be found true of a case, each of them, before it is eligible."""


class Entitlement(msgspec.Struct, frozen=True):
    """What one person may receive, by the role in the family and the type of return."""

    role: FamilyRole
    returns: tuple[ReturnType, ...]
    total: Money
    cash_at_most: Money


class ProgrammePublished(Event, frozen=True, tag="plans.programme_published.v1"):
    programme: ProgrammeId
    version: int
    digest: Digest
    currency: Code
    organisation: Code
    since: date
    until: date
    eligibility: Eligibility
    entitlements: tuple[Entitlement, ...]
    claim_within_days: int
    use_within_months: int


plans = Registry.of("plans", [ProgrammePublished], foreign=True)


class Terms(msgspec.Struct, frozen=True):
    """One version of a programme, as a decision about a case needs it."""

    programme: ProgrammeId
    version: int
    currency: Code
    organisation: Code
    """Who runs the programme and decides under it."""
    since: date
    until: date
    eligibility: Eligibility
    entitlements: tuple[Entitlement, ...]
    claim_within_days: int
    use_within_months: int

    def claim_by(self, arrival: date) -> date:
        return arrival + timedelta(days=self.claim_within_days)

    def use_by(self, arrival: date) -> date:
        return months_after(arrival, self.use_within_months)


def terms(event: ProgrammePublished) -> Terms:
    """The terms that a publication sets."""
    return Terms(**{name: getattr(event, name) for name in Terms.__struct_fields__})


@dataclass(unsafe_hash=True)
class ProgrammeNotOpen(Rejected):
    """The programme takes cases between these two days only."""

    since: date
    until: date


def in_its_time(terms: Terms, day: date) -> None:
    """The programme takes cases on that day, or `ProgrammeNotOpen`."""
    if not terms.since <= day <= terms.until:
        raise ProgrammeNotOpen(terms.since, terms.until)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last: 31 January + 1 = 28 February."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
