"""What was awarded to one vendor, or for one case: the count that no two awards get around.

An award needs as many offers as its value asks for, taken together with what was awarded lately to
the same vendor and for the same case. Each award is counted in both streams, in the same append: of
two at the same instant one finds that it did not know of the other, and is decided anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import msgspec
from msgspec.structs import replace

from events.decider import Command, Decider, Event, Rejected, State
from events.money import Money
from events.values import CaseId, SourcingId, VendorId


class Award(msgspec.Struct, frozen=True):
    """An earlier award to the same vendor or for the same case."""

    sourcing: SourcingId
    vendor: VendorId
    case: CaseId
    value: Money


class CountAward(Command, frozen=True):
    award: Award
    since: date
    """From when on awards count together."""
    known: frozenset[SourcingId]
    """The awards that were counted when this one was decided."""


class UncountAward(Command, frozen=True):
    sourcing: SourcingId


class AwardCounted(Event, frozen=True, tag="vendors.award_counted.v1"):
    """From now on it counts together with the next ones to this vendor, or for this case."""

    sourcing: SourcingId
    vendor: VendorId
    case: CaseId
    value: Money


class AwardUncounted(Event, frozen=True, tag="vendors.award_uncounted.v1"):
    """It was taken back, and counts no more."""

    sourcing: SourcingId


PurchaseEvent = AwardCounted | AwardUncounted


@dataclass(unsafe_hash=True)
class AwardedMeanwhile(Rejected):
    """Another award to the vendor or for the case came in between: both count together (R4)."""

    sourcing: SourcingId


class Counted(msgspec.Struct, frozen=True):
    award: Award
    on: date


class Purchases(State, frozen=True):
    awards: tuple[Counted, ...] = ()

    def since(self, day: date) -> tuple[Award, ...]:
        return tuple(each.award for each in self.awards if each.on >= day)


def stream_of(whose: VendorId | CaseId) -> str:
    """Each vendor and each case has its count."""
    return f"pur_{whose}"


def decide(
    command: CountAward | UncountAward, purchases: Purchases | None
) -> Sequence[PurchaseEvent]:
    if isinstance(command, UncountAward):
        counted = {each.award.sourcing for each in (purchases or Purchases()).awards}
        if command.sourcing not in counted:
            return []
        return [AwardUncounted(by=command.by, at=command.at, sourcing=command.sourcing)]
    for each in (purchases or Purchases()).since(command.since):
        if each.sourcing not in command.known:
            raise AwardedMeanwhile(each.sourcing)
    award = command.award
    return [
        AwardCounted(
            by=command.by,
            at=command.at,
            sourcing=award.sourcing,
            vendor=award.vendor,
            case=award.case,
            value=award.value,
        )
    ]


def evolve(purchases: Purchases | None, event: PurchaseEvent) -> Purchases:
    if isinstance(event, AwardUncounted):
        assert purchases is not None, "it was counted"
        left = (each for each in purchases.awards if each.award.sourcing != event.sourcing)
        return replace(purchases, awards=tuple(left))
    award = Award(event.sourcing, event.vendor, event.case, event.value)
    before = purchases or Purchases()
    return replace(before, awards=(*before.awards, Counted(award, event.at.date())))


purchases = Decider(decide=decide, evolve=evolve)
