"""What one item of an approved plan may cost, and how much of that is committed already.

The ceiling is the plan's; it comes with each commitment. What is committed is counted here, in
one place, so that two orders for one item at the same instant cannot go above it together (A3).

An item that its programme has paid in instalments is paid only as far as their conditions were
met (S8): what the plans service released comes with each payment request, and what the payments
under way and done draw of it is counted here. A payment that comes to nothing gives it back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.money import Money, total
from events.values import CommitmentId, ItemId, PaymentId

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


class DrawInstalments(Command, frozen=True):
    """A payment is requested."""

    item: ItemId
    payment: PaymentId
    amount: Money
    released: Money | None
    """What the instalments release so far; None: the item is not paid in instalments."""


class GiveBackInstalments(Command, frozen=True):
    """The payment came to nothing."""

    item: ItemId
    payment: PaymentId


class DrawInstalmentsAfterAll(Command, frozen=True):
    """The bank executed the payment although it had said that it would not."""

    item: ItemId
    payment: PaymentId


ItemCommand = (
    CommitOnItem | ReleaseOnItem | DrawInstalments | GiveBackInstalments | DrawInstalmentsAfterAll
)


# Facts


class ItemCommitted(Event, frozen=True, tag="disbursement.item_committed.v1"):
    item: ItemId
    commitment: CommitmentId
    amount: Money


class ItemReleased(Event, frozen=True, tag="disbursement.item_released.v1"):
    item: ItemId
    commitment: CommitmentId
    amount: Money


class InstalmentsDrawn(Event, frozen=True, tag="disbursement.instalments_drawn.v1"):
    """A payment takes so much of what the item's instalments released."""

    item: ItemId
    payment: PaymentId
    amount: Money


class InstalmentsGivenBack(Event, frozen=True, tag="disbursement.instalments_given_back.v1"):
    item: ItemId
    payment: PaymentId
    amount: Money


ItemEvent = ItemCommitted | ItemReleased | InstalmentsDrawn | InstalmentsGivenBack


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


@dataclass(unsafe_hash=True)
class NotReleased(Rejected):
    """Instalments are paid only as far as their conditions were met (S8)."""

    item: ItemId
    released: Money
    drawn: Money
    asked: Money


# State


class Draw(State, frozen=True):
    payment: PaymentId
    amount: Money
    stands: bool


class ItemSpending(State, frozen=True):
    id: ItemId
    committed: Money
    draws: tuple[Draw, ...] = ()

    def drawn(self, currency: str) -> Money:
        """What payments under way and done take of the instalments."""
        return total((draw.amount for draw in self.draws if draw.stands), currency)

    def draw_of(self, payment: PaymentId) -> Draw | None:
        return next((draw for draw in self.draws if draw.payment == payment), None)


def evolve(item: ItemSpending | None, event: ItemEvent) -> ItemSpending:
    before = item or ItemSpending(id=event.item, committed=Money.zero(event.amount.currency))
    match event:
        case ItemCommitted(amount=amount):
            return replace(before, committed=before.committed + amount)
        case ItemReleased(amount=amount):
            return replace(before, committed=before.committed - amount)
        case InstalmentsDrawn():
            return _drawing(before, event, stands=True)
        case InstalmentsGivenBack():
            return _drawing(before, event, stands=False)
        case _:
            assert_never(event)


def _drawing(
    item: ItemSpending, event: InstalmentsDrawn | InstalmentsGivenBack, *, stands: bool
) -> ItemSpending:
    others = (draw for draw in item.draws if draw.payment != event.payment)
    draw = Draw(payment=event.payment, amount=event.amount, stands=stands)
    return replace(item, draws=(*others, draw))


# Rules


def decide(command: ItemCommand, item: ItemSpending | None) -> Sequence[ItemEvent]:
    if isinstance(command, CommitOnItem | ReleaseOnItem):
        return _committing(command, item)
    if isinstance(command, DrawInstalments):
        return _draw(command, item)
    draw = item.draw_of(command.payment) if item else None
    if draw is None or draw.stands is isinstance(command, DrawInstalmentsAfterAll):
        return []
    fact: dict[str, Any] = {
        "by": command.by,
        "at": command.at,
        "item": command.item,
        "payment": draw.payment,
        "amount": draw.amount,
    }
    return [InstalmentsGivenBack(**fact) if draw.stands else InstalmentsDrawn(**fact)]


def _draw(command: DrawInstalments, item: ItemSpending | None) -> Sequence[ItemEvent]:
    released, amount = command.released, command.amount
    if released is None:
        return []
    if released.currency != amount.currency:
        raise CeilingInOtherCurrency(command.item, released, amount)
    drawn = item.drawn(amount.currency) if item else Money.zero(amount.currency)
    if drawn + amount > released:
        raise NotReleased(command.item, released, drawn, amount)
    return [
        InstalmentsDrawn(
            by=command.by,
            at=command.at,
            item=command.item,
            payment=command.payment,
            amount=amount,
        )
    ]


def _committing(
    command: CommitOnItem | ReleaseOnItem, item: ItemSpending | None
) -> Sequence[ItemEvent]:
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
