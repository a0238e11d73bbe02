"""What is earmarked for a plan, all of it or nothing.

    approved -> earmarked, each item on its budget line
             -> refused, with what is lacking: nothing is committed for the plan until it is there

An emergency and a project stand where a plan does. The amounts themselves are counted by the items
and the lines (`item_ceiling`, `budget_line`), in the same append; this says what came of it, for
whoever approved.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NewType, assert_never

import msgspec

from events.decider import Command, Decider, Event, State
from events.money import Money
from events.values import BudgetLineId, Code, ItemId, PlanId

EarmarkId = NewType("EarmarkId", str)
"""Where it stands: apart from what else is counted for a project."""


def earmark_of(plan: PlanId) -> EarmarkId:
    return EarmarkId(f"ear_{plan}")


class Lack(StrEnum):
    """Why nothing can be earmarked for an item."""

    NO_BUDGET_LINE = "no_budget_line"
    """The programme's grant has no such line, or is not open."""
    NOT_ENOUGH_FUNDS = "not_enough_funds"


class EarmarkedItem(msgspec.Struct, frozen=True, kw_only=True):
    item: ItemId
    line: BudgetLineId
    ceiling: Money


class Shortfall(msgspec.Struct, frozen=True, kw_only=True):
    """What an item asks of its budget line, and what the line had left."""

    item: ItemId
    category: Code
    because: Lack
    asked: Money
    available: Money | None


# Requests


class RecordEarmarks(Command, frozen=True):
    """All that the plan now holds is earmarked in the same append."""

    plan: PlanId
    items: tuple[EarmarkedItem, ...]


class RefuseEarmark(Command, frozen=True):
    """It cannot be earmarked as a whole."""

    plan: PlanId
    short: tuple[Shortfall, ...]


EarmarkCommand = RecordEarmarks | RefuseEarmark


# Facts


class ItemsEarmarked(Event, frozen=True, tag="disbursement.items_earmarked.v1"):
    """All that the plan holds is kept for it; of a plan that is over, nothing."""

    plan: PlanId
    items: tuple[EarmarkedItem, ...]


class EarmarkRefused(Event, frozen=True, tag="disbursement.earmark_refused.v1"):
    """Its budget lines do not have what the plan asks for: it waits."""

    plan: PlanId
    short: tuple[Shortfall, ...]


EarmarkEvent = ItemsEarmarked | EarmarkRefused


# State


class PlanEarmark(State, frozen=True):
    id: PlanId
    items: tuple[EarmarkedItem, ...] = ()
    short: tuple[Shortfall, ...] = ()
    """What was lacking when it was last looked at; nothing: it is earmarked."""


def evolve(plan: PlanEarmark | None, event: EarmarkEvent) -> PlanEarmark:
    match event:
        case ItemsEarmarked(items=items):
            return PlanEarmark(id=event.plan, items=items)
        case EarmarkRefused(short=short):
            return PlanEarmark(id=event.plan, items=plan.items if plan else (), short=short)
        case _:
            assert_never(event)


# Rules


def decide(command: EarmarkCommand, plan: PlanEarmark | None) -> Sequence[EarmarkEvent]:
    """To say the same again is nothing new; that a line has a little more or less is the same."""
    by, at = command.by, command.at
    before = plan or PlanEarmark(id=command.plan)
    match command:
        case RecordEarmarks(items=items):
            if before.items == items and not before.short:
                return []
            return [ItemsEarmarked(by=by, at=at, plan=command.plan, items=items)]
        case RefuseEarmark(short=short):
            if _asked(before.short) == _asked(short):
                return []
            return [EarmarkRefused(by=by, at=at, plan=command.plan, short=short)]
        case _:
            assert_never(command)


def _asked(short: tuple[Shortfall, ...]) -> list[tuple[ItemId, Lack, Money]]:
    return [(each.item, each.because, each.asked) for each in short]


earmark = Decider(decide=decide, evolve=evolve)
