"""A bank's answer: one file of statuses or of movements, read once.

What it says of our payments becomes facts about them, in the same append. What fits none of our
payments, or contradicts what we know of one, is kept here line by line and waits for a person. So
does a statement whose balances and movements do not add up. Of a statement every movement is kept.

What the bank's own channel brings is read at once. A file that a person uploads says nothing yet:
it waits, whole, until another person who had no part in what it tells of confirms it, or declines.
"""

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
    Failure,
    FailuresLeftUnconfirmed,
    LinesTold,
    Open,
    OpenLine,
    answer_id,
)
from disbursement.domain.bank_answer.refusals import (
    AnswerReadAlready,
    AnswerUploadedAlready,
    ConfirmedByAParty,
    ConfirmedByItsUploader,
    LineNotOpen,
    NoSuchBankAnswer,
    NotABankAnswer,
    NothingToConfirm,
    ProposedByYou,
    ReceivedOnRecovery,
    SaidOtherwiseNow,
    StatementDoesNotAddUp,
    TellsOtherwiseNow,
    UploadNotKept,
)
from disbursement.domain.bank_answer.requests import (
    BankAnswerCommand,
    ConfirmBankAnswer,
    DeclineBankAnswer,
    ReadBankAnswer,
    ResolveBankLine,
    UploadBankAnswer,
)
from disbursement.domain.bank_answer.rules import (
    bank_answer,
)
from disbursement.domain.bank_answer.state import (
    BankAnswer,
    Declined,
    Proposed,
    Stage,
)

__all__ = [
    "AnswerReadAlready",
    "AnswerUploadedAlready",
    "BankAnswer",
    "BankAnswerCommand",
    "BankAnswerConfirmed",
    "BankAnswerDeclined",
    "BankAnswerEvent",
    "BankAnswerId",
    "BankAnswerRead",
    "BankAnswerUploaded",
    "BankLineLeftOpen",
    "BankLineOutcomeProposed",
    "BankLineResolved",
    "BankMovementsTold",
    "BankStatementRead",
    "ConfirmBankAnswer",
    "ConfirmedByAParty",
    "ConfirmedByItsUploader",
    "DeclineBankAnswer",
    "Declined",
    "Failure",
    "FailuresLeftUnconfirmed",
    "LineNotOpen",
    "LinesTold",
    "NoSuchBankAnswer",
    "NotABankAnswer",
    "NothingToConfirm",
    "Open",
    "OpenLine",
    "Proposed",
    "ProposedByYou",
    "ReadBankAnswer",
    "ReceivedOnRecovery",
    "ResolveBankLine",
    "SaidOtherwiseNow",
    "Stage",
    "StatementDoesNotAddUp",
    "TellsOtherwiseNow",
    "UploadBankAnswer",
    "UploadNotKept",
    "answer_id",
    "bank_answer",
]
