"""What can happen to a budget line."""

from events.decider import Event
from events.money import Money
from events.values import BudgetLineId, Code, CommitmentId, GrantId, ItemId, PaymentId, PersonId


class BudgetLineProposed(Event, frozen=True, tag="disbursement.budget_line_proposed.v1"):
    """There is nothing on it before another person confirms its ceiling."""

    line: BudgetLineId
    grant: GrantId
    category: Code
    ceiling: Money


class BudgetLineEstablished(Event, frozen=True, tag="disbursement.budget_line_established.v1"):
    line: BudgetLineId
    grant: GrantId
    category: Code
    ceiling: Money


class BudgetRaiseProposed(Event, frozen=True, tag="disbursement.budget_raise_proposed.v1"):
    """The line keeps its ceiling until another person confirms the higher one."""

    line: BudgetLineId
    before: Money
    ceiling: Money


class BudgetRevised(Event, frozen=True, tag="disbursement.budget_revised.v1"):
    """The line has another ceiling from now on."""

    line: BudgetLineId
    before: Money
    ceiling: Money


class CeilingDeclined(Event, frozen=True, tag="disbursement.ceiling_declined.v1"):
    """What was proposed waits no more: the line keeps the ceiling that it has, if any. By who
    proposed it: it is taken back.
    """

    line: BudgetLineId
    ceiling: Money
    proposed_by: PersonId
    reason: Code


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


class FundsSpentOnCharge(Event, frozen=True, tag="disbursement.funds_spent_on_charge.v1"):
    """The bank kept it of a payment that it sent back: it is spent, and nobody delivers for it."""

    line: BudgetLineId
    commitment: CommitmentId
    payment: PaymentId
    amount: Money


BudgetLineEvent = (
    BudgetLineProposed
    | BudgetLineEstablished
    | BudgetRaiseProposed
    | BudgetRevised
    | CeilingDeclined
    | FundsEarmarked
    | EarmarkDrawn
    | EarmarkFreed
    | FundsReserved
    | FundsReleased
    | FundsSpent
    | FundsRestored
    | FundsSpentBeyond
    | FundsBeyondRestored
    | FundsSpentOnCharge
)
