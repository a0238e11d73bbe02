"""A monitoring visit: somebody independent sees what became of an item, when it is time to.

    due (by the programme: so many months after the item was first paid) -> scheduled -> completed
                                                                  missed -> scheduled -> completed

Each item has one visit for each of the programme's months, and the visit's id says which. It is
missed when the month after it became due has passed; a missed visit is made all the same, and
stays on record as missed. Who drafted the plan, counsels the case, recorded or witnessed its
delivery or attendance does not visit (domain catalogue 9.4: by an independent person), and nobody
is visited who has not consented to it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar, assert_never

from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.values import CaseId, Code, Digest, ItemId, PersonId, PlanId, VisitId
from plans.domain.followed import Followed
from plans.domain.item.kinds import Approved, Tie
from plans.domain.item.rules import tie_of
from plans.domain.item.state import CarriedOut


class Outcome(StrEnum):
    """What the visit came to."""

    AS_AGREED = "as_agreed"
    PARTLY = "partly"
    NOT_AS_AGREED = "not_as_agreed"
    NOT_MET = "not_met"
    """Nobody was there."""


class Finding(StrEnum):
    """What the visitor saw."""

    IN_USE = "in_use"
    NOT_IN_USE = "not_in_use"
    BUSINESS_RUNNING = "business_running"
    BUSINESS_CLOSED = "business_closed"
    IN_SCHOOL = "in_school"
    EMPLOYED = "employed"
    NEEDS_REPAIR = "needs_repair"
    NEEDS_FURTHER_HELP = "needs_further_help"
    SOLD = "sold"
    NEVER_RECEIVED = "never_received"
    USED_BY_OTHERS = "used_by_others"
    OTHER_THAN_AGREED = "other_than_agreed"
    MOVED_AWAY = "moved_away"


class Due(State, frozen=True):
    """When the programme has a visit made."""

    months: int
    """After the first payment for the item."""
    since: date
    until: date
    """From this day on it is missed."""


_MONTHS = re.compile("[1-9][0-9]{0,2}", re.ASCII)
"""One way to write each, so that a visit has one id."""


def visit_id(item: ItemId, months: int) -> VisitId:
    """The one visit of an item after so many months."""
    return VisitId(f"vis_{item.partition('_')[2]}_{months}")


def meant_by(visit: VisitId) -> tuple[ItemId, int]:
    """The item and the months that a visit's id names; -1 where it names none."""
    item, _, months = visit.partition("_")[2].rpartition("_")
    return ItemId(f"itm_{item}"), int(months) if _MONTHS.fullmatch(months) and item else -1


# Requests


class VisitCommand(Command, frozen=True):
    organisation: Code
    approved: Approved | None
    followed: Followed | None
    due: Due | None
    """None: by the programme there is no such visit, or nothing was paid yet."""


class ScheduleVisit(VisitCommand, frozen=True):
    on: date
    visitor: PersonId
    carried: CarriedOut | None
    delivered_by: frozenset[PersonId]


class CompleteVisit(VisitCommand, frozen=True):
    on: date
    outcome: Outcome
    findings: tuple[Finding, ...]
    photos: tuple[Digest, ...]
    report: Digest
    carried: CarriedOut | None
    delivered_by: frozenset[PersonId]


class MissVisit(VisitCommand, frozen=True):
    """Its time has passed; the platform itself says so."""


AnyVisitCommand = ScheduleVisit | CompleteVisit | MissVisit


# Facts


class VisitScheduled(Event, frozen=True, tag="plans.monitoring_visit_scheduled.v1"):
    visit: VisitId
    item: ItemId
    plan: PlanId
    case: CaseId
    months: int
    due: date
    on: date
    visitor: PersonId


class VisitCompleted(Event, frozen=True, tag="plans.monitoring_visit_completed.v1"):
    visit: VisitId
    item: ItemId
    plan: PlanId
    case: CaseId
    months: int
    due: date
    on: date
    outcome: Outcome
    findings: tuple[Finding, ...]
    photos: tuple[Digest, ...]
    report: Digest


class VisitMissed(Event, frozen=True, tag="plans.monitoring_visit_missed.v1"):
    """Its time has passed and nobody went."""

    visit: VisitId
    item: ItemId
    plan: PlanId
    case: CaseId
    months: int
    due: date


VisitEvent = VisitScheduled | VisitCompleted | VisitMissed


# Refusals


@dataclass(unsafe_hash=True)
class NoSuchVisit(Rejected):
    """The programme has no such visit, nothing was paid yet, or it is not yours to make (D10)."""

    hides: ClassVar[bool] = True

    organisation: Code


@dataclass(unsafe_hash=True)
class NoConsentToVisits(Rejected):
    """The returnee has not consented to monitoring, or no longer does."""

    returnee: PersonId


@dataclass(unsafe_hash=True)
class VisitCompletedAlready(Rejected):
    """The visit was made."""

    on: date


@dataclass(unsafe_hash=True)
class VisitorTooClose(Rejected):
    """A visitor is independent of the people who drafted, agreed or delivered."""

    person: PersonId
    tie: Tie


@dataclass(unsafe_hash=True)
class NotScheduled(Rejected):
    """A visit is scheduled before it is made."""

    visit: VisitId


@dataclass(unsafe_hash=True)
class NotTheVisitor(Rejected):
    """Who was to visit tells what was seen."""

    person: PersonId
    visitor: PersonId


@dataclass(unsafe_hash=True)
class VisitInTheFuture(Rejected):
    """What was seen was seen today or before, and not before the item was to be visited."""

    on: date


@dataclass(unsafe_hash=True)
class NotYetMissed(Rejected):
    """The visit can still be made in time."""

    until: date


# State


class Visit(State, frozen=True):
    id: VisitId
    item: ItemId
    case: CaseId
    months: int
    due: date
    visitor: PersonId | None = None
    scheduled_for: date | None = None
    missed: bool = False
    made_on: date | None = None
    outcome: Outcome | None = None
    findings: tuple[Finding, ...] = ()


def evolve(visit: Visit | None, event: VisitEvent) -> Visit:
    visit = visit or Visit(
        id=event.visit, item=event.item, case=event.case, months=event.months, due=event.due
    )
    match event:
        case VisitScheduled():
            return replace(visit, visitor=event.visitor, scheduled_for=event.on)
        case VisitCompleted():
            return replace(visit, made_on=event.on, outcome=event.outcome, findings=event.findings)
        case VisitMissed():
            return replace(visit, missed=True)
        case _:
            assert_never(event)


# Rules


def decide(command: AnyVisitCommand, visit: Visit | None) -> Sequence[VisitEvent]:
    approved, followed, due = command.approved, command.followed, command.due
    if approved is None or followed is None or due is None:
        raise NoSuchVisit(command.organisation)
    if isinstance(command, MissVisit):
        return _missed(command, visit, approved, due)
    if not followed.reached_by(command.organisation):
        raise NoSuchVisit(command.organisation)
    if not followed.may_be_visited:
        raise NoConsentToVisits(followed.returnee)
    if visit is not None and visit.made_on is not None:
        raise VisitCompletedAlready(visit.made_on)
    match command:
        case ScheduleVisit():
            return [_scheduled(command, approved, due)]
        case CompleteVisit():
            return [_completed(command, visit, approved, due)]
        case _:
            assert_never(command)


def _missed(
    command: MissVisit, visit: Visit | None, approved: Approved, due: Due
) -> Sequence[VisitEvent]:
    if visit is not None and (visit.missed or visit.made_on is not None):
        return []
    if command.at.date() < due.until:
        raise NotYetMissed(due.until)
    return [
        VisitMissed(
            by=command.by,
            at=command.at,
            visit=visit_id(approved.item, due.months),
            item=approved.item,
            plan=approved.plan,
            case=approved.case,
            months=due.months,
            due=due.since,
        )
    ]


def _scheduled(command: ScheduleVisit, approved: Approved, due: Due) -> VisitScheduled:
    _independent(command.visitor, command, approved)
    return VisitScheduled(
        by=command.by,
        at=command.at,
        visit=visit_id(approved.item, due.months),
        item=approved.item,
        plan=approved.plan,
        case=approved.case,
        months=due.months,
        due=due.since,
        on=command.on,
        visitor=command.visitor,
    )


def _completed(
    command: CompleteVisit, visit: Visit | None, approved: Approved, due: Due
) -> VisitCompleted:
    visitor = visit.visitor if visit else None
    if visitor is None:
        raise NotScheduled(visit_id(approved.item, due.months))
    if command.by != visitor:
        raise NotTheVisitor(command.by, visitor)
    _independent(command.by, command, approved)
    if command.on > command.at.date() or command.on < due.since:
        raise VisitInTheFuture(command.on)
    return VisitCompleted(
        by=command.by,
        at=command.at,
        visit=visit_id(approved.item, due.months),
        item=approved.item,
        plan=approved.plan,
        case=approved.case,
        months=due.months,
        due=due.since,
        on=command.on,
        outcome=command.outcome,
        findings=command.findings,
        photos=command.photos,
        report=command.report,
    )


def _independent(
    person: PersonId, command: ScheduleVisit | CompleteVisit, approved: Approved
) -> None:
    tie = tie_of(person, approved, command.carried)
    if tie is None and person in command.delivered_by:
        tie = Tie.RECORDED_DELIVERY
    if tie is not None:
        raise VisitorTooClose(person, tie)


visit = Decider(decide=decide, evolve=evolve)
