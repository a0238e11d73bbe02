"""A need: an item of an approved plan, for which a vendor is looked for."""

import msgspec

from events.decider import Event
from events.money import Money
from events.registry import Registry
from events.values import CaseId, Code, ItemId, PersonId, PlanId, ProgrammeId, ProjectId
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


class ProjectApproved(Event, frozen=True, tag="plans.project_approved.v1"):
    """Of a project's item, what is called its plan and its case here is the project."""

    project: ProjectId
    programme: ProgrammeId
    programme_version: int
    items: tuple[PlannedItem, ...]
    drafter: PersonId
    counsellors: tuple[PersonId, ...]


class ProjectShareWithdrawn(Event, frozen=True, tag="plans.project_share_withdrawn.v1"):
    project: ProjectId
    stops_orders: bool


class ProjectCancelled(Event, frozen=True, tag="plans.project_cancelled.v1"):
    project: ProjectId


class ProjectRejected(Event, frozen=True, tag="plans.project_rejected.v1"):
    project: ProjectId


approved = Registry.of(
    "plans",
    [PlanApproved, ProjectApproved, ProjectShareWithdrawn, ProjectCancelled, ProjectRejected],
    foreign=True,
)


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
    counsellors: tuple[PersonId, ...]
    """Of the case; of all participants, for a project."""
    buying: Buying
