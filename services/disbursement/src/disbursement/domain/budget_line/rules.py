"""What a budget line answers to a request."""

from collections.abc import Sequence
from typing import Any, assert_never

from disbursement.domain.budget_line.facts import (
    BudgetLineEstablished,
    BudgetLineEvent,
    BudgetLineProposed,
    BudgetRaiseProposed,
    BudgetRevised,
    CeilingDeclined,
    EarmarkDrawn,
    EarmarkFreed,
    FundsBeyondRestored,
    FundsEarmarked,
    FundsReleased,
    FundsReserved,
    FundsRestored,
    FundsSpent,
    FundsSpentBeyond,
    FundsSpentOnCharge,
)
from disbursement.domain.budget_line.refusals import (
    AnotherCeilingProposed,
    BudgetLineExists,
    CeilingConfirmedByItsProposer,
    CeilingInUse,
    CeilingNotAboveZero,
    NoCeilingProposed,
    NoSuchBudgetLine,
    NotEnoughFunds,
    NothingToReserve,
    NotReserved,
    NotTheGrantsCurrency,
)
from disbursement.domain.budget_line.requests import (
    BudgetLineCommand,
    ConfirmCeiling,
    DeclineCeiling,
    EarmarkFunds,
    EstablishBudgetLine,
    FreeEarmark,
    ReleaseFunds,
    ReserveFunds,
    RestoreFunds,
    ReviseBudgetLine,
    SpendFunds,
    SpendOnCharge,
)
from disbursement.domain.budget_line.state import BudgetLine, ProposedCeiling
from events.money import Money


def decide(command: BudgetLineCommand, line: BudgetLine | None) -> Sequence[BudgetLineEvent]:
    by, at = command.by, command.at
    if isinstance(command, EstablishBudgetLine):
        return [_establish(command, line)]
    if line is None:
        raise NoSuchBudgetLine(command.line)
    match command:
        case ReviseBudgetLine():
            return _revise(command, line)
        case ConfirmCeiling():
            return _confirm(command, line)
        case DeclineCeiling():
            return [_decline(command, line)]
        case EarmarkFunds(item=item, amount=amount):
            _is_free(line, amount)
            return [FundsEarmarked(by=by, at=at, line=line.id, item=item, amount=amount)]
        case FreeEarmark(item=item, amount=amount):
            _holds(line, line.earmarked, amount)
            if not amount:
                return []
            return [EarmarkFreed(by=by, at=at, line=line.id, item=item, amount=amount)]
        case ReserveFunds():
            return _reserve(command, line)
        case ReleaseFunds():
            return _release(command, line)
        case SpendFunds():
            return _spend(command, line)
        case SpendOnCharge(commitment=of, payment=payment, amount=amount):
            return [
                FundsSpentOnCharge(
                    by=by, at=at, line=line.id, commitment=of, payment=payment, amount=amount
                )
            ]
        case RestoreFunds():
            return _restore(command, line)
        case _:
            assert_never(command)


def _establish(command: EstablishBudgetLine, line: BudgetLine | None) -> BudgetLineProposed:
    if line is not None:
        raise BudgetLineExists(line.id)
    if command.ceiling.currency != command.currency:
        raise NotTheGrantsCurrency(command.ceiling.currency, command.currency)
    if command.ceiling.minor <= 0:
        raise CeilingNotAboveZero(command.ceiling)
    return BudgetLineProposed(
        by=command.by,
        at=command.at,
        line=command.line,
        grant=command.grant,
        category=command.category,
        ceiling=command.ceiling,
    )


def _revise(command: ReviseBudgetLine, line: BudgetLine) -> list[BudgetLineEvent]:
    if command.ceiling.currency != line.ceiling.currency:
        raise NotTheGrantsCurrency(command.ceiling.currency, line.ceiling.currency)
    if command.ceiling.minor <= 0:
        raise CeilingNotAboveZero(command.ceiling)
    in_use = line.earmarked + line.reserved + line.spent
    if command.ceiling < in_use:
        raise CeilingInUse(line.id, in_use, command.ceiling)
    if command.ceiling == line.ceiling:
        return []
    before, after = line.ceiling, command.ceiling
    if after < before:
        return [
            BudgetRevised(by=command.by, at=command.at, line=line.id, before=before, ceiling=after)
        ]
    if line.proposed is not None and line.proposed.ceiling == after:
        return []
    return [
        BudgetRaiseProposed(
            by=command.by, at=command.at, line=line.id, before=before, ceiling=after
        )
    ]


def _confirm(command: ConfirmCeiling, line: BudgetLine) -> list[BudgetLineEvent]:
    by, at, ceiling, waits = command.by, command.at, command.ceiling, line.proposed
    if waits is None and ceiling == line.ceiling:
        return []
    if _as_read(command, line).by == by:
        raise CeilingConfirmedByItsProposer(by)
    if line.ceiling:
        before = line.ceiling
        return [BudgetRevised(by=by, at=at, line=line.id, before=before, ceiling=ceiling)]
    return [
        BudgetLineEstablished(
            by=by, at=at, line=line.id, grant=line.grant, category=line.category, ceiling=ceiling
        )
    ]


def _decline(command: DeclineCeiling, line: BudgetLine) -> CeilingDeclined:
    waits = _as_read(command, line)
    return CeilingDeclined(
        by=command.by,
        at=command.at,
        line=line.id,
        ceiling=waits.ceiling,
        proposed_by=waits.by,
        reason=command.reason,
    )


def _as_read(command: ConfirmCeiling | DeclineCeiling, line: BudgetLine) -> ProposedCeiling:
    """What waits, if it is what the person has read."""
    waits = line.proposed
    if waits is None:
        raise NoCeilingProposed(line.id)
    if waits.ceiling != command.ceiling:
        raise AnotherCeilingProposed(line.id, waits.ceiling)
    return waits


def _reserve(command: ReserveFunds, line: BudgetLine) -> list[BudgetLineEvent]:
    by, at, commitment, amount = command.by, command.at, command.commitment, command.amount
    reserved = FundsReserved(by=by, at=at, line=line.id, commitment=commitment, amount=amount)
    if command.earmarked_for is None:
        _is_free(line, amount)
        return [reserved]
    _is_something(line, amount)
    _holds(line, line.earmarked, amount)
    drawn = EarmarkDrawn(
        by=by,
        at=at,
        line=line.id,
        item=command.earmarked_for,
        commitment=commitment,
        amount=amount,
    )
    return [drawn, reserved]


def _release(command: ReleaseFunds, line: BudgetLine) -> list[BudgetLineEvent]:
    by, at, amount, again = command.by, command.at, command.amount, command.earmarked
    _holds(line, line.reserved, amount)
    if not amount:
        return []
    released = FundsReleased(
        by=by, at=at, line=line.id, commitment=command.commitment, amount=amount
    )
    if not again:
        return [released]
    return [released, FundsEarmarked(by=by, at=at, line=line.id, item=command.item, amount=again)]


def _spend(command: SpendFunds, line: BudgetLine) -> list[BudgetLineEvent]:
    """What was beyond before, and is charged anew, counts once."""
    fact: dict[str, Any] = {
        "by": command.by,
        "at": command.at,
        "line": line.id,
        "commitment": command.commitment,
        "payment": command.payment,
    }
    reserved, paid, before = command.reserved, command.paid, line.beyond_of(command.payment)
    taken = min(reserved, line.reserved)
    beyond = reserved - taken + (command.beyond or Money.zero(paid.currency))
    events: list[BudgetLineEvent] = []
    if before:
        events.append(FundsBeyondRestored(**fact, amount=before, came=before))
    if taken or paid != beyond:
        events.append(FundsSpent(**fact, reserved=taken, paid=paid - beyond))
    if beyond:
        events.append(FundsSpentBeyond(**fact, amount=beyond))
    return events


def _restore(command: RestoreFunds, line: BudgetLine) -> list[BudgetLineEvent]:
    fact: dict[str, Any] = {
        "by": command.by,
        "at": command.at,
        "line": line.id,
        "commitment": command.commitment,
        "payment": command.payment,
    }
    nothing = Money.zero(command.paid.currency)
    back = min(command.beyond or nothing, line.beyond_of(command.payment))
    came = command.paid if back and not command.reserved else back
    events: list[BudgetLineEvent] = []
    if command.reserved or command.paid != came:
        paid = command.paid - came
        events.append(FundsRestored(**fact, reserved=command.reserved, paid=paid))
    if back:
        events.append(FundsBeyondRestored(**fact, amount=back, came=came))
    return events


def _is_free(line: BudgetLine, amount: Money) -> None:
    _is_something(line, amount)
    if amount > line.available:
        raise NotEnoughFunds(line.id, line.available, amount)


def _is_something(line: BudgetLine, amount: Money) -> None:
    if amount.currency != line.ceiling.currency:
        raise NotTheGrantsCurrency(amount.currency, line.ceiling.currency)
    if amount.minor <= 0:
        raise NothingToReserve(line.id, amount)


def _holds(line: BudgetLine, held: Money, asked: Money) -> None:
    if asked > held:
        raise NotReserved(line.id, held, asked)
