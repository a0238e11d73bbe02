"""Merging: two cases of one person become one to work on, each with its own history.

A merged case takes no other act; the other case goes on and names what it took in. Un-merging
gives the case back as it was, and is done by a second person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from msgspec.structs import replace

from events.decider import Event, Rejected
from events.values import SYSTEM, CaseId, PairId, PersonId, ProgrammeId
from intake.domain.case.asking import CaseCommand, PartnerMayOnlyPropose, at
from intake.domain.case.kinds import OPEN
from intake.domain.case.state import Case, Merged


class MergeCase(CaseCommand, frozen=True):
    into: Case
    confirmed: PairId | None
    """The pair that a person confirmed, of these two cases' principal applicants; None: none."""


class UnmergeCase(CaseCommand, frozen=True):
    pass


class TakeInCase(CaseCommand, frozen=True):
    """The other half of a merge, put to the case that goes on."""

    other: CaseId


class GiveBackCase(CaseCommand, frozen=True):
    """The other half of an un-merge."""

    other: CaseId


Request = MergeCase | UnmergeCase | TakeInCase | GiveBackCase


class CaseMerged(Event, frozen=True, tag="intake.case_merged.v1"):
    """The case is worked on in another one from now on."""

    case: CaseId
    into: CaseId
    pair: PairId


class CaseUnmerged(Event, frozen=True, tag="intake.case_unmerged.v1"):
    """The case stands by itself again, as it was."""

    case: CaseId
    into: CaseId


class CaseTookIn(Event, frozen=True, tag="intake.case_took_in.v1"):
    """Another case of the same person is worked on in this one."""

    case: CaseId
    other: CaseId


class CaseGaveBack(Event, frozen=True, tag="intake.case_gave_back.v1"):
    """The other case stands by itself again."""

    case: CaseId
    other: CaseId


Fact = CaseMerged | CaseUnmerged | CaseTookIn | CaseGaveBack


@dataclass(unsafe_hash=True)
class CaseIsMerged(Rejected):
    """The case is worked on in another one: act there, or un-merge it."""

    into: CaseId


@dataclass(unsafe_hash=True)
class CaseIsNotMerged(Rejected):
    """There is nothing to un-merge."""

    case: CaseId


@dataclass(unsafe_hash=True)
class OfAnotherProgramme(Rejected):
    """A case is of one programme: what was given under another stays told by itself."""

    programme: ProgrammeId


@dataclass(unsafe_hash=True)
class NothingConfirmed(Rejected):
    """Cases are merged when a person has confirmed that their principal applicants are one."""

    case: CaseId
    into: CaseId


@dataclass(unsafe_hash=True)
class APersonMerges(Rejected):
    """Nothing is merged without a person."""

    by: PersonId


@dataclass(unsafe_hash=True)
class HasTakenIn(Rejected):
    """A case that took in others is not merged itself: un-merge those first."""

    case: CaseId
    others: tuple[CaseId, ...]


@dataclass(unsafe_hash=True)
class MergedByYou(Rejected):
    """What one person merged, another one un-merges."""

    person: PersonId


def not_merged(command: CaseCommand, case: Case) -> None:
    """A merged case takes no act but to be un-merged, or `CaseIsMerged`."""
    if case.merged is not None and not isinstance(command, UnmergeCase):
        raise CaseIsMerged(case.merged.into)


def decide(command: Request, case: Case) -> Sequence[Fact]:
    if command.organisation != case.run_by:
        raise PartnerMayOnlyPropose(command.organisation, decides=case.run_by)
    if command.by == SYSTEM:
        raise APersonMerges(command.by)
    match command:
        case MergeCase():
            return [_merge(command, case)]
        case UnmergeCase():
            return [_unmerge(command, case)]
        case TakeInCase():
            at(case, *OPEN)
            return [CaseTookIn(by=command.by, at=command.at, case=case.id, other=command.other)]
        case GiveBackCase():
            return [CaseGaveBack(by=command.by, at=command.at, case=case.id, other=command.other)]
        case _:
            assert_never(command)


def _merge(command: MergeCase, case: Case) -> CaseMerged:
    at(case, *OPEN)
    if case.took_in:
        raise HasTakenIn(case.id, case.took_in)
    if command.into.programme != case.programme:
        raise OfAnotherProgramme(command.into.programme)
    if command.confirmed is None:
        raise NothingConfirmed(case.id, command.into.id)
    return CaseMerged(
        by=command.by, at=command.at, case=case.id, into=command.into.id, pair=command.confirmed
    )


def _unmerge(command: UnmergeCase, case: Case) -> CaseUnmerged:
    if case.merged is None:
        raise CaseIsNotMerged(case.id)
    if command.by == case.merged.by:
        raise MergedByYou(command.by)
    return CaseUnmerged(by=command.by, at=command.at, case=case.id, into=case.merged.into)


def evolve(case: Case, event: Fact) -> Case:
    match event:
        case CaseMerged():
            return replace(case, merged=Merged(into=event.into, pair=event.pair, by=event.by))
        case CaseUnmerged():
            return replace(case, merged=None)
        case CaseTookIn():
            return replace(case, took_in=(*case.took_in, event.other))
        case CaseGaveBack():
            return replace(case, took_in=tuple(c for c in case.took_in if c != event.other))
        case _:
            assert_never(event)
