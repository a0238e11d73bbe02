"""What the facts about a budget line amount to."""

from datetime import date
from typing import assert_never

from msgspec.structs import replace

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
from events.decider import State
from events.money import Money, total
from events.values import BudgetLineId, Code, GrantId, PaymentId, PersonId


class Beyond(State, frozen=True):
    """What was spent for a payment although nothing was reserved for it."""

    payment: PaymentId
    amount: Money


class ProposedCeiling(State, frozen=True):
    """A higher ceiling than the one that counts."""

    ceiling: Money
    by: PersonId


class DeclinedCeiling(State, frozen=True):
    """It was proposed, and came to nothing."""

    ceiling: Money
    proposed_by: PersonId
    by: PersonId
    """Who proposed it, too: then it was taken back."""
    on: date
    reason: Code


class BudgetLine(State, frozen=True):
    id: BudgetLineId
    grant: GrantId
    category: Code
    ceiling: Money
    """Zero until another person has confirmed the first one."""
    earmarked: Money
    """Kept for items of approved plans, and not reserved yet."""
    reserved: Money
    spent: Money
    exchange_difference: Money
    """What payments came to on the day, less what had been reserved for them."""
    beyond: tuple[Beyond, ...] = ()
    """Of what is spent: what nothing was reserved for, and that has not come back."""
    proposed: ProposedCeiling | None = None
    declined: DeclinedCeiling | None = None
    """The last one."""

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
    if isinstance(event, BudgetLineProposed):
        proposed = ProposedCeiling(event.ceiling, event.by)
        return replace(_opened(event), proposed=proposed)
    if isinstance(event, BudgetLineEstablished):
        return replace(_opened(event), ceiling=event.ceiling)
    assert line is not None, "a fact about a budget line that nobody established"
    match event:
        case BudgetRaiseProposed(ceiling=ceiling, by=by):
            return replace(line, proposed=ProposedCeiling(ceiling, by))
        case BudgetRevised(ceiling=ceiling):
            return replace(line, ceiling=ceiling, proposed=None)
        case CeilingDeclined(ceiling=ceiling, by=by, at=at, reason=reason):
            no = DeclinedCeiling(
                ceiling=ceiling,
                proposed_by=event.proposed_by,
                by=by,
                on=at.date(),
                reason=reason,
            )
            return replace(line, proposed=None, declined=no)
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
        case FundsSpentOnCharge(amount=amount):
            return replace(line, spent=line.spent + amount)
        case FundsBeyondRestored(payment=payment, amount=amount, came=came):
            after = replace(
                line,
                spent=line.spent - amount,
                exchange_difference=line.exchange_difference - came + amount,
            )
            return _beyond(after, payment, line.beyond_of(payment) - amount)
        case _:
            assert_never(event)


def _opened(event: BudgetLineProposed | BudgetLineEstablished) -> BudgetLine:
    nothing = Money.zero(event.ceiling.currency)
    return BudgetLine(
        id=event.line,
        grant=event.grant,
        category=event.category,
        ceiling=nothing,
        earmarked=nothing,
        reserved=nothing,
        spent=nothing,
        exchange_difference=nothing,
    )


def _beyond(line: BudgetLine, payment: PaymentId, amount: Money) -> BudgetLine:
    others = tuple(each for each in line.beyond if each.payment != payment)
    now = (Beyond(payment=payment, amount=amount),) if amount else ()
    return replace(line, beyond=(*others, *now))
