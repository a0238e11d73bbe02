"""A need: an item of an approved plan, for which a vendor is looked for."""

import msgspec

from events.decider import Event
from events.money import Money
from events.registry import Registry
from events.values import (
    CaseId,
    Code,
    EmergencyId,
    ItemId,
    PersonId,
    PlanId,
    ProgrammeId,
    ProjectId,
)
from vendors.domain.programme import Buying
from vendors.domain.terms import Terms


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


class PlanAmendmentApproved(Event, frozen=True, tag="plans.plan_amendment_approved.v1"):
    plan: PlanId
    case: CaseId
    programme: ProgrammeId
    programme_version: int
    items: tuple[PlannedItem, ...]
    dropped: tuple[ItemId, ...]
    drafter: PersonId
    counsellor: PersonId


class EmergencyAuthorised(Event, frozen=True, tag="plans.emergency_assistance_authorised.v1"):
    """Of its items, what is called their plan here is the emergency."""

    emergency: EmergencyId
    case: CaseId
    programme: ProgrammeId
    programme_version: int
    items: tuple[PlannedItem, ...]
    drafter: PersonId
    counsellor: PersonId


class Share(msgspec.Struct, frozen=True):
    """One case's part in a project."""

    case: CaseId


class ProjectApproved(Event, frozen=True, tag="plans.project_approved.v1"):
    """Of a project's item, what is called its plan and its case here is the project."""

    project: ProjectId
    programme: ProgrammeId
    programme_version: int
    items: tuple[PlannedItem, ...]
    drafter: PersonId
    counsellors: tuple[PersonId, ...]
    run_by: Code
    organisation: Code
    shares: tuple[Share, ...]


class ProjectShareWithdrawn(Event, frozen=True, tag="plans.project_share_withdrawn.v1"):
    project: ProjectId
    stops_orders: bool


class ProjectCancelled(Event, frozen=True, tag="plans.project_cancelled.v1"):
    project: ProjectId


class ProjectRejected(Event, frozen=True, tag="plans.project_rejected.v1"):
    project: ProjectId


class PlanSuspended(Event, frozen=True, tag="plans.plan_suspended.v1"):
    plan: PlanId


class PlanResumed(Event, frozen=True, tag="plans.plan_resumed.v1"):
    plan: PlanId


class PlanCancelled(Event, frozen=True, tag="plans.plan_cancelled.v1"):
    plan: PlanId


class PlanCompleted(Event, frozen=True, tag="plans.plan_completed.v1"):
    plan: PlanId


class ItemCancelled(Event, frozen=True, tag="plans.item_cancelled.v1"):
    item: ItemId


class EmergencyNotRatified(Event, frozen=True, tag="plans.emergency_assistance_not_ratified.v1"):
    emergency: EmergencyId


approved = Registry.of(
    "plans",
    [
        PlanApproved,
        ProjectApproved,
        ProjectShareWithdrawn,
        ProjectCancelled,
        ProjectRejected,
        PlanAmendmentApproved,
        EmergencyAuthorised,
        PlanSuspended,
        PlanResumed,
        PlanCancelled,
        PlanCompleted,
        ItemCancelled,
        EmergencyNotRatified,
    ],
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
    terms: Terms | None = None
    """What is asked beyond a number of offers."""
    country: Code | None = None
    """To which one returns, and where one buys; None: not heard of."""
    stopped: Code | None = None
    """Why nothing is bought for it: it, or its plan, rests or is over. None: it goes on."""
