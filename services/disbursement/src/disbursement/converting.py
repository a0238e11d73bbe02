"""What was paid when its grant's rule had no rate for it is converted as soon as one is published;
what was converted at a rate that two people then found wrong is converted anew.

A month's rates may come after the month's first payments. Until then such a payment is told apart;
from then on it keeps the rate at which it was converted, as every other one does, for as long as
that rate is not found wrong.
"""

from contextlib import suppress
from datetime import date
from typing import Any

from disbursement.domain.cash import ConvertCash, cash
from disbursement.domain.conversion import CorrectConversion
from disbursement.domain.exchange_rate import Rate
from disbursement.domain.payment import ConvertPayment, payment
from disbursement.overdue import CLOCK
from disbursement.views import ledger, lookups, wrong_rates
from disbursement.views.ledger import Spent
from events.decider import Rejected
from events.envelope import Context
from events.handler import Act, Handler
from events.io.patience import patiently
from events.service import Connection
from events.values import SYSTEM, BudgetLineId

LOOK_EVERY_SECONDS = 10.0
CASH = "csh_"


async def convert_what_waits(handler: Handler, view: Connection) -> None:
    """All for which there is a rate by now."""
    now, rates = handler.clock.now(), ByRule(view)
    for each in await ledger.unconverted(view):
        rate = await rates.of(each)
        if rate is None:
            continue
        if each.id.startswith(CASH):
            await _do(handler, Act(cash, each.id, ConvertCash(by=SYSTEM, at=now, rate=rate)))
        else:
            await _do(handler, Act(payment, each.id, ConvertPayment(by=SYSTEM, at=now, rate=rate)))


async def correct_what_was_wrong(handler: Handler, view: Connection) -> None:
    """All that is converted at a rate that was found wrong, by the rule as the rates stand now."""
    now, rates = handler.clock.now(), ByRule(view)
    for found in await wrong_rates.used(view):
        for each in await ledger.converted_at(view, found.used):
            correct = CorrectConversion(
                by=SYSTEM,
                at=now,
                used=found.used,
                wrong=found.wrong,
                reason=found.reason,
                rate=await rates.of(each),
            )
            await _do(handler, Act(cash if each.id.startswith(CASH) else payment, each.id, correct))


class ByRule:
    """The rates by the grants' rules, each asked for once."""

    def __init__(self, view: Connection) -> None:
        self.view = view
        self.known: dict[tuple[BudgetLineId, str, date], Rate | None] = {}

    async def of(self, spent: Spent) -> Rate | None:
        asked = spent.budget_line, spent.currency, spent.day
        if asked not in self.known:
            self.known[asked] = await lookups.rate_by_rule(self.view, *asked)
        return self.known[asked]


async def _do(handler: Handler, act: Act[Any, Any, Any]) -> None:
    with suppress(Rejected):
        await handler.do(act, context=Context(actor=CLOCK, correlation=act.stream))


async def keep_converting(running: Any) -> None:
    """The service's task."""
    while True:
        await patiently(lambda: correct_what_was_wrong(running.handler, running.store.pool))
        await patiently(lambda: convert_what_waits(running.handler, running.store.pool))
        await running.clock.sleep(LOOK_EVERY_SECONDS)
