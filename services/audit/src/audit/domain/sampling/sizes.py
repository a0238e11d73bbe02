"""How large a sample has to be, as auditors plan it.

Monetary units: the sampling interval is what may be wrong (materiality) over a confidence factor.
The factor is that of the AICPA's Audit Guide "Audit Sampling" (table C-2), which follows from the
Poisson distribution: with this factor there are, at the risk that is taken, no more misstatements
than are expected. The table rounds up to hundredths, and so do we.

Items: the smallest sample in which, if as many items deviate as can be tolerated, no more deviate
than are expected only at the risk that is taken (binomial; the same guide, table A-1).
"""

import math
from decimal import ROUND_CEILING, Decimal
from functools import cache

CONFIDENCE_AT_LEAST, CONFIDENCE_AT_MOST = 50, 99
EXPECTED_AT_MOST = Decimal("0.6")
"""Of what may be wrong: where the table ends. Who expects more should look at everything."""
HUNDREDTH = Decimal("0.01")
EXACTLY = 1e-15
SIZE_AT_MOST = 100_000


class NoSampleWillDo(ValueError):
    """So much is expected to be wrong that a sample shows nothing: look at everything."""


@cache
def confidence_factor(confidence: int, expected: Decimal) -> Decimal:
    """By the confidence in percent, and what is expected as a part of what may be wrong."""
    if expected > EXPECTED_AT_MOST:
        raise NoSampleWillDo
    risk, low, high = 1 - confidence / 100, 0.0, 1000.0
    while high - low > EXACTLY * high:
        middle = (low + high) / 2
        if not low < middle < high:
            break
        if _at_most(float(expected) * middle, middle) > risk:
            low = middle
        else:
            high = middle
    return Decimal(high).quantize(HUNDREDTH, ROUND_CEILING)


def interval(confidence: int, materiality: int, expected: int) -> int:
    """The sampling interval, in the same minor units as materiality and expectation."""
    factor = confidence_factor(confidence, Decimal(expected) / materiality)
    return max(int(materiality / factor), 1)


def items(confidence: int, tolerable: int, expected: int) -> int:
    """How many items, by the rates of deviation in basis points that are tolerable and expected."""
    if expected >= tolerable:
        raise NoSampleWillDo
    risk, rate = Decimal(100 - confidence) / 100, tolerable / 10_000
    low, high = 1, 2
    while not _enough(high, rate, expected, risk):
        low, high = high, high * 2
        if high > SIZE_AT_MOST:
            raise NoSampleWillDo
    return next(n for n in range(low, high + 1) if _enough(n, rate, expected, risk))


def _enough(size: int, rate: float, expected: int, risk: Decimal) -> bool:
    """Whether so few deviations would be seen in so many items only at that risk."""
    deviations = -(-size * expected // 10_000)
    chance = math.fsum(
        math.exp(
            math.lgamma(size + 1)
            - math.lgamma(k + 1)
            - math.lgamma(size - k + 1)
            + k * math.log(rate)
            + (size - k) * math.log1p(-rate)
        )
        for k in range(min(deviations, size) + 1)
    )
    return chance <= float(risk)


def _at_most(events: float, mean: float) -> float:
    """How probable it is that a Poisson variable is at most that: Q(events + 1, mean).

    The incomplete gamma function, by its series or its continued fraction (DLMF 8.7.1, 8.9.2), and
    so for events that are no whole number too.
    """
    shape = events + 1
    if mean == 0:
        return 1.0
    scale = math.exp(shape * math.log(mean) - mean - math.lgamma(shape))
    if mean < shape + 1:
        term = whole = 1 / shape
        step = shape
        while term > whole * EXACTLY:
            step += 1
            term *= mean / step
            whole += term
        return 1 - scale * whole
    b = mean + 1 - shape
    c, d = math.inf, 1 / b
    fraction, step = d, 0.0
    while abs(c * d - 1) > EXACTLY:
        step += 1
        a, b = step * (shape - step), b + 2
        c, d = b + a / c, 1 / (b + a * d)
        fraction *= c * d
    return scale * fraction
