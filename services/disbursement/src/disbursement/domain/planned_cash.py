"""What plans tells of items that are to be handed over as cash."""

import msgspec

from events.decider import Event
from events.registry import Registry
from events.values import Code, ItemId

CASH = Code("cash")


class Approved(msgspec.Struct, frozen=True):
    item: ItemId
    modality: Code | None = None


class PlanApproved(Event, frozen=True, tag="plans.plan_approved.v1"):
    items: tuple[Approved, ...]


class PlanAmendmentApproved(Event, frozen=True, tag="plans.plan_amendment_approved.v1"):
    items: tuple[Approved, ...]


class EmergencyAuthorised(Event, frozen=True, tag="plans.emergency_assistance_authorised.v1"):
    items: tuple[Approved, ...]


from_plans = Registry.of(
    "plans", [PlanApproved, PlanAmendmentApproved, EmergencyAuthorised], foreign=True
)
