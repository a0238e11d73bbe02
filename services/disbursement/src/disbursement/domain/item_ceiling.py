"""What one item of an approved plan may cost, and how much of that is committed already.

The ceiling is the plan's; it comes with each commitment. What is committed is counted here, in
one place, so that two orders for one item at the same instant cannot go above it together (A3).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.money import Money
from events.values import CommitmentId, ItemId

# Requests


class CommitOnItem(Command, frozen=True):
    item: ItemId
    ceiling: Money
    commitment: CommitmentId
    amount: Money


class ReleaseOnItem(Command, frozen=True):
    item: ItemId
    commitment: CommitmentId
    amount: Money


ItemCommand = CommitOnItem | ReleaseOnItem


# Facts


class ItemCommitted(Event, frozen=True, tag="disbursement.item_committed.v1"):
    item: ItemId
    commitment: CommitmentId
    amount: Money


class ItemReleased(Event, frozen=True, tag="disbursement.item_released.v1"):
    item: ItemId
    commitment: CommitmentId
    amount: Money


ItemEvent = ItemCommitted | ItemReleased


# Refusals


@dataclass(unsafe_hash=True)
class CeilingInOtherCurrency(Rejected):
    """The plan is in another currency than the grant that is to pay for it."""

    item: ItemId
    ceiling: Money
    asked: Money


@dataclass(unsafe_hash=True)
class AboveItemCeiling(Rejected):
    """The plan allows less for this item than would then be committed to it."""

    item: ItemId
    ceiling: Money
    committed: Money
    asked: Money


@dataclass(unsafe_hash=True)
class NotCommitted(Rejected):
    """Less is committed to this item than is to be given back."""

    item: ItemId
    committed: Money
    asked: Money


# State


class ItemSpending(State, frozen=True):
    id: ItemId
    committed: Money


def evolve(item: ItemSpending | None, event: ItemEvent) -> ItemSpending:
    before = item or ItemSpending(id=event.item, committed=Money.zero(event.amount.currency))
    match event:
        case ItemCommitted(amount=amount):
            return replace(before, committed=before.committed + amount)
        case ItemReleased(amount=amount):
            return replace(before, committed=before.committed - amount)
        case _:
            assert_never(event)


# Rules


def decide(command: ItemCommand, item: ItemSpending | None) -> Sequence[ItemEvent]:
    by, at = command.by, command.at
    committed = item.committed if item else Money.zero(command.amount.currency)
    match command:
        case CommitOnItem(item=item_id, commitment=commitment, amount=amount):
            if not committed.currency == amount.currency == command.ceiling.currency:
                raise CeilingInOtherCurrency(item_id, command.ceiling, amount)
            if committed + amount > command.ceiling:
                raise AboveItemCeiling(item_id, command.ceiling, committed, amount)
            return [ItemCommitted(by=by, at=at, item=item_id, commitment=commitment, amount=amount)]
        case ReleaseOnItem(item=item_id, commitment=commitment, amount=amount):
            if amount > committed:
                raise NotCommitted(item_id, committed, amount)
            if not amount:
                return []
            return [ItemReleased(by=by, at=at, item=item_id, commitment=commitment, amount=amount)]
        case _:
            assert_never(command)


item_ceiling = Decider(decide=decide, evolve=evolve)
