"""What an amount in one currency is worth in another, by the rates that disbursement publishes.

Awards of programmes that plan in different currencies are added up in that of the purchase at hand,
by the rule that disbursement reserves by: a rate counts for 45 days; the newest of the pair itself,
whichever way round it is told; without one, the newest that one source told of both for a third.
Which grant pays, and whose rates its donor wants, nobody knows yet: here all sources count.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from typing import Annotated, NewType, get_args

import msgspec
from msgspec import Meta

from events.decider import Event, Rejected
from events.money import Money, exponent
from events.registry import Registry
from events.values import Code, Shape

WITHIN_DAYS = 45
"""So long a rate counts, as with disbursement where a grant says nothing else."""

_VALUE = r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,12})?$"
RateValue = NewType("RateValue", Annotated[str, Meta(pattern=_VALUE), Shape(_VALUE)])


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """One unit of `base` is `value` units of `quote`."""

    base: Code
    quote: Code
    value: RateValue
    source: Code
    date: date


class ExchangeRatePublished(Event, frozen=True, tag="disbursement.exchange_rate_published.v1"):
    rate: Rate


class ExchangeRateCorrected(Event, frozen=True, tag="disbursement.exchange_rate_corrected.v1"):
    """It should have been this from the beginning."""

    rate: Rate


class ExchangeRateWithdrawn(Event, frozen=True, tag="disbursement.exchange_rate_withdrawn.v1"):
    """It should not have been published."""

    rate: Rate


Told = ExchangeRatePublished | ExchangeRateCorrected | ExchangeRateWithdrawn
published = Registry.of("disbursement", list(get_args(Told)), foreign=True)


@dataclass(unsafe_hash=True)
class NoRateToAddUp(Rejected):
    """What is asked for it, and what was awarded lately, counts (R4), and no rate is published for
    its currency, or none within 45 days.
    """

    currency: str
    into: str


def young(rates: Sequence[Rate], day: date) -> tuple[Rate, ...]:
    """Those that count on that day."""
    since = day - timedelta(days=WITHIN_DAYS)
    return tuple(rate for rate in rates if since <= rate.date <= day)


def worth(amount: Money, into: str, rates: Sequence[Rate]) -> Money:
    """In that currency, half a minor unit rounded up; `NoRateToAddUp`."""
    if amount.currency == into:
        return amount
    ways = list(_told(amount.currency, into, rates)) or list(_crossed(amount.currency, into, rates))
    if not ways:
        raise NoRateToAddUp(amount.currency, into)
    by = min(ways, key=lambda way: (-way[0].toordinal(), *way[1:]))[-1]
    scaled = by * amount.minor * 10 ** exponent(into) / 10 ** exponent(amount.currency)
    return Money(int(scaled + Fraction(1, 2)), into)


Way = tuple[date, bool, str, str, Fraction]
"""Of which day; of the same day what comes first: told for `into`, by source and third currency."""


def _told(one: str, into: str, rates: Sequence[Rate]) -> Iterator[Way]:
    """By a rate between the two."""
    for rate in rates:
        if (rate.base, rate.quote) == (into, one):
            yield rate.date, False, rate.source, "", 1 / Fraction(rate.value)
        if (rate.base, rate.quote) == (one, into):
            yield rate.date, True, rate.source, "", Fraction(rate.value)


def _crossed(one: str, into: str, rates: Sequence[Rate]) -> Iterator[Way]:
    """By what one source tells of both for a third."""
    for rate, other in product(rates, rates):
        told = (rate.quote, other.quote) == (one, into)
        if told and (rate.base, rate.source) == (other.base, other.source):
            day = min(rate.date, other.date)
            by = Fraction(other.value) / Fraction(rate.value)
            yield day, False, rate.source, rate.base, by
