"""A drawing: how much of a case's entitlement each thing holds, and how much of that in cash.

A plan in force, emergency items and shares in projects all live on the entitlement of one case.
What each of them holds is counted here, in the case's own stream: whatever gives money draws it in
the same append, so that two of them at the same instant cannot go above the entitlement together
(A1), nor above its cash cap (A2). One that holds too much gives back; nobody takes from another.

What a drawer is to hold is told as a whole: asking twice for the same is asking once. It holds it
for the principal applicant, but for what it says to be for others of the household; whose share
that is drawn on is a rule of its own (`shares`).
"""

from collections.abc import Sequence
from typing import TypeVar, assert_never

import msgspec
from msgspec.structs import replace

from events.decider import Command, Decider, Event, State
from events.money import Money, total
from events.values import CaseId, DrawerId, PersonId
from plans.domain.emergency.refusals import AboveEmergencyLimit
from plans.domain.good_standing import AboveCashCap, AboveEntitlement
from plans.domain.shares import NOBODY, Held, Parts, Pool, added, suffice
from plans.domain.standing import Entitled

EMERGENCY = "eme_"
T = TypeVar("T")


class HoldEntitlement(Command, frozen=True):
    """From now on this drawer holds so much of the case's entitlement."""

    case: CaseId
    drawn_for: DrawerId
    amount: Money
    """All that it holds then, the cash included; nothing, when it is over."""
    cash: Money
    entitled: Entitled | None
    """What the case may receive; None: that is not decided yet, and only emergencies may draw."""
    pool: Pool
    """Whose shares are used together."""
    others: Parts = NOBODY
    """What of it is for others of the household than the principal applicant."""
    emergencies_at_most: Money | None = None
    """For an emergency: what the programme gives a case in emergencies, all of them together."""


class EntitlementDrawn(Event, frozen=True, tag="plans.entitlement_drawn.v1"):
    """A drawer holds so much more of the case's entitlement."""

    case: CaseId
    drawn_for: DrawerId
    amount: Money
    cash: Money
    """How much of the amount is cash."""


class EntitlementReleased(Event, frozen=True, tag="plans.entitlement_released.v1"):
    """A drawer gave back so much."""

    case: CaseId
    drawn_for: DrawerId
    amount: Money
    cash: Money


class ForOne(msgspec.Struct, frozen=True):
    """What is held for one of the household."""

    person: PersonId
    amount: Money
    cash: Money


class EntitlementAllotted(Event, frozen=True, tag="plans.entitlement_allotted.v1"):
    """For whom a drawer holds what it holds: these, and for the rest the principal applicant."""

    case: CaseId
    drawn_for: DrawerId
    others: tuple[ForOne, ...]


DrawingEvent = EntitlementDrawn | EntitlementReleased | EntitlementAllotted


class Drawing(State, frozen=True):
    id: CaseId
    held: dict[DrawerId, Held]
    others: dict[DrawerId, dict[PersonId, Held]]
    """What of it is for others of the household than the principal applicant."""

    def held_by(self, drawer: DrawerId, currency: str) -> Held:
        nothing = Money.zero(currency)
        return self.held.get(drawer, Held(nothing, nothing))

    def together(self, currency: str, *, but: DrawerId | None = None) -> Held:
        """What all of them hold; without one, when it is named."""
        others = [held for drawer, held in self.held.items() if drawer != but]
        return Held(
            total((h.amount for h in others), currency), total((h.cash for h in others), currency)
        )

    def parts(self, principal: PersonId, *, but: DrawerId | None = None) -> dict[PersonId, Held]:
        """What all of them hold for each person; without one, when it is named."""
        parts: dict[PersonId, Held] = {}
        for drawer, held in self.held.items():
            if drawer != but:
                parts = added(parts, split(held, self.others.get(drawer, NOBODY), principal))
        return parts

    def of_emergencies(self, *, but: DrawerId, like: Money) -> Money:
        """What other emergencies hold."""
        held = (h.amount for d, h in self.held.items() if d.startswith(EMERGENCY) and d != but)
        return total(held, like.currency)


def split(held: Held, others: Parts, principal: PersonId) -> dict[PersonId, Held]:
    """What is for others is theirs, the rest the principal applicant's."""
    rest = held
    for each in others.values():
        rest = Held(rest.amount - each.amount, rest.cash - each.cash)
    return {**others, principal: rest}


def decide(command: HoldEntitlement, drawing: Drawing | None) -> Sequence[DrawingEvent]:
    stands = drawing or Drawing(id=command.case, held={}, others={})
    currency = command.amount.currency
    before = stands.held_by(command.drawn_for, currency)
    more_amount, more_cash = command.amount - before.amount, command.cash - before.cash
    nothing = Money.zero(currency)
    events: list[DrawingEvent] = []
    if more_amount > nothing or more_cash > nothing:
        _within(command, stands)
        events.append(
            EntitlementDrawn(
                by=command.by,
                at=command.at,
                case=command.case,
                drawn_for=command.drawn_for,
                amount=max(more_amount, nothing),
                cash=max(more_cash, nothing),
            )
        )
    if more_amount < nothing or more_cash < nothing:
        events.append(
            EntitlementReleased(
                by=command.by,
                at=command.at,
                case=command.case,
                drawn_for=command.drawn_for,
                amount=max(-more_amount, nothing),
                cash=max(-more_cash, nothing),
            )
        )
    _within_shares(command, stands)
    if command.amount and command.others != stands.others.get(command.drawn_for, NOBODY):
        events.append(_allotted(command))
    return events


def _allotted(command: HoldEntitlement) -> EntitlementAllotted:
    return EntitlementAllotted(
        by=command.by,
        at=command.at,
        case=command.case,
        drawn_for=command.drawn_for,
        others=tuple(
            ForOne(person, held.amount, held.cash)
            for person, held in sorted(command.others.items())
        ),
    )


def _within_shares(command: HoldEntitlement, drawing: Drawing) -> None:
    """For whom more is held than before, the shares that are theirs to draw on suffice (A1)."""
    if command.entitled is None:
        return
    principal = command.pool.principal
    asked = split(Held(command.amount, command.cash), command.others, principal)
    rest = drawing.parts(principal, but=command.drawn_for)
    suffice(command.entitled.shares, command.pool, drawing.parts(principal), added(rest, asked))


def _within(command: HoldEntitlement, drawing: Drawing) -> None:
    """Who asks for more finds room in what the case may receive, or gets nothing of it."""
    if command.emergencies_at_most is not None:
        earlier = drawing.of_emergencies(but=command.drawn_for, like=command.amount)
        if earlier + command.amount > command.emergencies_at_most:
            raise AboveEmergencyLimit(earlier + command.amount, command.emergencies_at_most)
    if command.entitled is None:
        return
    others = drawing.together(command.amount.currency, but=command.drawn_for)
    amount, cash = others.amount + command.amount, others.cash + command.cash
    if amount > command.entitled.total:
        raise AboveEntitlement(amount, command.entitled.total)
    if cash > command.entitled.cash_cap:
        raise AboveCashCap(cash, command.entitled.cash_cap)


def evolve(drawing: Drawing | None, event: DrawingEvent) -> Drawing:
    stands = drawing or Drawing(id=event.case, held={}, others={})
    if isinstance(event, EntitlementAllotted):
        theirs = {each.person: Held(each.amount, each.cash) for each in event.others}
        return replace(stands, others=_with(stands.others, event.drawn_for, theirs))
    before = stands.held_by(event.drawn_for, event.amount.currency)
    match event:
        case EntitlementDrawn():
            after = Held(before.amount + event.amount, before.cash + event.cash)
        case EntitlementReleased():
            after = Held(before.amount - event.amount, before.cash - event.cash)
        case _:
            assert_never(event)
    if after.amount:
        return replace(stands, held=stands.held | {event.drawn_for: after})
    return Drawing(
        id=stands.id,
        held=_without(stands.held, event.drawn_for),
        others=_without(stands.others, event.drawn_for),
    )


def _with(
    others: dict[DrawerId, dict[PersonId, Held]], drawer: DrawerId, theirs: dict[PersonId, Held]
) -> dict[DrawerId, dict[PersonId, Held]]:
    return others | {drawer: theirs} if theirs else _without(others, drawer)


def _without(all_of: dict[DrawerId, T], drawer: DrawerId) -> dict[DrawerId, T]:
    return {each: held for each, held in all_of.items() if each != drawer}


drawing = Decider(decide=decide, evolve=evolve)
