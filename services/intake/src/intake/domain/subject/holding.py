"""Legal holds: what bans an erasure, who placed it, and a second person who lifts it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from msgspec.structs import replace

from events.decider import Command, Event, Rejected
from events.personal import Kind
from events.values import HoldId, PersonId, SubjectId
from intake.domain.subject.deciding import Decision, may_decide
from intake.domain.subject.kinds import Reason
from intake.domain.subject.state import Hold, Subject


class PlaceHold(Command, frozen=True):
    hold: HoldId
    person: SubjectId
    reason: Reason
    kinds: tuple[Kind, ...]
    until: date | None


class LiftHold(Decision, frozen=True):
    hold: HoldId


class LegalHoldPlaced(Event, frozen=True, tag="intake.legal_hold_placed.v1"):
    """Values of these kinds must not be erased, until it is lifted or ends."""

    hold: HoldId
    person: SubjectId
    reason: Reason
    kinds: tuple[Kind, ...]
    until: date | None


class LegalHoldLifted(Event, frozen=True, tag="intake.legal_hold_lifted.v1"):
    """Somebody else than who placed the hold found that it is no longer needed."""

    hold: HoldId
    person: SubjectId


Request = PlaceHold | LiftHold
Fact = LegalHoldPlaced | LegalHoldLifted


@dataclass(unsafe_hash=True)
class HoldEndsInThePast(Rejected):
    """A hold ends on a day to come, or when it is lifted."""

    until: date


@dataclass(unsafe_hash=True)
class TooLateToHold(Rejected):
    """Values of these kinds were erased already."""

    kinds: tuple[Kind, ...]


@dataclass(unsafe_hash=True)
class NoSuchHold(Rejected):
    """There is no such hold on this person, or it was lifted."""

    hides: ClassVar[bool] = True

    hold: HoldId


@dataclass(unsafe_hash=True)
class PlacerCannotLift(Rejected):
    """Who placed a hold does not lift it."""

    person: PersonId


def decide(command: Request, subject: Subject | None) -> Sequence[Fact]:
    if isinstance(command, PlaceHold):
        return [_place(command, subject)]
    hold = next((h for h in subject.holds if h.id == command.hold), None) if subject else None
    if subject is None or hold is None:
        raise NoSuchHold(command.hold)
    if command.by == hold.placed_by:
        raise PlacerCannotLift(command.by)
    may_decide(command)
    return [LegalHoldLifted(by=command.by, at=command.at, hold=hold.id, person=subject.id)]


def _place(command: PlaceHold, subject: Subject | None) -> LegalHoldPlaced:
    if command.until is not None and command.until < command.at.date():
        raise HoldEndsInThePast(command.until)
    gone = subject.erased.intersection(command.kinds) if subject else frozenset()
    if gone:
        raise TooLateToHold(tuple(sorted(gone)))
    return LegalHoldPlaced(
        by=command.by,
        at=command.at,
        hold=command.hold,
        person=command.person,
        reason=command.reason,
        kinds=tuple(sorted(set(command.kinds))),
        until=command.until,
    )


def evolve(subject: Subject, event: Fact) -> Subject:
    if isinstance(event, LegalHoldLifted):
        return replace(subject, holds=tuple(h for h in subject.holds if h.id != event.hold))
    hold = Hold(
        id=event.hold,
        reason=event.reason,
        kinds=event.kinds,
        placed_by=event.by,
        until=event.until,
    )
    return replace(subject, holds=(*subject.holds, hold))
