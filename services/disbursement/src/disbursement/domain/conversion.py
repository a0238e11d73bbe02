"""What was paid, or handed over in cash, in the grant's currency by the grant's rule.

Once, and at whatever is published later; but where the rate itself is found wrong, or one of which
it was crossed, it is corrected, or taken back as long as there is no rate in its place. The ledger
is none of this: it keeps the rate at which the money left.
"""

import msgspec

from disbursement.domain.exchange_rate import Rate
from events.decider import Command
from events.money import Money
from events.values import Code


class Conversion(msgspec.Struct, frozen=True):
    """As it stands."""

    rate: Rate
    by_rule: Money


class CorrectConversion(Command, frozen=True):
    """Two persons found that a rate was wrong, or that there is none."""

    used: Rate
    wrong: Rate
    """The same, or the one of which it was crossed."""
    reason: Code
    rate: Rate | None
    """By the rule, now; None: there is none."""


def is_due(stands: Conversion, command: CorrectConversion) -> bool:
    """Whether it is still converted at what was found wrong."""
    return stands.rate == command.used != command.rate
