"""The interests of somebody on the staff: whose vendor or case is too near to them.

A conflict of interest is declared by whoever knows of it, about themselves or about another, or is
found by the platform. From then on that person takes no part in anything that is done for the
vendor or the case (D6), here and where it is paid, until somebody else, who did not declare it
either, has looked into it and cleared it. All conflicts of one person are one history, so that an
act is held against the last of them and not against a list that may lag behind.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import msgspec
from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.values import CaseId, Code, ConflictId, PersonId, VendorId
from vendors.domain.duties import Duty, nobody_twice


class Relation(StrEnum):
    """What somebody is to the vendor, or to whom the case is about."""

    OWNER = "owner"
    EMPLOYEE = "employee"
    RELATIVE = "relative"
    FRIEND = "friend"
    CREDITOR = "creditor"
    RIVAL = "rival"
    SAME_PARTICULARS = "same_particulars"
    """A telephone, account, number or name that both have: found by the platform."""
    OTHER = "other"


# Requests


class DeclareConflict(Command, frozen=True):
    conflict: ConflictId
    person: PersonId
    """Who has it."""
    vendor: VendorId | None
    case: CaseId | None
    relation: Relation


class ClearConflict(Command, frozen=True):
    conflict: ConflictId
    reason: Code


InterestCommand = DeclareConflict | ClearConflict


# Facts


class ConflictOfInterestDeclared(
    Event, frozen=True, tag="vendors.conflict_of_interest_declared.v1"
):
    """Somebody takes no part in what is done for this vendor or case."""

    conflict: ConflictId
    vendor: VendorId | None
    case: CaseId | None
    person: PersonId
    relation: Relation


class ConflictOfInterestCleared(Event, frozen=True, tag="vendors.conflict_of_interest_cleared.v1"):
    """Somebody else looked into it: it stands in the way of nothing any more."""

    conflict: ConflictId
    vendor: VendorId | None
    case: CaseId | None
    person: PersonId
    reason: Code


InterestEvent = ConflictOfInterestDeclared | ConflictOfInterestCleared


# Refusals


@dataclass(unsafe_hash=True)
class NoSuchConflict(Rejected):
    """There is no such conflict of interest."""

    conflict: ConflictId


@dataclass(unsafe_hash=True)
class ConflictWithNothing(Rejected):
    """Say which vendor or which case it is about."""


@dataclass(unsafe_hash=True)
class OfAnother(Rejected):
    """Of another person it is declared by who runs the case, or buys or pays: tell them (D10)."""

    person: PersonId


@dataclass(unsafe_hash=True)
class ConflictCleared(Rejected):
    """The conflict of interest was cleared before."""

    conflict: ConflictId


@dataclass(unsafe_hash=True)
class OnesOwnConflict(Rejected):
    """Nobody clears a conflict of interest of their own."""

    person: PersonId


@dataclass(unsafe_hash=True)
class ConflictDeclared(Rejected):
    """You have a conflict of interest with this vendor or case: another person acts (D6)."""

    conflict: ConflictId


# State


class Conflict(msgspec.Struct, frozen=True):
    id: ConflictId
    vendor: VendorId | None
    case: CaseId | None
    relation: Relation
    declared_by: PersonId
    cleared: Code | None = None
    """For which reason; None: it stands."""


class Interests(State, frozen=True):
    person: PersonId
    conflicts: tuple[Conflict, ...] = ()

    def of(self, conflict: ConflictId) -> Conflict | None:
        return next((each for each in self.conflicts if each.id == conflict), None)

    def standing(self, vendor: VendorId | None, case: CaseId | None) -> Conflict | None:
        """The conflict with exactly these that stands."""
        same = (each for each in self.conflicts if (each.vendor, each.case) == (vendor, case))
        return next((each for each in same if each.cleared is None), None)


def stream_of(person: PersonId) -> str:
    """All interests of one person are one stream."""
    return f"int_{person.partition('_')[2]}"


def evolve(interests: Interests | None, event: InterestEvent) -> Interests:
    stands = interests or Interests(person=event.person)
    match event:
        case ConflictOfInterestDeclared():
            new = Conflict(event.conflict, event.vendor, event.case, event.relation, event.by)
            return replace(stands, conflicts=(*stands.conflicts, new))
        case ConflictOfInterestCleared():
            told = tuple(
                replace(each, cleared=event.reason) if each.id == event.conflict else each
                for each in stands.conflicts
            )
            return replace(stands, conflicts=told)
        case _:
            assert_never(event)


# Rules


def decide(command: InterestCommand, interests: Interests | None) -> Sequence[InterestEvent]:
    match command:
        case DeclareConflict():
            return _declared(command, interests)
        case ClearConflict():
            return [_cleared(command, interests)]
        case _:
            assert_never(command)


def _declared(command: DeclareConflict, interests: Interests | None) -> list[InterestEvent]:
    """Declared again it stays the one that it is."""
    if command.vendor is None and command.case is None:
        raise ConflictWithNothing
    if interests is not None and interests.standing(command.vendor, command.case) is not None:
        return []
    return [
        ConflictOfInterestDeclared(
            by=command.by,
            at=command.at,
            conflict=command.conflict,
            vendor=command.vendor,
            case=command.case,
            person=command.person,
            relation=command.relation,
        )
    ]


def _cleared(command: ClearConflict, interests: Interests | None) -> ConflictOfInterestCleared:
    conflict = interests.of(command.conflict) if interests else None
    if interests is None or conflict is None:
        raise NoSuchConflict(command.conflict)
    if conflict.cleared is not None:
        raise ConflictCleared(conflict.id)
    if command.by == interests.person:
        raise OnesOwnConflict(command.by)
    nobody_twice(command.by, ((Duty.DECLARED_CONFLICT, conflict.declared_by),))
    return ConflictOfInterestCleared(
        by=command.by,
        at=command.at,
        conflict=conflict.id,
        vendor=conflict.vendor,
        case=conflict.case,
        person=interests.person,
        reason=command.reason,
    )


def takes_part(
    interests: Interests | None, *, vendors: Collection[VendorId], case: CaseId | None = None
) -> None:
    """Whoever has a conflict with one of these vendors, or with the case, does not (D6)."""
    for each in interests.conflicts if interests else ():
        near = each.vendor in vendors or (case is not None and each.case == case)
        if each.cleared is None and near:
            raise ConflictDeclared(each.id)


interest = Decider(decide=decide, evolve=evolve)
