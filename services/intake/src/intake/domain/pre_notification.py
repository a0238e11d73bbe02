"""Pre-notification: somebody is coming whose name may not travel yet, as on a charter flight.

It holds a country, a day and a flight, one for each person even of a family, and nothing about
who they are. When they are there, a case is registered that takes it up, once.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, assert_never

from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.values import CaseId, Code, PersonId, PreNotificationId, ProgrammeId
from intake.domain.programme import ReturnType, Terms, in_its_time


class Notice(StrEnum):
    """How far a pre-notification has come."""

    MADE = "made"
    TAKEN_UP = "taken_up"
    WITHDRAWN = "withdrawn"


class MakePreNotification(Command, frozen=True):
    organisation: Code
    pre_notification: PreNotificationId
    terms: Terms
    country_of_return: Code
    return_type: ReturnType
    office: Code
    departure: dt.date
    flight: Code


class TakeUpPreNotification(Command, frozen=True):
    organisation: Code
    case: CaseId
    programme: ProgrammeId
    country_of_return: Code
    return_type: ReturnType


class WithdrawPreNotification(Command, frozen=True):
    organisation: Code


Request = MakePreNotification | TakeUpPreNotification | WithdrawPreNotification


class PreNotificationMade(Event, frozen=True, tag="intake.pre_notification_made.v1"):
    """One person is expected to return, on this day and flight."""

    pre_notification: PreNotificationId
    programme: ProgrammeId
    run_by: Code
    organisation: Code
    country_of_return: Code
    return_type: ReturnType
    office: Code
    departure: dt.date
    flight: Code


class PreNotificationTakenUp(Event, frozen=True, tag="intake.pre_notification_taken_up.v1"):
    """The person is there and was registered."""

    pre_notification: PreNotificationId
    case: CaseId


class PreNotificationWithdrawn(Event, frozen=True, tag="intake.pre_notification_withdrawn.v1"):
    """Nobody comes for it any more."""

    pre_notification: PreNotificationId


PreNotificationEvent = PreNotificationMade | PreNotificationTakenUp | PreNotificationWithdrawn


@dataclass(unsafe_hash=True)
class NoSuchPreNotification(Rejected):
    """There is no such pre-notification, or none that your organisation may reach (D10)."""

    hides: ClassVar[bool] = True

    organisation: Code


@dataclass(unsafe_hash=True)
class DepartureHasPassed(Rejected):
    """Who has left already is registered, not announced."""

    departure: dt.date
    today: dt.date


@dataclass(unsafe_hash=True)
class NoticeIs(Rejected):
    """The act needs the pre-notification to be open."""

    stage: Notice


@dataclass(unsafe_hash=True)
class NotAsAnnounced(Rejected):
    """The case is of another programme, country or type of return than was announced."""

    programme: ProgrammeId
    country_of_return: Code
    return_type: ReturnType


class PreNotification(State, frozen=True):
    id: PreNotificationId
    stage: Notice
    programme: ProgrammeId
    run_by: Code
    organisation: Code
    country_of_return: Code
    return_type: ReturnType
    office: Code
    departure: dt.date
    flight: Code
    made_by: PersonId
    case: CaseId | None = None

    def reached_by(self, organisation: Code) -> bool:
        """Whether people of that organisation may know of it at all (D10)."""
        return organisation in (self.organisation, self.run_by)


def decide(command: Request, notice: PreNotification | None) -> Sequence[PreNotificationEvent]:
    if isinstance(command, MakePreNotification):
        assert notice is None, "each has an id of its own"
        return [_make(command)]
    if notice is None or not notice.reached_by(command.organisation):
        raise NoSuchPreNotification(command.organisation)
    if notice.stage is not Notice.MADE:
        raise NoticeIs(notice.stage)
    match command:
        case TakeUpPreNotification():
            return [_take_up(command, notice)]
        case WithdrawPreNotification(by=by, at=at):
            return [PreNotificationWithdrawn(by=by, at=at, pre_notification=notice.id)]
        case _:
            assert_never(command)


def _make(command: MakePreNotification) -> PreNotificationMade:
    today, terms = command.at.date(), command.terms
    in_its_time(terms, today)
    terms.may_keep(command.organisation)
    if command.departure < today:
        raise DepartureHasPassed(command.departure, today)
    return PreNotificationMade(
        by=command.by,
        at=command.at,
        pre_notification=command.pre_notification,
        programme=terms.programme,
        run_by=terms.organisation,
        organisation=command.organisation,
        country_of_return=command.country_of_return,
        return_type=command.return_type,
        office=command.office,
        departure=command.departure,
        flight=command.flight,
    )


def _take_up(command: TakeUpPreNotification, notice: PreNotification) -> PreNotificationTakenUp:
    announced = (notice.programme, notice.country_of_return, notice.return_type)
    if (command.programme, command.country_of_return, command.return_type) != announced:
        raise NotAsAnnounced(*announced)
    return PreNotificationTakenUp(
        by=command.by, at=command.at, pre_notification=notice.id, case=command.case
    )


def evolve(notice: PreNotification | None, event: PreNotificationEvent) -> PreNotification:
    if isinstance(event, PreNotificationMade):
        return PreNotification(
            id=event.pre_notification,
            stage=Notice.MADE,
            programme=event.programme,
            run_by=event.run_by,
            organisation=event.organisation,
            country_of_return=event.country_of_return,
            return_type=event.return_type,
            office=event.office,
            departure=event.departure,
            flight=event.flight,
            made_by=event.by,
        )
    assert notice is not None, "a fact about a pre-notification that nobody made"
    match event:
        case PreNotificationTakenUp():
            return replace(notice, stage=Notice.TAKEN_UP, case=event.case)
        case PreNotificationWithdrawn():
            return replace(notice, stage=Notice.WITHDRAWN)
        case _:
            assert_never(event)


pre_notification = Decider(decide=decide, evolve=evolve)
