"""A payment that waited goes on by itself once persons have dealt with what it waited for.

Findings: each was explained. Conflicts of interest of people with a part in it: each was cleared.

Where a person found a mistake or worse, it stays until an officer releases or cancels it.
"""

from contextlib import suppress
from typing import Any

from disbursement.domain.payment import HoldIfOpen, LiftHold, Reason, payment
from disbursement.overdue import CLOCK
from disbursement.views import conflicts, findings
from events.decider import Rejected
from events.envelope import Context
from events.handler import Act, Handler
from events.io.patience import patiently
from events.service import Connection
from events.values import SYSTEM

LOOK_EVERY_SECONDS = 3.0


async def let_go_what_is_explained(handler: Handler, view: Connection) -> None:
    """Each that is held for findings or conflicts; what else it is held for stays."""
    now = handler.clock.now()
    lift = LiftHold(by=SYSTEM, at=now, reason=Reason.FINDING.code)
    hold = HoldIfOpen(by=SYSTEM, at=now, reason=Reason.FINDING.code)
    acts = [Act(payment, each, lift) for each in await findings.explained(view)]
    cleared = LiftHold(by=SYSTEM, at=now, reason=Reason.CONFLICT_DECLARED.code)
    acts += [Act(payment, each, cleared) for each in await conflicts.over(view)]
    acts += [Act(payment, each, hold) for each in await findings.not_held(view)]
    for act in acts:
        with suppress(Rejected):  # it has gone to the bank or was cancelled meanwhile
            await handler.do(act, context=Context(actor=CLOCK, correlation=act.stream))


async def keep_letting_go(running: Any) -> None:
    """The service's task."""
    while True:
        await patiently(lambda: let_go_what_is_explained(running.handler, running.store.pool))
        await running.clock.sleep(LOOK_EVERY_SECONDS)
