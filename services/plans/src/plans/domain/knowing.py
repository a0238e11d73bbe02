"""Who may know of a case, as intake tells it: heard here so that plans are as quiet as the case.

A restricted case is known to its counsellor of record, to who is assigned to it, and for a time to
who was let in. For everybody else there is neither the case nor a plan, an item or a list of it.
"""

from datetime import datetime

from events.decider import Event
from events.registry import Registry
from events.values import AccessId, CaseId, Code, PersonId


class ReturneeRegistered(Event, frozen=True, tag="intake.returnee_registered.v1"):
    case: CaseId
    run_by: Code
    organisation: Code
    counsellor: PersonId


class CaseRestricted(Event, frozen=True, tag="intake.case_restricted.v1"):
    case: CaseId


class CaseUnrestricted(Event, frozen=True, tag="intake.case_unrestricted.v1"):
    case: CaseId


class NeedToKnowGiven(Event, frozen=True, tag="intake.need_to_know_given.v1"):
    case: CaseId
    person: PersonId
    until: datetime | None
    access: AccessId | None


class NeedToKnowEnded(Event, frozen=True, tag="intake.need_to_know_ended.v1"):
    case: CaseId
    person: PersonId
    access: AccessId | None


class CaseTransferred(Event, frozen=True, tag="intake.case_transferred.v1"):
    case: CaseId
    to_organisation: Code
    counsellor: PersonId
    outside: bool
    """The other organisation goes on by its own rules: nothing of it moves here."""


from_intake = Registry.of(
    "intake",
    [
        ReturneeRegistered,
        CaseRestricted,
        CaseUnrestricted,
        NeedToKnowGiven,
        NeedToKnowEnded,
        CaseTransferred,
    ],
    foreign=True,
)
