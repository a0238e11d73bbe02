"""What a bank answers, in whatever format: how an instruction fares, and what moved on an account.

An answer is a claim to be weighed, never an instruction.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, DecimalException
from enum import StrEnum

from disbursement.domain.bank_statement import Kind, Sum
from disbursement.iso20022.schema import NotReadable
from events.money import Money, NotMoney, exponent

NO_REASON = "NOREASON"
"""Stands for the reason of a return where the bank gives none."""


class Status(StrEnum):
    """How far the bank is. The ISO codes are in `BankStatus.code`."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    PARTLY = "partly"
    """Some transfers of the file or group are accepted; each has its own status."""
    SETTLED = "settled"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    """A code that is none of ours: a person looks."""


@dataclass(frozen=True)
class BankStatus:
    """One status out of a status report."""

    message_id: str
    """Of the answer itself."""
    original_message_id: str
    original_group_id: str | None
    """PmtInfId; with `end_to_end_id` None, the status is the group's."""
    end_to_end_id: str | None
    """None with `original_group_id` None: the status is the whole file's."""
    status: Status
    code: str
    """As the bank wrote it: `ACCP`, `RJCT`, …"""
    reasons: tuple[str, ...]
    """ISO external reason codes, such as `AC01`."""


class Direction(StrEnum):
    DEBIT = "debit"
    """Money left our account."""
    CREDIT = "credit"


@dataclass(frozen=True)
class BankEntry:
    """One movement on our account, out of a statement or a notice."""

    message_id: str
    statement: str
    """Of the statement or notification in the message."""
    line: int
    """Which transaction of that statement, from 1."""
    end_to_end_id: str | None
    amount: Money | None
    """None where the bank tells it only for several transactions together: a person looks."""
    direction: Direction
    booked: bool
    """False while the bank only announces it."""
    value_date: date | None
    bank_reference: str | None
    """AcctSvcrRef of the transaction, else of its entry."""
    return_reason: str | None
    """Set when it is money of ours that came back: the ISO reason code, or `NO_REASON`."""
    instructed: Money | None = None
    """What was asked for, where the bank tells it beside what it booked in another currency."""
    charges: Money | None = None
    """What it says that it kept of the amount."""
    group: str | None = None
    """PmtInfId of the batch that was booked as one sum, where no transaction is told by itself."""


@dataclass(frozen=True)
class Movement:
    """One entry as it is on the account, whatever it is made of."""

    entry: int
    """Which of its statement, from 1."""
    first: int
    last: int
    """The lines of the file that tell of it."""
    amount: Money
    """Below zero where money left."""
    booked: bool
    value_date: date | None
    bank_reference: str | None


@dataclass(frozen=True)
class BankStatement:
    """One statement, report or notice of a file."""

    kind: Kind
    identifier: str
    page: str
    account: str | None
    """The account's number, as the bank writes it."""
    opening: Money | None
    closing: Money | None
    """Booked balances, below zero where the account is overdrawn."""
    closed_on: date | None
    movements: tuple[Movement, ...]

    @property
    def difference(self) -> Money | None:
        """What is missing between the balances and the movements; None where it cannot be told."""
        if self.opening is None or self.closing is None:
            return None
        expected = self.opening
        for movement in self.movements:
            if not movement.booked:
                continue
            if movement.amount.currency != expected.currency:
                return None
            expected += movement.amount
        return self.closing - expected if self.closing.currency == expected.currency else None

    @property
    def sum(self) -> Sum:
        if self.opening is None or self.closing is None:
            return Sum.NOT_TOLD
        return Sum.DOES_NOT if self.difference or self.difference is None else Sum.ADDS_UP


BankAnswer = BankStatus | BankEntry


@dataclass(frozen=True)
class Told:
    """All that a file says, in its order."""

    lines: tuple[BankAnswer, ...]
    statements: tuple[BankStatement, ...] = ()


FIGURE_MAX = 10**14
"""Minor units: so little that a file full of them still adds up to money."""


def exact(amount: Decimal, currency: str) -> Money:
    """The bank's figure in minor units; `NotReadable` when it is finer than its currency has, or
    more than any account of ours moves.
    """
    try:
        scaled = amount.scaleb(exponent(currency))
        if scaled != int(scaled):
            raise NotReadable(f"an amount finer than {currency} has minor units")
        if abs(scaled) > FIGURE_MAX:
            raise NotReadable("an amount beyond belief")
        return Money(int(scaled), currency)
    except (DecimalException, NotMoney) as error:
        raise NotReadable("an amount that is none") from error
