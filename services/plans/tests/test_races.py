"""At the same instant, on the real store: what one of them may draw, two do not draw together."""

import asyncio

from services.plans.tests.conftest import World
from services.plans.tests.people import CASE, LINA, eur
from services.plans.tests.test_drawing import ENTITLED, hold

from events.envelope import Actor, Context
from events.handler import Act, Handler
from events.memory import FixedClock, SeededIds
from events.values import Code, DrawerId
from plans.domain.drawing import drawing
from plans.domain.good_standing import AboveEntitlement
from plans.main import service

CONTEXT = Context(
    actor=Actor(id=LINA, role=Code("counsellor"), organisation=Code("iom")), correlation="test"
)


async def test_two_draws_at_the_same_instant_stay_within_the_entitlement(world: World) -> None:
    async def draw(number: int) -> object:
        handler = Handler(service.registry, world.store, FixedClock(), SeededIds(number))
        asked = hold(DrawerId(f"prj_{number}"), eur(1000))
        return await handler.do(Act(drawing, CASE, asked), context=CONTEXT)

    outcomes = await asyncio.gather(*(draw(n) for n in range(5)), return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert refused == [AboveEntitlement(eur(4000), eur(3000))] * 2
    handler = Handler(service.registry, world.store, FixedClock(), SeededIds(9))
    state, _ = await handler.load(drawing, CASE)
    assert state is not None
    assert state.together("EUR").amount == ENTITLED.total
