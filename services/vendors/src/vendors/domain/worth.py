"""What an amount in one currency is worth in another, by the rates that disbursement publishes.

Awards of programmes that plan in different currencies are added up in that of the purchase at hand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Annotated, NewType, get_args

import msgspec
from msgspec import Meta

from events.decider import Event, Rejected
from events.money import Money, exponent
from events.registry import Registry
from events.values import Code, Shape

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
    its currency.
    """

    currency: str
    into: str


def worth(amount: Money, into: str, rates: Sequence[Rate]) -> Money:
    """In that currency, half a minor unit rounded up; `NoRateToAddUp`."""
    if amount.currency == into:
        return amount
    best = max(_ways(amount.currency, into, rates), key=lambda way: way[0], default=None)
    if best is None:
        raise NoRateToAddUp(amount.currency, into)
    scaled = best[1] * amount.minor * 10 ** exponent(into) / 10 ** exponent(amount.currency)
    return Money(int(scaled + Fraction(1, 2)), into)


def _ways(one: str, into: str, rates: Sequence[Rate]) -> Iterator[tuple[date, Fraction]]:
    """By a rate between the two, or by what one source tells of both for a third; of which day."""
    for rate in rates:
        if (rate.base, rate.quote) == (one, into):
            yield rate.date, Fraction(rate.value)
        if (rate.base, rate.quote) == (into, one):
            yield rate.date, 1 / Fraction(rate.value)
        for other in rates:
            if (rate.quote, other.quote) == (one, into) and (rate.base, rate.source) == (
                other.base,
                other.source,
            ):
                day = min(rate.date, other.date)
                yield day, Fraction(other.value) / Fraction(rate.value)
