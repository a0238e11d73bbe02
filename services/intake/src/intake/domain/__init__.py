"""The rules of intake: pure functions over facts."""

from events.registry import Registry
from intake.domain.case import facts
from intake.domain.reading import PersonalDataRead

registry = Registry.of(
    "intake",
    [
        facts.ReturneeRegistered,
        facts.HouseholdMemberAdded,
        facts.GuardianAppointed,
        facts.ConsentGiven,
        facts.ConsentWithdrawn,
        facts.EligibilityConfirmed,
        facts.EligibilityDenied,
        facts.EntitlementGranted,
        facts.ArrivalConfirmed,
        PersonalDataRead,
    ],
)
"""The events that intake emits."""
