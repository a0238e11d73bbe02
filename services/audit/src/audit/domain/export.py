"""An export of the log in a form that others read, as of a size of the log.

What was handed out is known for ever by its digest. An export never changes: what came later is in
a later one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from events.decider import Command, Decider, Event, Rejected, State
from events.values import Digest, ExportId, GrantId


class Form(StrEnum):
    """What reads it."""

    OCEL = "ocel"
    """Process mining: an object-centric event log by OCEL 2.0, in JSON."""
    TABLES = "tables"
    """Spreadsheets and databases: CSV files, control totals and a data dictionary, in a zip."""


# Requests


class MakeExport(Command, frozen=True):
    export: ExportId
    form: Form
    grant: GrantId | None
    since: date | None
    until: date | None
    cut_off: int
    root: Digest
    withheld: int
    digest: Digest
    size: int


# Facts


class ExportMade(Event, frozen=True, tag="audit.export_made.v1"):
    """Somebody took a copy of the log in that form."""

    export: ExportId
    form: Form
    grant: GrantId | None
    """Of which grant alone it tells."""
    since: date | None
    until: date | None
    """From which day and up to which day."""
    cut_off: int
    """How many entries of the log it tells of."""
    root: Digest
    """The root that was signed for them."""
    withheld: int
    """How many ids are told nowhere in it: of restricted cases."""
    digest: Digest
    """Of its bytes."""
    size: int
    """How many these are."""


# Refusals


@dataclass(unsafe_hash=True)
class ExportStands(Rejected):
    """There is such an export already; an export never changes."""

    export: ExportId


@dataclass(unsafe_hash=True)
class DaysOutOfOrder(Rejected):
    """The first day is not after the last one."""

    since: date
    until: date


@dataclass(unsafe_hash=True)
class NothingSigned(Rejected):
    """The log has no checkpoint yet: ask again in a moment."""


@dataclass(unsafe_hash=True)
class NothingSignedBy(Rejected):
    """The log has no checkpoint of that day or of one before: take a later day."""

    until: date


@dataclass(unsafe_hash=True)
class CutOffNotSigned(Rejected):
    """No checkpoint was signed for a log of this size."""

    cut_off: int


@dataclass(unsafe_hash=True)
class NoSuchGrant(Rejected):
    """The log tells of no such grant."""

    grant: GrantId


# State


class Export(State, frozen=True):
    id: ExportId
    form: Form
    grant: GrantId | None
    since: date | None
    until: date | None
    cut_off: int
    root: Digest
    withheld: int
    digest: Digest
    size: int


def evolve(_export: Export | None, event: ExportMade) -> Export:
    return Export(
        id=event.export,
        form=event.form,
        grant=event.grant,
        since=event.since,
        until=event.until,
        cut_off=event.cut_off,
        root=event.root,
        withheld=event.withheld,
        digest=event.digest,
        size=event.size,
    )


# Rules


def refuse(since: date | None, until: date | None) -> None:
    """Whether there are such days."""
    if since is not None and until is not None and since > until:
        raise DaysOutOfOrder(since, until)


def decide(command: MakeExport, export: Export | None) -> Sequence[ExportMade]:
    if export is not None:
        raise ExportStands(export.id)
    refuse(command.since, command.until)
    return [
        ExportMade(
            by=command.by,
            at=command.at,
            export=command.export,
            form=command.form,
            grant=command.grant,
            since=command.since,
            until=command.until,
            cut_off=command.cut_off,
            root=command.root,
            withheld=command.withheld,
            digest=command.digest,
            size=command.size,
        )
    ]


export = Decider(decide=decide, evolve=evolve)
