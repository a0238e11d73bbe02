"""What time does by itself: an advance whose goods did not come in time is told to be overdue."""

from typing import Any

from disbursement.domain.commitment import TellAdvanceOverdue, commitment
from events.envelope import Actor, Context
from events.handler import Act, Handler
from events.io.patience import patiently
from events.roles import Role
from events.service import Connection
from events.values import SYSTEM, Code

LOOK_EVERY_SECONDS = 60.0
CLOCK = Actor(
    id=SYSTEM,
    role=Code(Role.SERVICE),
    organisation=Code("homeward"),
    authentication=Code("clock"),
)


async def tell_overdue_advances(handler: Handler, view: Connection) -> None:
    """Of each order on which an advance was paid: say it once for each day that has passed."""
    now = handler.clock.now()
    rows = await view.fetch(
        "select commitment_id from commitment_view where advanced order by commitment_id"
    )
    for row in rows:
        told = TellAdvanceOverdue(by=SYSTEM, at=now)
        context = Context(actor=CLOCK, correlation=row["commitment_id"])
        await handler.do(Act(commitment, row["commitment_id"], told), context=context)


async def keep_telling(running: Any) -> None:
    """The service's task."""
    while True:
        await patiently(lambda: tell_overdue_advances(running.handler, running.store.pool))
        await running.clock.sleep(LOOK_EVERY_SECONDS)
