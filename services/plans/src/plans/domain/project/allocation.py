"""Money by shares, to the last minor unit."""

from collections.abc import Sequence

from events.money import Money

WHOLE = 10_000
"""A whole in basis points: hundredths of a percent."""


def allocate(amount: Money, shares: Sequence[int]) -> list[Money]:
    """Split an amount by shares in basis points that come to a whole: largest remainder first.

    Each part is its exact share, rounded down or up to a minor unit; together they are the amount.
    Of equal remainders the one listed first gets the unit.
    """
    assert sum(shares) == WHOLE, "shares come to 100 percent"
    floors = [amount.minor * share // WHOLE for share in shares]
    by_remainder = sorted(
        range(len(shares)), key=lambda n: (-(amount.minor * shares[n] % WHOLE), n)
    )
    for number in by_remainder[: amount.minor - sum(floors)]:
        floors[number] += 1
    return [Money(minor, amount.currency) for minor in floors]
