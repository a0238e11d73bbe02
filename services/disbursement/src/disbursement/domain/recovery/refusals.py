"""Why an act on a recovery may be refused, in the order in which the rules are asked."""

from dataclasses import dataclass
from enum import StrEnum

from disbursement.domain.bank_answer import BankAnswerId
from disbursement.domain.payment import Stage as Paying
from events.decider import Rejected
from events.money import Money
from events.values import Code, PersonId

PAID_TWICE = Code("paid_twice")
"""Why a second payment of an invoice is owed back."""


class Stage(StrEnum):
    INITIATED = "initiated"
    APPROVED = "approved"
    WRITE_OFF_PROPOSED = "write_off_proposed"
    SETTLED = "settled"
    WRITTEN_OFF = "written_off"
    REVERSAL_PROPOSED = "reversal_proposed"
    """Of what was given up: it is owed again when another person says so."""
    REJECTED = "rejected"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"
    REFUND_OWED = "refund_owed"
    """The bank returned the payment too: what the vendor had paid back is theirs."""
    REFUND_APPROVED_ONCE = "refund_approved_once"
    REFUND_APPROVED = "refund_approved"
    REFUND_SIGNED = "refund_signed"
    REFUND_RELEASED = "refund_released"
    """Signed by two: it may go."""
    REFUNDED = "refunded"


@dataclass(unsafe_hash=True)
class NoSuchRecovery(Rejected):
    """There is no such recovery."""


@dataclass(unsafe_hash=True)
class RecoveryIsAt(Rejected):
    """The act needs the recovery at another stage."""

    stage: Stage
    needed: Stage | None


@dataclass(unsafe_hash=True)
class NothingWasPaid(Rejected):
    """Only what the bank executed can be owed back."""

    stage: Paying | None


@dataclass(unsafe_hash=True)
class MoreThanWasPaid(Rejected):
    """Above zero, in the payment's currency, and no more than the vendor still has of it."""

    paid: Money
    asked: Money


@dataclass(unsafe_hash=True)
class ActedOnRecovery(Rejected):
    """Who asked for it, or proposed to give it up or to undo that, does not approve it."""

    person: PersonId


@dataclass(unsafe_hash=True)
class HadAPartInThePayment(Rejected):
    """Nobody gives up the money of a payment that they had a part in, or undoes that."""

    person: PersonId


@dataclass(unsafe_hash=True)
class NoDebitThere(Rejected):
    """On that line the bank booked nothing off our account."""

    answer: BankAnswerId
    line: int


@dataclass(unsafe_hash=True)
class NotTheRefund(Rejected):
    """What went is another amount than what is the vendor's: a person looks."""

    refund: Money
    went: Money


@dataclass(unsafe_hash=True)
class NoCreditThere(Rejected):
    """On that line the bank booked nothing to our account."""

    answer: BankAnswerId
    line: int


@dataclass(unsafe_hash=True)
class MoreThanIsOwed(Rejected):
    """What came is in another currency, or more than is owed: a person looks."""

    owed: Money
    came: Money
