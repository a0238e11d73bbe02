"""What several acts on a plan ask alike."""

from collections.abc import Sequence

from events.money import Money, total
from events.values import ItemId
from plans.domain.good_standing import AboveCashCap, AboveEntitlement, entitled
from plans.domain.plan import refusals as no
from plans.domain.plan.kinds import Stage
from plans.domain.plan.requests import Asked, Committed, PlanCommand
from plans.domain.plan.state import Item, Plan, Proposal
from plans.domain.programme import Modality
from plans.domain.shares import NotOfTheHousehold, suffice
from plans.domain.standing import Standing

OPEN_TO_CHANGE = (Stage.DRAFT, Stage.RETURNED)
UNANSWERED = (Stage.SUBMITTED, Stage.FEASIBLE)
UNDECIDED = (*OPEN_TO_CHANGE, *UNANSWERED)


def asked_for(plan: Plan, *needed: Stage) -> Proposal:
    """What is asked for, when it is at one of these stages and the plan does not rest."""
    if plan.in_force is not None:
        plan_at(plan, Stage.APPROVED)
        if plan.proposal is None:
            raise no.NothingAskedFor(plan.id)
    if plan.proposal is None or plan.proposal.stage not in needed:
        raise no.PlanIsAt(plan.proposal.stage if plan.proposal else plan.stage, needed)
    return plan.proposal


def plan_at(plan: Plan, *needed: Stage) -> None:
    if plan.stage not in needed:
        raise no.PlanIsAt(plan.stage, needed)


def run_by(plan: Plan, command: PlanCommand) -> None:
    """The organisation that runs the programme decides (D10)."""
    if command.organisation != plan.run_by:
        raise no.PartnerMayOnlyPropose(command.organisation, decides=plan.run_by)


def affordable(plan: Plan, items: tuple[Item, ...], standing: Standing) -> None:
    """All ceilings stay within the entitlement, and all cash within its cap (A1, A2).

    So does what is for each person, within the shares that are theirs to draw on; what the plan
    in force holds for them already stays.
    """
    _, entitlement = entitled(standing)
    currency = entitlement.total.currency
    together = total((i.ceiling for i in items), currency)
    if together > entitlement.total:
        raise AboveEntitlement(together, entitlement.total)
    cash = total((i.ceiling for i in items if i.modality is Modality.CASH), currency)
    if cash > entitlement.cash_cap:
        raise AboveCashCap(cash, entitlement.cash_cap)
    before = plan.live if plan.in_force else ()
    for item in items:
        if item not in before and (item.person or plan.returnee) not in standing.household:
            raise NotOfTheHousehold(item.person or plan.returnee)
    suffice(entitlement.shares, standing.pool, plan.parts_of(before), plan.parts_of(items))


def covers(item: ItemId, ceiling: Money, committed: Committed) -> None:
    """What orders hold of an item stays in it (A3)."""
    held = committed.get(item)
    if held is not None and held > ceiling:
        raise no.MoneyCommitted(item, held, ceiling)


def documented(plan: Plan, items: Sequence[Item], asked: Sequence[Asked]) -> None:
    """Every paper that the programme wants to see for these items was seen."""
    seen = {(document.item, document.kind) for document in plan.documents}
    wanted = {each.item: each.kinds for each in asked}
    for item in items:
        kinds = wanted.get(item.item, ())
        missing = tuple(kind for kind in kinds if (item.item, kind) not in seen)
        if missing:
            raise no.DocumentsMissing(item.item, missing)


def held_by_orders(plan: Plan, committed: Committed) -> Money:
    """What orders hold of all items of the plan, also of those that it no longer has."""
    return total((m for m in committed.values() if m.currency == plan.currency), plan.currency)
