"""What the platform does by itself: time runs out, and a plan stands or falls with its case.

It looks what is due and asks for it like anybody else; asked twice, it is done once. Nothing is
approved, rejected or ratified here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from events.decider import Rejected
from events.envelope import Actor, Context
from events.handler import Act, Handler
from events.roles import Role
from events.service import Connection
from events.values import SYSTEM, Code, PlanId
from plans import views
from plans.domain.plan import plan
from plans.domain.plan import requests as ask
from plans.domain.plan.kinds import Ending, Stage, Suspension
from plans.domain.plan.state import Plan
from plans.domain.standing import Halt, Standing
from plans.holding import holds, ordered
from plans.views.orders import committed

POLL_SECONDS = 5.0
BATCH = 100

CLOCK = Actor(
    id=SYSTEM,
    role=Code(Role.SERVICE),
    organisation=Code("homeward"),
    authentication=Code("deadline"),
)


@dataclass(frozen=True)
class Keeper:
    """Looks what is due, and does it."""

    handler: Handler
    view: Connection

    async def keep_up(self) -> None:
        """All that is due now, as far as one look shows it."""
        await self.return_unanswered()
        await self.follow_cases()

    async def return_unanswered(self) -> None:
        """What was not decided on in time goes back; its votes are void."""
        now = self.handler.clock.now()
        for each in await views.unanswered(self.view, now, BATCH):
            due = ask.ReturnUnanswered(by=SYSTEM, at=now, organisation=each.run_by)
            await self._do(each.id, Act(plan, each.id, due))

    async def follow_cases(self) -> None:
        """A plan rests, goes on, ends or is taken over as its case is."""
        now = self.handler.clock.now()
        for each, standing in await views.out_of_step(self.view, BATCH):
            orders = await committed(each.id, self.view)
            for command in self._steps(each, standing, orders):
                act = Act(plan, each.id, command)
                if isinstance(command, ask.CancelPlan):
                    kept = holds(each, ordered(each, orders), standing, SYSTEM, now)
                    await self._do(each.id, act, kept)
                else:
                    await self._do(each.id, act)

    def _steps(
        self, each: Plan, standing: Standing, orders: ask.Committed
    ) -> Iterator[ask.AnyPlanCommand]:
        about: dict[str, Any] = {
            "by": SYSTEM,
            "at": self.handler.clock.now(),
            "organisation": each.run_by,
        }
        if (each.organisation, each.counsellor) != (standing.organisation, standing.counsellor):
            yield ask.TakeOverPlan(standing=standing, **about)
        if standing.ended and each.in_force:
            yield ask.CancelPlan(reason=_ending(standing), committed=orders, **about)
        elif standing.ended:
            yield ask.WithdrawPlan(reason=_ending(standing), **about)
        elif standing.rests and each.stage is Stage.APPROVED:
            yield ask.SuspendPlan(reason=_suspension(standing), **about)
        elif not standing.rests and each.waits_for_case:
            yield ask.ResumePlan(standing=standing, **about)

    async def _do(self, each: PlanId, act: Act[Any, Any, Any], *others: Act[Any, Any, Any]) -> None:
        """What a person did in between may make it impossible: the next look shows that."""
        try:
            await self.handler.do(act, *others, context=Context(actor=CLOCK, correlation=each))
        except Rejected:
            return


def _ending(standing: Standing) -> Ending:
    return Ending.NOT_DEPARTED if Halt.NOT_DEPARTED in standing.halted else Ending.CASE_CLOSED


def _suspension(standing: Standing) -> Suspension:
    return Suspension.CASE_SUSPENDED if standing.halted else Suspension.CONSENT_WITHDRAWN


async def keep_up(running: Any) -> None:
    """The service's task."""
    keeper = Keeper(running.handler, running.store.pool)
    while True:
        await keeper.keep_up()
        await running.clock.sleep(POLL_SECONDS)
