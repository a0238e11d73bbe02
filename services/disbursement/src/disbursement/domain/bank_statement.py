"""What a bank says of an account: its balances, and each movement with the payments that it is.

Kept as it was told, also where it fits nothing: the account's side of every reconciliation.
"""

from datetime import date
from enum import StrEnum

import msgspec

from events.money import Money
from events.values import Code, PaymentId


class Kind(StrEnum):
    """What a movement is told in. Only a statement is the account; the rest is told beforehand."""

    STATEMENT = "statement"
    REPORT = "report"
    """Of the day so far."""
    NOTICE = "notice"


class Sum(StrEnum):
    """Whether the opening balance and the movements come to the closing balance."""

    ADDS_UP = "adds_up"
    DOES_NOT = "does_not"
    NOT_TOLD = "not_told"
    """A balance is missing, as it always is in a notice."""


class StatementTold(msgspec.Struct, frozen=True, kw_only=True):
    """One statement, report or notice of a file."""

    statement: int
    """Which of the file, from 1."""
    kind: Kind
    reference: Code | None
    account: Code | None
    """The last four of the account's number."""
    opening: Money | None
    closing: Money | None
    closed_on: date | None
    sum: Sum
    again: bool
    """Under this reference the bank has told another statement before: this one does not count."""


class MovementTold(msgspec.Struct, frozen=True, kw_only=True):
    """One entry on the account."""

    statement: int
    entry: int
    first: int
    last: int
    """The lines of the file that tell of it."""
    amount: Money
    """Below zero where money left."""
    booked: bool
    value_date: date | None
    bank_ref: Code | None
    payments: tuple[PaymentId, ...]
    """Ours that it is; none for a movement that fits none."""
