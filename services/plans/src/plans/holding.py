"""What plans hold of their case's entitlement: said in the same append as what they become."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from events.handler import Act
from events.money import Money
from events.values import DrawerId, ItemId, PersonId
from plans.domain.drawing import Drawing, DrawingEvent, HoldEntitlement, drawing
from plans.domain.plan.state import Item, Plan
from plans.domain.standing import Standing

Holding = Act[HoldEntitlement, Drawing, DrawingEvent]


def holds(
    plan: Plan, items: Sequence[Item], standing: Standing, by: PersonId, at: datetime
) -> Holding:
    """The plan draws what these items may cost from the case's entitlement, and nothing else."""
    held = HoldEntitlement(
        by=by,
        at=at,
        case=plan.case,
        drawn_for=DrawerId(plan.id),
        amount=plan.total_of(items),
        cash=plan.cash_of(items),
        entitled=standing.entitled,
        pool=standing.pool,
        others=plan.others_of(items),
    )
    return Act(drawing, plan.case, held)


def ordered(plan: Plan, orders: Mapping[ItemId, Money]) -> list[Item]:
    """The items as far as orders hold them: all that a plan that is over still draws."""
    return [replace(i, ceiling=orders[i.item]) for i in plan.items if i.item in orders]
