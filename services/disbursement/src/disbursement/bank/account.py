"""The account's side of a bank's file: its statements and movements, each with its payments.

A statement that the bank tells a second time with another content counts once; it, and one that
does not add up, wait for a person. Pure.
"""

import re
from collections.abc import Collection, Iterator
from hashlib import sha256

from disbursement.bank.weigh import Weighed, bank_ref, code
from disbursement.domain.bank_answer import Open, OpenLine
from disbursement.domain.bank_statement import Kind, MovementTold, StatementTold, Sum
from disbursement.iso20022.answers import BankStatement, Told

LAST = 4
IBAN = r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}"


def identity(statement: BankStatement) -> str | None:
    """Under which the bank tells a statement once; None for what is told again by its nature."""
    if statement.kind is not Kind.STATEMENT:
        return None
    parts = (statement.account, statement.identifier, statement.page, statement.closed_on)
    return sha256("\n".join(str(part) for part in parts).encode()).hexdigest()


def statements(told: Told, before: Collection[str]) -> tuple[StatementTold, ...]:
    """`before`: the identities that other files have taken."""
    taken, found = set(before), []
    for number, statement in enumerate(told.statements, start=1):
        mine = identity(statement)
        found.append(
            StatementTold(
                statement=number,
                kind=statement.kind,
                reference=code(statement.identifier),
                account=code((statement.account or "")[-LAST:]),
                opening=statement.opening,
                closing=statement.closing,
                closed_on=statement.closed_on,
                sum=statement.sum,
                again=mine in taken,
            )
        )
        if mine is not None:
            taken.add(mine)
    return tuple(found)


def of_others(told: Told, ours: Collection[str]) -> frozenset[int]:
    """The lines of statements of an account that is none of ours, by its IBAN.

    Another form of number cannot be compared: it is the bank's own.
    """
    return frozenset(
        line
        for statement in told.statements
        if (iban := (statement.account or "").replace(" ", "")) not in ours
        and re.fullmatch(IBAN, iban)
        for movement in statement.movements
        for line in range(movement.first, movement.last + 1)
    )


def movements(told: Told, weighed: Weighed) -> tuple[MovementTold, ...]:
    return tuple(
        MovementTold(
            statement=number,
            entry=movement.entry,
            first=movement.first,
            last=movement.last,
            amount=movement.amount,
            booked=movement.booked,
            value_date=movement.value_date,
            bank_ref=bank_ref(movement.bank_reference),
            payments=tuple(
                payment
                for line in range(movement.first, movement.last + 1)
                for payment in weighed.matched.get(line, ())
            ),
        )
        for number, statement in enumerate(told.statements, start=1)
        for movement in statement.movements
    )


def doubts(told: Told, as_told: tuple[StatementTold, ...]) -> Iterator[OpenLine]:
    """Statements at which a person looks, numbered after the lines of the file."""
    for statement, stands in zip(told.statements, as_told, strict=True):
        why = _doubt(stands)
        if why is not None:
            yield OpenLine(
                line=len(told.lines) + stands.statement,
                why=why,
                reference=stands.reference,
                status=None,
                amount=statement.difference,
                value_date=stands.closed_on,
                bank_ref=None,
            )


def _doubt(statement: StatementTold) -> Open | None:
    if statement.kind is not Kind.STATEMENT:
        return None
    if statement.again:
        return Open.TOLD_OTHERWISE
    return None if statement.sum is Sum.ADDS_UP else Open.DOES_NOT_ADD_UP
