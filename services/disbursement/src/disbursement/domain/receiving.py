"""What others tell of who receives: children, their guardians, and a programme's terms."""

from events.decider import Event
from events.registry import Registry
from events.values import CaseId, PersonId, ProgrammeId


class ReturneeRegistered(Event, frozen=True, tag="intake.returnee_registered.v1"):
    case: CaseId
    is_child: bool = False


class GuardianAppointed(Event, frozen=True, tag="intake.guardian_appointed.v1"):
    case: CaseId
    guardian: PersonId


class DeliveryTermsPublished(Event, frozen=True, tag="plans.delivery_terms_published.v1"):
    programme: ProgrammeId
    code_valid_days: int
    code_tries: int
    capture_within_days: int


from_intake = Registry.of("intake", [ReturneeRegistered, GuardianAppointed], foreign=True)
from_plans = Registry.of("plans", [DeliveryTermsPublished], foreign=True)
