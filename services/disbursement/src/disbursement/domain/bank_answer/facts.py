"""What is told of a bank's answer."""

from datetime import date
from enum import StrEnum
from typing import Annotated, NewType

import msgspec
from msgspec import Meta

from disbursement.domain.bank_statement import MovementTold, StatementTold
from events.decider import Event
from events.money import Money
from events.values import ID, Code, CommitmentId, Digest, PaymentId, Shape

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


class LinesTold(msgspec.Struct, frozen=True, kw_only=True):
    """What a file told when a person uploaded it, line by line."""

    taken: int
    """Lines that told something new of a payment."""
    unchanged: int
    """Lines that told what was known, or nothing that matters."""
    left_open: int
    """Lines, and statements as a whole, that a person has to look at."""


class BankAnswerRead(Event, frozen=True, tag="disbursement.bank_answer_read.v1"):
    answer: BankAnswerId
    file_hash: Digest
    lines: int


class BankAnswerUploaded(Event, frozen=True, tag="disbursement.bank_answer_uploaded.v1"):
    """A person handed it in: it did not come from the bank by itself."""

    answer: BankAnswerId
    file_hash: Digest
    outcome: LinesTold


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A payment that came to nothing."""

    commitment: CommitmentId
    payment: PaymentId


class FailuresLeftUnconfirmed(Event, frozen=True, tag="disbursement.failures_left_unconfirmed.v1"):
    """One person alone said that these came to nothing. Not told any more: the file waits as a
    whole.
    """

    answer: BankAnswerId
    failures: tuple[Failure, ...]


class BankAnswerConfirmed(Event, frozen=True, tag="disbursement.bank_answer_confirmed.v1"):
    """Another person has seen that the bank says so."""

    answer: BankAnswerId


class BankAnswerDeclined(Event, frozen=True, tag="disbursement.bank_answer_declined.v1"):
    """Another person says that the bank says no such thing: nothing of the file counts."""

    answer: BankAnswerId
    reason: Code


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
    | BankAnswerDeclined
    | BankStatementRead
    | BankMovementsTold
    | BankLineLeftOpen
    | BankLineOutcomeProposed
    | BankLineResolved
)
