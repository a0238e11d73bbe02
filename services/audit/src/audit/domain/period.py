"""A period: a month of the history, closed on figures that anybody can come to again.

    drawn up -> (drawn up anew) -> closed

The platform draws up what the log says of a month that is over: where each service's history
stood, the digest of every view as of the month's end, and control totals. A person closes it, on
the figures that they saw. What happened in the month and becomes known later is late: it changes
nothing that was closed, and is listed with it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, NewType, assert_never

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from events.canonical import canonical
from events.decider import Command, Decider, Event, Rejected, State
from events.money import Money
from events.values import SYSTEM, Code, Digest, PersonId, Shape

MONTH = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
Month = NewType("Month", Annotated[str, Meta(pattern=MONTH, examples=["2026-01"]), Shape(MONTH)])
"""A month as `2026-10`, in UTC."""
DECEMBER = 12


def ends(month: Month) -> datetime:
    """The last instant of the month."""
    year, number = int(month[:4]), int(month[5:])
    after = (year + 1, 1) if number == DECEMBER else (year, number + 1)
    return datetime(*after, 1, tzinfo=UTC) - timedelta(microseconds=1)


def month_of(at: datetime) -> Month:
    return Month(f"{at.astimezone(UTC):%Y-%m}")


# What is closed


class SourcePosition(msgspec.Struct, frozen=True):
    """Where a service's history stood."""

    service: Code
    position: int


class Projection(msgspec.Struct, frozen=True):
    """A view as of the month's end, as the replay of the log makes it."""

    service: Code
    view: Code
    rows: int
    digest: Digest


class ControlTotal(msgspec.Struct, frozen=True):
    """What the events of one kind that happened in the month add up to, in one currency."""

    field: Code
    """The kind of event and its field: `disbursement.vendor_paid.amount`."""
    count: int
    total: Money


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What the log says of a month."""

    size: int
    """How many entries the log had; those are what was known."""
    root: Digest
    """The signed root over them."""
    positions: tuple[SourcePosition, ...]
    projections: tuple[Projection, ...]
    totals: tuple[ControlTotal, ...]

    def statement(self, month: Month) -> Digest:
        """The digest of all of it: what a person closes."""
        told = canonical({"period": month, **msgspec.structs.asdict(self)})
        return Digest(hashlib.sha256(told).hexdigest())


# Requests


class DrawUpPeriod(Command, frozen=True):
    period: Month
    figures: Figures


class ClosePeriod(Command, frozen=True):
    statement: Digest
    """As it was on the page."""


PeriodCommand = DrawUpPeriod | ClosePeriod


# Facts


class PeriodDrawnUp(Event, frozen=True, tag="audit.period_drawn_up.v1"):
    """The platform worked out what the log says of a month that is over. Nothing is closed."""

    period: Month
    size: int
    root: Digest
    positions: tuple[SourcePosition, ...]
    projections: tuple[Projection, ...]
    totals: tuple[ControlTotal, ...]
    statement: Digest


class PeriodClosed(Event, frozen=True, tag="audit.period_closed.v1"):
    """A person closed a month on these figures. A replay of the log comes to the same."""

    period: Month
    size: int
    root: Digest
    positions: tuple[SourcePosition, ...]
    projections: tuple[Projection, ...]
    totals: tuple[ControlTotal, ...]
    statement: Digest


PeriodEvent = PeriodDrawnUp | PeriodClosed


# Refusals, in the order in which the rules are asked


@dataclass(unsafe_hash=True)
class PeriodNotOver(Rejected):
    """The month is not over."""

    ends: datetime


@dataclass(unsafe_hash=True)
class PeriodClosedAlready(Rejected):
    """What is closed stays closed; what comes later is late."""

    closed_by: PersonId


@dataclass(unsafe_hash=True)
class NothingDrawnUp(Rejected):
    """There are no figures to close."""


@dataclass(unsafe_hash=True)
class StatementChanged(Rejected):
    """The figures on the page are not those that stand."""

    seen: Digest
    stands: Digest


@dataclass(unsafe_hash=True)
class NeedsPerson(Rejected):
    """The platform draws up; a person closes."""


# State


class Period(State, frozen=True):
    id: Month
    figures: Figures
    statement: Digest
    drawn_up_at: datetime
    closed_at: datetime | None = None
    closed_by: PersonId | None = None


def evolve(period: Period | None, event: PeriodEvent) -> Period:
    match event:
        case PeriodDrawnUp():
            figures = Figures(
                size=event.size,
                root=event.root,
                positions=event.positions,
                projections=event.projections,
                totals=event.totals,
            )
            return Period(
                id=event.period,
                figures=figures,
                statement=event.statement,
                drawn_up_at=event.at,
            )
        case PeriodClosed():
            assert period is not None, "a month that was closed without figures"
            return replace(period, closed_at=event.at, closed_by=event.by)
        case _:
            assert_never(event)


# Rules


def decide(command: PeriodCommand, period: Period | None) -> Sequence[PeriodEvent]:
    by, at = command.by, command.at
    if period is not None and period.closed_by is not None:
        raise PeriodClosedAlready(period.closed_by)
    match command:
        case DrawUpPeriod(period=month, figures=figures):
            if at <= ends(month):
                raise PeriodNotOver(ends(month))
            statement = figures.statement(month)
            if period is not None and period.statement == statement:
                return []
            told = msgspec.structs.asdict(figures)
            return [PeriodDrawnUp(by=by, at=at, period=month, statement=statement, **told)]
        case ClosePeriod(statement=seen):
            if period is None:
                raise NothingDrawnUp
            if by == SYSTEM:
                raise NeedsPerson
            if seen != period.statement:
                raise StatementChanged(seen, period.statement)
            told = msgspec.structs.asdict(period.figures)
            return [PeriodClosed(by=by, at=at, period=period.id, statement=seen, **told)]
        case _:
            assert_never(command)


period = Decider(decide=decide, evolve=evolve)
