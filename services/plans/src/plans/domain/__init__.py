"""The rules of plans: pure functions over facts."""

from events.registry import Registry
from plans.domain.drawing import EntitlementDrawn, EntitlementReleased
from plans.domain.plan import facts
from plans.domain.programme import ProgrammePublished
from plans.domain.reading import PersonalDataRead

registry = Registry.of(
    "plans",
    [
        ProgrammePublished,
        facts.PlanDrafted,
        facts.AssistanceItemProposed,
        facts.AssistanceItemRevised,
        facts.AssistanceItemRemoved,
        facts.PlanSigned,
        facts.PlanSubmitted,
        facts.FeasibilityConfirmed,
        facts.FeasibilityDeclined,
        facts.PlanReturned,
        facts.ConflictDeclared,
        facts.ApprovalRecorded,
        facts.PlanApproved,
        facts.PlanRejected,
        EntitlementDrawn,
        EntitlementReleased,
        PersonalDataRead,
    ],
)
"""The events that plans emits."""
