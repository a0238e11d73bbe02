"""What may be asked of a budget line."""

from events.decider import Command
from events.money import Money
from events.values import BudgetLineId, Code, CommitmentId, GrantId, ItemId, PaymentId


class EstablishBudgetLine(Command, frozen=True):
    """It is established when another person confirms its ceiling."""

    line: BudgetLineId
    grant: GrantId
    currency: Code
    """The grant's."""
    category: Code
    ceiling: Money


class ReviseBudgetLine(Command, frozen=True):
    """The donor agreed to another ceiling. A higher one counts when another person confirms it."""

    line: BudgetLineId
    ceiling: Money


class ConfirmCeiling(Command, frozen=True):
    """The donor agreed to what somebody else proposed."""

    line: BudgetLineId
    ceiling: Money
    """As it was read."""


class DeclineCeiling(Command, frozen=True):
    """Another person says no to it; who proposed it takes it back."""

    line: BudgetLineId
    ceiling: Money
    """As it was read."""
    reason: Code


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


class SpendOnCharge(Command, frozen=True):
    """The bank kept it of what it sent back. It is not refused: the money is gone."""

    line: BudgetLineId
    commitment: CommitmentId
    payment: PaymentId
    amount: Money


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
    | ConfirmCeiling
    | DeclineCeiling
    | EarmarkFunds
    | FreeEarmark
    | ReserveFunds
    | ReleaseFunds
    | SpendFunds
    | SpendOnCharge
    | RestoreFunds
)
