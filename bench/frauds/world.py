"""Where it happens: offices with their hours and officers, what may be bought, who sells."""

import random  # noqa: TID251  seeded
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from zoneinfo import ZoneInfo

from plans import programme as pages
from plans.programme import Programme

HOME = Path(__file__).parents[2]
BEGIN = date(2025, 1, 6)
DAYS = 700
RATE = Decimal("1310.5")
EVENING, WEEKEND, LATE = 0.10, 0.05, 0.01
"""How often somebody works in the evening, on a day of rest, late at night."""
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Sort:
    """What may be bought under a programme."""

    type: str
    at_most: Decimal
    each_month: Decimal | None
    """What the programme pays for a month of it."""


@dataclass(frozen=True)
class Sorts:
    monthly: list[Sort]
    once: list[Sort]


@dataclass(frozen=True)
class Officer:
    person: str
    limit: Decimal
    delegation: str


@dataclass
class Office:
    name: str
    zone: ZoneInfo
    rests: frozenset[int]
    """Days of the week; 0: Monday."""
    programme: Programme
    local: str
    """The currency that its vendors are paid in."""
    staff: int
    """How many do each thing."""
    vendors: list["Vendor"] = field(default_factory=list)
    requesters: list[str] = field(default_factory=list)
    receivers: list[str] = field(default_factory=list)
    counsellors: list[str] = field(default_factory=list)
    vendor_officers: list[str] = field(default_factory=list)
    certifiers: list[Officer] = field(default_factory=list)
    approvers: list[Officer] = field(default_factory=list)
    signatories: list[Officer] = field(default_factory=list)
    _weights: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        def some(what: str, number: int) -> list[str]:
            return [f"per_{self.name.lower()}_{what}_{n}" for n in range(number)]

        self.requesters = some("finance", self.staff + 1)
        self.receivers = some("receiver", self.staff + 2)
        self.counsellors = some("counsellor", 2 * self.staff)
        self.vendor_officers = some("vendor", 3 if self.staff == 1 else self.staff + 1)
        limits = [Decimal(each) for each in ("20000", "5000", "20000", "3000")]
        for duty in ("certifiers", "approvers", "signatories"):
            number = self.staff + (duty != "certifiers")
            getattr(self, duty).extend(
                Officer(who, limits[n % len(limits)], f"del_{self.name.lower()}_{duty}_{n}")
                for n, who in enumerate(some(duty, number))
            )

    @property
    def currency(self) -> str:
        return self.programme.policy.currency

    @property
    def is_small(self) -> bool:
        return self.staff == 1

    @cached_property
    def sorts(self) -> "Sorts":
        """What is bought here, of what its page names."""
        every = [
            Sort(
                each.type,
                Decimal(each.at_most.amount),
                Decimal(each.at_most_each_month.amount) if each.at_most_each_month else None,
            )
            for each in self.programme.policy.assistance
            if each.at_most
        ]
        chosen = {
            each.type
            for each in self.programme.policy.assistance
            if each.modality in ("goods", "service")
            and not (each.instalments or each.at_most_each_month)
        }
        return Sorts(
            monthly=[each for each in every if each.each_month],
            once=[each for each in every if each.type in chosen],
        )

    def weights(self) -> list[float]:
        """Of the vendors, by how often they are bought from, each added to those before."""
        if len(self._weights) != len(self.vendors):
            self._weights = list(accumulate(each.size for each in self.vendors))
        return self._weights

    def limits(self) -> list[Decimal]:
        """The amounts from which its page asks for more."""
        return [Decimal(each.below.amount) for each in self.programme.policy.buying.bands]

    def at(self, day: date, hour: float) -> datetime:
        """That hour of its own clock."""
        here = datetime.combine(day, time(), self.zone) + timedelta(hours=hour)
        return here.astimezone(UTC)

    def works_on(self, day: date) -> bool:
        return day.weekday() not in self.rests

    def working(self, day: date, rng: random.Random) -> datetime:
        """Some time of that day or of the next one at which people work."""
        while not self.works_on(day) and rng.random() >= WEEKEND:
            day += timedelta(days=1)
        luck = rng.random()
        if luck < LATE:
            return self.at(day, rng.uniform(21, 23.5))
        if luck < EVENING:
            return self.at(day, rng.uniform(17, 21))
        return self.at(day, rng.triangular(7.75, 17, 10.5))

    def after(self, moment: datetime, hours: float, rng: random.Random) -> datetime:
        """So much later or somewhat more, when somebody comes to it."""
        then = moment + timedelta(hours=rng.expovariate(1 / hours))
        here = then.astimezone(self.zone)
        if self.works_on(here.date()) and 8 <= here.hour < 17:
            return max(then, moment + timedelta(minutes=1))
        later = self.working(here.date(), rng)
        while later <= moment:
            later = self.working(later.astimezone(self.zone).date() + timedelta(days=1), rng)
        return later


@dataclass
class Vendor:
    name: str
    office: Office
    country: str
    kind: str
    """How it prices: by a list, freely, or by what a month costs."""
    size: float
    """How often it is bought from, in proportion."""
    typical: float
    spread: float
    approved: datetime
    ready: date
    """From when something is ordered of it."""
    account: str
    numbering: str
    """How it writes the numbers of its invoices."""
    prices: Sequence[Decimal] = ()
    invoices: int = 0
    changes: list[tuple[datetime, str]] = field(default_factory=list)
    """When which account took the place of the one before."""

    def next_number(self, on: date) -> str:
        self.invoices += 1
        return self.numbering.format(n=self.invoices, year=on.year, month=on.month)

    def account_at(self, moment: datetime) -> str:
        changed = [account for since, account in self.changes if since <= moment]
        return changed[-1] if changed else self.account


NUMBERINGS = ("INV-{n:04d}", "{n}/{year}", "{year}-{month:02d}-{n:05d}", "F{n}", "No. {n}")


def offices() -> list[Office]:
    def page(name: str) -> Programme:
        read = pages.load(HOME / "programmes" / f"{name}.yaml")
        assert not isinstance(read, list), read
        return read

    fri_sat, sat_sun = frozenset({4, 5}), frozenset({5, 6})
    slovak, iraqi = ZoneInfo("Europe/Bratislava"), ZoneInfo("Asia/Baghdad")
    albanian, lao = ZoneInfo("Europe/Tirane"), ZoneInfo("Asia/Ho_Chi_Minh")
    return [
        Office("Bratislava", slovak, sat_sun, page("iom-slovakia"), "EUR", staff=4),
        Office("Baghdad", iraqi, fri_sat, page("mrc-baghdad"), "IQD", staff=4),
        Office("Tirana", albanian, sat_sun, page("albania-children-mothers"), "EUR", staff=1),
        Office("LaoCai", lao, sat_sun, page("lao-cai"), "USD", staff=1),
    ]
