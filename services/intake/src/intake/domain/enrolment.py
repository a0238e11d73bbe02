"""Enrolment: under which programmes a person is, over all of their cases.

A person is entered when a case is found eligible, and leaves when it ends. A programme that wants
to be the only one keeps the others out, and is kept out by them. The history is the person's own,
so that of two cases decided at the same moment one is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

import msgspec
from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.values import CaseId, EnrolmentId, PersonId, ProgrammeId


class EnterProgramme(Command, frozen=True):
    person: PersonId
    case: CaseId
    programme: ProgrammeId
    alone: bool
    """Whether the programme lets nobody be under another one as well."""


class LeaveProgramme(Command, frozen=True):
    person: PersonId
    case: CaseId


class ProgrammeEntered(Event, frozen=True, tag="intake.programme_entered.v1"):
    """The person is assisted under this programme from now on."""

    person: PersonId
    case: CaseId
    programme: ProgrammeId
    alone: bool


class ProgrammeLeft(Event, frozen=True, tag="intake.programme_left.v1"):
    """The person is not assisted in this case any more, and may be elsewhere."""

    person: PersonId
    case: CaseId
    programme: ProgrammeId


EnrolmentEvent = ProgrammeEntered | ProgrammeLeft


@dataclass(unsafe_hash=True)
class UnderOtherProgramme(Rejected):
    """One programme at a time: the person is under another, and one of the two stands alone.

    Which one is not said: the other case may be known to few.
    """

    person: PersonId


@dataclass(unsafe_hash=True)
class UnderProgrammeAlready(Rejected):
    """The person is assisted under this programme in another case."""

    person: PersonId
    programme: ProgrammeId


class Under(msgspec.Struct, frozen=True):
    case: CaseId
    programme: ProgrammeId
    alone: bool


class Enrolment(State, frozen=True):
    person: PersonId
    under: tuple[Under, ...] = ()


def enrolment_of(person: PersonId) -> EnrolmentId:
    """Where a person's enrolment is told."""
    return EnrolmentId(f"enr_{person.removeprefix('per_')}")


def decide(
    command: EnterProgramme | LeaveProgramme, enrolment: Enrolment | None
) -> Sequence[EnrolmentEvent]:
    under = enrolment.under if enrolment else ()
    here = next((each for each in under if each.case == command.case), None)
    match command:
        case EnterProgramme():
            return [] if here else [_enter(command, under)]
        case LeaveProgramme(by=by, at=at, person=person):
            if here is None:
                return []
            return [
                ProgrammeLeft(by=by, at=at, person=person, case=here.case, programme=here.programme)
            ]
        case _:
            assert_never(command)


def _enter(command: EnterProgramme, under: tuple[Under, ...]) -> ProgrammeEntered:
    for each in under:
        if each.programme == command.programme:
            raise UnderProgrammeAlready(command.person, each.programme)
        if each.alone or command.alone:
            raise UnderOtherProgramme(command.person)
    return ProgrammeEntered(
        by=command.by,
        at=command.at,
        person=command.person,
        case=command.case,
        programme=command.programme,
        alone=command.alone,
    )


def evolve(enrolment: Enrolment | None, event: EnrolmentEvent) -> Enrolment:
    enrolment = enrolment or Enrolment(person=event.person)
    match event:
        case ProgrammeEntered():
            entered = Under(event.case, event.programme, event.alone)
            return replace(enrolment, under=(*enrolment.under, entered))
        case ProgrammeLeft():
            left = tuple(each for each in enrolment.under if each.case != event.case)
            return replace(enrolment, under=left)
        case _:
            assert_never(event)


enrolment = Decider(decide=decide, evolve=evolve)
