"""A suspected pair: two people of the books who may be one.

    suspected -> dismissed
              -> confirmed -> dismissed       somebody else found that it was a mistake

The platform suspects; a person decides, with a reason, and not the one who registered both.
Confirming says that two people are one and changes no case: that is merging, an act of its own.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, assert_never

import msgspec
from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.values import SYSTEM, CaseId, Code, PairId, PersonId, new_id
from intake.domain.case.state import Case


class Stage(StrEnum):
    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class Agreement(StrEnum):
    """What of the two agrees, as far as tokens can tell."""

    NAME = "name"
    DATE_OF_BIRTH = "date_of_birth"
    PHONE = "phone"
    DOCUMENT = "document"
    SEX = "sex"


class Confirmation(StrEnum):
    """Why two are found to be one."""

    SAME_DOCUMENT = "same_document"
    SEEN_IN_PERSON = "seen_in_person"
    RETURNEE_SAYS_SO = "returnee_says_so"
    ENTERED_TWICE = "entered_twice"


class Dismissal(StrEnum):
    """Why two are found to be two."""

    NAMESAKE = "namesake"
    FAMILY_MEMBER = "family_member"
    OTHER_DOCUMENT = "other_document"
    RETURNEE_SAYS_SO = "returnee_says_so"
    CONFIRMED_IN_ERROR = "confirmed_in_error"


class Known(msgspec.Struct, frozen=True):
    """One of the two: a person, and the case that knows the person."""

    person: PersonId
    case: CaseId


def pair_of(one: PersonId, other: PersonId) -> PairId:
    """The one id that these two people have as a pair, whoever is named first."""
    digest = hashlib.sha256("|".join(sorted((one, other))).encode()).digest()
    return PairId(new_id("dup", int.from_bytes(digest[:16])))


# Requests


class SuspectDuplicate(Command, frozen=True):
    one: Known
    other: Known
    score: int
    """In basis points: 10,000 is certain."""
    agreeing: tuple[Agreement, ...]


class DecideOnPair(Command, frozen=True):
    organisation: Code
    cases: tuple[Case, ...]
    """Both, as they stand."""


class ConfirmDuplicate(DecideOnPair, frozen=True):
    reason: Confirmation


class DismissDuplicate(DecideOnPair, frozen=True):
    reason: Dismissal


PairRequest = SuspectDuplicate | ConfirmDuplicate | DismissDuplicate


# Facts


class DuplicateSuspected(Event, frozen=True, tag="intake.duplicate_suspected.v1"):
    """Two people may be one. It says in what they agree, never what that is."""

    pair: PairId
    person: PersonId
    case: CaseId
    other_person: PersonId
    other_case: CaseId
    score: int
    """In basis points: 10,000 is certain."""
    agreeing: tuple[Agreement, ...]


class DuplicateConfirmed(Event, frozen=True, tag="intake.duplicate_confirmed.v1"):
    """A person found that the two are one."""

    pair: PairId
    reason: Confirmation


class DuplicateDismissed(Event, frozen=True, tag="intake.duplicate_dismissed.v1"):
    """A person found that the two are two."""

    pair: PairId
    reason: Dismissal


PairEvent = DuplicateSuspected | DuplicateConfirmed | DuplicateDismissed


# Refusals, in the order in which the rules are asked


@dataclass(unsafe_hash=True)
class NoSuchPair(Rejected):
    """There is no such pair, or one of its cases is not yours to know of (D10)."""

    hides: ClassVar[bool] = True

    organisation: Code


@dataclass(unsafe_hash=True)
class APersonDecides(Rejected):
    """Whether two people are one is decided by a person, never by the platform."""

    by: PersonId


@dataclass(unsafe_hash=True)
class RegisteredBoth(Rejected):
    """Who registered both cases does not decide alone whether they are one."""

    person: PersonId


@dataclass(unsafe_hash=True)
class PairIs(Rejected):
    """That was decided."""

    stage: Stage


@dataclass(unsafe_hash=True)
class StillMerged(Rejected):
    """The cases were merged on it: un-merge them first."""

    case: CaseId


@dataclass(unsafe_hash=True)
class ConfirmedByYou(Rejected):
    """What one person confirmed, another one finds to be a mistake."""

    person: PersonId


# State


class Pair(State, frozen=True):
    id: PairId
    one: Known
    other: Known
    stage: Stage
    score: int
    agreeing: tuple[Agreement, ...]
    decided_by: PersonId | None = None

    @property
    def sides(self) -> tuple[Known, Known]:
        return (self.one, self.other)


def evolve(pair: Pair | None, event: PairEvent) -> Pair:
    if isinstance(event, DuplicateSuspected):
        return Pair(
            id=event.pair,
            one=Known(event.person, event.case),
            other=Known(event.other_person, event.other_case),
            stage=Stage.SUSPECTED,
            score=event.score,
            agreeing=event.agreeing,
        )
    assert pair is not None, "a decision on a pair that nobody suspected"
    match event:
        case DuplicateConfirmed():
            return replace(pair, stage=Stage.CONFIRMED, decided_by=event.by)
        case DuplicateDismissed():
            return replace(pair, stage=Stage.DISMISSED, decided_by=event.by)
        case _:
            assert_never(event)


# Rules


def decide(command: PairRequest, pair: Pair | None) -> Sequence[PairEvent]:
    if isinstance(command, SuspectDuplicate):
        return [_suspect(command)] if pair is None else []
    pair = may_decide(command, pair)
    match command:
        case ConfirmDuplicate():
            if pair.stage is not Stage.SUSPECTED:
                raise PairIs(pair.stage)
            return [
                DuplicateConfirmed(
                    by=command.by, at=command.at, pair=pair.id, reason=command.reason
                )
            ]
        case DismissDuplicate():
            _may_dismiss(command, pair)
            return [
                DuplicateDismissed(
                    by=command.by, at=command.at, pair=pair.id, reason=command.reason
                )
            ]
        case _:
            assert_never(command)


def _suspect(command: SuspectDuplicate) -> DuplicateSuspected:
    one, other = sorted((command.one, command.other), key=lambda known: known.person)
    assert one.person != other.person, "nobody is a duplicate of themselves"
    return DuplicateSuspected(
        by=command.by,
        at=command.at,
        pair=pair_of(one.person, other.person),
        person=one.person,
        case=one.case,
        other_person=other.person,
        other_case=other.case,
        score=command.score,
        agreeing=command.agreeing,
    )


def _is_known(case: Case, command: DecideOnPair) -> bool:
    return case.known_to(command.by, command.organisation, command.at)


def may_decide(command: DecideOnPair, pair: Pair | None) -> Pair:
    """The pair, if this person may decide on it; else the refusal."""
    if pair is None or not all(_is_known(case, command) for case in command.cases):
        raise NoSuchPair(command.organisation)
    if command.by == SYSTEM:
        raise APersonDecides(command.by)
    if {command.by} == {case.registrar for case in command.cases}:
        raise RegisteredBoth(command.by)
    return pair


def _may_dismiss(command: DismissDuplicate, pair: Pair) -> None:
    if pair.stage is Stage.DISMISSED:
        raise PairIs(pair.stage)
    if pair.stage is Stage.CONFIRMED:
        for case in command.cases:
            if case.merged is not None and case.merged.pair == pair.id:
                raise StillMerged(case.id)
        if command.by == pair.decided_by:
            raise ConfirmedByYou(command.by)


pair = Decider(decide=decide, evolve=evolve)
