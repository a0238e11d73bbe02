"""A sample: which items of a population an auditor looks at, drawn by a seed.

Whoever has the population's file and what is told here draws the same items again
(`sampling/draw.py` says how). A sample never changes; another draw is another sample.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import msgspec

from events.decider import Command, Decider, Event, Rejected, State
from events.money import Money
from events.values import Code, Digest, GrantId, SampleId


class Method(StrEnum):
    """How items are drawn."""

    RANDOM = "random"
    """Each as probable as any other of its stratum."""
    MONETARY_UNIT = "monetary_unit"
    """Each as probable as it is large; what is not below the interval, surely."""


class Population(StrEnum):
    """What is drawn from."""

    PAYMENTS = "payments"
    """What the bank has paid, at its amount in the grant's currency."""
    COMMITMENTS = "commitments"
    """At what was reserved, in the grant's currency."""
    INVOICES = "invoices"
    """At what is claimed. Offers are no claims."""
    DELIVERIES = "deliveries"
    """They have no amount of their own."""
    CASH = "cash"
    """What was handed over, in the grant's currency."""
    VENDORS = "vendors"
    """They have no amount."""


class Stratum(StrEnum):
    """By what a population is divided."""

    OFFICE = "office"
    VENDOR = "vendor"
    BAND = "band"


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """What makes a sample as large as it is: said, or planned."""

    items: int | None = None
    """Said."""
    confidence_percent: int | None = None
    materiality: Money | None = None
    """What may be wrong at most."""
    expected: Money | None = None
    """What is expected to be wrong."""
    tolerable_basis_points: int | None = None
    """How many of 10,000 items may deviate."""
    expected_basis_points: int | None = None


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for."""

    population: Population
    method: Method
    seed: Code
    size: Size
    grant: GrantId | None = None
    since: date | None = None
    until: date | None = None
    currency: Code | None = None
    stratified_by: Stratum | None = None
    bands: tuple[Money, ...] = ()
    """Where one band ends and the next begins, which has that amount."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it."""

    population_digest: Digest
    """SHA-256 of the population's file."""
    population_items: int
    population_value: Money | None
    interval: Money | None
    start: Money | None
    """The first monetary unit that was drawn."""
    items: int
    """How many were drawn."""
    worksheet_digest: Digest


# Requests


class DrawSample(Command, frozen=True):
    sample: SampleId
    cut_off: int
    root: Digest
    drawing: Drawing
    outcome: Outcome
    file: Digest


# Facts


class SampleDrawn(Event, frozen=True, tag="audit.sample_drawn.v1"):
    """Somebody drew items of a population as it was in the log at that size."""

    sample: SampleId
    cut_off: int
    """How many entries of the log it is drawn from."""
    root: Digest
    """The root that was signed for them."""
    drawing: Drawing
    outcome: Outcome
    file: Digest
    """Of all that was handed out."""


# Refusals, in the order in which the rules are asked


@dataclass(unsafe_hash=True)
class SampleStands(Rejected):
    """There is such a sample already; a sample never changes."""

    sample: SampleId


@dataclass(unsafe_hash=True)
class DaysOutOfOrder(Rejected):
    """The first day is not after the last one."""

    since: date
    until: date


@dataclass(unsafe_hash=True)
class NotAboveZero(Rejected):
    """Materiality and where bands begin are above zero, and nothing is expected below it."""

    amount: Money


@dataclass(unsafe_hash=True)
class SizeOfAnotherMethod(Rejected):
    """Amounts that may be wrong are of monetary units, rates of deviation of random items."""

    method: Method


@dataclass(unsafe_hash=True)
class BandsNotSaid(Rejected):
    """Whoever divides by band says where bands begin, and nobody else does."""


@dataclass(unsafe_hash=True)
class HasNoAmounts(Rejected):
    """Monetary units and bands are of what has amounts."""

    population: Population


@dataclass(unsafe_hash=True)
class CannotDivide(Rejected):
    """Nothing of such a population says in which stratum it is."""

    population: Population
    by: Stratum


@dataclass(unsafe_hash=True)
class SizeNotSaid(Rejected):
    """A sample says how large it is.

    As large as `items` says; or `confidence_percent` and, of monetary units, `materiality`, of
    items `tolerable_basis_points`.
    """

    method: Method


@dataclass(unsafe_hash=True)
class OfNoGrant(Rejected):
    """Nothing of such a population is of one grant."""

    population: Population


@dataclass(unsafe_hash=True)
class SeveralCurrencies(Rejected):
    """Amounts of several currencies do not add up: say which one to draw from."""

    currencies: tuple[str, ...]


@dataclass(unsafe_hash=True)
class NothingToDrawFrom(Rejected):
    """The population has no item."""

    population: Population


@dataclass(unsafe_hash=True)
class LookAtEverything(Rejected):
    """So much is expected to be wrong that no sample would show that it is not more."""


@dataclass(unsafe_hash=True)
class MoreStrataThanItems(Rejected):
    """Of each stratum there should be an item: draw more, or divide by something else."""

    strata: int
    items: int


# State


class Sample(State, frozen=True):
    id: SampleId
    cut_off: int
    root: Digest
    drawing: Drawing
    outcome: Outcome
    file: Digest


def evolve(_sample: Sample | None, event: SampleDrawn) -> Sample:
    return Sample(
        id=event.sample,
        cut_off=event.cut_off,
        root=event.root,
        drawing=event.drawing,
        outcome=event.outcome,
        file=event.file,
    )


# Rules


def refuse(drawing: Drawing) -> None:
    """Whether it can be meant so, whatever there is to draw from."""
    size, method = drawing.size, drawing.method
    if drawing.since is not None and drawing.until is not None and drawing.since > drawing.until:
        raise DaysOutOfOrder(drawing.since, drawing.until)
    for amount in (size.materiality, *drawing.bands):
        if amount is not None and amount.minor <= 0:
            raise NotAboveZero(amount)
    if size.expected is not None and size.expected.minor < 0:
        raise NotAboveZero(size.expected)
    amounts = size.materiality is not None or size.expected is not None
    rates = size.tolerable_basis_points is not None or size.expected_basis_points is not None
    if rates if method is Method.MONETARY_UNIT else amounts:
        raise SizeOfAnotherMethod(method)
    if bool(drawing.bands) is not (drawing.stratified_by is Stratum.BAND):
        raise BandsNotSaid


def decide(command: DrawSample, sample: Sample | None) -> Sequence[SampleDrawn]:
    if sample is not None:
        raise SampleStands(sample.id)
    return [
        SampleDrawn(
            by=command.by,
            at=command.at,
            sample=command.sample,
            cut_off=command.cut_off,
            root=command.root,
            drawing=command.drawing,
            outcome=command.outcome,
            file=command.file,
        )
    ]


sample = Decider(decide=decide, evolve=evolve)
