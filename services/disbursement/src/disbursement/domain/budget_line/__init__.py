"""A budget line: a cost category of a grant with a ceiling that the donor approved.

    available = ceiling - earmarked - reserved - spent

A ceiling, and a higher one, is proposed by one person and counts when another confirms it; a lower
one counts at once. Or another declines it, or who proposed it takes it back: then nothing waits,
and another one may be proposed.

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
from disbursement.domain.budget_line.rules import decide
from disbursement.domain.budget_line.state import BudgetLine, DeclinedCeiling, evolve
from events.decider import Decider

__all__ = [
    "AnotherCeilingProposed",
    "BudgetLine",
    "BudgetLineCommand",
    "BudgetLineEstablished",
    "BudgetLineEvent",
    "BudgetLineExists",
    "BudgetLineProposed",
    "BudgetRaiseProposed",
    "BudgetRevised",
    "CeilingConfirmedByItsProposer",
    "CeilingDeclined",
    "CeilingInUse",
    "CeilingNotAboveZero",
    "ConfirmCeiling",
    "DeclineCeiling",
    "DeclinedCeiling",
    "EarmarkDrawn",
    "EarmarkFreed",
    "EarmarkFunds",
    "EstablishBudgetLine",
    "FreeEarmark",
    "FundsBeyondRestored",
    "FundsEarmarked",
    "FundsReleased",
    "FundsReserved",
    "FundsRestored",
    "FundsSpent",
    "FundsSpentBeyond",
    "FundsSpentOnCharge",
    "NoCeilingProposed",
    "NoSuchBudgetLine",
    "NotEnoughFunds",
    "NotReserved",
    "NotTheGrantsCurrency",
    "NothingToReserve",
    "ReleaseFunds",
    "ReserveFunds",
    "RestoreFunds",
    "ReviseBudgetLine",
    "SpendFunds",
    "SpendOnCharge",
    "budget_line",
]

budget_line = Decider(decide=decide, evolve=evolve)
