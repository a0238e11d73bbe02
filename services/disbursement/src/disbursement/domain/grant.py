"""A grant: a donor's money, the window in which it may be used, how foreign costs are converted.

The conversion rule is the donor's, so it is an attribute of the grant and of nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from msgspec.structs import replace

from disbursement.domain.currency import must_be_known
from events.decider import Command, Decider, Event, Rejected, State
from events.values import Code, GrantId

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


GrantCommand = OpenGrant | CloseGrant

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


class GrantClosed(Event, frozen=True, tag="disbursement.grant_closed.v1"):
    """It closed earlier than it was to."""

    grant: GrantId
    closes: date
    """Its last day."""


GrantEvent = GrantOpened | RatesBounded | GrantClosed

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


def evolve(grant: Grant | None, event: GrantEvent) -> Grant:
    if isinstance(event, GrantClosed):
        assert grant is not None, "a grant that nobody opened is closed"
        return replace(grant, closes=event.closes, closed=True)
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
    if isinstance(command, CloseGrant):
        return [_closed(command, grant)]
    if grant is not None:
        raise GrantExists(grant.id)
    must_be_known(command.currency)
    if command.closes < command.opens:
        raise WindowEmpty(command.opens, command.closes)
    today = command.at.date()
    if any(abs(day - today) > IN_SIGHT for day in (command.opens, command.closes)):
        raise WindowOutOfSight(command.opens, command.closes)
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


def _closed(command: CloseGrant, grant: Grant | None) -> GrantClosed:
    if grant is None:
        raise NoSuchGrant
    today = command.at.date()
    if not grant.opens <= today < grant.closes:
        raise GrantNotOpen(grant.id, grant.opens, grant.closes)
    return GrantClosed(by=command.by, at=command.at, grant=grant.id, closes=today)


grant = Decider(decide=decide, evolve=evolve)
