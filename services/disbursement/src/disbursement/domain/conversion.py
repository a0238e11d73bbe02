"""What was paid, or handed over in cash, in the grant's currency by the grant's rule.

Once, and at whatever is published later; but where the rate itself is found wrong, or one of which
it was crossed, it is corrected, or taken back as long as there is no rate in its place. The ledger
is none of this: it keeps the rate at which the money left.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import msgspec

from disbursement.domain.exchange_rate import Rate, convert
from events.decider import Command
from events.money import Money
from events.values import BudgetLineId, Code


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


class Spent(Protocol):
    """A payment, or cash."""

    @property
    def budget_line(self) -> BudgetLineId: ...
    @property
    def amount(self) -> Money: ...
    @property
    def reserved(self) -> Money: ...
    @property
    def converted(self) -> Conversion | None: ...


T = TypeVar("T")


def correction(
    spent: Spent,
    command: CorrectConversion,
    withdrawn: Callable[..., T],
    corrected: Callable[..., T],
    **which: object,
) -> Sequence[T]:
    """What is told of it, by these facts, if it is still converted at what was found wrong."""
    stands, rate = spent.converted, command.rate
    if stands is None or not stands.rate == command.used != rate:
        return []
    told = {
        **which,
        "by": command.by,
        "at": command.at,
        "budget_line": spent.budget_line,
        "wrong": command.wrong,
        "reason": command.reason,
        "before": stands.by_rule,
    }
    if rate is None:
        return [withdrawn(**told)]
    by_rule = convert(spent.amount, spent.reserved.currency, rate)
    return [corrected(**told, rate=rate, by_rule=by_rule)]
