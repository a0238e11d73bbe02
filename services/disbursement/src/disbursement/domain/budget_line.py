"""A budget line: a cost category of a grant with a ceiling that the donor approved.

    available = ceiling - earmarked - reserved - spent

What a plan's items may still cost is earmarked when the plan is approved, and reserved out of that
when it is committed. Funds are earmarked and reserved in the same append as what needs them, so two
officers at the same instant cannot overspend a line: the second one is decided on what the first
one left.

All amounts are in the grant's currency. What is spent leaves the line at the rate at which it was
reserved; the difference to the rate of the day it was paid stands beside it, as the exchange
difference, and never takes from another commitment.

Nobody asks for more than is available. What the bank executed is not asked for: where nothing was
reserved for it, as when an invoice was paid twice, it is spent beyond what was reserved, as what it
came to, and what is available may be below zero until it comes back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.money import Money, total
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
    """The vendor was paid: `reserved` is used up, `paid` is what it came to on the day.

    It is not refused: the money is gone.
    """

    line: BudgetLineId
    commitment: CommitmentId
    payment: PaymentId
    reserved: Money
    paid: Money
    beyond: Money | None = None
    """As much of what it came to as nothing is reserved for; None: there is enough."""


class RestoreFunds(Command, frozen=True):
    """Money of a payment came back: what it had used up is reserved again, and no more."""

    line: BudgetLineId
    commitment: CommitmentId
    payment: PaymentId
    reserved: Money
    paid: Money
    beyond: Money | None = None
    """As much as this was spent for it beyond what was reserved, if so much was; None: nothing."""


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


class FundsSpentBeyond(Event, frozen=True, tag="disbursement.funds_spent_beyond.v1"):
    """The bank executed what nothing was reserved for: it is spent, available or not."""

    line: BudgetLineId
    commitment: CommitmentId
    payment: PaymentId
    amount: Money


class FundsBeyondRestored(Event, frozen=True, tag="disbursement.funds_beyond_restored.v1"):
    """What was spent beyond the reserved came back, or is borne by a reservation after all."""

    line: BudgetLineId
    commitment: CommitmentId
    payment: PaymentId
    amount: Money
    came: Money
    """What it came to on the day on which it came back."""


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
    | FundsSpentBeyond
    | FundsBeyondRestored
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
    """The budget line has less earmarked or in reserve than is to be taken."""

    line: BudgetLineId
    holds: Money
    asked: Money


# State


class Beyond(State, frozen=True):
    """What was spent for a payment although nothing was reserved for it."""

    payment: PaymentId
    amount: Money


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
    beyond: tuple[Beyond, ...] = ()
    """Of what is spent: what nothing was reserved for, and that has not come back."""

    @property
    def spent_beyond(self) -> Money:
        return total((each.amount for each in self.beyond), self.ceiling.currency)

    def beyond_of(self, payment: PaymentId) -> Money:
        of = (each.amount for each in self.beyond if each.payment == payment)
        return total(of, self.ceiling.currency)

    @property
    def available(self) -> Money:
        """Below zero where the bank executed more than there was."""
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
        case FundsSpentBeyond(payment=payment, amount=amount):
            after = replace(line, spent=line.spent + amount)
            return _beyond(after, payment, line.beyond_of(payment) + amount)
        case FundsBeyondRestored(payment=payment, amount=amount, came=came):
            after = replace(
                line,
                spent=line.spent - amount,
                exchange_difference=line.exchange_difference - came + amount,
            )
            return _beyond(after, payment, line.beyond_of(payment) - amount)
        case _:
            assert_never(event)


def _beyond(line: BudgetLine, payment: PaymentId, amount: Money) -> BudgetLine:
    others = tuple(each for each in line.beyond if each.payment != payment)
    now = (Beyond(payment=payment, amount=amount),) if amount else ()
    return replace(line, beyond=(*others, *now))


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
        case SpendFunds():
            return _spend(command, line)
        case RestoreFunds():
            return _restore(command, line)
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


budget_line = Decider(decide=decide, evolve=evolve)
