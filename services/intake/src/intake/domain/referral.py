"""A referral: somebody is handed on to another service, which we do not pay.

    offered -> accepted (by the returnee, then by the service) -> done
            -> declined (by either)

Nobody is told of a person before that person has said yes. What is handed over is agreed on with
the offer, needs the consent to partners on the day it is handed over, and is recorded. Of a
restricted case the events say neither which kind of service it is nor which one: that a woman was
handed on to a shelter tells what happened to her.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, assert_never

from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.personal import Protection
from events.values import CaseId, Code, ItemId, PersonId, ReferralId
from intake.domain.case.asking import at as needs_stage
from intake.domain.case.asking import consented
from intake.domain.case.household import NotInHousehold
from intake.domain.case.kinds import OPEN
from intake.domain.case.state import Case
from intake.domain.consent import Scope


class Service(StrEnum):
    """What somebody is handed on to."""

    LEGAL = "legal"
    HEALTH = "health"
    PSYCHOSOCIAL = "psychosocial"
    PROTECTION = "protection"
    """Safe shelter, police: whoever keeps somebody from danger."""
    SCHOOL = "school"
    EMPLOYMENT = "employment"
    LENDER = "lender"
    SUPPORT = "support"
    """What others read of a restricted case, whatever it is."""


class Party(StrEnum):
    RETURNEE = "returnee"
    SERVICE = "service"


class Stage(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DONE = "done"


class Handed(StrEnum):
    """What of a person may be handed over: the vault's names for it."""

    NAME = "name"
    DATE_OF_BIRTH = "date_of_birth"
    PHONE = "phone"


class Reason(StrEnum):
    """Why a referral is declined."""

    NOT_WANTED = "not_wanted"
    TOO_FAR = "too_far"
    NO_CAPACITY = "no_capacity"
    NOT_COMPETENT = "not_competent"
    COSTS = "costs"
    UNREACHABLE = "unreachable"


class Outcome(StrEnum):
    """What came of it."""

    HELPED = "helped"
    PARTLY_HELPED = "partly_helped"
    NOT_HELPED = "not_helped"
    DROPPED_OUT = "dropped_out"


# Requests


class OfferReferral(Command, frozen=True):
    referral: ReferralId
    case: Case
    person: PersonId
    service: Service
    to: Code
    hands_over: tuple[Handed, ...]
    answer_by: dt.date
    done_by: dt.date
    item: ItemId | None = None
    words: str | None = None


class OnReferral(Command, frozen=True):
    """An act on a referral that stands, with its case as that stands."""

    case: Case
    organisation: Code


class AcceptReferral(OnReferral, frozen=True):
    party: Party


class DeclineReferral(OnReferral, frozen=True):
    party: Party
    reason: Reason


class HandOver(OnReferral, frozen=True):
    pass


class CompleteReferral(OnReferral, frozen=True):
    outcome: Outcome


Request = OfferReferral | AcceptReferral | DeclineReferral | HandOver | CompleteReferral

# Facts


class ReferralMade(Event, frozen=True, tag="intake.referral_made.v1"):
    """Somebody was offered to be handed on."""

    about: ClassVar[str | None] = "person"
    referral: ReferralId
    case: CaseId
    person: PersonId
    service: Service
    to: Code | None
    """The organisation; of a restricted case it is told in confidence."""
    hands_over: tuple[Handed, ...]
    answer_by: dt.date
    done_by: dt.date
    item: ItemId | None
    """The line of a plan that it fulfils."""
    confided_service: Protection[Service] = None
    confided_to: Protection[Code] = None
    words: Protection[str] = None
    """What the service is asked for."""


class ReferralAccepted(Event, frozen=True, tag="intake.referral_accepted.v1"):
    """One of the two said yes."""

    referral: ReferralId
    case: CaseId
    party: Party


class ReferralDeclined(Event, frozen=True, tag="intake.referral_declined.v1"):
    """One of the two said no. The referral ends."""

    referral: ReferralId
    case: CaseId
    party: Party
    reason: Reason


class ReferralHandedOver(Event, frozen=True, tag="intake.referral_handed_over.v1"):
    """These values of the person were handed to the service."""

    referral: ReferralId
    case: CaseId
    person: PersonId
    handed: tuple[Handed, ...]


class ReferralCompleted(Event, frozen=True, tag="intake.referral_completed.v1"):
    """The service has done what it was asked for, or as much as came of it."""

    referral: ReferralId
    case: CaseId
    item: ItemId | None
    outcome: Outcome


ReferralEvent = (
    ReferralMade | ReferralAccepted | ReferralDeclined | ReferralHandedOver | ReferralCompleted
)

# Refusals, in the order in which the rules are asked


@dataclass(unsafe_hash=True)
class NoSuchReferral(Rejected):
    """There is no such referral, or none that you may know of."""

    hides: ClassVar[bool] = True


@dataclass(unsafe_hash=True)
class DaysOutOfOrder(Rejected):
    """The service answers on a day that is still to come, and is done no earlier."""

    today: dt.date
    answer_by: dt.date
    done_by: dt.date


@dataclass(unsafe_hash=True)
class ReferralIsAt(Rejected):
    """The act needs the referral at another stage."""

    stage: Stage
    needed: Stage


@dataclass(unsafe_hash=True)
class ReturneeFirst(Rejected):
    """No service is told of somebody who has not said yes."""

    accepted: tuple[Party, ...]


@dataclass(unsafe_hash=True)
class AnswersForItself(Rejected):
    """Another organisation answers for itself, and for nobody else."""

    organisation: Code


@dataclass(unsafe_hash=True)
class NothingToHandOver(Rejected):
    """The person agreed to be handed on without anything being told of them."""

    agreed: tuple[Handed, ...]


# State


class Referral(State, frozen=True):
    id: ReferralId
    case: CaseId
    person: PersonId
    stage: Stage
    service: Service
    to: Code | None
    hands_over: tuple[Handed, ...]
    answer_by: dt.date
    done_by: dt.date
    item: ItemId | None
    accepted: tuple[Party, ...] = ()
    handed: tuple[Handed, ...] = ()
    outcome: Outcome | None = None

    @property
    def wanted(self) -> bool:
        """Whether the returnee has said yes: until then no service is told."""
        return Party.RETURNEE in self.accepted

    @property
    def due(self) -> dt.date | None:
        """By when the next thing should have happened; None when nothing is waited for."""
        return {Stage.OFFERED: self.answer_by, Stage.ACCEPTED: self.done_by}.get(self.stage)

    def overdue(self, today: dt.date) -> bool:
        return self.due is not None and self.due < today


def evolve(referral: Referral | None, event: ReferralEvent) -> Referral:
    if isinstance(event, ReferralMade):
        return Referral(
            id=event.referral,
            case=event.case,
            person=event.person,
            stage=Stage.OFFERED,
            service=event.service,
            to=event.to,
            hands_over=event.hands_over,
            answer_by=event.answer_by,
            done_by=event.done_by,
            item=event.item,
        )
    assert referral is not None, "a fact about a referral that nobody made"
    match event:
        case ReferralAccepted(party=party):
            stage = Stage.ACCEPTED if party is Party.SERVICE else referral.stage
            return replace(referral, stage=stage, accepted=(*referral.accepted, party))
        case ReferralDeclined():
            return replace(referral, stage=Stage.DECLINED)
        case ReferralHandedOver(handed=handed):
            return replace(referral, handed=handed)
        case ReferralCompleted(outcome=outcome):
            return replace(referral, stage=Stage.DONE, outcome=outcome)
        case _:
            assert_never(event)


# Rules


def decide(command: Request, referral: Referral | None) -> Sequence[ReferralEvent]:
    if isinstance(command, OfferReferral):
        assert referral is None, "each referral has an id of its own"
        return [_offer(command)]
    if referral is None or not known_to(referral, command):
        raise NoSuchReferral
    match command:
        case AcceptReferral():
            return _accept(command, referral)
        case DeclineReferral():
            return [_decline(command, referral)]
        case HandOver():
            return [_hand_over(command, referral)]
        case CompleteReferral():
            return [_complete(command, referral)]
        case _:
            assert_never(command)


def known_to(referral: Referral, who: OnReferral) -> bool:
    """Whether they may know of it: who may know of the case and, once the returnee has said yes
    and while no need to know keeps them out, those to whom it is.
    """
    return _keeps(who) or (
        who.organisation == referral.to and referral.wanted and not who.case.restricted
    )


def _keeps(who: OnReferral) -> bool:
    return who.case.known_to(who.by, who.organisation, who.at)


def _offer(command: OfferReferral) -> ReferralMade:
    case, today = command.case, command.at.date()
    needs_stage(case, *OPEN)
    if case.member(command.person) is None:
        raise NotInHousehold(command.person)
    consented(case, Scope.ASSISTANCE)
    if command.hands_over:
        consented(case, Scope.PARTNERS)
    if not today <= command.answer_by <= command.done_by:
        raise DaysOutOfOrder(today, command.answer_by, command.done_by)
    secret = case.restricted
    return ReferralMade(
        by=command.by,
        at=command.at,
        referral=command.referral,
        case=case.id,
        person=command.person,
        service=Service.SUPPORT if secret else command.service,
        to=None if secret else command.to,
        hands_over=tuple(sorted(set(command.hands_over))),
        answer_by=command.answer_by,
        done_by=command.done_by,
        item=command.item,
        confided_service=command.service if secret else None,
        confided_to=command.to if secret else None,
        words=command.words,
    )


def _accept(command: AcceptReferral, referral: Referral) -> Sequence[ReferralAccepted]:
    _answers(command, referral)
    if command.party in referral.accepted:
        return []
    return [
        ReferralAccepted(
            by=command.by,
            at=command.at,
            referral=referral.id,
            case=referral.case,
            party=command.party,
        )
    ]


def _decline(command: DeclineReferral, referral: Referral) -> ReferralDeclined:
    _answers(command, referral)
    return ReferralDeclined(
        by=command.by,
        at=command.at,
        referral=referral.id,
        case=referral.case,
        party=command.party,
        reason=command.reason,
    )


def _answers(command: AcceptReferral | DeclineReferral, referral: Referral) -> None:
    _is_at(referral, Stage.OFFERED)
    if command.party is Party.SERVICE and not referral.wanted:
        raise ReturneeFirst(referral.accepted)
    if command.party is Party.RETURNEE and not _keeps(command):
        raise AnswersForItself(command.organisation)


def _hand_over(command: HandOver, referral: Referral) -> ReferralHandedOver:
    if not _keeps(command):
        raise AnswersForItself(command.organisation)
    if referral.stage is not Stage.ACCEPTED:
        _is_at(referral, Stage.OFFERED)
    if not referral.wanted:
        raise ReturneeFirst(referral.accepted)
    consented(command.case, Scope.ASSISTANCE)
    consented(command.case, Scope.PARTNERS)
    if not referral.hands_over:
        raise NothingToHandOver(referral.hands_over)
    return ReferralHandedOver(
        by=command.by,
        at=command.at,
        referral=referral.id,
        case=referral.case,
        person=referral.person,
        handed=referral.hands_over,
    )


def _complete(command: CompleteReferral, referral: Referral) -> ReferralCompleted:
    _is_at(referral, Stage.ACCEPTED)
    return ReferralCompleted(
        by=command.by,
        at=command.at,
        referral=referral.id,
        case=referral.case,
        item=referral.item,
        outcome=command.outcome,
    )


def _is_at(referral: Referral, needed: Stage) -> None:
    if referral.stage is not needed:
        raise ReferralIsAt(referral.stage, needed)


referral = Decider(decide=decide, evolve=evolve)
