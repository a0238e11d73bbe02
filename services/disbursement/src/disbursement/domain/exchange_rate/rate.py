"""A rate between two currencies, and the arithmetic with it.

It is a decimal string and is read as an exact fraction of whole numbers; no float touches it.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, NewType

import msgspec
from msgspec import Meta

from disbursement.domain.exchange_rate.refusals import NoRate, TooLargeToConvert
from events.money import MINOR_MAX, Money, exponent, total
from events.values import ID, Code, Shape

RATE = r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,12})?$"

CROSS_DECIMALS = 12
"""As many as a rate may have."""


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


def convert(amount: Money, into: str, rate: Rate | None) -> Money:
    """The amount in another currency, half a minor unit rounded away from zero.

    Refused with `NoRate` or `TooLargeToConvert`.
    """
    if amount.currency == into:
        return amount
    if rate is None:
        raise NoRate(amount.currency, into)
    above, below = fraction(rate.value)
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


def together(amounts: Iterable[Money], into: str, rates: Sequence[Rate]) -> Money:
    """Of several currencies perhaps; `NoRate` where one of them cannot be told in this one."""
    between = {frozenset({str(rate.base), str(rate.quote)}): rate for rate in rates}
    told = (convert(one, into, between.get(frozenset({one.currency, into}))) for one in amounts)
    return total(told, into)


def cross(one: Rate, other: Rate) -> Rate:
    """The rate between the quotes of two rates that one source told for the same base.

    It is told for one unit of what is worth more, so that its decimals are worth less than a part
    in 10^12 of it.
    """
    assert (one.base, one.source) == (other.base, other.source), "nothing to cross by"
    (above, of_above), (below, of_below) = fraction(other.value), fraction(one.value)
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


def fraction(value: RateValue) -> tuple[int, int]:
    whole, _, decimals = value.partition(".")
    return int(whole + decimals), 10 ** len(decimals)


def is_far_off(rate: Rate, newest: Rate, percent: int) -> bool:
    """Whether it is further than that from the newest one of its pair, whichever way round."""
    told, stands = Fraction(rate.value), Fraction(newest.value)
    if (newest.base, newest.quote) != (rate.base, rate.quote):
        stands = 1 / stands
    return abs(told - stands) * 100 > percent * stands
