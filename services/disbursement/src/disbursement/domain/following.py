"""What becomes of approved items, as plans tells it: stopped, going on, and the papers seen."""

from disbursement.domain.heard import PlanAmendmentApproved, ProgrammePublished, from_v1
from events.decider import Event
from events.registry import Registry
from events.values import Code, EmergencyId, ItemId, PlanId


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


class DocumentRecorded(Event, frozen=True, tag="plans.document_recorded.v1"):
    item: ItemId
    kind: Code


from_plans = Registry.of(
    "plans",
    [
        PlanSuspended,
        PlanResumed,
        PlanCancelled,
        PlanCompleted,
        ItemCancelled,
        PlanAmendmentApproved,
        EmergencyNotRatified,
        DocumentRecorded,
        ProgrammePublished,
    ],
    upcasters={"plans.programme_published.v1": from_v1},
    foreign=True,
)
