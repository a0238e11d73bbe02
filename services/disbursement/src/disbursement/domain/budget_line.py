"""A budget line: a cost category of a grant with a ceiling that the donor approved.

    available = ceiling - earmarked - reserved - spent, never below zero

What a plan's items may still cost is earmarked when the plan is approved, and reserved out of that
when it is committed. Funds are earmarked and reserved in the same append as what needs them, so two
officers at the same instant cannot overspend a line: the second one is decided on what the first
one left.

All amounts are in the grant's currency. What is spent leaves the line at the rate at which it was
reserved; the difference to the rate of the day it was paid stands beside it, as the exchange
difference, and never takes from another commitment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.money import Money
from events.values import BudgetLineId, Code, CommitmentId, GrantId, ItemId, PaymentId

# Requests


class EstablishBudgetLine(Command, frozen=True):
    line: BudgetLineId
    grant: GrantId
    currency: Code
    """The grant's."""
    category: Code
    ceiling: Money


class ReviseBudgetLine(Command, frozen=True):
    """The donor agreed to another ceiling."""

    line: BudgetLineId
    ceiling: Money


class EarmarkFunds(Command, frozen=True):
    """Keep funds for what an item of an approved plan may still cost."""

    line: BudgetLineId
    item: ItemId
    amount: Money


class FreeEarmark(Command, frozen=True):
    """The item needs that much less."""

    line: BudgetLineId
    item: ItemId
    amount: Money


class ReserveFunds(Command, frozen=True):
    line: BudgetLineId
    commitment: CommitmentId
    amount: Money
    earmarked_for: ItemId | None = None
    """Out of what is earmarked for this item; None: out of what is free."""


class ReleaseFunds(Command, frozen=True):
    """Give back what a commitment no longer needs."""

    line: BudgetLineId
    commitment: CommitmentId
    amount: Money
    item: ItemId
    earmarked: Money
    """How much of it the item may still need: it is earmarked again."""


class SpendFunds(Command, frozen=True):
    """The vendor was paid: `reserved` is used up, `paid` is what it came to on the day."""

    line: BudgetLineId
    commitment: CommitmentId
    payment: PaymentId
    reserved: Money
    paid: Money


class RestoreFunds(Command, frozen=True):
    """The bank returned a payment: what it had used up is reserved again."""

    line: BudgetLineId
    commitment: CommitmentId
    payment: PaymentId
    reserved: Money
    paid: Money


BudgetLineCommand = (
    EstablishBudgetLine
    | ReviseBudgetLine
    | EarmarkFunds
    | FreeEarmark
    | ReserveFunds
    | ReleaseFunds
    | SpendFunds
    | RestoreFunds
)


# Facts


class BudgetLineEstablished(Event, frozen=True, tag="disbursement.budget_line_established.v1"):
    line: BudgetLineId
    grant: GrantId
    category: Code
    ceiling: Money


class BudgetRevised(Event, frozen=True, tag="disbursement.budget_revised.v1"):
    """The line has another ceiling from now on."""

    line: BudgetLineId
    before: Money
    ceiling: Money


class FundsEarmarked(Event, frozen=True, tag="disbursement.funds_earmarked.v1"):
    line: BudgetLineId
    item: ItemId
    amount: Money


class EarmarkDrawn(Event, frozen=True, tag="disbursement.earmark_drawn.v1"):
    """A commitment reserves so much of what was earmarked for its item."""

    line: BudgetLineId
    item: ItemId
    commitment: CommitmentId
    amount: Money


class EarmarkFreed(Event, frozen=True, tag="disbursement.earmark_freed.v1"):
    """So much is no longer kept for the item."""

    line: BudgetLineId
    item: ItemId
    amount: Money


class FundsReserved(Event, frozen=True, tag="disbursement.funds_reserved.v1"):
    line: BudgetLineId
    commitment: CommitmentId
    amount: Money


class FundsReleased(Event, frozen=True, tag="disbursement.funds_released.v1"):
    line: BudgetLineId
    commitment: CommitmentId
    amount: Money


class FundsSpent(Event, frozen=True, tag="disbursement.funds_spent.v1"):
    line: BudgetLineId
    commitment: CommitmentId
    payment: PaymentId
    reserved: Money
    paid: Money


class FundsRestored(Event, frozen=True, tag="disbursement.funds_restored.v1"):
    line: BudgetLineId
    commitment: CommitmentId
    payment: PaymentId
    reserved: Money
    paid: Money


BudgetLineEvent = (
    BudgetLineEstablished
    | BudgetRevised
    | FundsEarmarked
    | EarmarkDrawn
    | EarmarkFreed
    | FundsReserved
    | FundsReleased
    | FundsSpent
    | FundsRestored
)


# Refusals, in the order in which the rules are asked


@dataclass(unsafe_hash=True)
class BudgetLineExists(Rejected):
    """The budget line is established already."""

    line: BudgetLineId


@dataclass(unsafe_hash=True)
class NoSuchBudgetLine(Rejected):
    """There is no such budget line."""

    line: BudgetLineId


@dataclass(unsafe_hash=True)
class NotTheGrantsCurrency(Rejected):
    """Amounts on a budget line are in the currency of its grant."""

    currency: str
    needed: str


@dataclass(unsafe_hash=True)
class CeilingNotAboveZero(Rejected):
    """A budget line's ceiling is above zero (A10)."""

    ceiling: Money


@dataclass(unsafe_hash=True)
class CeilingInUse(Rejected):
    """A ceiling is not revised below what is earmarked, reserved and spent (A4)."""

    line: BudgetLineId
    in_use: Money
    asked: Money


@dataclass(unsafe_hash=True)
class NothingToReserve(Rejected):
    """What is earmarked or reserved is above zero in the grant's currency (A10)."""

    line: BudgetLineId
    asked: Money


@dataclass(unsafe_hash=True)
class NotEnoughFunds(Rejected):
    """The budget line has less left than is asked of it."""

    line: BudgetLineId
    available: Money
    asked: Money


@dataclass(unsafe_hash=True)
class NotReserved(Rejected):
    """The budget line has less earmarked or in reserve, or has spent less, than is to be taken."""

    line: BudgetLineId
    holds: Money
    asked: Money


# State


class BudgetLine(State, frozen=True):
    id: BudgetLineId
    grant: GrantId
    category: Code
    ceiling: Money
    earmarked: Money
    """Kept for items of approved plans, and not reserved yet."""
    reserved: Money
    spent: Money
    exchange_difference: Money
    """What payments came to on the day, less what had been reserved for them."""

    @property
    def available(self) -> Money:
        return self.ceiling - self.earmarked - self.reserved - self.spent


def evolve(line: BudgetLine | None, event: BudgetLineEvent) -> BudgetLine:
    if isinstance(event, BudgetLineEstablished):
        nothing = Money.zero(event.ceiling.currency)
        return BudgetLine(
            id=event.line,
            grant=event.grant,
            category=event.category,
            ceiling=event.ceiling,
            earmarked=nothing,
            reserved=nothing,
            spent=nothing,
            exchange_difference=nothing,
        )
    assert line is not None, "a fact about a budget line that nobody established"
    match event:
        case BudgetRevised(ceiling=ceiling):
            return replace(line, ceiling=ceiling)
        case FundsEarmarked(amount=amount):
            return replace(line, earmarked=line.earmarked + amount)
        case EarmarkDrawn(amount=amount) | EarmarkFreed(amount=amount):
            return replace(line, earmarked=line.earmarked - amount)
        case FundsReserved(amount=amount):
            return replace(line, reserved=line.reserved + amount)
        case FundsReleased(amount=amount):
            return replace(line, reserved=line.reserved - amount)
        case FundsSpent(reserved=reserved, paid=paid):
            return replace(
                line,
                reserved=line.reserved - reserved,
                spent=line.spent + reserved,
                exchange_difference=line.exchange_difference + paid - reserved,
            )
        case FundsRestored(reserved=reserved, paid=paid):
            return replace(
                line,
                reserved=line.reserved + reserved,
                spent=line.spent - reserved,
                exchange_difference=line.exchange_difference - paid + reserved,
            )
        case _:
            assert_never(event)


# Rules


def decide(command: BudgetLineCommand, line: BudgetLine | None) -> Sequence[BudgetLineEvent]:
    by, at = command.by, command.at
    if isinstance(command, EstablishBudgetLine):
        return [_establish(command, line)]
    if line is None:
        raise NoSuchBudgetLine(command.line)
    match command:
        case ReviseBudgetLine():
            return _revise(command, line)
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
        case SpendFunds(reserved=reserved, paid=paid):
            _holds(line, line.reserved, reserved)
            return [
                FundsSpent(
                    by=by,
                    at=at,
                    line=line.id,
                    commitment=command.commitment,
                    payment=command.payment,
                    reserved=reserved,
                    paid=paid,
                )
            ]
        case RestoreFunds(reserved=reserved, paid=paid):
            _holds(line, line.spent, reserved)
            return [
                FundsRestored(
                    by=by,
                    at=at,
                    line=line.id,
                    commitment=command.commitment,
                    payment=command.payment,
                    reserved=reserved,
                    paid=paid,
                )
            ]
        case _:
            assert_never(command)


def _establish(command: EstablishBudgetLine, line: BudgetLine | None) -> BudgetLineEstablished:
    if line is not None:
        raise BudgetLineExists(line.id)
    if command.ceiling.currency != command.currency:
        raise NotTheGrantsCurrency(command.ceiling.currency, command.currency)
    if command.ceiling.minor <= 0:
        raise CeilingNotAboveZero(command.ceiling)
    return BudgetLineEstablished(
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
    return [
        BudgetRevised(
            by=command.by,
            at=command.at,
            line=line.id,
            before=line.ceiling,
            ceiling=command.ceiling,
        )
    ]


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


budget_line = Decider(decide=decide, evolve=evolve)
