"""The rules of plans: pure functions over facts."""

from typing import get_args

from events.registry import Registry
from plans.domain.delivery_terms import DeliveryTermsPublished
from plans.domain.documents import DocumentKept, DocumentRead
from plans.domain.drawing import DrawingEvent
from plans.domain.emergency.facts import EmergencyEvent
from plans.domain.emergency.reading import EmergencyWordsRead
from plans.domain.erased import SubjectErased
from plans.domain.item.facts import ItemEvent
from plans.domain.plan.evolution import PlanEvent
from plans.domain.programme import ProgrammeEvent, from_v1
from plans.domain.programme_proposal import ProgrammeProposed
from plans.domain.project.facts import ProjectEvent
from plans.domain.reading import PersonalDataRead
from plans.domain.survey import SurveyCompleted
from plans.domain.visit import VisitEvent

registry = Registry.of(
    "plans",
    [
        *get_args(ProgrammeEvent),
        ProgrammeProposed,
        DeliveryTermsPublished,
        *get_args(PlanEvent),
        *get_args(DrawingEvent),
        *get_args(EmergencyEvent),
        EmergencyWordsRead,
        *get_args(ItemEvent),
        *get_args(ProjectEvent),
        *get_args(VisitEvent),
        SurveyCompleted,
        PersonalDataRead,
        DocumentKept,
        DocumentRead,
        SubjectErased,
    ],
    upcasters={"plans.programme_published.v1": from_v1},
)
"""The events that plans emits."""
