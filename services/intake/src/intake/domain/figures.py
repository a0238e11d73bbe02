"""Figures of people: how many were received, by what they are, and nothing about a few of them.

Counted is each returnee in whose name a case was opened, once: a merged case counts where it went.
Ethnicity is protected and in the vault: it is opened when the figure is asked for, which is a fact
on record, and leaves as a figure only.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import msgspec
from msgspec.structs import replace

from events.decider import Command, Decider, Event, State
from events.personal import Kind
from events.values import CaseId, Code, PersonId, ProgrammeId
from intake.domain.case.eligibility import EligibilityConfirmed
from intake.domain.case.merging import CaseMerged, CaseUnmerged
from intake.domain.case.particulars import IdentityRecorded, ProfileRecorded
from intake.domain.case.registering import ReturneeRegistered
from intake.domain.case.travel import ArrivalConfirmed
from intake.domain.people import AgeBracket, Sex
from intake.domain.programme import ReturnType

NOT_RECORDED = "not_recorded"


class Characteristic(StrEnum):
    """What people are counted by."""

    SEX = "sex"
    AGE_BRACKET = "age_bracket"
    CHILD = "child"
    COUNTRY = "country"
    RETURN_TYPE = "return_type"
    PROVINCE = "province"
    YEAR = "year"
    """In which the case was opened."""
    ETHNIC_MINORITY = "ethnic_minority"


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """One person, as figures know them."""

    case: CaseId
    person: PersonId
    programme: ProgrammeId
    country: Code
    return_type: ReturnType
    sex: Sex
    age_bracket: AgeBracket
    is_child: bool
    year: int
    province: Code | None = None
    profile: str | None = None
    """The event whose vault has what is protected."""
    eligible: bool = False
    arrived: bool = False
    merged: bool = False

    def by(self, characteristic: Characteristic) -> str:
        """What the person is counted as, of what is no secret."""
        match characteristic:
            case Characteristic.SEX:
                return self.sex
            case Characteristic.AGE_BRACKET:
                return self.age_bracket
            case Characteristic.CHILD:
                return yes_or_no(self.is_child)
            case Characteristic.COUNTRY:
                return self.country
            case Characteristic.RETURN_TYPE:
                return self.return_type
            case Characteristic.PROVINCE:
                return self.province or NOT_RECORDED
            case Characteristic.YEAR:
                return str(self.year)
            case Characteristic.ETHNIC_MINORITY:
                raise AssertionError("that is in the vault")


def yes_or_no(it: bool) -> str:  # noqa: FBT001
    return "yes" if it else "no"


def evolve_counted(counted: Counted | None, event: Any, event_id: str) -> Counted | None:
    """The person after one more fact about their case; None as long as nobody was registered."""
    if isinstance(event, ReturneeRegistered):
        return Counted(
            case=event.case,
            person=event.returnee,
            programme=event.programme,
            country=event.country_of_return,
            return_type=event.return_type,
            sex=event.sex,
            age_bracket=event.age_bracket,
            is_child=event.is_child,
            year=event.at.year,
        )
    if counted is None:
        return None
    match event:
        case IdentityRecorded(person=person) if person == counted.person:
            return replace(
                counted, sex=event.sex, age_bracket=event.age_bracket, is_child=event.is_child
            )
        case ProfileRecorded(person=person) if person == counted.person:
            return replace(counted, province=event.province, profile=event_id)
        case EligibilityConfirmed():
            return replace(counted, eligible=True)
        case ArrivalConfirmed():
            return replace(counted, arrived=True)
        case CaseMerged():
            return replace(counted, merged=True)
        case CaseUnmerged():
            return replace(counted, merged=False)
        case _:
            return counted


# Counting by what is protected


class CountProtected(Command, frozen=True):
    programme: ProgrammeId
    characteristic: Characteristic
    kinds: tuple[Kind, ...]


class ProtectedCounted(Event, frozen=True, tag="intake.protected_values_counted.v1"):
    """Values of these kinds were opened to count them, for a figure and nothing else."""

    programme: ProgrammeId
    characteristic: Characteristic
    kinds: tuple[Kind, ...]


class Counting(State, frozen=True):
    programme: ProgrammeId


def decide(command: CountProtected, counting: Counting | None) -> Sequence[ProtectedCounted]:
    assert counting is None, "each counting has an id of its own"
    return [
        ProtectedCounted(
            by=command.by,
            at=command.at,
            programme=command.programme,
            characteristic=command.characteristic,
            kinds=command.kinds,
        )
    ]


def evolve(_: Counting | None, event: ProtectedCounted) -> Counting:
    return Counting(programme=event.programme)


counting = Decider(decide=decide, evolve=evolve)
