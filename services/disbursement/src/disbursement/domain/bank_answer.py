"""A bank's answer: one file of statuses or of movements, read once.

What it says of our payments becomes facts about them, in the same append. What fits none of our
payments, or contradicts what we know of one, is kept here line by line and waits for a person. So
does a statement whose balances and movements do not add up. Of a statement every movement is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, NewType, assert_never

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from disbursement.domain.bank_statement import MovementTold, StatementTold
from events.decider import Command, Decider, Event, Rejected, State
from events.money import Money
from events.values import ID, Code, CommitmentId, Digest, PaymentId, PersonId, Shape

BankAnswerId = NewType("BankAnswerId", Annotated[str, Meta(pattern=ID), Shape(ID)])
"""A file that a bank gave us (`ans_` and the beginning of its hash)."""


class Open(StrEnum):
    """Why a line waits for a person."""

    NO_REFERENCE = "no_reference"
    UNKNOWN_REFERENCE = "unknown_reference"
    UNKNOWN_STATUS = "unknown_status"
    NO_AMOUNT = "no_amount"
    OTHER_AMOUNT = "other_amount"
    CONTRADICTS = "contradicts"
    """The payment is at a stage at which this cannot have happened."""
    BOOKED_TWICE = "booked_twice"
    """The payment is on our account already, under another reference: it left twice. Or its return
    is: it came back twice."""
    OTHER_ACCOUNT = "other_account"
    """It is of an account that is none of ours."""
    NOT_READABLE = "not_readable"
    """The file as a whole is no bank's answer that we can read, or could not be read at all."""
    DOES_NOT_ADD_UP = "does_not_add_up"
    """Of a statement: opening balance and movements do not come to the closing balance."""
    TOLD_OTHERWISE = "told_otherwise"
    """Of a statement: the bank has told another one under its reference before."""


FACT_MAX = 200
"""Movements or failures in one fact: a statement of 10,000 has fifty of them."""


class OpenLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line that fits nothing. The bank's free text is not kept: it may name people."""

    line: int
    """From 1; a file's statements are numbered after its lines."""
    why: Open
    reference: Code | None
    """The end-to-end id, as far as it is a reference at all."""
    status: Code | None
    amount: Money | None
    value_date: date | None
    bank_ref: Code | None
    """The bank's own reference of the booking."""


def answer_id(digest: Digest) -> BankAnswerId:
    return BankAnswerId(f"ans_{digest[:40]}")


# Requests


class ReadBankAnswer(Command, frozen=True):
    answer: BankAnswerId
    file_hash: Digest
    lines: int
    open_lines: tuple[OpenLine, ...]
    statements: tuple[StatementTold, ...] = ()
    movements: tuple[MovementTold, ...] = ()


class LinesTold(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a file that a person uploaded, line by line."""

    taken: int
    """Lines that told something new of a payment."""
    unchanged: int
    """Lines that told what was known, or nothing that matters."""
    left_open: int
    """Lines, and statements as a whole, that wait for a person."""


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A payment that came to nothing, by a file that a person uploaded."""

    commitment: CommitmentId
    payment: PaymentId


class UploadBankAnswer(Command, frozen=True):
    """A person hands in a file that the bank gave them."""

    read: ReadBankAnswer
    outcome: LinesTold
    releasers: frozenset[PersonId]
    """Who signed the payments that it tells something new of."""
    failures: tuple[Failure, ...] = ()


class ConfirmBankAnswer(Command, frozen=True):
    """Another person has seen that the bank says so."""

    releasers: frozenset[PersonId]
    """Who signed the payments that came to nothing."""


class ResolveBankLine(Command, frozen=True):
    """A person has looked at an open line and says what became of it.

    Of a line that names money one person alone gives nothing up: it is dealt with when another one
    says the same.
    """

    line: int
    outcome: Code
    borne_out: bool = False
    """What became of it is a fact of its own, on which others have agreed."""


BankAnswerCommand = ReadBankAnswer | UploadBankAnswer | ConfirmBankAnswer | ResolveBankLine


# Facts


class BankAnswerRead(Event, frozen=True, tag="disbursement.bank_answer_read.v1"):
    answer: BankAnswerId
    file_hash: Digest
    lines: int


class BankAnswerUploaded(Event, frozen=True, tag="disbursement.bank_answer_uploaded.v1"):
    """A person handed it in: it did not come from the bank by itself."""

    answer: BankAnswerId
    file_hash: Digest
    outcome: LinesTold


class FailuresLeftUnconfirmed(Event, frozen=True, tag="disbursement.failures_left_unconfirmed.v1"):
    """One person alone says that these came to nothing, as many as fit into one fact: nothing is
    paid in their place before another person has seen it.
    """

    answer: BankAnswerId
    failures: tuple[Failure, ...]


class BankAnswerConfirmed(Event, frozen=True, tag="disbursement.bank_answer_confirmed.v1"):
    """Another person has seen that the bank says so."""

    answer: BankAnswerId


class BankLineLeftOpen(Event, frozen=True, tag="disbursement.bank_line_left_open.v1"):
    answer: BankAnswerId
    line: OpenLine


class BankLineOutcomeProposed(Event, frozen=True, tag="disbursement.bank_line_outcome_proposed.v1"):
    """One person says what became of money that fits nothing: another one has to say the same."""

    answer: BankAnswerId
    line: int
    outcome: Code


class BankLineResolved(Event, frozen=True, tag="disbursement.bank_line_resolved.v1"):
    answer: BankAnswerId
    line: int
    outcome: Code


class BankStatementRead(Event, frozen=True, tag="disbursement.bank_statement_read.v1"):
    answer: BankAnswerId
    statement: StatementTold


class BankMovementsTold(Event, frozen=True, tag="disbursement.bank_movements_told.v1"):
    """Movements of the answer's statements, in their order, as many as fit into one fact."""

    answer: BankAnswerId
    movements: tuple[MovementTold, ...]


BankAnswerEvent = (
    BankAnswerRead
    | BankAnswerUploaded
    | FailuresLeftUnconfirmed
    | BankAnswerConfirmed
    | BankStatementRead
    | BankMovementsTold
    | BankLineLeftOpen
    | BankLineOutcomeProposed
    | BankLineResolved
)


# Refusals


@dataclass(unsafe_hash=True)
class NoSuchBankAnswer(Rejected):
    """No such answer of a bank was read."""

    line: int


@dataclass(unsafe_hash=True)
class LineNotOpen(Rejected):
    """The line does not wait for anybody."""

    answer: BankAnswerId
    line: int


@dataclass(unsafe_hash=True)
class ProposedByYou(Rejected):
    """Who said what became of the money does not agree to it as well."""

    person: PersonId
    line: int


@dataclass(unsafe_hash=True)
class NotABankAnswer(Rejected):
    """The file is no answer of a bank that we can read: neither pain.002, camt.05x nor MT940."""


@dataclass(unsafe_hash=True)
class AnswerReadAlready(Rejected):
    """The bank's file was read before: nothing has changed."""

    answer: BankAnswerId


@dataclass(unsafe_hash=True)
class ReleaserCannotConfirm(Rejected):
    """Who signed a payment does not tell what the bank made of it (S9)."""

    person: PersonId


@dataclass(unsafe_hash=True)
class NothingToConfirm(Rejected):
    """No failure that this answer tells of waits for another person."""

    answer: BankAnswerId


@dataclass(unsafe_hash=True)
class ConfirmedByItsUploader(Rejected):
    """Who uploaded a file does not confirm it as well, nor act on the money that it says came."""

    person: PersonId


# State


class Proposed(State, frozen=True):
    line: int
    outcome: Code
    by: PersonId


class BankAnswer(State, frozen=True):
    id: BankAnswerId
    file_hash: Digest
    open_lines: tuple[int, ...]
    lines: int = 0
    outcome: LinesTold | None = None
    """None: it came from the bank by itself."""
    of_money: tuple[int, ...] = ()
    """The lines that name an amount."""
    proposed: tuple[Proposed, ...] = ()
    """What one person said of a line, and nobody else yet."""
    uploaded_by: PersonId | None = None
    unconfirmed: tuple[Failure, ...] = ()
    """What it says came to nothing, and nobody but the uploader has seen."""

    def said_of(self, line: int) -> Proposed | None:
        return next((each for each in self.proposed if each.line == line), None)


def evolve(answer: BankAnswer | None, event: BankAnswerEvent) -> BankAnswer:
    if isinstance(event, BankAnswerRead):
        return BankAnswer(
            id=event.answer, file_hash=event.file_hash, open_lines=(), lines=event.lines
        )
    assert answer is not None, "a line of an answer that nobody read"
    match event:
        case BankStatementRead() | BankMovementsTold():
            return answer
        case BankAnswerUploaded(outcome=outcome, by=by):
            return replace(answer, outcome=outcome, uploaded_by=by)
        case FailuresLeftUnconfirmed(failures=failures):
            return replace(answer, unconfirmed=(*answer.unconfirmed, *failures))
        case BankAnswerConfirmed():
            return replace(answer, unconfirmed=())
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


# Rules


def decide(command: BankAnswerCommand, answer: BankAnswer | None) -> Sequence[BankAnswerEvent]:
    match command:
        case ReadBankAnswer():
            return [] if answer is not None else _read(command)
        case UploadBankAnswer():
            return _uploaded(command, answer)
        case ConfirmBankAnswer():
            return [_confirmed(command, answer)]
        case ResolveBankLine():
            return [_resolved(command, answer)]
        case _:
            assert_never(command)


def _resolved(
    command: ResolveBankLine, answer: BankAnswer | None
) -> BankLineResolved | BankLineOutcomeProposed:
    by, at, line, outcome = command.by, command.at, command.line, command.outcome
    if answer is None:
        raise NoSuchBankAnswer(line)
    if line not in answer.open_lines:
        raise LineNotOpen(answer.id, line)
    if command.borne_out and by == answer.uploaded_by:
        raise ConfirmedByItsUploader(by)
    said = answer.said_of(line)
    if line not in answer.of_money or command.borne_out:
        agreed = True
    elif said is not None and said.outcome == outcome:
        if said.by == by:
            raise ProposedByYou(by, line)
        agreed = True
    else:
        agreed = False
    fact = BankLineResolved if agreed else BankLineOutcomeProposed
    return fact(by=by, at=at, answer=answer.id, line=line, outcome=outcome)


def _uploaded(command: UploadBankAnswer, answer: BankAnswer | None) -> Sequence[BankAnswerEvent]:
    by, read = command.by, command.read
    if answer is not None:
        raise AnswerReadAlready(answer.id)
    if by in command.releasers:
        raise ReleaserCannotConfirm(by)
    uploaded = BankAnswerUploaded(
        by=by,
        at=command.at,
        answer=read.answer,
        file_hash=read.file_hash,
        outcome=command.outcome,
    )
    failures = command.failures
    unconfirmed = (
        FailuresLeftUnconfirmed(
            by=by, at=command.at, answer=read.answer, failures=failures[start : start + FACT_MAX]
        )
        for start in range(0, len(failures), FACT_MAX)
    )
    return [*_read(read), uploaded, *unconfirmed]


def _confirmed(command: ConfirmBankAnswer, answer: BankAnswer | None) -> BankAnswerConfirmed:
    by = command.by
    if answer is None:
        raise NoSuchBankAnswer(0)
    if not answer.unconfirmed:
        raise NothingToConfirm(answer.id)
    if by == answer.uploaded_by:
        raise ConfirmedByItsUploader(by)
    if by in command.releasers:
        raise ReleaserCannotConfirm(by)
    return BankAnswerConfirmed(by=by, at=command.at, answer=answer.id)


def _read(command: ReadBankAnswer) -> Sequence[BankAnswerEvent]:
    by, at, answer = command.by, command.at, command.answer
    movements = command.movements
    return [
        BankAnswerRead(
            by=by, at=at, answer=answer, file_hash=command.file_hash, lines=command.lines
        ),
        *(
            BankStatementRead(by=by, at=at, answer=answer, statement=statement)
            for statement in command.statements
        ),
        *(
            BankMovementsTold(
                by=by, at=at, answer=answer, movements=movements[start : start + FACT_MAX]
            )
            for start in range(0, len(movements), FACT_MAX)
        ),
        *(BankLineLeftOpen(by=by, at=at, answer=answer, line=line) for line in command.open_lines),
    ]


bank_answer = Decider(decide=decide, evolve=evolve)
