"""What intake tells of who may receive for a case: whether it is a child's, and its guardians."""

from events.decider import Event
from events.registry import Registry
from events.values import CaseId, PersonId


class ReturneeRegistered(Event, frozen=True, tag="intake.returnee_registered.v1"):
    case: CaseId
    is_child: bool = False


class GuardianAppointed(Event, frozen=True, tag="intake.guardian_appointed.v1"):
    case: CaseId
    guardian: PersonId


from_intake = Registry.of("intake", [ReturneeRegistered, GuardianAppointed], foreign=True)
