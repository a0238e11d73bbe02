"""Why an act on a bank's answer may be refused."""

from dataclasses import dataclass

from disbursement.domain.bank_answer.facts import BankAnswerId
from events.decider import Rejected
from events.values import Code, PersonId


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
class ReceivedOnRecovery(Rejected):
    """That money of a recovery came is said on the recovery, by two."""

    line: int
    recovery: Code


@dataclass(unsafe_hash=True)
class SaidOtherwiseNow(Rejected):
    """At the same instant somebody else said what became of the money: look again."""

    line: int


@dataclass(unsafe_hash=True)
class NotABankAnswer(Rejected):
    """The file is no answer of a bank that we can read: neither pain.002, camt.05x nor MT940."""


@dataclass(unsafe_hash=True)
class AnswerReadAlready(Rejected):
    """The bank's file was read before: nothing has changed."""

    answer: BankAnswerId


@dataclass(unsafe_hash=True)
class AnswerUploadedAlready(Rejected):
    """The file was uploaded before, and waits for another person."""

    answer: BankAnswerId


@dataclass(unsafe_hash=True)
class StatementDoesNotAddUp(Rejected):
    """Opening balance and movements of a statement do not come to its closing balance."""

    statement: int
    """Which of the file, from 1."""
    reference: Code | None


@dataclass(unsafe_hash=True)
class NothingToConfirm(Rejected):
    """The file does not wait for another person."""

    answer: BankAnswerId


@dataclass(unsafe_hash=True)
class ConfirmedByItsUploader(Rejected):
    """Who ever uploaded a file does not confirm or decline it as well."""

    person: PersonId


@dataclass(unsafe_hash=True)
class ConfirmedByAParty(Rejected):
    """Who had a part in a payment does not confirm what the bank made of it (S9)."""

    person: PersonId


@dataclass(unsafe_hash=True)
class UploadNotKept(Rejected):
    """The uploaded file is not here any more as it was: it is declined, and uploaded again."""

    answer: BankAnswerId


@dataclass(unsafe_hash=True)
class TellsOtherwiseNow(Rejected):
    """Since it was looked at, what would follow from the file has changed: look again."""

    answer: BankAnswerId
