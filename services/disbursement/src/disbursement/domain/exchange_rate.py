"""Published exchange rates: from whom, for which day, and the arithmetic with them.

    proposed -> published

What an operator loads from a publisher's file is published at once. By hand a rate is proposed by
one person, and published when another confirms the same value; proposed again, it is another.

A rate is a decimal string and is read as an exact fraction of whole numbers; no float touches it.
One stream per source and pair. A rate that was published is never altered: the next day has its
own, and another value for the same day is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, NewType, assert_never

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from disbursement.domain.currency import must_be_known
from events.decider import Command, Decider, Event, Rejected, State
from events.money import MINOR_MAX, Money, exponent
from events.values import ID, Code, PersonId, Shape

RATE = r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,12})?$"

CROSS_DECIMALS = 12
"""As many as a rate may have."""

AHEAD = timedelta(days=31)
"""Publishers tell a month's rates some days before it; nobody tells more."""


class Source(StrEnum):
    """Whose rates count."""

    UNORE = "UNORE"
    """The UN's operational rates."""
    INFOREURO = "InforEuro"
    """The European Commission's accounting rates."""
    ECB = "ECB"
    """The European Central Bank's reference rates."""
    BANK = "bank"
    """What the bank has charged."""


RateId = NewType("RateId", Annotated[str, Meta(pattern=ID), Shape(ID)])
"""One source's rates for one pair (`rat_unore_eur_iqd`)."""
RateValue = NewType(
    "RateValue", Annotated[str, Meta(pattern=RATE, examples=["1310.25"]), Shape(RATE)]
)
"""How many units of the quoted currency one unit of the base is worth, as a decimal string."""


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """One unit of `base` is `value` units of `quote`: 1 EUR = 1410.25 IQD."""

    base: Code
    quote: Code
    value: RateValue
    source: Code
    date: date


def rate_id(source: str, base: str, quote: str) -> RateId:
    return RateId(f"rat_{source}_{base}_{quote}".lower())


# Requests


class PublishExchangeRate(Command, frozen=True):
    """As the publisher's own file tells it."""

    rate: Rate


class ProposeExchangeRate(Command, frozen=True):
    rate: Rate


class ConfirmExchangeRate(Command, frozen=True):
    """Publish what somebody else proposed."""

    date: date
    value: RateValue
    """As it was read."""


RateCommand = PublishExchangeRate | ProposeExchangeRate | ConfirmExchangeRate


# Facts


class ExchangeRateProposed(Event, frozen=True, tag="disbursement.exchange_rate_proposed.v1"):
    """It counts for nothing before another person confirms it."""

    rate: Rate


class ExchangeRatePublished(Event, frozen=True, tag="disbursement.exchange_rate_published.v1"):
    rate: Rate


RateEvent = ExchangeRateProposed | ExchangeRatePublished


# Refusals, in the order in which the rules are asked


@dataclass(unsafe_hash=True)
class RateIsZero(Rejected):
    """A rate is above zero, between two different currencies."""

    base: str
    quote: str


@dataclass(unsafe_hash=True)
class RateAhead(Rejected):
    """A rate is told for a day that is at most 31 days ahead."""

    day: date
    latest: date


@dataclass(unsafe_hash=True)
class RateStands(Rejected):
    """The source has published another rate for that day already."""

    base: str
    quote: str
    date: date
    value: RateValue


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
    value: RateValue


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


# State


class Proposal(msgspec.Struct, frozen=True):
    rate: Rate
    by: PersonId


class Rates(State, frozen=True):
    """The values of one source and pair, by day."""

    id: RateId
    by_day: tuple[tuple[date, RateValue], ...] = ()
    proposed: tuple[Proposal, ...] = ()
    """One for a day, the last one."""

    def proposal(self, day: date) -> Proposal | None:
        return next((each for each in self.proposed if each.rate.date == day), None)


def evolve(rates: Rates | None, event: RateEvent) -> Rates:
    rate = event.rate
    before = rates or Rates(id=rate_id(rate.source, rate.base, rate.quote))
    others = tuple(each for each in before.proposed if each.rate.date != rate.date)
    match event:
        case ExchangeRateProposed(by=by):
            return replace(before, proposed=(*others, Proposal(rate, by)))
        case ExchangeRatePublished():
            by_day = (*before.by_day, (rate.date, rate.value))
            return replace(before, by_day=by_day, proposed=others)
        case _:
            assert_never(event)


# Rules


def decide(command: RateCommand, rates: Rates | None) -> Sequence[RateEvent]:
    match command:
        case PublishExchangeRate():
            return _published(command, rates)
        case ProposeExchangeRate():
            return _proposed(command, rates) if _published(command, rates) else []
        case ConfirmExchangeRate():
            return _confirmed(command, rates)
        case _:
            assert_never(command)


def _proposed(command: ProposeExchangeRate, rates: Rates | None) -> Sequence[ExchangeRateProposed]:
    stands = rates.proposal(command.rate.date) if rates else None
    if stands is not None and stands.rate == command.rate:
        return []
    return [ExchangeRateProposed(by=command.by, at=command.at, rate=command.rate)]


def _confirmed(
    command: ConfirmExchangeRate, rates: Rates | None
) -> Sequence[ExchangeRatePublished]:
    if rates is not None and (command.date, command.value) in rates.by_day:
        return []
    proposal = rates.proposal(command.date) if rates else None
    if proposal is None:
        raise NoRateProposed(command.date)
    if proposal.by == command.by:
        raise ConfirmedByItsProposer(command.by)
    if proposal.rate.value != command.value:
        raise AnotherRateProposed(command.date, proposal.rate.value)
    return [ExchangeRatePublished(by=command.by, at=command.at, rate=proposal.rate)]


def _published(
    command: PublishExchangeRate | ProposeExchangeRate, rates: Rates | None
) -> Sequence[ExchangeRatePublished]:
    """What publishing it would come to: nothing new, where it stands already."""
    rate, latest = command.rate, command.at.date() + AHEAD
    if _fraction(rate.value)[0] == 0 or rate.base == rate.quote:
        raise RateIsZero(rate.base, rate.quote)
    must_be_known(rate.base)
    must_be_known(rate.quote)
    if rate.date > latest:
        raise RateAhead(rate.date, latest)
    for day, value in rates.by_day if rates else ():
        if day == rate.date and value == rate.value:
            return []
        if day == rate.date:
            raise RateStands(rate.base, rate.quote, day, value)
    return [ExchangeRatePublished(by=command.by, at=command.at, rate=rate)]


def convert(amount: Money, into: str, rate: Rate | None) -> Money:
    """The amount in another currency, half a minor unit rounded away from zero.

    Refused with `NoRate` or `TooLargeToConvert`.
    """
    if amount.currency == into:
        return amount
    if rate is None:
        raise NoRate(amount.currency, into)
    above, below = _fraction(rate.value)
    match (amount.currency == rate.quote, into == rate.base):
        case (True, True):
            above, below = below, above
        case _ if (amount.currency, into) != (rate.base, rate.quote):
            raise NoRate(amount.currency, into)
    above *= 10 ** exponent(into)
    below *= 10 ** exponent(amount.currency)
    sign = -1 if amount.minor < 0 else 1
    minor = sign * ((2 * abs(amount.minor) * above + below) // (2 * below))
    if abs(minor) >= MINOR_MAX:
        raise TooLargeToConvert(amount, into)
    return Money(minor, into)


def cross(one: Rate, other: Rate) -> Rate:
    """The rate between the quotes of two rates that one source told for the same base.

    It is told for one unit of what is worth more, so that its decimals are worth less than a part
    in 10^12 of it.
    """
    assert (one.base, one.source) == (other.base, other.source), "nothing to cross by"
    (above, of_above), (below, of_below) = _fraction(other.value), _fraction(one.value)
    dear, cheap, numerator, denominator = one, other, above * of_below, of_above * below
    if numerator < denominator:
        dear, cheap, numerator, denominator = other, one, denominator, numerator
    scaled = (2 * numerator * 10**CROSS_DECIMALS + denominator) // (2 * denominator)
    whole, decimals = divmod(scaled, 10**CROSS_DECIMALS)
    return Rate(
        base=dear.quote,
        quote=cheap.quote,
        value=RateValue(f"{whole}.{decimals:0{CROSS_DECIMALS}}".rstrip("0").rstrip(".")),
        source=one.source,
        date=max(one.date, other.date),
    )


def _fraction(value: RateValue) -> tuple[int, int]:
    whole, _, decimals = value.partition(".")
    return int(whole + decimals), 10 ** len(decimals)


exchange_rate = Decider(decide=decide, evolve=evolve)
