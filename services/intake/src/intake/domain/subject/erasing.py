"""Erasure: asked for by the data subject, decided by another person, done in every service."""

import calendar
from collections.abc import Sequence
from datetime import date
from typing import assert_never

from msgspec.structs import replace

from events import erasure
from events.decider import Command, Event
from events.personal import Kind
from events.values import Code, Digest, ErasureId, PersonId, SubjectId
from intake.domain.subject import refusals as no
from intake.domain.subject.deciding import Decision, may_decide
from intake.domain.subject.kinds import (
    NEEDED_TO_PAY,
    Delay,
    Ground,
    IdentityCheck,
    LegalBasis,
    Reason,
    Stage,
)
from intake.domain.subject.state import Erasure, KeptFacts, KeptKind, Obligations, Subject

SERVICES = (Code("intake"), Code("plans"), Code("vendors"), Code("disbursement"))
"""Who has to confirm: every service with values about people, or with facts about their money."""

# Requests


class RequestErasure(Command, frozen=True):
    erasure: ErasureId
    person: SubjectId
    kinds: tuple[Kind, ...]
    ground: Ground
    identity_check: IdentityCheck
    evidence: Digest
    """Of the signed request."""
    received: date


class ExtendErasure(Decision, frozen=True):
    reason: Delay


class RefuseErasure(Decision, frozen=True):
    legal_basis: LegalBasis


class ApproveErasure(Decision, frozen=True):
    kinds: tuple[Kind, ...]
    obligations: Obligations
    kept_facts: KeptFacts | None


class RecordErased(Command, frozen=True):
    """The keys are destroyed here."""

    kinds: tuple[Kind, ...]
    disclosures: int


class ConfirmErased(Command, frozen=True):
    """Another service has erased what it held."""

    erasure: ErasureId
    service: Code
    disclosures: int


Request = (
    RequestErasure | ExtendErasure | RefuseErasure | ApproveErasure | RecordErased | ConfirmErased
)

# Facts


class ErasureRequested(Event, frozen=True, tag="intake.erasure_requested.v1"):
    """The data subject asks that these kinds be erased, and we know who is asking."""

    erasure: ErasureId
    person: SubjectId
    kinds: tuple[Kind, ...]
    ground: Ground
    identity_check: IdentityCheck
    evidence: Digest
    received: date
    answer_by: date


class ErasureDeadlineExtended(Event, frozen=True, tag="intake.erasure_deadline_extended.v1"):
    """The answer takes up to two months longer, for a reason that the data subject is told."""

    erasure: ErasureId
    person: SubjectId
    reason: Delay
    answer_by: date


class ErasureRefused(Event, frozen=True, tag="intake.erasure_refused.v1"):
    """Nothing is erased, on this legal basis."""

    erasure: ErasureId
    person: SubjectId
    legal_basis: LegalBasis


class ErasureApproved(Event, frozen=True, tag="intake.erasure_approved.v1"):
    """These kinds are to be erased, by these services; the rest is kept, and why is said."""

    erasure: ErasureId
    person: SubjectId
    kinds: tuple[Kind, ...]
    kept: tuple[KeptKind, ...]
    kept_facts: KeptFacts | None
    services: tuple[Code, ...]


class SubjectErased(erasure.SubjectErased, frozen=True, tag="intake.subject_erased.v1"):
    """The person's keys of these kinds are destroyed here; who hears it destroys theirs."""

    ground: Ground
    requested_by: PersonId
    approvers: tuple[PersonId, ...]


class ErasureConfirmed(Event, frozen=True, tag="intake.erasure_confirmed.v1"):
    """Another service has said that it erased what it held."""

    erasure: ErasureId
    person: SubjectId
    service: Code
    disclosures: int


class ErasureCompleted(Event, frozen=True, tag="intake.erasure_completed.v1"):
    """Every service has confirmed."""

    erasure: ErasureId
    person: SubjectId
    kinds: tuple[Kind, ...]
    disclosures: int


Fact = (
    ErasureRequested
    | ErasureDeadlineExtended
    | ErasureRefused
    | ErasureApproved
    | SubjectErased
    | ErasureConfirmed
    | ErasureCompleted
)

# Rules


def decide(command: Request, subject: Subject | None) -> Sequence[Fact]:
    if isinstance(command, RequestErasure):
        return [_request(command, subject)]
    if subject is None or subject.erasure is None:
        raise no.NoErasureRequested
    if isinstance(command, Decision):
        may_decide(command)
    match command:
        case ExtendErasure():
            return [_extend(command, _undecided(command, subject))]
        case RefuseErasure(by=by, at=at):
            asked = _undecided(command, subject)
            return [
                ErasureRefused(
                    by=by,
                    at=at,
                    erasure=asked.id,
                    person=subject.id,
                    legal_basis=command.legal_basis,
                )
            ]
        case ApproveErasure():
            return [_approve(command, subject, _undecided(command, subject))]
        case RecordErased():
            return _record(command, subject.erasure)
        case ConfirmErased():
            return _confirm(command, subject.erasure)
        case _:
            assert_never(command)


def months_after(day: date, months: int) -> date:
    """The same day that many months on, or that month's last (Regulation 1182/71, article 3)."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _request(command: RequestErasure, subject: Subject | None) -> ErasureRequested:
    if command.received > command.at.date():
        raise no.ReceivedInTheFuture(command.received)
    before = subject or Subject(id=command.person)
    if before.erasure is not None and before.erasure.is_open:
        raise no.ErasureUnderWay(before.erasure.id)
    kinds = set(command.kinds) - before.erased
    if not kinds:
        raise no.ErasedAlready(tuple(sorted(set(command.kinds))))
    return ErasureRequested(
        by=command.by,
        at=command.at,
        erasure=command.erasure,
        person=command.person,
        kinds=tuple(sorted(kinds)),
        ground=command.ground,
        identity_check=command.identity_check,
        evidence=command.evidence,
        received=command.received,
        answer_by=months_after(command.received, 1),
    )


def _undecided(command: Command, subject: Subject) -> Erasure:
    """The request that waits for a decision, by somebody else than who recorded it."""
    asked = subject.erasure
    assert asked is not None, "looked at before"
    if asked.stage is not Stage.REQUESTED:
        raise no.ErasureIsAt(asked.stage, Stage.REQUESTED)
    if command.by == asked.requested_by:
        raise no.RequesterCannotDecide(command.by)
    return asked


def _extend(command: ExtendErasure, asked: Erasure) -> ErasureDeadlineExtended:
    longer = months_after(asked.received, 3)
    if asked.answer_by == longer:
        raise no.ExtendedAlready(asked.answer_by)
    return ErasureDeadlineExtended(
        by=command.by,
        at=command.at,
        erasure=asked.id,
        person=asked.person,
        reason=command.reason,
        answer_by=longer,
    )


def _approve(command: ApproveErasure, subject: Subject, asked: Erasure) -> ErasureApproved:
    today, kinds = command.at.date(), set(command.kinds)
    if kinds - set(asked.asked):
        raise no.NotAskedFor(tuple(sorted(kinds - set(asked.asked))))
    holds = subject.standing(today)
    against = [hold for hold in holds if kinds.intersection(hold.kinds)]
    if against:
        held = {kind for hold in against for kind in hold.kinds} & kinds
        raise no.UnderLegalHold(
            tuple(hold.id for hold in against),
            tuple(dict.fromkeys(hold.reason for hold in against)),
            tuple(sorted(held)),
        )
    owed = command.obligations
    if owed.is_open and kinds & NEEDED_TO_PAY:
        raise no.MoneyOutstanding(owed.open, owed.cash, tuple(sorted(kinds & NEEDED_TO_PAY)))
    kept = {kind: _kept(kind, subject, command) for kind in asked.asked if kind not in kinds}
    if without := tuple(kind for kind, why in kept.items() if why is None):
        raise no.LeftWithoutReason(without)
    if owed.any and command.kept_facts is None:
        raise no.SayWhatIsKept
    if command.kept_facts is not None and command.kept_facts.until <= today:
        raise no.KeptIntoThePast(command.kept_facts.until)
    if command.kept_facts is not None and command.kept_facts.until < (owed.kept_until or today):
        raise no.KeptTooShort(command.kept_facts.until, owed.kept_until or today)
    return ErasureApproved(
        by=command.by,
        at=command.at,
        erasure=asked.id,
        person=subject.id,
        kinds=tuple(sorted(kinds)),
        kept=tuple(why for why in kept.values() if why is not None),
        kept_facts=command.kept_facts if owed.any else None,
        services=SERVICES,
    )


def _kept(kind: Kind, subject: Subject, command: ApproveErasure) -> KeptKind | None:
    """Why the kind is kept; None when nothing bans erasing it."""
    for hold in subject.standing(command.at.date()):
        if kind in hold.kinds:
            return KeptKind(kind=kind, hold=hold.id, reason=hold.reason, until=hold.until)
    if kind in NEEDED_TO_PAY and command.obligations.is_open:
        return KeptKind(kind=kind, hold=None, reason=Reason.OPEN_PAYMENT, until=None)
    return None


def _record(command: RecordErased, asked: Erasure) -> Sequence[Fact]:
    if SERVICES[0] not in asked.outstanding:
        return []
    assert asked.decided_by is not None, "it was approved"
    erased = SubjectErased(
        by=command.by,
        at=command.at,
        erasure=asked.id,
        person=asked.person,
        kinds=command.kinds,
        disclosures=command.disclosures,
        ground=asked.ground,
        requested_by=asked.requested_by,
        approvers=(asked.decided_by,),
    )
    return [erased]


def _confirm(command: ConfirmErased, asked: Erasure) -> Sequence[Fact]:
    if asked.id != command.erasure or command.service not in asked.outstanding:
        return []
    confirmed = ErasureConfirmed(
        by=command.by,
        at=command.at,
        erasure=asked.id,
        person=asked.person,
        service=command.service,
        disclosures=command.disclosures,
    )
    if asked.outstanding != (command.service,):
        return [confirmed]
    completed = ErasureCompleted(
        by=command.by,
        at=command.at,
        erasure=asked.id,
        person=asked.person,
        kinds=asked.kinds,
        disclosures=asked.disclosures + command.disclosures,
    )
    return [confirmed, completed]


def evolve(subject: Subject, event: Fact) -> Subject:
    match event:
        case ErasureRequested():
            return replace(subject, erasure=_asked(event))
        case ErasureDeadlineExtended():
            return subject.with_erasure(answer_by=event.answer_by)
        case ErasureRefused():
            return subject.with_erasure(
                stage=Stage.REFUSED, legal_basis=event.legal_basis, decided_by=event.by
            )
        case ErasureApproved():
            approved = subject.with_erasure(
                stage=Stage.APPROVED,
                decided_by=event.by,
                kinds=event.kinds,
                kept=event.kept,
                kept_facts=event.kept_facts,
                outstanding=event.services,
            )
            return replace(approved, erased=subject.erased | set(event.kinds))
        case SubjectErased():
            return _confirmed(subject, SERVICES[0], event.disclosures)
        case ErasureConfirmed():
            return _confirmed(subject, event.service, event.disclosures)
        case ErasureCompleted():
            return subject.with_erasure(stage=Stage.COMPLETED, completed=event.at.date())
        case _:
            assert_never(event)


def _asked(event: ErasureRequested) -> Erasure:
    return Erasure(
        id=event.erasure,
        person=event.person,
        stage=Stage.REQUESTED,
        asked=event.kinds,
        ground=event.ground,
        requested_by=event.by,
        received=event.received,
        answer_by=event.answer_by,
    )


def _confirmed(subject: Subject, service: Code, disclosures: int) -> Subject:
    asked = subject.erasure
    assert asked is not None, "a fact about an erasure that nobody asked for"
    return subject.with_erasure(
        outstanding=tuple(each for each in asked.outstanding if each != service),
        disclosures=asked.disclosures + disclosures,
    )
