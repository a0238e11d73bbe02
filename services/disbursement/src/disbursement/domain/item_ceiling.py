"""What one item of an approved plan may cost, and how much of that is committed already.

The ceiling is the plan's; it comes with each commitment. What is committed is counted here, in
one place, so that two orders for one item at the same instant cannot go above it together (A3).

Where the programme says from which budget line it is paid, what it may still cost is earmarked
there:

    earmarked on the line = ceiling - committed, until the plan no longer holds the item

An item that its programme has paid in instalments is paid only as far as their conditions were
met (S8): what the plans service released comes with each payment request, and what the payments
under way and done draw of it is counted here. A payment that comes to nothing gives it back. Cash
for it draws and gives back likewise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.money import Money, total
from events.values import BudgetLineId, CommitmentId, ItemId, PaymentId, PlanId

# Requests


class EarmarkItem(Command, frozen=True):
    """Keep what the item may still cost on its budget line."""

    item: ItemId
    plan: PlanId
    line: BudgetLineId
    ceiling: Money
    more: Money
    """What the line is asked to keep in the same append; zero when it needs no more than before."""


class FreeItemEarmark(Command, frozen=True):
    """No plan in force holds the item any more: what was kept for it goes back to the line."""

    item: ItemId


class CommitOnItem(Command, frozen=True):
    item: ItemId
    ceiling: Money
    commitment: CommitmentId
    amount: Money
    earmarked_on: BudgetLineId | None = None
    """The line on which the asker saw the item earmarked."""


class ReleaseOnItem(Command, frozen=True):
    item: ItemId
    line: BudgetLineId
    commitment: CommitmentId
    amount: Money


class DrawInstalments(Command, frozen=True):
    """A payment is requested, or cash: it stands for a payment here."""

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
    EarmarkItem
    | FreeItemEarmark
    | CommitOnItem
    | ReleaseOnItem
    | DrawInstalments
    | GiveBackInstalments
    | DrawInstalmentsAfterAll
)


# Facts


class ItemEarmarked(Event, frozen=True, tag="disbursement.item_earmarked.v1"):
    """What the item may still cost is kept on the line: its ceiling, less what is committed."""

    item: ItemId
    plan: PlanId
    line: BudgetLineId
    ceiling: Money
    freed: Money
    """What it needs less than it did before; nothing when it needs more."""


class ItemEarmarkFreed(Event, frozen=True, tag="disbursement.item_earmark_freed.v1"):
    """Nothing is kept for the item any more."""

    item: ItemId
    plan: PlanId
    line: BudgetLineId
    freed: Money


class ItemCommitted(Event, frozen=True, tag="disbursement.item_committed.v1"):
    item: ItemId
    commitment: CommitmentId
    amount: Money


class ItemReleased(Event, frozen=True, tag="disbursement.item_released.v1"):
    item: ItemId
    commitment: CommitmentId
    amount: Money


class ReservationGivenBack(Event, frozen=True, tag="disbursement.reservation_given_back.v1"):
    """What a commitment no longer needs goes back to its line, to be kept for the item or not."""

    item: ItemId
    line: BudgetLineId
    commitment: CommitmentId
    amount: Money
    earmarked: Money
    """How much of it the item may still need."""


class InstalmentsDrawn(Event, frozen=True, tag="disbursement.instalments_drawn.v1"):
    """A payment takes so much of what the item's instalments released."""

    item: ItemId
    payment: PaymentId
    amount: Money


class InstalmentsGivenBack(Event, frozen=True, tag="disbursement.instalments_given_back.v1"):
    item: ItemId
    payment: PaymentId
    amount: Money


ItemEvent = (
    ItemEarmarked
    | ItemEarmarkFreed
    | ItemCommitted
    | ItemReleased
    | ReservationGivenBack
    | InstalmentsDrawn
    | InstalmentsGivenBack
)


# Refusals


@dataclass(unsafe_hash=True)
class CeilingInOtherCurrency(Rejected):
    """The plan is in another currency than the grant that is to pay for it."""

    item: ItemId
    ceiling: Money
    asked: Money


@dataclass(unsafe_hash=True)
class EarmarkChanged(Rejected):
    """What is earmarked for the item is no longer what was seen: look again."""

    item: ItemId
    seen: BudgetLineId | None
    stands: BudgetLineId | None


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


class Earmark(State, frozen=True):
    """Where the money for the item is kept, and how much it may cost in all."""

    plan: PlanId
    line: BudgetLineId
    ceiling: Money

    def left(self, committed: Money) -> Money:
        """What is kept: never below nothing, though a plan shrank below what was ordered."""
        return max(self.ceiling - committed, Money.zero(self.ceiling.currency))


class ItemSpending(State, frozen=True):
    id: ItemId
    committed: Money
    earmark: Earmark | None = None
    draws: tuple[Draw, ...] = ()

    @property
    def earmarked(self) -> Money:
        """What is kept for it and not committed yet."""
        if self.earmark is None:
            return Money.zero(self.committed.currency)
        return self.earmark.left(self.committed)

    def drawn(self, currency: str) -> Money:
        """What payments under way and done take of the instalments."""
        return total((draw.amount for draw in self.draws if draw.stands), currency)

    def draw_of(self, payment: PaymentId) -> Draw | None:
        return next((draw for draw in self.draws if draw.payment == payment), None)


def evolve(item: ItemSpending | None, event: ItemEvent) -> ItemSpending:
    before = item or ItemSpending(id=event.item, committed=Money.zero(_currency(event)))
    match event:
        case ItemEarmarked(plan=plan, line=line, ceiling=ceiling):
            return replace(before, earmark=Earmark(plan=plan, line=line, ceiling=ceiling))
        case ItemEarmarkFreed():
            return replace(before, earmark=None)
        case ItemCommitted(amount=amount):
            return replace(before, committed=before.committed + amount)
        case ItemReleased(amount=amount):
            return replace(before, committed=before.committed - amount)
        case ReservationGivenBack():
            return before
        case InstalmentsDrawn():
            return _drawing(before, event, stands=True)
        case InstalmentsGivenBack():
            return _drawing(before, event, stands=False)
        case _:
            assert_never(event)


def _currency(event: ItemEvent) -> str:
    match event:
        case ItemEarmarked() | ItemEarmarkFreed():
            return event.freed.currency
        case _:
            return event.amount.currency


def _drawing(
    item: ItemSpending, event: InstalmentsDrawn | InstalmentsGivenBack, *, stands: bool
) -> ItemSpending:
    others = (draw for draw in item.draws if draw.payment != event.payment)
    draw = Draw(payment=event.payment, amount=event.amount, stands=stands)
    return replace(item, draws=(*others, draw))


# Rules


def decide(command: ItemCommand, item: ItemSpending | None) -> Sequence[ItemEvent]:
    if isinstance(command, EarmarkItem):
        return _earmark(command, item)
    if isinstance(command, FreeItemEarmark):
        return _free(command, item)
    if isinstance(command, CommitOnItem):
        return [_commit(command, item)]
    if isinstance(command, ReleaseOnItem):
        return _release(command, item)
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


def _earmark(command: EarmarkItem, item: ItemSpending | None) -> Sequence[ItemEvent]:
    stands = item.earmark if item else None
    nothing = Money.zero(command.ceiling.currency)
    committed = item.committed if item else nothing
    if committed.currency != command.ceiling.currency:
        raise CeilingInOtherCurrency(command.item, command.ceiling, committed)
    asked = Earmark(plan=command.plan, line=command.line, ceiling=command.ceiling)
    if stands == asked:
        return []
    if stands is not None and stands.line != asked.line:
        raise EarmarkChanged(command.item, command.line, stands.line)
    before = item.earmarked if item else nothing
    needs = asked.left(committed)
    if command.more != max(needs - before, nothing):
        raise EarmarkChanged(command.item, command.line, stands.line if stands else None)
    return [
        ItemEarmarked(
            by=command.by,
            at=command.at,
            item=command.item,
            plan=command.plan,
            line=command.line,
            ceiling=command.ceiling,
            freed=max(before - needs, nothing),
        )
    ]


def _free(command: FreeItemEarmark, item: ItemSpending | None) -> Sequence[ItemEvent]:
    if item is None or item.earmark is None:
        return []
    return [
        ItemEarmarkFreed(
            by=command.by,
            at=command.at,
            item=item.id,
            plan=item.earmark.plan,
            line=item.earmark.line,
            freed=item.earmarked,
        )
    ]


def _commit(command: CommitOnItem, item: ItemSpending | None) -> ItemCommitted:
    amount, ceiling = command.amount, command.ceiling
    committed = item.committed if item else Money.zero(amount.currency)
    earmark = item.earmark if item else None
    if not committed.currency == amount.currency == ceiling.currency:
        raise CeilingInOtherCurrency(command.item, ceiling, amount)
    line = earmark.line if earmark else None
    if command.earmarked_on != line:
        raise EarmarkChanged(command.item, command.earmarked_on, line)
    if committed + amount > (earmark.ceiling if earmark else ceiling):
        raise AboveItemCeiling(command.item, ceiling, committed, amount)
    return ItemCommitted(
        by=command.by,
        at=command.at,
        item=command.item,
        commitment=command.commitment,
        amount=amount,
    )


def _release(command: ReleaseOnItem, item: ItemSpending | None) -> Sequence[ItemEvent]:
    amount = command.amount
    committed = item.committed if item else Money.zero(amount.currency)
    if amount > committed:
        raise NotCommitted(command.item, committed, amount)
    if not amount or item is None:
        return []
    released = ItemReleased(
        by=command.by,
        at=command.at,
        item=command.item,
        commitment=command.commitment,
        amount=amount,
    )
    then = evolve(item, released)
    given_back = ReservationGivenBack(
        by=command.by,
        at=command.at,
        item=command.item,
        line=command.line,
        commitment=command.commitment,
        amount=amount,
        earmarked=then.earmarked - item.earmarked
        if item.earmark and item.earmark.line == command.line
        else Money.zero(amount.currency),
    )
    return [released, given_back]


item_ceiling = Decider(decide=decide, evolve=evolve)
