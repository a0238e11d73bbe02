"""An import: a batch of rows by each of which somebody is to be registered.

    received -> completed, when every row has its result

A row's result is stored in the same append as the case that it opened, so that a batch which was
stopped in the middle goes on after the last row that has one. In events a row is a number: what
stands in it is told only by the registration, to the vault.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, assert_never

import msgspec
from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.values import CaseId, Code, Digest, ImportId, PersonId, ProgrammeId

ROWS_AT_ONCE = 100
FAULTS_SHOWN = 5


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    KOBO = "kobo"


class Result(StrEnum):
    TAKEN = "taken"
    """A case was opened; on a dry run, one would be."""
    SUSPECTED = "suspected"
    """A case was opened, and may be of somebody who is known: the pair waits for a person."""
    ALREADY = "already"
    """It was taken before, from this file or from another."""
    REFUSED = "refused"


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with a row: where, and by which rule."""

    field: Code | None
    reason: Code


class Row(msgspec.Struct, frozen=True):
    """What became of one row."""

    row: int
    """As the file counts its lines, the heading being the first; a submission's place in a list."""
    result: Result
    case: CaseId | None = None
    faults: tuple[Fault, ...] = ()


# Requests


class ReceiveImport(Command, frozen=True):
    batch: ImportId
    organisation: Code
    office: Code
    programme: ProgrammeId
    format: Format
    dry_run: bool
    content: Digest
    rows: int


class RecordRows(Command, frozen=True):
    worked: int
    """How many rows had a result before these."""
    rows: tuple[Row, ...]


class AbandonImport(Command, frozen=True):
    reason: Code


Request = ReceiveImport | RecordRows | AbandonImport

# Facts


class ImportReceived(Event, frozen=True, tag="intake.import_received.v1"):
    """A file was read, and its rows wait to be worked off."""

    batch: ImportId
    organisation: Code
    office: Code
    programme: ProgrammeId
    format: Format
    dry_run: bool
    content: Digest
    """Of the file as it came."""
    rows: int


class ImportRowsWorked(Event, frozen=True, tag="intake.import_rows_worked.v1"):
    """These rows have their results."""

    batch: ImportId
    rows: tuple[Row, ...]


class ImportCompleted(Event, frozen=True, tag="intake.import_completed.v1"):
    """Every row has its result; of what was sent nothing is held any more."""

    batch: ImportId
    taken: int
    suspected: int
    already: int
    refused: int


class ImportAbandoned(Event, frozen=True, tag="intake.import_abandoned.v1"):
    """The rows that have no result cannot be read any more. The file is to be sent again."""

    batch: ImportId
    reason: Code


ImportEvent = ImportReceived | ImportRowsWorked | ImportCompleted | ImportAbandoned

# Refusals


@dataclass(unsafe_hash=True)
class NoSuchImport(Rejected):
    """There is no such import."""

    hides: ClassVar[bool] = True


@dataclass(unsafe_hash=True)
class RowsWorkedAlready(Rejected):
    """These rows have their results, or it is not their turn."""

    worked: int


# State


class Batch(State, frozen=True):
    id: ImportId
    organisation: Code
    office: Code
    programme: ProgrammeId
    format: Format
    dry_run: bool
    content: Digest
    rows: int
    received_by: PersonId
    counts: dict[Result, int]
    completed: bool = False
    abandoned: Code | None = None

    @property
    def worked(self) -> int:
        """How many rows have a result."""
        return sum(self.counts.values())

    @property
    def is_over(self) -> bool:
        return self.completed or self.abandoned is not None


def evolve(batch: Batch | None, event: ImportEvent) -> Batch:
    if isinstance(event, ImportReceived):
        return Batch(
            id=event.batch,
            organisation=event.organisation,
            office=event.office,
            programme=event.programme,
            format=event.format,
            dry_run=event.dry_run,
            content=event.content,
            rows=event.rows,
            received_by=event.by,
            counts=dict.fromkeys(Result, 0),
        )
    assert batch is not None, "a fact about an import that nobody sent"
    match event:
        case ImportRowsWorked(rows=rows):
            more = Counter(row.result for row in rows)
            counts = {result: count + more[result] for result, count in batch.counts.items()}
            return replace(batch, counts=counts)
        case ImportCompleted():
            return replace(batch, completed=True)
        case ImportAbandoned(reason=reason):
            return replace(batch, abandoned=reason)
        case _:
            assert_never(event)


# Rules


def decide(command: Request, batch: Batch | None) -> Sequence[ImportEvent]:
    if isinstance(command, ReceiveImport):
        assert batch is None, "each import has an id of its own"
        return _receive(command)
    if batch is None:
        raise NoSuchImport
    if isinstance(command, AbandonImport):
        if batch.is_over:
            return []
        return [
            ImportAbandoned(by=command.by, at=command.at, batch=batch.id, reason=command.reason)
        ]
    if batch.is_over or command.worked != batch.worked:
        raise RowsWorkedAlready(batch.worked)
    worked = ImportRowsWorked(by=command.by, at=command.at, batch=batch.id, rows=command.rows)
    after = evolve(batch, worked)
    return [worked, *_completed(command, after)]


def _receive(command: ReceiveImport) -> Sequence[ImportEvent]:
    received = ImportReceived(
        by=command.by,
        at=command.at,
        batch=command.batch,
        organisation=command.organisation,
        office=command.office,
        programme=command.programme,
        format=command.format,
        dry_run=command.dry_run,
        content=command.content,
        rows=command.rows,
    )
    return [received, *_completed(command, evolve(None, received))]


def _completed(command: Command, batch: Batch) -> Sequence[ImportCompleted]:
    if batch.worked < batch.rows:
        return []
    return [
        ImportCompleted(
            by=command.by,
            at=command.at,
            batch=batch.id,
            taken=batch.counts[Result.TAKEN],
            suspected=batch.counts[Result.SUSPECTED],
            already=batch.counts[Result.ALREADY],
            refused=batch.counts[Result.REFUSED],
        )
    ]


batch = Decider(decide=decide, evolve=evolve)
