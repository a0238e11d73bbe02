"""What time does by itself: visits that nobody made in time are said to be missed."""

from typing import Any

from events.envelope import Actor, Context
from events.handler import Act, Handler
from events.io.patience import patiently
from events.roles import Role
from events.service import Connection
from events.values import SYSTEM, Code
from plans.domain.visit import MissVisit, visit
from plans.views.visits import overdue

LOOK_EVERY_SECONDS = 60.0
CLOCK = Actor(
    id=SYSTEM,
    role=Code(Role.SERVICE),
    organisation=Code("homeward"),
    authentication=Code("clock"),
)


async def miss_visits(handler: Handler, view: Connection) -> int:
    """Say of each visit whose time has passed that it was missed; how many there were."""
    now = handler.clock.now()
    rows = await overdue(view, now.date())
    for row in rows:
        missed = MissVisit(
            by=SYSTEM,
            at=now,
            organisation=row.followed.run_by,
            approved=row.approved,
            followed=row.followed,
            due=row.due,
        )
        context = Context(actor=CLOCK, correlation=row.visit.id)
        await handler.do(Act(visit, row.visit.id, missed), context=context)
    return len(rows)


async def keep_missing_visits(running: Any) -> None:
    """The service's task."""
    while True:
        await patiently(lambda: miss_visits(running.handler, running.store.pool))
        await running.clock.sleep(LOOK_EVERY_SECONDS)
