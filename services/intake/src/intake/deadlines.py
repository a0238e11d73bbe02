"""What time does by itself: a deadline that passed is told, once, by the platform."""

from dataclasses import dataclass
from typing import Any

from events.envelope import Actor, Context
from events.handler import Act, Handler
from events.roles import Role
from events.service import Connection
from events.values import SYSTEM, Code
from intake.domain.access import EndAccess, access
from intake.domain.case import case
from intake.domain.case.protecting import ShutOut
from intake.domain.complaint import complaint
from intake.domain.complaint.rules import EscalateComplaint
from intake.views.accesses import accesses_over
from intake.views.complaints import to_escalate

POLL_SECONDS = 60.0
BATCH = 100

CLOCK = Actor(
    id=SYSTEM,
    role=Code(Role.SERVICE),
    organisation=Code("homeward"),
    authentication=Code("deadline"),
)


@dataclass(frozen=True)
class Deadlines:
    """Looks what is due, and says so."""

    handler: Handler
    view: Connection

    async def pass_all(self) -> None:
        """Escalate each complaint of which a deadline has passed; end each access whose time is
        over. Doing it twice is once.
        """
        now = self.handler.clock.now()
        for each in await to_escalate(self.view, now, BATCH):
            passed = Act(complaint, each, EscalateComplaint(by=SYSTEM, at=now))
            await self.handler.do(passed, context=Context(actor=CLOCK, correlation=each))
        for over in await accesses_over(self.view, now, BATCH):
            ended = Act(access, over.id, EndAccess(by=SYSTEM, at=now))
            shut = ShutOut(by=SYSTEM, at=now, organisation=CLOCK.organisation, access=over.id)
            context = Context(actor=CLOCK, correlation=over.id)
            await self.handler.do(ended, Act(case, over.case, shut), context=context)


async def keep_deadlines(running: Any) -> None:
    """The service's task."""
    deadlines = Deadlines(running.handler, running.store.pool)
    while True:
        await deadlines.pass_all()
        await running.clock.sleep(POLL_SECONDS)
