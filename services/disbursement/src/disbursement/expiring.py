"""What is committed and was not delivered is free when its grant has closed, and is borne for
longer where that was extended.

It looks which grants are over, in their time or closed before it, and asks for it like anybody
else; asked twice, it is done once. What was delivered is owed, and stays.
"""

from dataclasses import dataclass
from typing import Any

from disbursement.counting import given_up
from disbursement.domain.commitment import ExpireCommitment, FollowWindow, commitment
from disbursement.views.lists import outlived, put_off
from events.decider import Rejected
from events.envelope import Actor, Context
from events.handler import Act, Handler
from events.ports import Conflict
from events.roles import Role
from events.service import Connection
from events.values import SYSTEM, Code

POLL_SECONDS = 60.0
BATCH = 100

CLOCK = Actor(
    id=SYSTEM,
    role=Code(Role.SERVICE),
    organisation=Code("homeward"),
    authentication=Code("deadline"),
)


@dataclass(frozen=True)
class Expirer:
    """Looks what has outlived its grant, and ends it."""

    handler: Handler
    view: Connection

    async def follow(self) -> None:
        """All whose grant was extended."""
        now, after = self.handler.clock.now(), None
        while found := await put_off(self.view, after, BATCH):
            for one, closes in found:
                longer = Act(commitment, one, FollowWindow(by=SYSTEM, at=now, closes=closes))
                try:
                    await self.handler.do(longer, context=Context(actor=CLOCK, correlation=one))
                except (Rejected, Conflict):
                    continue  # it is over meanwhile
            after, _ = found[-1]

    async def expire(self) -> None:
        """All that is due today."""
        now = self.handler.clock.now()
        after = None
        while found := await outlived(self.view, now.date(), after, BATCH):
            for each in found:
                one = each.commitment
                due = Act(commitment, one, ExpireCommitment(by=SYSTEM, at=now, closes=each.closes))
                free = given_up(one, each.vendor, each.case, SYSTEM, now)
                try:
                    await self.handler.do(due, *free, context=Context(actor=CLOCK, correlation=one))
                except (Rejected, Conflict):
                    continue  # something of it is owed; it stays until that is paid
            after = found[-1].commitment


async def expire_commitments(running: Any) -> None:
    """The service's task."""
    expirer = Expirer(running.handler, running.store.pool)
    while True:
        await expirer.follow()
        await expirer.expire()
        await running.clock.sleep(POLL_SECONDS)
