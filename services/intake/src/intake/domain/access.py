"""Break-glass: leave to know of a restricted case for somebody who is not assigned to it.

    asked -> granted -> ended       or refused, which is the end

It is asked for with a reason and granted by somebody else, for a limited time, which runs out by
itself. Asking tells nothing: any case id is taken, and only who decides hears whether there is
such a case. The data protection officer sees every access, from asking to ending.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, assert_never

from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.personal import Protection
from events.values import AccessId, CaseId, Code, PersonId


class Reason(StrEnum):
    """Why somebody has to know of a case that is not theirs."""

    DANGER_TO_LIFE = "danger_to_life"
    COUNSELLOR_ABSENT = "counsellor_absent"
    COMPLAINT = "complaint"
    AUDIT = "audit"
    LEGAL_DUTY = "legal_duty"


class Stage(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    ENDED = "ended"


class AskAccess(Command, frozen=True):
    access: AccessId
    case: CaseId
    concerns: PersonId
    """Who answers for the words: the asker, so that asking tells nothing of the case."""
    organisation: Code
    reason: Reason
    words: str


class GrantAccess(Command, frozen=True):
    hours: int
    hours_at_most: int
    """As the case's programme has it."""

    @property
    def until(self) -> dt.datetime:
        return self.at + dt.timedelta(hours=self.hours)


class RefuseAccess(Command, frozen=True):
    pass


class EndAccess(Command, frozen=True):
    pass


AccessCommand = AskAccess | GrantAccess | RefuseAccess | EndAccess


class AccessRequested(Event, frozen=True, tag="intake.access_requested.v1"):
    """Somebody asks to know of a restricted case, if there is one under this id."""

    about: ClassVar[str | None] = "concerns"
    access: AccessId
    case: CaseId
    concerns: PersonId
    organisation: Code
    reason: Reason
    words: Protection[str]


class AccessGranted(Event, frozen=True, tag="intake.access_granted.v1"):
    """A second person let the asker in, until then."""

    access: AccessId
    case: CaseId
    person: PersonId
    until: dt.datetime


class AccessRefused(Event, frozen=True, tag="intake.access_refused.v1"):
    """A second person did not let the asker in."""

    access: AccessId
    case: CaseId
    person: PersonId


class AccessEnded(Event, frozen=True, tag="intake.access_ended.v1"):
    """The access is over, by hand or because its time was."""

    access: AccessId
    case: CaseId
    person: PersonId


AccessEvent = AccessRequested | AccessGranted | AccessRefused | AccessEnded


@dataclass(unsafe_hash=True)
class NoSuchAccess(Rejected):
    """There is no such access."""

    hides: ClassVar[bool] = True

    access: AccessId | None = None


@dataclass(unsafe_hash=True)
class AccessIsAt(Rejected):
    """The act needs the access at another stage."""

    stage: Stage
    needed: Stage | None


@dataclass(unsafe_hash=True)
class AskerCannotGrant(Rejected):
    """Who asks for an access does not decide on it."""

    person: PersonId


@dataclass(unsafe_hash=True)
class TooLong(Rejected):
    """The programme lets nobody in for so long; who needs it for longer is assigned."""

    hours: int
    hours_at_most: int


class Access(State, frozen=True):
    id: AccessId
    case: CaseId
    person: PersonId
    organisation: Code
    concerns: PersonId
    reason: Reason
    asked_at: dt.datetime
    stage: Stage = Stage.ASKED
    decided_by: PersonId | None = None
    until: dt.datetime | None = None


def decide(command: AccessCommand, access: Access | None) -> Sequence[AccessEvent]:
    if isinstance(command, AskAccess):
        return [_ask(command, access)]
    if access is None:
        raise NoSuchAccess
    match command:
        case GrantAccess(by=by, at=at):
            _undecided(command, access)
            if command.hours > command.hours_at_most:
                raise TooLong(command.hours, command.hours_at_most)
            return [
                AccessGranted(
                    by=by,
                    at=at,
                    access=access.id,
                    case=access.case,
                    person=access.person,
                    until=command.until,
                )
            ]
        case RefuseAccess(by=by, at=at):
            _undecided(command, access)
            return [
                AccessRefused(
                    by=by, at=at, access=access.id, case=access.case, person=access.person
                )
            ]
        case EndAccess(by=by, at=at):
            if access.stage is Stage.ENDED:
                return []
            if access.stage is not Stage.GRANTED:
                raise AccessIsAt(access.stage, Stage.GRANTED)
            return [
                AccessEnded(by=by, at=at, access=access.id, case=access.case, person=access.person)
            ]
        case _:
            assert_never(command)


def _ask(command: AskAccess, access: Access | None) -> AccessRequested:
    if access is not None:
        raise AccessIsAt(access.stage, None)
    return AccessRequested(
        by=command.by,
        at=command.at,
        access=command.access,
        case=command.case,
        concerns=command.concerns,
        organisation=command.organisation,
        reason=command.reason,
        words=command.words,
    )


def _undecided(command: GrantAccess | RefuseAccess, access: Access) -> None:
    if access.stage is not Stage.ASKED:
        raise AccessIsAt(access.stage, Stage.ASKED)
    if command.by == access.person:
        raise AskerCannotGrant(command.by)


def evolve(access: Access | None, event: AccessEvent) -> Access:
    if isinstance(event, AccessRequested):
        return Access(
            id=event.access,
            case=event.case,
            person=event.by,
            organisation=event.organisation,
            concerns=event.concerns,
            reason=event.reason,
            asked_at=event.at,
        )
    assert access is not None, "a fact about an access that nobody asked for"
    match event:
        case AccessGranted():
            return replace(access, stage=Stage.GRANTED, decided_by=event.by, until=event.until)
        case AccessRefused():
            return replace(access, stage=Stage.REFUSED, decided_by=event.by)
        case AccessEnded():
            return replace(access, stage=Stage.ENDED)
        case _:
            assert_never(event)


access = Decider(decide=decide, evolve=evolve)
