"""Why a rate may be refused, in the order in which the rules are asked."""

from dataclasses import dataclass
from datetime import date

from events.decider import Rejected
from events.money import Money
from events.values import PersonId


@dataclass(unsafe_hash=True)
class RateIsZero(Rejected):
    """A rate is above zero, between two different currencies."""

    base: str
    quote: str


@dataclass(unsafe_hash=True)
class RateBeyondBounds(Rejected):
    """One unit of a currency is worth at most a hundred million of another, told in at most twelve
    figures: anything else is a slip of the pen.
    """

    value: str


@dataclass(unsafe_hash=True)
class RateAhead(Rejected):
    """A rate is told for a day that is at most 31 days ahead."""

    day: date
    latest: date


@dataclass(unsafe_hash=True)
class RateStands(Rejected):
    """The source has published another rate for that day already: propose a correction of it."""

    base: str
    quote: str
    date: date
    value: str


@dataclass(unsafe_hash=True)
class NoRateStands(Rejected):
    """Nothing is published for that day that could be corrected."""

    day: date


@dataclass(unsafe_hash=True)
class RateFarOff(Rejected):
    """The newest rate of the pair is quite another one: look again, and say in `far_because` why
    this one is right all the same.
    """

    value: str
    newest: str
    """One `newest_base` in `newest_quote`."""
    newest_base: str
    newest_quote: str
    of: date
    within_percent: int


@dataclass(unsafe_hash=True)
class NoRateProposed(Rejected):
    """Nobody has proposed a rate for that day that is not published yet."""

    day: date


@dataclass(unsafe_hash=True)
class ConfirmedByItsProposer(Rejected):
    """A rate is confirmed by somebody other than who proposed it."""

    person: PersonId


@dataclass(unsafe_hash=True)
class AnotherRateProposed(Rejected):
    """Another value is proposed for that day by now."""

    day: date
    value: str | None
    """None: that there is none."""


@dataclass(unsafe_hash=True)
class TooLargeToConvert(Rejected):
    """The amount would be beyond all bounds in the other currency."""

    amount: Money
    into: str


@dataclass(unsafe_hash=True)
class NoRate(Rejected):
    """There is no published rate between the two currencies for that day."""

    currency: str
    into: str


@dataclass(unsafe_hash=True)
class RateTooOld(Rejected):
    """The last rate between the two currencies is older than its grant takes: load a newer one."""

    base: str
    quote: str
    published: date
    within_days: int
