"""Whether the money for what is approved is kept, as disbursement tells it.

A plan whose budget lines do not have what it asks for stands, and waits: nothing is committed for
it. An emergency and a project wait in the same way.
"""

from enum import StrEnum
from typing import assert_never

import msgspec

from events.decider import Event, State
from events.money import Money
from events.registry import Registry
from events.values import Code, ItemId


class Lack(StrEnum):
    """Why nothing can be earmarked for an item."""

    NO_BUDGET_LINE = "no_budget_line"
    NOT_ENOUGH_FUNDS = "not_enough_funds"


class EarmarkedItem(msgspec.Struct, frozen=True, kw_only=True):
    item: ItemId
    ceiling: Money


class Shortfall(msgspec.Struct, frozen=True, kw_only=True):
    """What an item asks of its budget line; how much the line has left is finance's to know."""

    item: ItemId
    category: Code
    because: Lack
    asked: Money


class ItemsEarmarked(Event, frozen=True, tag="disbursement.items_earmarked.v1"):
    plan: Code
    items: tuple[EarmarkedItem, ...]


class EarmarkRefused(Event, frozen=True, tag="disbursement.earmark_refused.v1"):
    plan: Code
    short: tuple[Shortfall, ...]


FundsEvent = ItemsEarmarked | EarmarkRefused

from_disbursement = Registry.of("disbursement", [ItemsEarmarked, EarmarkRefused], foreign=True)


class Funds(State, frozen=True):
    """How it stands with the money for a plan, an emergency or a project."""

    plan: Code
    items: tuple[EarmarkedItem, ...] = ()
    """What is kept."""
    short: tuple[Shortfall, ...] = ()
    """What is lacking: as long as anything is, it waits."""


def evolve(funds: Funds | None, event: FundsEvent) -> Funds:
    match event:
        case ItemsEarmarked(plan=plan, items=items):
            return Funds(plan=plan, items=items)
        case EarmarkRefused(plan=plan, short=short):
            return Funds(plan=plan, items=funds.items if funds else (), short=short)
        case _:
            assert_never(event)
