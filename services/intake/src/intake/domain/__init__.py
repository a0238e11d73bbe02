"""The rules of intake: pure functions over facts."""

from typing import get_args

from events.registry import Registry
from intake.domain.case import CaseEvent
from intake.domain.complaint.facts import ComplaintEvent
from intake.domain.complaint.reading import ComplaintRead
from intake.domain.duplicate import PairEvent
from intake.domain.reading import PersonalDataRead

registry = Registry.of(
    "intake",
    [
        *get_args(CaseEvent),
        *get_args(PairEvent),
        PersonalDataRead,
        *get_args(ComplaintEvent),
        ComplaintRead,
    ],
)
"""The events that intake emits."""
