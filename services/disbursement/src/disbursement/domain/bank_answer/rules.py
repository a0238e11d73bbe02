"""What may happen to a bank's answer."""

from collections.abc import Sequence
from typing import assert_never

from disbursement.domain.bank_answer import refusals as no
from disbursement.domain.bank_answer.facts import (
    BankAnswerConfirmed,
    BankAnswerDeclined,
    BankAnswerEvent,
    BankAnswerRead,
    BankAnswerUploaded,
    BankLineLeftOpen,
    BankLineOutcomeProposed,
    BankLineResolved,
    BankMovementsTold,
    BankStatementRead,
)
from disbursement.domain.bank_answer.requests import (
    BankAnswerCommand,
    ConfirmBankAnswer,
    DeclineBankAnswer,
    ReadBankAnswer,
    ResolveBankLine,
    UploadBankAnswer,
)
from disbursement.domain.bank_answer.state import BankAnswer, Stage, evolve
from disbursement.domain.bank_statement import Kind, Sum
from events.decider import Command, Decider

FACT_MAX = 200
"""Movements in one fact: a statement of 10,000 has fifty of them."""


def decide(command: BankAnswerCommand, answer: BankAnswer | None) -> Sequence[BankAnswerEvent]:
    match command:
        case ReadBankAnswer():
            known = answer is not None and answer.stage is Stage.READ
            return [] if known else _read(command)
        case UploadBankAnswer():
            return [_uploaded(command, answer)]
        case ConfirmBankAnswer():
            return _confirmed(command, answer)
        case DeclineBankAnswer():
            stands = _by_another(command, answer)
            reason = command.reason
            return [
                BankAnswerDeclined(by=command.by, at=command.at, answer=stands.id, reason=reason)
            ]
        case ResolveBankLine():
            return [_resolved(command, answer)]
        case _:
            assert_never(command)


def _resolved(
    command: ResolveBankLine, answer: BankAnswer | None
) -> BankLineResolved | BankLineOutcomeProposed:
    by, at, line, outcome = command.by, command.at, command.line, command.outcome
    if answer is None:
        raise no.NoSuchBankAnswer(line)
    if line not in answer.open_lines:
        raise no.LineNotOpen(answer.id, line)
    said = answer.said_of(line)
    agrees = said is not None and said.outcome == outcome
    if command.agrees is None and outcome.startswith("rcv_"):
        raise no.ReceivedOnRecovery(line, outcome)
    if command.agrees not in (None, agrees):
        raise no.SaidOtherwiseNow(line)
    alone = command.borne_out or (command.agrees is None and line not in answer.of_money)
    if not alone and said is not None and agrees and said.by == by:
        raise no.ProposedByYou(by, line)
    fact = BankLineResolved if alone or agrees else BankLineOutcomeProposed
    return fact(by=by, at=at, answer=answer.id, line=line, outcome=outcome)


def _uploaded(command: UploadBankAnswer, answer: BankAnswer | None) -> BankAnswerUploaded:
    if answer is not None and answer.stage is Stage.READ:
        raise no.AnswerReadAlready(answer.id)
    if answer is not None and answer.stage is Stage.UPLOADED:
        raise no.AnswerUploadedAlready(answer.id)
    for each in command.statements:
        if each.kind is Kind.STATEMENT and each.sum is Sum.DOES_NOT:
            raise no.StatementDoesNotAddUp(each.statement, each.reference)
    return BankAnswerUploaded(
        by=command.by,
        at=command.at,
        answer=command.answer,
        file_hash=command.file_hash,
        outcome=command.outcome,
    )


def _confirmed(command: ConfirmBankAnswer, answer: BankAnswer | None) -> Sequence[BankAnswerEvent]:
    stands, read = _by_another(command, answer), command.read
    if command.by in command.parties:
        raise no.ConfirmedByAParty(command.by)
    if read.file_hash != stands.file_hash:
        raise no.UploadNotKept(stands.id)
    if not command.as_seen:
        raise no.TellsOtherwiseNow(stands.id)
    confirmed = BankAnswerConfirmed(by=command.by, at=command.at, answer=stands.id)
    return [confirmed, *_read(read)]


def _by_another(command: Command, answer: BankAnswer | None) -> BankAnswer:
    """The file that waits for somebody else than who uploaded it, now or ever."""
    if answer is None:
        raise no.NoSuchBankAnswer(0)
    if answer.stage is not Stage.UPLOADED:
        raise no.NothingToConfirm(answer.id)
    if command.by in answer.uploaders:
        raise no.ConfirmedByItsUploader(command.by)
    return answer


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
