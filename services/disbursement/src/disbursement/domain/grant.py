"""A grant: a donor's money, the window in which it may be used, how foreign costs are converted.

The conversion rule is the donor's, so it is an attribute of the grant and of nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from disbursement.domain.currency import must_be_known
from events.decider import Command, Decider, Event, Rejected, State
from events.values import Code, GrantId, PersonId

RATES_WITHIN_DAYS = 45
"""So old may a rate be where the donor says nothing else: the UN's come each month."""
IN_SIGHT = timedelta(days=20 * 365)


class Conversion(StrEnum):
    """Which rate turns a cost in another currency into the donor's."""

    RATE_OF_THE_DAY_PAID = "rate_of_the_day_paid"
    RATE_OF_THE_MONTH_PAID = "rate_of_the_month_paid"


# Requests


class OpenGrant(Command, frozen=True):
    grant: GrantId
    donor: Code
    reference: Code
    currency: Code
    opens: date
    closes: date
    conversion: Conversion
    rates: Code
    """Whose published rates count, such as `UNORE`."""
    rates_within_days: int = RATES_WITHIN_DAYS
    """How old a rate may be on the day for which it counts."""


class CloseGrant(Command, frozen=True):
    """Nothing new is kept for plans or committed from it, from now on; today is its last day."""


class ExtendGrant(Command, frozen=True):
    """The donor lets its money be used for longer; also where it was closed before its time."""

    closes: date


GrantCommand = OpenGrant | CloseGrant | ExtendGrant

# Facts


class GrantOpened(Event, frozen=True, tag="disbursement.grant_opened.v1"):
    grant: GrantId
    donor: Code
    reference: Code
    currency: Code
    opens: date
    closes: date
    conversion: Conversion
    rates: Code


class RatesBounded(Event, frozen=True, tag="disbursement.rates_bounded.v1"):
    """Its donor lets rates be of another age than is usual."""

    grant: GrantId
    within_days: int


class GrantEndProposed(Event, frozen=True, tag="disbursement.grant_end_proposed.v1"):
    """One grant manager says when it is to end: another one has to say the same."""

    grant: GrantId
    until: date | None
    """None: on the day on which the other one says so."""


class GrantExtended(Event, frozen=True, tag="disbursement.grant_extended.v1"):
    """Its donor bears costs for longer."""

    grant: GrantId
    closes: date
    """Its last day."""


class GrantClosed(Event, frozen=True, tag="disbursement.grant_closed.v1"):
    """It closed earlier than it was to."""

    grant: GrantId
    closes: date
    """Its last day."""


GrantEvent = GrantOpened | RatesBounded | GrantEndProposed | GrantExtended | GrantClosed

# Refusals


@dataclass(unsafe_hash=True)
class GrantExists(Rejected):
    """The grant is open already."""

    grant: GrantId


@dataclass(unsafe_hash=True)
class NoSuchGrant(Rejected):
    """There is no such grant."""


@dataclass(unsafe_hash=True)
class GrantNotOpen(Rejected):
    """A grant is closed while it is open."""

    grant: GrantId
    opens: date
    closes: date


@dataclass(unsafe_hash=True)
class EndProposedByYou(Rejected):
    """Who proposed when the grant ends does not agree to it as well."""

    person: PersonId


@dataclass(unsafe_hash=True)
class NotExtended(Rejected):
    """A grant is extended beyond its last day, to one that is not over."""

    closes: date
    until: date


@dataclass(unsafe_hash=True)
class WindowEmpty(Rejected):
    """The window closes before it opens."""

    opens: date
    closes: date


@dataclass(unsafe_hash=True)
class WindowOutOfSight(Rejected):
    """A grant opens and closes within twenty years of today: further off is a slip of the pen."""

    opens: date
    closes: date


# State


class ProposedEnd(msgspec.Struct, frozen=True):
    until: date | None
    """None: on the day on which another person agrees."""
    by: PersonId


class Grant(State, frozen=True):
    id: GrantId
    donor: Code
    reference: Code
    currency: Code
    opens: date
    closes: date
    conversion: Conversion = Conversion.RATE_OF_THE_DAY_PAID
    rates: Code = Code("UNORE")
    rates_within_days: int = RATES_WITHIN_DAYS
    closed: bool = False
    """Before its time."""
    proposed: ProposedEnd | None = None
    """What one person said, and nobody else yet."""


def evolve(grant: Grant | None, event: GrantEvent) -> Grant:
    if isinstance(event, GrantEndProposed):
        assert grant is not None, "a grant that nobody opened is to end"
        return replace(grant, proposed=ProposedEnd(event.until, event.by))
    if isinstance(event, GrantClosed | GrantExtended):
        assert grant is not None, "a grant that nobody opened ends"
        early = isinstance(event, GrantClosed)
        return replace(grant, closes=event.closes, closed=early, proposed=None)
    if isinstance(event, RatesBounded):
        assert grant is not None, "a grant that nobody opened has its terms"
        return replace(grant, rates_within_days=event.within_days)
    assert grant is None, "a grant that was opened twice"
    return Grant(
        id=event.grant,
        donor=event.donor,
        reference=event.reference,
        currency=event.currency,
        opens=event.opens,
        closes=event.closes,
        conversion=event.conversion,
        rates=event.rates,
    )


# Rules


def decide(command: GrantCommand, grant: Grant | None) -> Sequence[GrantEvent]:
    if isinstance(command, CloseGrant | ExtendGrant):
        if grant is None:
            raise NoSuchGrant
        return [_ends(command, grant)]
    if grant is not None:
        raise GrantExists(grant.id)
    must_be_known(command.currency)
    if command.closes < command.opens:
        raise WindowEmpty(command.opens, command.closes)
    _in_sight(command, command.opens, command.closes)
    opened = GrantOpened(
        by=command.by,
        at=command.at,
        grant=command.grant,
        donor=command.donor,
        reference=command.reference,
        currency=command.currency,
        opens=command.opens,
        closes=command.closes,
        conversion=command.conversion,
        rates=command.rates,
    )
    if command.rates_within_days == RATES_WITHIN_DAYS:
        return [opened]
    bounded = RatesBounded(
        by=command.by,
        at=command.at,
        grant=command.grant,
        within_days=command.rates_within_days,
    )
    return [opened, bounded]


def _in_sight(command: Command, opens: date, closes: date) -> None:
    today = command.at.date()
    if any(abs(day - today) > IN_SIGHT for day in (opens, closes)):
        raise WindowOutOfSight(opens, closes)


def _ends(command: CloseGrant | ExtendGrant, grant: Grant) -> GrantEvent:
    """Earlier or later than it was to, once two people have said the same."""
    by, at, today = command.by, command.at, command.at.date()
    until = command.closes if isinstance(command, ExtendGrant) else None
    if until is None and not grant.opens <= today < grant.closes:
        raise GrantNotOpen(grant.id, grant.opens, grant.closes)
    if until is not None:
        if until <= grant.closes or until < today:
            raise NotExtended(grant.closes, until)
        _in_sight(command, grant.opens, until)
    said = grant.proposed
    if said is None or said.until != until:
        return GrantEndProposed(by=by, at=at, grant=grant.id, until=until)
    if said.by == by:
        raise EndProposedByYou(by)
    if until is None:
        return GrantClosed(by=by, at=at, grant=grant.id, closes=today)
    return GrantExtended(by=by, at=at, grant=grant.id, closes=until)


grant = Decider(decide=decide, evolve=evolve)
