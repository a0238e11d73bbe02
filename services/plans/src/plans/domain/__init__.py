"""The rules of plans: pure functions over facts."""

from typing import get_args

from events.registry import Registry
from plans.domain.drawing import EntitlementDrawn, EntitlementReleased
from plans.domain.erased import SubjectErased
from plans.domain.item.facts import ItemEvent
from plans.domain.plan import facts
from plans.domain.plan import facts_in_force as later
from plans.domain.programme import ProgrammePublished, from_v1
from plans.domain.project.facts import ProjectEvent
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
        facts.AnswerExpected,
        facts.FeasibilityConfirmed,
        facts.FeasibilityDeclined,
        facts.PlanReturned,
        facts.PlanReturnedUnanswered,
        facts.ConflictDeclared,
        facts.ApprovalRecorded,
        facts.RejectionRecorded,
        facts.PlanApproved,
        facts.PlanRejected,
        later.DocumentRecorded,
        later.PlanAmendmentProposed,
        later.PlanAmendmentApproved,
        later.PlanAmendmentRejected,
        later.PlanAmendmentWithdrawn,
        later.PlanWithdrawn,
        later.PlanSuspended,
        later.PlanResumed,
        later.ItemCancelled,
        later.PlanCancelled,
        later.PlanCompleted,
        EntitlementDrawn,
        EntitlementReleased,
        *get_args(ItemEvent),
        *get_args(ProjectEvent),
        PersonalDataRead,
        SubjectErased,
    ],
    upcasters={"plans.programme_published.v1": from_v1},
)
"""The events that plans emits."""
