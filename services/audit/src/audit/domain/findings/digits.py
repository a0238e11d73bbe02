"""First digits: amounts that somebody made up do not begin as amounts do that came about.

Where amounts go over orders of magnitude, about 30 percent of them begin with 1 and fewer than 5
percent with 9 (Benford). It says nothing of amounts that are set by a programme or a price list,
nor of those that lie close together.
"""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from math import exp, factorial, log10

FIRST = range(1, 10)
SHARE = {digit: log10(1 + 1 / digit) for digit in FIRST}
WIDE = 10
"""Amounts go over orders of magnitude where nine in ten of them are within no less than this."""
TAIL = 20


def are_wide(amounts: Sequence[Decimal]) -> bool:
    """Whether first digits say anything: the 5 percent on either side left out."""
    ordered = sorted(amounts)
    tail = len(ordered) // TAIL
    return ordered[-1 - tail] >= WIDE * ordered[tail]


def chance(amounts: Sequence[Decimal]) -> float:
    """How likely amounts that came about are to be as far from Benford's shares as these."""
    counted = Counter(first_digit(each) for each in amounts)
    every = len(amounts)
    squared = sum((counted[d] - every * SHARE[d]) ** 2 / (every * SHARE[d]) for d in FIRST)
    return _beyond(squared)


def first_digit(amount: Decimal) -> int:
    return next(digit for digit in amount.as_tuple().digits if digit)


def _beyond(squared: float) -> float:
    """The tail of the chi-square distribution with 8 degrees of freedom."""
    half = squared / 2
    return exp(-half) * sum(half**k / factorial(k) for k in range(4))
