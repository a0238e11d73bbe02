"""What intake needs to know of a programme: who may be assisted, with how much, until when.

The plans service publishes programmes; these are the parts that intake listens to. What is
decided under a version stays pinned to it.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from events.decider import Event, Rejected
from events.money import Money
from events.registry import Registry
from events.values import Code, Digest, ProgrammeId
from intake.domain.people import AgeBracket


class ReturnType(StrEnum):
    """How somebody returns. Programmes pay by it."""

    VOLUNTARY = "voluntary"
    FORCED = "forced"
    HUMANITARIAN = "humanitarian"
    """Brought back from danger: rescued, out of a camp, home again after displacement."""


class OtherAssistance(StrEnum):
    """What becomes of an amount that somebody receives elsewhere for the same purpose."""

    DEDUCTED = "deducted"
    DECLARED = "declared"


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


class Entitlement(msgspec.Struct, frozen=True, kw_only=True):
    """What one person may receive. The first row that fits a person is the one that counts."""

    role: FamilyRole
    returns: tuple[ReturnType, ...]
    countries: tuple[Code, ...] = ()
    """None named: any."""
    age_from: int = 0
    age_until: int | None = None
    """Whole years, both included. They end where the age brackets do."""
    vulnerability: Code | None = None
    """Only for somebody of whom this was established; None: for anybody."""
    since: date | None = None
    until: date | None = None
    """For entitlements granted on these days, both included; None: without end."""
    total: Money
    cash_at_most: Money

    def is_for(self, ages: AgeBracket) -> bool:
        """Whether people of all of these ages are meant."""
        youngest, oldest = ages.years
        return self.age_from <= youngest and (self.age_until is None or oldest <= self.age_until)

    def stands_on(self, day: date) -> bool:
        return (self.since or day) <= day <= (self.until or day)


class Complaints(msgspec.Struct, frozen=True):
    """In how many days a complaint is answered."""

    answer_within_days: int
    fraud_and_abuse_within_days: int


class ProgrammePublished(Event, frozen=True, tag="plans.programme_published.v2"):
    programme: ProgrammeId
    version: int
    digest: Digest
    currency: Code
    organisation: Code
    kept_by: tuple[Code, ...]
    since: date
    until: date
    extended_until: date | None
    eligibility: Eligibility
    entitlements: tuple[Entitlement, ...]
    claim_within_days: int
    use_within_months: int
    one_programme_at_a_time: bool
    other_assistance: OtherAssistance
    pooling: bool
    restricted_by_default: bool
    break_glass_hours: int
    small_cells_below: int
    keep_years: int
    complaints: Complaints | None = None


def from_v1(data: dict[str, Any]) -> dict[str, Any]:
    """What version 1 did not say was no rule, and stays none."""
    return data | {
        "kept_by": [],
        "extended_until": None,
        "one_programme_at_a_time": False,
        "other_assistance": "declared",
        "pooling": True,
        "restricted_by_default": False,
        "break_glass_hours": 72,
        "small_cells_below": 5,
    }


plans = Registry.of(
    "plans",
    [ProgrammePublished],
    upcasters={"plans.programme_published.v1": from_v1},
    foreign=True,
)


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a programme, as a decision about a case needs it."""

    programme: ProgrammeId
    version: int
    currency: Code
    organisation: Code
    """Who runs the programme and decides under it."""
    kept_by: tuple[Code, ...] = ()
    """The organisations that may keep a case; none named: any."""
    since: date
    until: date
    """As the grant was agreed on; `open_until` is what counts."""
    extended_until: date | None = None
    eligibility: Eligibility
    entitlements: tuple[Entitlement, ...]
    claim_within_days: int
    use_within_months: int
    one_programme_at_a_time: bool = False
    other_assistance: OtherAssistance = OtherAssistance.DECLARED
    pooling: bool = True
    """Whether a household may use its members' amounts together, each adult consenting."""
    restricted_by_default: bool = False
    """Whether a case is closed to all but those who work on it from its registration on."""
    break_glass_hours: int = 72
    """For how long at most somebody else is let into a restricted case."""
    small_cells_below: int = 5
    """A figure that counts fewer people than this is not told."""
    keep_years: int
    """For how many years facts about money are kept, from the end of the last payment's year."""
    complaints: Complaints | None = None
    """None: as `complaints.toml` has it."""

    @property
    def open_until(self) -> date:
        """The last day on which a case may be taken in."""
        return self.extended_until or self.until

    def may_keep(self, organisation: Code) -> None:
        """That organisation may keep cases of the programme, or `KeptByOthers`."""
        if self.kept_by and organisation not in self.kept_by:
            raise KeptByOthers(organisation)

    def keeps_until(self, last_payment: date) -> date:
        """The day until which facts about money are kept."""
        return date(last_payment.year + self.keep_years, 12, 31)

    def claim_by(self, arrival: date) -> date:
        return arrival + timedelta(days=self.claim_within_days)

    def use_by(self, arrival: date) -> date:
        return months_after(arrival, self.use_within_months)


def terms(event: ProgrammePublished) -> Terms:
    """The terms that a publication sets."""
    return Terms(**{name: getattr(event, name) for name in Terms.__struct_fields__})


@dataclass(unsafe_hash=True)
class KeptByOthers(Rejected):
    """The programme names who may keep its cases, and this organisation is not among them."""

    organisation: Code


@dataclass(unsafe_hash=True)
class ProgrammeNotOpen(Rejected):
    """The programme takes cases between these two days only."""

    since: date
    until: date


def in_its_time(terms: Terms, day: date) -> None:
    """The programme takes cases on that day, or `ProgrammeNotOpen`."""
    if not terms.since <= day <= terms.open_until:
        raise ProgrammeNotOpen(terms.since, terms.open_until)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last: 31 January + 1 = 28 February."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
