"""What was paid when its grant's rule had no rate for it is converted once a rate is published.

A month's rates may come after the month's first payments. Until then such a payment is told apart;
from then on it keeps the rate at which it was converted, as every other one does.
"""

from contextlib import suppress
from datetime import date
from typing import Any

from disbursement.domain.cash import ConvertCash, cash
from disbursement.domain.exchange_rate import Rate
from disbursement.domain.payment import ConvertPayment, payment
from disbursement.overdue import CLOCK
from disbursement.views import ledger, lookups
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
    now = handler.clock.now()
    rates: dict[tuple[BudgetLineId, str, date], Rate | None] = {}
    for each in await ledger.unconverted(view):
        asked = each.budget_line, each.currency, each.day
        if asked not in rates:
            rates[asked] = await lookups.rate_by_rule(view, *asked)
        rate = rates[asked]
        if rate is None:
            continue
        act: Act[Any, Any, Any] = (
            Act(cash, each.spent, ConvertCash(by=SYSTEM, at=now, rate=rate))
            if each.spent.startswith(CASH)
            else Act(payment, each.spent, ConvertPayment(by=SYSTEM, at=now, rate=rate))
        )
        with suppress(Rejected):
            await handler.do(act, context=Context(actor=CLOCK, correlation=act.stream))


async def keep_converting(running: Any) -> None:
    """The service's task."""
    while True:
        await patiently(lambda: convert_what_waits(running.handler, running.store.pool))
        await running.clock.sleep(LOOK_EVERY_SECONDS)
