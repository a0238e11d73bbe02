"""What may be asked of a bank's answer."""

from disbursement.domain.bank_answer.facts import BankAnswerId, LinesTold, OpenLine
from disbursement.domain.bank_statement import MovementTold, StatementTold
from events.decider import Command
from events.values import Code, Digest, PersonId


class ReadBankAnswer(Command, frozen=True):
    answer: BankAnswerId
    file_hash: Digest
    lines: int
    open_lines: tuple[OpenLine, ...]
    statements: tuple[StatementTold, ...] = ()
    movements: tuple[MovementTold, ...] = ()


class UploadBankAnswer(Command, frozen=True):
    """A person hands in a file that the bank gave them."""

    answer: BankAnswerId
    file_hash: Digest
    outcome: LinesTold
    statements: tuple[StatementTold, ...] = ()


class ConfirmBankAnswer(Command, frozen=True):
    """Another person has seen that the bank says so: now it is read."""

    read: ReadBankAnswer
    parties: frozenset[PersonId]
    """Who had a part in the payments of which it tells something new."""
    as_seen: bool
    """What follows is what this person was shown."""


class DeclineBankAnswer(Command, frozen=True):
    """Another person says that it is not what the bank says: nothing of it counts."""

    reason: Code


class ResolveBankLine(Command, frozen=True):
    """A person has looked at an open line and says what became of it.

    Of a line that names money one person alone gives nothing up: it is dealt with when another one
    says the same.
    """

    line: int
    outcome: Code
    borne_out: bool = False
    """What became of it is a fact of its own, on which others have agreed."""
    agrees: bool | None = None
    """It is money of the recovery that the outcome names, and this person is the second to say so,
    or the first; None: it is no recovery's.
    """


BankAnswerCommand = (
    ReadBankAnswer | UploadBankAnswer | ConfirmBankAnswer | DeclineBankAnswer | ResolveBankLine
)
