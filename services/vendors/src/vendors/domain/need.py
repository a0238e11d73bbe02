"""A need: an item of an approved plan, for which a vendor is looked for."""

import msgspec

from events.decider import Event
from events.money import Money
from events.registry import Registry
from events.values import CaseId, Code, ItemId, PersonId, PlanId, ProgrammeId
from vendors.domain.programme import Buying


class PlannedItem(msgspec.Struct, frozen=True):
    item: ItemId
    type: Code
    spec: Code
    ceiling: Money
    """The most it may cost, in the programme's currency."""


class PlanApproved(Event, frozen=True, tag="plans.plan_approved.v1"):
    plan: PlanId
    case: CaseId
    programme: ProgrammeId
    programme_version: int
    items: tuple[PlannedItem, ...]
    drafter: PersonId
    counsellor: PersonId


approved = Registry.of("plans", [PlanApproved], foreign=True)


class Need(msgspec.Struct, frozen=True):
    """What is to be bought, for whom, by which rules."""

    item: ItemId
    case: CaseId
    plan: PlanId
    programme: ProgrammeId
    programme_version: int
    spec: Code
    estimate: Money
    """The item's ceiling: what the purchase is taken to be worth when the rules are asked."""
    counsellor: PersonId
    buying: Buying
