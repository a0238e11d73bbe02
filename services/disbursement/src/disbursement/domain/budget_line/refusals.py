"""Why something may be refused to a budget line, in the order in which the rules are asked."""

from dataclasses import dataclass

from events.decider import Rejected
from events.money import Money
from events.values import BudgetLineId, PersonId


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
class NoCeilingProposed(Rejected):
    """Nobody has proposed a ceiling of the line that another person could confirm."""

    line: BudgetLineId


@dataclass(unsafe_hash=True)
class CeilingConfirmedByItsProposer(Rejected):
    """A ceiling is confirmed by somebody other than who proposed it."""

    person: PersonId


@dataclass(unsafe_hash=True)
class AnotherCeilingProposed(Rejected):
    """Another ceiling is proposed for the line by now."""

    line: BudgetLineId
    ceiling: Money


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
