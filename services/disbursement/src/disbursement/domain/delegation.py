"""A delegation of authority: one person may certify, approve or sign, up to a limit, for a time.

    granted -> accepted -> confirmed -> (revoked)

It is given by one person, accepted by who gets it, whose roles open what it allows, and confirmed
by a third (D8): authority that somebody gave to an auditor, or to nobody that is known here, never
comes into force. Whoever then acts brings it along as a `Mandate`, which the service looked up:
nobody states their own authority.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import assert_never

import msgspec
from msgspec.structs import replace

from disbursement.domain.exchange_rate import Rate
from events.decider import Command, Decider, Event, Rejected, State
from events.money import Money
from events.values import DelegationId, PersonId

LONGEST = timedelta(days=5 * 365 + 1)
"""Five years, the leap day included: as long as grants run."""


class Authority(StrEnum):
    CERTIFY = "certify"
    APPROVE = "approve"
    SIGN = "sign"


class Stage(StrEnum):
    GRANTED = "granted"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    REVOKED = "revoked"


class Mandate(msgspec.Struct, frozen=True, kw_only=True):
    """A confirmed delegation as it stands when its holder acts."""

    delegation: DelegationId
    person: PersonId
    authority: Authority
    limit: Money
    starts: date
    ends: date
    used: Money
    """What the same vendor was approved for in the same case over the last 90 days (D8)."""
    rates: tuple[Rate, ...] = ()
    """At which what was of another grant is added up in `used`."""


# Requests


class GrantDelegation(Command, frozen=True):
    delegation: DelegationId
    person: PersonId
    authority: Authority
    limit: Money
    starts: date
    ends: date
    most: Money | None
    """How much may be delegated of it, in the limit's currency; None: nothing. The same below."""


class AcceptDelegation(Command, frozen=True):
    opened: tuple[Authority, ...]
    """What the roles of who accepts it open."""


class ConfirmDelegation(Command, frozen=True):
    most: Money | None


class RevokeDelegation(Command, frozen=True):
    pass


DelegationCommand = GrantDelegation | AcceptDelegation | ConfirmDelegation | RevokeDelegation


# Facts


class DelegationGranted(Event, frozen=True, tag="disbursement.delegation_granted.v1"):
    delegation: DelegationId
    person: PersonId
    authority: Authority
    limit: Money
    starts: date
    ends: date


class DelegationAccepted(Event, frozen=True, tag="disbursement.delegation_accepted.v1"):
    """Who gets it, in a role that opens what it allows, takes it on."""

    delegation: DelegationId


class DelegationConfirmed(Event, frozen=True, tag="disbursement.delegation_confirmed.v1"):
    delegation: DelegationId


class DelegationRevoked(Event, frozen=True, tag="disbursement.delegation_revoked.v1"):
    delegation: DelegationId


DelegationEvent = DelegationGranted | DelegationAccepted | DelegationConfirmed | DelegationRevoked


# Refusals, in the order in which the rules are asked


@dataclass(unsafe_hash=True)
class NoSuchDelegation(Rejected):
    """There is no such delegation."""


@dataclass(unsafe_hash=True)
class DelegationIsAt(Rejected):
    """The act needs the delegation at another stage."""

    stage: Stage
    needed: Stage | None


@dataclass(unsafe_hash=True)
class DelegationToOneself(Rejected):
    """Nobody gives authority to themselves, nor confirms their own."""

    person: PersonId


@dataclass(unsafe_hash=True)
class ConfirmedByItsGiver(Rejected):
    """A delegation is confirmed by somebody other than its giver."""

    person: PersonId


@dataclass(unsafe_hash=True)
class NotGivenToThem(Rejected):
    """Only who gets a delegation accepts it."""

    person: PersonId


@dataclass(unsafe_hash=True)
class RoleLacking(Rejected):
    """This person has no role in which they certify, approve or sign."""

    person: PersonId
    authority: Authority


@dataclass(unsafe_hash=True)
class PeriodEmpty(Rejected):
    """The delegation ends before it starts."""

    starts: date
    ends: date


@dataclass(unsafe_hash=True)
class PeriodTooLong(Rejected):
    """Nobody has authority for longer than five years, nor beyond five years from today."""

    starts: date
    ends: date


@dataclass(unsafe_hash=True)
class LimitNotAboveZero(Rejected):
    """A limit of nothing is no authority."""

    limit: Money


@dataclass(unsafe_hash=True)
class MoreThanIsDelegated(Rejected):
    """Nobody is given authority above what is delegated at all, in that currency."""

    authority: Authority
    limit: Money
    most: Money | None
    """None: in this currency it delegates nothing."""


@dataclass(unsafe_hash=True)
class NoMandate(Rejected):
    """This person holds no delegation for this act on this day."""

    person: PersonId
    authority: Authority


@dataclass(unsafe_hash=True)
class LimitInOtherCurrency(Rejected):
    """The person's limit is set in another currency than the grant's."""

    limit: Money
    asked: Money


@dataclass(unsafe_hash=True)
class AboveLimit(Rejected):
    """The amount, with what this vendor had in this case over 90 days, is above the limit."""

    limit: Money
    used: Money
    asked: Money


# State


class Delegation(State, frozen=True):
    id: DelegationId
    person: PersonId
    authority: Authority
    limit: Money
    starts: date
    ends: date
    given_by: PersonId
    stage: Stage


def evolve(delegation: Delegation | None, event: DelegationEvent) -> Delegation:
    if isinstance(event, DelegationGranted):
        return Delegation(
            id=event.delegation,
            person=event.person,
            authority=event.authority,
            limit=event.limit,
            starts=event.starts,
            ends=event.ends,
            given_by=event.by,
            stage=Stage.GRANTED,
        )
    assert delegation is not None, "a fact about a delegation that nobody gave"
    match event:
        case DelegationAccepted():
            return replace(delegation, stage=Stage.ACCEPTED)
        case DelegationConfirmed():
            return replace(delegation, stage=Stage.CONFIRMED)
        case DelegationRevoked():
            return replace(delegation, stage=Stage.REVOKED)
        case _:
            assert_never(event)


# Rules


def decide(command: DelegationCommand, delegation: Delegation | None) -> Sequence[DelegationEvent]:
    by, at = command.by, command.at
    if isinstance(command, GrantDelegation):
        return [_granted(command, delegation)]
    if delegation is None:
        raise NoSuchDelegation
    match command:
        case AcceptDelegation():
            if delegation.stage is not Stage.GRANTED:
                raise DelegationIsAt(delegation.stage, Stage.GRANTED)
            if by != delegation.person:
                raise NotGivenToThem(by)
            if delegation.authority not in command.opened:
                raise RoleLacking(by, delegation.authority)
            return [DelegationAccepted(by=by, at=at, delegation=delegation.id)]
        case ConfirmDelegation():
            if delegation.stage is not Stage.ACCEPTED:
                raise DelegationIsAt(delegation.stage, Stage.ACCEPTED)
            if by == delegation.person:
                raise DelegationToOneself(by)
            if by == delegation.given_by:
                raise ConfirmedByItsGiver(by)
            _is_delegated(delegation.authority, delegation.limit, command.most)
            return [DelegationConfirmed(by=by, at=at, delegation=delegation.id)]
        case RevokeDelegation():
            if delegation.stage is Stage.REVOKED:
                raise DelegationIsAt(delegation.stage, Stage.CONFIRMED)
            return [DelegationRevoked(by=by, at=at, delegation=delegation.id)]
        case _:
            assert_never(command)


def _granted(command: GrantDelegation, delegation: Delegation | None) -> DelegationGranted:
    if delegation is not None:
        raise DelegationIsAt(delegation.stage, None)
    if command.by == command.person:
        raise DelegationToOneself(command.by)
    if command.ends < command.starts:
        raise PeriodEmpty(command.starts, command.ends)
    if command.ends - min(command.starts, command.at.date()) > LONGEST:
        raise PeriodTooLong(command.starts, command.ends)
    if command.limit.minor <= 0:
        raise LimitNotAboveZero(command.limit)
    _is_delegated(command.authority, command.limit, command.most)
    return DelegationGranted(
        by=command.by,
        at=command.at,
        delegation=command.delegation,
        person=command.person,
        authority=command.authority,
        limit=command.limit,
        starts=command.starts,
        ends=command.ends,
    )


def _is_delegated(authority: Authority, limit: Money, most: Money | None) -> None:
    if most is None or limit > most:
        raise MoreThanIsDelegated(authority, limit, most)


def require(
    mandate: Mandate | None, *, person: PersonId, authority: Authority, amount: Money, at: datetime
) -> DelegationId:
    """The delegation under which this person may act on this amount; refused when there is none."""
    if (
        mandate is None
        or mandate.person != person
        or mandate.authority is not authority
        or not mandate.starts <= at.date() <= mandate.ends
    ):
        raise NoMandate(person, authority)
    if mandate.limit.currency != amount.currency:
        raise LimitInOtherCurrency(mandate.limit, amount)
    if mandate.used + amount > mandate.limit:
        raise AboveLimit(mandate.limit, mandate.used, amount)
    return mandate.delegation


delegation = Decider(decide=decide, evolve=evolve)
