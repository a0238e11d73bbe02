"""Whose share is drawn on: somebody's own, or that of all who put theirs together (A1).

What the household may receive is each person's own. The principal applicant's share and those of
whoever agreed to it are used together: that is the pool. Whoever leaves it draws on no more than
their own share, and what the pool drew of theirs before stays drawn: the pool and those who left it
never draw more than they bring, so that whoever was never in it keeps all of theirs.

What was drawn in time stays: only who is to draw more is asked whether there is enough.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import msgspec

from events.decider import Rejected
from events.money import Money, total
from events.values import PersonId
from plans.domain.programme import Modality


class Held(msgspec.Struct, frozen=True):
    """How much is drawn, and how much of that in cash."""

    amount: Money
    cash: Money

    def __add__(self, other: "Held") -> "Held":
        return Held(self.amount + other.amount, self.cash + other.cash)


Parts = Mapping[PersonId, Held]
"""What is drawn for each person of the household; who is absent has nothing."""
NOBODY: Parts = {}


class Share(msgspec.Struct, frozen=True):
    """What one person of the household brings to the entitlement."""

    person: PersonId
    total: Money
    cash_at_most: Money


class Pool(msgspec.Struct, frozen=True):
    """Whose shares are used together: the principal applicant's, and those of who agreed to it."""

    principal: PersonId
    joined: frozenset[PersonId] = frozenset()
    left: frozenset[PersonId] = frozenset()
    """Who was in it: what was drawn then may have been of their share."""

    @property
    def together(self) -> frozenset[PersonId]:
        return self.joined | {self.principal}

    def circle(self, person: PersonId) -> frozenset[PersonId]:
        """Those whose shares the person draws on."""
        return self.together if person in self.together else frozenset({person})

    def circles(self, people: Iterable[PersonId]) -> Iterator[frozenset[PersonId]]:
        """Those who together draw no more than they together bring."""
        yield self.together
        yield self.together | self.left
        for person in sorted(set(people) - self.together):
            yield frozenset({person})


@dataclass(unsafe_hash=True)
class NotOfTheHousehold(Rejected):
    """Assistance is for the principal applicant or somebody of the household."""

    person: PersonId


@dataclass(unsafe_hash=True)
class AboveShare(Rejected):
    """A person's share is their own, and of others only what these agreed to pool (A1)."""

    person: PersonId
    share: Money
    """With those of everybody whose shares are used together with theirs."""
    asked: Money
    """With all that is drawn on these shares already."""


@dataclass(unsafe_hash=True)
class AboveCashShare(Rejected):
    """So is what they may receive of it in cash (A2)."""

    person: PersonId
    share: Money
    asked: Money


def parts_of(lines: Iterable[tuple[PersonId, Modality, Money]]) -> dict[PersonId, Held]:
    """What these lines come to for each person."""
    parts: Parts = NOBODY
    for person, modality, ceiling in lines:
        cash = ceiling if modality is Modality.CASH else Money.zero(ceiling.currency)
        parts = added(parts, {person: Held(ceiling, cash)})
    return dict(parts)


def added(parts: Parts, more: Parts) -> dict[PersonId, Held]:
    """What each person has of both."""
    together = dict(parts)
    for person, held in more.items():
        together[person] = together[person] + held if person in together else held
    return together


def of(people: Iterable[PersonId], parts: Parts, currency: str) -> Held:
    """What these people hold together."""
    held = [parts[person] for person in people if person in parts]
    return Held(total((h.amount for h in held), currency), total((h.cash for h in held), currency))


def remaining(shares: Iterable[Share], pool: Pool, share: Share, drawn: Parts) -> Money:
    """What that person may still draw, of their own share and those that are used with it."""
    brought = {each.person: Held(each.total, each.cash_at_most) for each in shares}
    currency = share.total.currency
    left = [
        of(circle, brought, currency).amount - of(circle, drawn, currency).amount
        for circle in pool.circles(brought)
        if share.person in circle
    ]
    return max(min(left), Money.zero(currency))


def suffice(shares: Iterable[Share], pool: Pool, before: Parts, after: Parts) -> None:
    """For whom more is to be drawn than was, the shares suffice; or who asks for too much."""
    brought = {share.person: Held(share.total, share.cash_at_most) for share in shares}
    for circle in pool.circles(after):
        currencies = {after[person].amount.currency for person in circle if person in after}
        for currency in currencies:
            was, now = of(circle, before, currency), of(circle, after, currency)
            may = of(circle, brought, currency)
            if now.amount > max(was.amount, may.amount):
                raise AboveShare(_rises(circle, before, after), may.amount, now.amount)
            if now.cash > max(was.cash, may.cash):
                raise AboveCashShare(_rises(circle, before, after), may.cash, now.cash)


def _rises(circle: frozenset[PersonId], before: Parts, after: Parts) -> PersonId:
    return next(
        person
        for person in sorted(circle)
        if person in after
        and (
            person not in before
            or after[person].amount > before[person].amount
            or after[person].cash > before[person].cash
        )
    )
