"""A case as follow-up and figures know it: who, where, when, and whether one may visit and ask."""

import datetime as dt
from typing import assert_never

from msgspec.structs import replace

from events.decider import Event, State
from events.registry import Registry
from events.values import CaseId, Code, PersonId, ProgrammeId

MONITORING = Code("monitoring")
"""The scope of consent without which nobody is visited or asked."""
UNSAID = Code("unsaid")


class ReturneeRegistered(Event, frozen=True, tag="intake.returnee_registered.v1"):
    case: CaseId
    returnee: PersonId
    programme: ProgrammeId
    run_by: Code
    organisation: Code
    country_of_return: Code = UNSAID
    return_type: Code = UNSAID
    sex: Code = UNSAID
    age_bracket: Code = UNSAID


class ConsentGiven(Event, frozen=True, tag="intake.consent_given.v1"):
    case: CaseId
    scopes: tuple[Code, ...]


class ConsentWithdrawn(Event, frozen=True, tag="intake.consent_withdrawn.v1"):
    case: CaseId
    scopes: tuple[Code, ...]


class EligibilityConfirmed(Event, frozen=True, tag="intake.eligibility_confirmed.v1"):
    case: CaseId
    programme_version: int


class ArrivalConfirmed(Event, frozen=True, tag="intake.arrival_confirmed.v1"):
    case: CaseId
    date: dt.date | None = None


class CaseMerged(Event, frozen=True, tag="intake.case_merged.v1"):
    case: CaseId
    into: CaseId


class CaseUnmerged(Event, frozen=True, tag="intake.case_unmerged.v1"):
    case: CaseId


Told = (
    ReturneeRegistered
    | ConsentGiven
    | ConsentWithdrawn
    | EligibilityConfirmed
    | ArrivalConfirmed
    | CaseMerged
    | CaseUnmerged
)

from_intake = Registry.of(
    "intake",
    [
        ReturneeRegistered,
        ConsentGiven,
        ConsentWithdrawn,
        EligibilityConfirmed,
        ArrivalConfirmed,
        CaseMerged,
        CaseUnmerged,
    ],
    foreign=True,
)


class Followed(State, frozen=True):
    case: CaseId
    returnee: PersonId
    programme: ProgrammeId
    run_by: Code
    organisation: Code
    country: Code
    return_type: Code
    sex: Code
    age_bracket: Code
    programme_version: int | None = None
    arrived: dt.date | None = None
    may_be_visited: bool = False
    """The returnee has consented to monitoring, and still does."""
    merged_into: CaseId | None = None
    """The person is counted there."""

    def reached_by(self, organisation: Code) -> bool:
        """Whether people of that organisation may know of the case at all (D10)."""
        return organisation in (self.organisation, self.run_by)


def evolve(followed: Followed | None, event: Told) -> Followed:
    if isinstance(event, ReturneeRegistered):
        return Followed(
            case=event.case,
            returnee=event.returnee,
            programme=event.programme,
            run_by=event.run_by,
            organisation=event.organisation,
            country=event.country_of_return,
            return_type=event.return_type,
            sex=event.sex,
            age_bracket=event.age_bracket,
        )
    assert followed is not None, "a fact about a case that nobody registered"
    match event:
        case ConsentGiven(scopes=scopes):
            may = followed.may_be_visited or MONITORING in scopes
            return replace(followed, may_be_visited=may)
        case ConsentWithdrawn(scopes=scopes):
            may = followed.may_be_visited and MONITORING not in scopes
            return replace(followed, may_be_visited=may)
        case EligibilityConfirmed(programme_version=version):
            return replace(followed, programme_version=version)
        case ArrivalConfirmed(date=day):
            return replace(followed, arrived=day)
        case CaseMerged(into=into):
            return replace(followed, merged_into=into)
        case CaseUnmerged():
            return replace(followed, merged_into=None)
        case _:
            assert_never(event)
