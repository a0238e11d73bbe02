"""An export: a copy of what a grant's money did, in a form that others read, as of a cut-off.

What was handed out is known for ever by its digest. An export never changes: later facts are in a
later one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from events.decider import Command, Decider, Event, Rejected, State
from events.values import Digest, ExportId, GrantId


class Format(StrEnum):
    """Who reads it, and in which standard."""

    IATI = "iati"
    """The public: an activity of the International Aid Transparency Initiative, 2.03, in XML."""
    OCDS = "ocds"
    """The public: releases of the Open Contracting Data Standard, 1.1.5, in JSON."""
    HXL = "hxl"
    """The public: figures in CSV under hashtags of the Humanitarian Exchange Language."""
    DONOR_REPORT = "donor_report"
    """The grant's donor: budget against actual, each payment and its papers; CSV files in a zip."""


# Requests


class ExportGrant(Command, frozen=True):
    export: ExportId
    grant: GrantId
    format: Format
    cut_off: int
    stands: int
    """The last position of this service's history at the time."""
    digest: Digest
    size: int
    since: date | None = None
    """The first day that it tells of; None: it tells from the beginning."""


# Facts


class GrantExported(Event, frozen=True, tag="disbursement.grant_exported.v1"):
    export: ExportId
    grant: GrantId
    format: Format
    cut_off: int
    """The last position of this service's history that it tells of."""
    digest: Digest
    """Of its bytes."""
    size: int
    """How many these are."""


class GrantPeriodExported(Event, frozen=True, tag="disbursement.grant_period_exported.v1"):
    """As `GrantExported`, but not from the beginning."""

    export: ExportId
    grant: GrantId
    format: Format
    since: date
    """The first day that it tells of."""
    cut_off: int
    digest: Digest
    size: int


ExportEvent = GrantExported | GrantPeriodExported


# Refusals


@dataclass(unsafe_hash=True)
class ToldInWhole(Rejected):
    """What the public is told in this form replaces what it was told before, and the difference of
    two figures would tell of few people: there is no part of it.
    """

    format: Format


@dataclass(unsafe_hash=True)
class NoSuchGrant(Rejected):
    """There is no such grant."""

    grant: GrantId


@dataclass(unsafe_hash=True)
class CutOffAhead(Rejected):
    """The history has not come so far: what was not known yet cannot be told."""

    cut_off: int
    stands: int


@dataclass(unsafe_hash=True)
class NothingToTell(Rejected):
    """So far nothing was ordered or paid from the grant that this form could tell of."""

    grant: GrantId
    format: Format


@dataclass(unsafe_hash=True)
class ExportStands(Rejected):
    """There is such an export already; an export never changes."""

    export: ExportId


# State


class Export(State, frozen=True):
    id: ExportId
    grant: GrantId
    format: Format
    cut_off: int
    digest: Digest
    size: int
    since: date | None = None


def evolve(_export: Export | None, event: ExportEvent) -> Export:
    return Export(
        id=event.export,
        grant=event.grant,
        format=event.format,
        cut_off=event.cut_off,
        digest=event.digest,
        size=event.size,
        since=event.since if isinstance(event, GrantPeriodExported) else None,
    )


# Rules


def decide(command: ExportGrant, export: Export | None) -> Sequence[ExportEvent]:
    if export is not None:
        raise ExportStands(export.id)
    if command.cut_off > command.stands:
        raise CutOffAhead(command.cut_off, command.stands)
    if command.since is not None:
        refuse_in_part(command.format)
        return [
            GrantPeriodExported(
                by=command.by,
                at=command.at,
                export=command.export,
                grant=command.grant,
                format=command.format,
                since=command.since,
                cut_off=command.cut_off,
                digest=command.digest,
                size=command.size,
            )
        ]
    return [
        GrantExported(
            by=command.by,
            at=command.at,
            export=command.export,
            grant=command.grant,
            format=command.format,
            cut_off=command.cut_off,
            digest=command.digest,
            size=command.size,
        )
    ]


def refuse_in_part(format_: Format) -> None:
    """Whether there are parts of what is told in this form. `ToldInWhole`."""
    if format_ in (Format.IATI, Format.HXL):
        raise ToldInWhole(format_)


export = Decider(decide=decide, evolve=evolve)
