"""The rules of intake: pure functions over facts."""

from typing import get_args

from events.registry import Registry
from intake.domain.case import CaseEvent
from intake.domain.reading import PersonalDataRead

registry = Registry.of("intake", [*get_args(CaseEvent), PersonalDataRead])
"""The events that intake emits."""
