"""Lifecycle: a case rests, goes on by a second person, ends, and is opened again by two.

    any open stage <-> suspended        any open stage, or suspended -> closed -> where it was

Nothing that is owed is left behind: an open commitment, an unpaid invoice or an open complaint
keeps a case open (rule S11). An open plan, and what is still owed for a project in which the case
has a share, keep it from being completed: a project goes on with the others. When somebody has
died or cannot be found, what is owed may be written off by one person, and the case is closed by
another. Closing and reopening stand in the history; nothing is undone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from msgspec.structs import replace

from events.decider import Event, Rejected
from events.values import CaseId, CashId, CommitmentId, InvoiceId, PersonId, PlanId
from intake.domain.case.asking import CaseCommand, PartnerMayOnlyPropose, at
from intake.domain.case.kinds import OPEN, Ground, Stage
from intake.domain.case.state import Case, GivenUp
from intake.domain.matters import Matters


class Pause(StrEnum):
    """Why nothing happens on a case for now."""

    RETURNEE_ASKED = "returnee_asked"
    NOT_REACHABLE = "not_reachable"
    REVIEW = "review"
    FUNDING = "funding"
    SECURITY = "security"


class Renewal(StrEnum):
    """Why a closed case is opened again."""

    CLOSED_IN_ERROR = "closed_in_error"
    RETURNEE_CAME_BACK = "returnee_came_back"
    APPEAL = "appeal"
    FUNDING_RESTORED = "funding_restored"


WRITTEN_OFF_FOR = frozenset({Ground.DECEASED, Ground.UNREACHABLE})
"""With these grounds nobody is left to whom what is open could be delivered."""
FOR_GOOD = frozenset({Ground.TRANSFERRED, Ground.DUPLICATE})
"""The assistance goes on elsewhere, in another case or with others."""


class SuspendCase(CaseCommand, frozen=True):
    reason: Pause


class ResumeCase(CaseCommand, frozen=True):
    pass


class WriteOff(CaseCommand, frozen=True):
    """Give up what is still owed, before the case is closed by somebody else."""

    ground: Ground
    open: Matters


class CloseCase(CaseCommand, frozen=True):
    ground: Ground
    open: Matters


class ProposeReopening(CaseCommand, frozen=True):
    reason: Renewal


class ReopenCase(CaseCommand, frozen=True):
    pass


Request = SuspendCase | ResumeCase | WriteOff | CloseCase | ProposeReopening | ReopenCase


class CaseSuspended(Event, frozen=True, tag="intake.case_suspended.v1"):
    """Nothing is decided, planned, ordered or paid for the case until it goes on."""

    case: CaseId
    reason: Pause


class CaseResumed(Event, frozen=True, tag="intake.case_resumed.v1"):
    """The case goes on where it was."""

    case: CaseId
    stage: Stage


class WriteOffApproved(Event, frozen=True, tag="intake.write_off_approved.v1"):
    """What is owed under these may stay open when the case is closed on this ground."""

    case: CaseId
    ground: Ground
    commitments: tuple[CommitmentId, ...]
    invoices: tuple[InvoiceId, ...]


class CaseClosed(Event, frozen=True, tag="intake.case_closed.v1"):
    """The case ended."""

    case: CaseId
    reason: Ground


class CaseReopeningProposed(Event, frozen=True, tag="intake.case_reopening_proposed.v1"):
    """One person finds that the case should go on."""

    case: CaseId
    reason: Renewal


class CaseReopened(Event, frozen=True, tag="intake.case_reopened.v1"):
    """A second person found so too: the case is where it was before it was closed."""

    case: CaseId
    stage: Stage
    proposed_by: PersonId


Fact = (
    CaseSuspended
    | CaseResumed
    | WriteOffApproved
    | CaseClosed
    | CaseReopeningProposed
    | CaseReopened
)


@dataclass(unsafe_hash=True)
class SuspenderCannotResume(Rejected):
    """Who let a case rest does not say that it goes on."""

    person: PersonId


@dataclass(unsafe_hash=True)
class StillOpen(Rejected):
    """A case is not closed over what is still owed, planned or complained about (S11)."""

    commitments: tuple[CommitmentId, ...]
    invoices: tuple[InvoiceId, ...]
    plans: tuple[PlanId, ...]
    shared: tuple[CommitmentId, ...]
    """Of projects in which the case has a share."""
    in_confidence: bool
    """Something is looked into of which no more is told here."""
    cash: tuple[CashId, ...] = ()
    """Asked for and neither confirmed nor given up."""


@dataclass(unsafe_hash=True)
class NothingToWriteOff(Rejected):
    """Nothing is owed that would have to be given up."""

    ground: Ground


@dataclass(unsafe_hash=True)
class NotWrittenOffFor(Rejected):
    """What is owed is only given up when nobody is left to deliver to."""

    ground: Ground
    allowed: tuple[Ground, ...]


@dataclass(unsafe_hash=True)
class WriterOffCannotClose(Rejected):
    """Who gives up what is owed does not close the case over it."""

    person: PersonId


@dataclass(unsafe_hash=True)
class OnlyByTransfer(Rejected):
    """A case is closed as transferred when the other organisation has taken it over."""

    ground: Ground = Ground.TRANSFERRED


@dataclass(unsafe_hash=True)
class ClosedForGood(Rejected):
    """The assistance goes on elsewhere: this case is not opened again."""

    ground: Ground


@dataclass(unsafe_hash=True)
class ReopeningNotProposed(Rejected):
    """Nobody has proposed to open the case again."""

    stage: Stage


@dataclass(unsafe_hash=True)
class ProposerCannotReopen(Rejected):
    """Who proposes to open a case again does not decide it."""

    person: PersonId


def decide(command: Request, case: Case) -> Sequence[Fact]:
    by, when = command.by, command.at
    match command:
        case SuspendCase():
            at(case, *OPEN)
            return [CaseSuspended(by=by, at=when, case=case.id, reason=command.reason)]
        case ResumeCase():
            at(case, Stage.SUSPENDED)
            _decides(command, case)
            if by == case.suspender:
                raise SuspenderCannotResume(by)
            return [CaseResumed(by=by, at=when, case=case.id, stage=case.left[-1])]
        case WriteOff():
            return [_write_off(command, case)]
        case CloseCase():
            return [_close(command, case)]
        case ProposeReopening():
            _may_reopen(case)
            return [CaseReopeningProposed(by=by, at=when, case=case.id, reason=command.reason)]
        case ReopenCase():
            return [_reopen(command, case)]
        case _:
            assert_never(command)


def _write_off(command: WriteOff, case: Case) -> WriteOffApproved:
    at(case, *OPEN, Stage.SUSPENDED)
    _decides(command, case)
    if command.ground not in WRITTEN_OFF_FOR:
        raise NotWrittenOffFor(command.ground, tuple(sorted(WRITTEN_OFF_FOR)))
    if not (command.open.commitments or command.open.invoices):
        raise NothingToWriteOff(command.ground)
    return WriteOffApproved(
        by=command.by,
        at=command.at,
        case=case.id,
        ground=command.ground,
        commitments=command.open.commitments,
        invoices=command.open.invoices,
    )


def _close(command: CloseCase, case: Case) -> CaseClosed:
    at(case, *OPEN, Stage.SUSPENDED)
    if command.ground is Ground.TRANSFERRED:
        raise OnlyByTransfer
    open_still = command.open
    given_up = case.written_off
    if given_up is not None and given_up.ground is command.ground:
        if command.by == given_up.by:
            raise WriterOffCannotClose(command.by)
        open_still = open_still.without(given_up.owed)
    may_be_closed(open_still, command.ground)
    return CaseClosed(by=command.by, at=command.at, case=case.id, reason=command.ground)


def may_be_closed(still: Matters, ground: Ground) -> None:
    """Nothing stands in the way of that ground, or `StillOpen` with all that does."""
    whole = still if ground is Ground.COMPLETED else replace(still, plans=(), shared=())
    left = StillOpen(
        whole.commitments,
        whole.invoices,
        whole.plans,
        whole.shared,
        whole.in_confidence,
        whole.cash,
    )
    if any(left.facts().values()):
        raise left


def _reopen(command: ReopenCase, case: Case) -> CaseReopened:
    _may_reopen(case)
    _decides(command, case)
    if case.reopening is None:
        raise ReopeningNotProposed(case.stage)
    if command.by == case.reopening:
        raise ProposerCannotReopen(command.by)
    return CaseReopened(
        by=command.by,
        at=command.at,
        case=case.id,
        stage=case.left[-1],
        proposed_by=case.reopening,
    )


def _may_reopen(case: Case) -> None:
    at(case, Stage.CLOSED)
    if case.ground in FOR_GOOD:
        raise ClosedForGood(case.ground)


def _decides(command: CaseCommand, case: Case) -> None:
    if command.organisation != case.run_by:
        raise PartnerMayOnlyPropose(command.organisation, decides=case.run_by)


def evolve(case: Case, event: Fact) -> Case:
    match event:
        case CaseSuspended():
            left = (*case.left, case.stage)
            return replace(case, stage=Stage.SUSPENDED, left=left, suspender=event.by)
        case CaseResumed():
            return replace(case, stage=event.stage, left=case.left[:-1], suspender=None)
        case WriteOffApproved():
            owed = Matters(commitments=event.commitments, invoices=event.invoices)
            return replace(case, written_off=GivenUp(ground=event.ground, by=event.by, owed=owed))
        case CaseClosed():
            left = (*case.left, case.stage)
            return replace(case, stage=Stage.CLOSED, left=left, ground=event.reason)
        case CaseReopeningProposed():
            return replace(case, reopening=event.by)
        case CaseReopened():
            return replace(
                case,
                stage=event.stage,
                left=case.left[:-1],
                ground=None,
                reopening=None,
                written_off=None,
            )
        case _:
            assert_never(event)
