"""Published exchange rates: from whom, for which day, and the arithmetic with them.

A rate is a decimal string and is read as an exact fraction of whole numbers; no float touches it.
One stream per source and pair. A rate that was published is never altered: the next day has its
own, and another value for the same day is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, NewType

import msgspec
from msgspec import Meta

from disbursement.domain.currency import must_be_known
from events.decider import Command, Decider, Event, Rejected, State
from events.money import MINOR_MAX, Money, exponent
from events.values import ID, Code, Shape

RATE = r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,12})?$"

CROSS_DECIMALS = 12
"""As many as a rate may have."""

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
    rate: Rate


# Facts


class ExchangeRatePublished(Event, frozen=True, tag="disbursement.exchange_rate_published.v1"):
    rate: Rate


# Refusals, in the order in which the rules are asked


@dataclass(unsafe_hash=True)
class RateIsZero(Rejected):
    """A rate is above zero, between two different currencies."""

    base: str
    quote: str


@dataclass(unsafe_hash=True)
class RateStands(Rejected):
    """The source has published another rate for that day already."""

    base: str
    quote: str
    date: date
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


# State


class Rates(State, frozen=True):
    """The values of one source and pair, by day."""

    by_day: tuple[tuple[date, RateValue], ...]


def evolve(rates: Rates | None, event: ExchangeRatePublished) -> Rates:
    before = rates.by_day if rates else ()
    return Rates(by_day=(*before, (event.rate.date, event.rate.value)))


# Rules


def decide(command: PublishExchangeRate, rates: Rates | None) -> Sequence[ExchangeRatePublished]:
    rate = command.rate
    if _fraction(rate.value)[0] == 0 or rate.base == rate.quote:
        raise RateIsZero(rate.base, rate.quote)
    must_be_known(rate.base)
    must_be_known(rate.quote)
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
