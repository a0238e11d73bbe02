"""What becomes of approved items, as plans tells it: stopped, going on, and the papers seen."""

from typing import Any

import msgspec

from events.decider import Event
from events.registry import Registry
from events.values import Code, EmergencyId, ItemId, PlanId, ProgrammeId


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


class PlanAmendmentApproved(Event, frozen=True, tag="plans.plan_amendment_approved.v1"):
    dropped: tuple[ItemId, ...]


class EmergencyNotRatified(Event, frozen=True, tag="plans.emergency_assistance_not_ratified.v1"):
    emergency: EmergencyId


class DocumentRecorded(Event, frozen=True, tag="plans.document_recorded.v1"):
    item: ItemId
    kind: Code


class Papers(msgspec.Struct, frozen=True):
    """The documents that a type of assistance needs before its money moves."""

    type: Code
    before_commitment: tuple[Code, ...] = ()
    before_payment: tuple[Code, ...] = ()


class ProgrammePublished(Event, frozen=True, tag="plans.programme_published.v2"):
    programme: ProgrammeId
    version: int
    assistance: tuple[Papers, ...]


def _from_v1(data: dict[str, Any]) -> dict[str, Any]:
    """Version 1 named what the chain of orders proves by itself: an invoice, a delivery."""
    return data | {"assistance": [{"type": each["type"]} for each in data["assistance"]]}


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
    upcasters={"plans.programme_published.v1": _from_v1},
    foreign=True,
)
