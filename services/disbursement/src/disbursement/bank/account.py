"""The account's side of a bank's file: its statements and movements, each with its payments.

A statement that the bank tells a second time counts once, also in another of its formats and under
another name: of the same account and day, balances and movements. Told alike, in whatever bytes, it
is no news, nor is what fits no payment in it; told otherwise it waits for a person, as does one
that does not add up. Pure.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from hashlib import sha256

from disbursement.bank.weigh import Weighed, bank_ref, code
from disbursement.domain.bank_answer import Open, OpenLine
from disbursement.domain.bank_statement import Kind, MovementTold, StatementTold, Sum
from disbursement.iso20022.answers import BankStatement, Told

LAST = 4
REFERENCE = 16
"""So much of the bank's reference of a movement fits into every format (MT940)."""
IBAN = r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}"


def identity(statement: BankStatement) -> str | None:
    """Under which the bank tells a statement once; None for what is told again by its nature."""
    if statement.kind is not Kind.STATEMENT:
        return None
    parts = (statement.account, statement.identifier, statement.page, statement.closed_on)
    return sha256("\n".join(str(part) for part in parts).encode()).hexdigest()


def side(statement: BankStatement) -> str | None:
    """The same for what it tells of the account, in whatever format and under whatever name."""
    if statement.kind is not Kind.STATEMENT or not statement.movements:
        return None
    if statement.opening is None or statement.closing is None:
        return None
    account = (statement.account or "").replace(" ", "")
    parts: list[object] = [account, statement.closed_on, statement.opening, statement.closing]
    parts += sorted(
        f"{each.amount} {(each.bank_reference or '')[:REFERENCE]}" for each in statement.movements
    )
    return sha256("\n".join(str(part) for part in ("side", *parts)).encode()).hexdigest()


def identities(statement: BankStatement) -> tuple[str, ...]:
    """Under either of which it counts once."""
    return tuple(one for one in (identity(statement), side(statement)) if one is not None)


def content(told: Told, statement: BankStatement) -> bytes:
    """What it says of the account: its balances, each movement and what that is made of; whatever
    the file looks like.
    """
    said: list[object] = [statement.opening, statement.closing]
    for each in statement.movements:
        said += [each.amount, each.booked, each.value_date, each.bank_reference]
        parts = told.lines[each.first - 1 : each.last]
        said += [(part.end_to_end_id, getattr(part, "amount", None)) for part in parts]
    return sha256("\n".join(str(one) for one in said).encode()).digest()


def alike(told: Told, before: Mapping[str, bytes | None]) -> frozenset[int]:
    """The statements, by number, that were told before with the same content.

    `before`: by identity, the content of those that were taken; None where that was not kept.
    """
    taken, found = dict(before), set()
    for number, statement in enumerate(told.statements, start=1):
        mine = identity(statement)
        if mine is None:
            continue
        said = content(told, statement)
        same = taken.setdefault(mine, said) == said
        if (mine in before and same) or (mine not in before and side(statement) in before):
            found.add(number)
    return frozenset(found)


def statements(told: Told, before: Collection[str]) -> tuple[StatementTold, ...]:
    """`before`: the identities that other files have taken."""
    taken, found = set(before), []
    for number, statement in enumerate(told.statements, start=1):
        mine = identities(statement)
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
                again=any(one in taken for one in mine),
            )
        )
        taken.update(mine)
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


def news(told: Told, lines: list[OpenLine], known: frozenset[int]) -> Iterator[OpenLine]:
    """Of the lines that fit nothing, those that no statement told alike before."""
    old = {
        line
        for number, statement in enumerate(told.statements, start=1)
        if number in known
        for movement in statement.movements
        for line in range(movement.first, movement.last + 1)
    }
    return (each for each in lines if each.line not in old)


def doubts(
    told: Told, as_told: tuple[StatementTold, ...], known: frozenset[int]
) -> Iterator[OpenLine]:
    """Statements at which a person looks, numbered after the lines of the file."""
    for statement, stands in zip(told.statements, as_told, strict=True):
        why = _doubt(stands)
        if why is not None and stands.statement not in known:
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
