"""An export: a copy of what a grant's money did, in a form that others read, as of a cut-off.

What was handed out is known for ever by its digest. An export never changes: later facts are in a
later one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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


# Refusals


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


def evolve(_export: Export | None, event: GrantExported) -> Export:
    return Export(
        id=event.export,
        grant=event.grant,
        format=event.format,
        cut_off=event.cut_off,
        digest=event.digest,
        size=event.size,
    )


# Rules


def decide(command: ExportGrant, export: Export | None) -> Sequence[GrantExported]:
    if export is not None:
        raise ExportStands(export.id)
    if command.cut_off > command.stands:
        raise CutOffAhead(command.cut_off, command.stands)
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


export = Decider(decide=decide, evolve=evolve)
