"""What the facts about a bank's answer amount to."""

from datetime import datetime
from enum import StrEnum
from typing import assert_never

from msgspec.structs import replace

from disbursement.domain.bank_answer.facts import (
    BankAnswerConfirmed,
    BankAnswerDeclined,
    BankAnswerEvent,
    BankAnswerId,
    BankAnswerRead,
    BankAnswerUploaded,
    BankLineLeftOpen,
    BankLineOutcomeProposed,
    BankLineResolved,
    BankMovementsTold,
    BankStatementRead,
    FailuresLeftUnconfirmed,
    LinesTold,
)
from events.decider import State
from events.values import Code, Digest, PersonId


class Proposed(State, frozen=True):
    line: int
    outcome: Code
    by: PersonId


class Declined(State, frozen=True):
    """Somebody found, before it was uploaded again, that the bank says no such thing."""

    by: PersonId
    reason: Code
    at: datetime


class Stage(StrEnum):
    UPLOADED = "uploaded"
    """It waits for another person, and counts for nothing."""
    READ = "read"
    DECLINED = "declined"


class BankAnswer(State, frozen=True):
    id: BankAnswerId
    file_hash: Digest
    stage: Stage
    open_lines: tuple[int, ...] = ()
    lines: int = 0
    """0 before it is read."""
    outcome: LinesTold | None = None
    of_money: tuple[int, ...] = ()
    """The lines that name an amount."""
    proposed: tuple[Proposed, ...] = ()
    """What one person said of a line, and nobody else yet."""
    uploaded_by: PersonId | None = None
    """The last one. None: it came from the bank by itself."""
    uploaders: tuple[PersonId, ...] = ()
    """All who ever did: none of them confirms it."""
    declines: tuple[Declined, ...] = ()
    confirmed_by: PersonId | None = None
    """None, and read: the bank itself has brought it."""

    def said_of(self, line: int) -> Proposed | None:
        return next((each for each in self.proposed if each.line == line), None)


def evolve(answer: BankAnswer | None, event: BankAnswerEvent) -> BankAnswer:
    match event:
        case BankAnswerRead(answer=name, file_hash=file_hash, lines=lines):
            stands = answer or BankAnswer(id=name, file_hash=file_hash, stage=Stage.READ)
            return replace(stands, stage=Stage.READ, lines=lines)
        case BankAnswerUploaded(answer=name, file_hash=file_hash, outcome=outcome, by=by):
            stands = answer or BankAnswer(id=name, file_hash=file_hash, stage=Stage.UPLOADED)
            stage = Stage.READ if stands.stage is Stage.READ else Stage.UPLOADED
            uploaders = tuple(dict.fromkeys((*stands.uploaders, by)))
            return replace(
                stands, stage=stage, outcome=outcome, uploaded_by=by, uploaders=uploaders
            )
        case _:
            assert answer is not None, "a file that nobody read or uploaded"
            return _further(answer, event)


Further = (
    FailuresLeftUnconfirmed
    | BankAnswerConfirmed
    | BankAnswerDeclined
    | BankStatementRead
    | BankMovementsTold
    | BankLineLeftOpen
    | BankLineOutcomeProposed
    | BankLineResolved
)


def _further(answer: BankAnswer, event: Further) -> BankAnswer:
    match event:
        case BankStatementRead() | BankMovementsTold() | FailuresLeftUnconfirmed():
            return answer
        case BankAnswerConfirmed(by=by):
            return replace(answer, confirmed_by=by)
        case BankAnswerDeclined(by=by, reason=reason, at=at):
            declines = (*answer.declines, Declined(by=by, reason=reason, at=at))
            return replace(answer, stage=Stage.DECLINED, declines=declines)
        case BankLineLeftOpen(line=line):
            of_money = (line.line,) if line.amount is not None else ()
            return replace(
                answer,
                open_lines=(*answer.open_lines, line.line),
                of_money=(*answer.of_money, *of_money),
            )
        case BankLineOutcomeProposed(line=number, outcome=outcome, by=by):
            others = tuple(each for each in answer.proposed if each.line != number)
            said = Proposed(line=number, outcome=outcome, by=by)
            return replace(answer, proposed=(*others, said))
        case BankLineResolved(line=number):
            left = tuple(line for line in answer.open_lines if line != number)
            return replace(answer, open_lines=left)
        case _:
            assert_never(event)
