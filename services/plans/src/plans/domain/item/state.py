"""What the facts about an approved item amount to."""

from datetime import date
from enum import StrEnum
from typing import Any, assert_never

from msgspec.structs import replace

from events.decider import State
from events.money import Money, total
from events.values import CaseId, Digest, InstalmentId, ItemId, PersonId, PlanId, ReferralId
from plans.domain.item.facts import (
    AttendanceRecorded,
    ConditionWaived,
    ContributionProved,
    InstalmentConditionMet,
    InstalmentsAgreed,
    InstalmentWithheld,
    ItemEvent,
    ItemMisuseReported,
    ItemReferred,
    ItemUseVerified,
    Part,
)
from plans.domain.item.kinds import Condition, Misuse


class Stage(StrEnum):
    """Where one instalment stands."""

    OPEN = "open"
    SHORT = "short"
    """Recorded, and below what the programme asks."""
    RELEASED = "released"
    WITHHELD = "withheld"


class Instalment(State, frozen=True):
    id: InstalmentId
    since: date
    until: date
    amount: Money
    stage: Stage = Stage.OPEN
    rate_basis_points: int | None = None
    recorded_by: PersonId | None = None
    documents: tuple[Digest, ...] = ()
    """What was recorded about it rests on these."""
    contributed: Money | None = None

    @property
    def decided(self) -> bool:
        return self.stage in (Stage.RELEASED, Stage.WITHHELD)


class CarriedOut(State, frozen=True):
    id: ItemId
    case: CaseId
    plan: PlanId | None = None
    condition: Condition | None = None
    percent: int = 0
    instalments: tuple[Instalment, ...] = ()
    agreed_by: PersonId | None = None
    referral: ReferralId | None = None
    verified: bool = False
    misuse: tuple[Misuse, ...] = ()

    def instalment(self, instalment: InstalmentId) -> Instalment | None:
        return next((i for i in self.instalments if i.id == instalment), None)

    @property
    def recorders(self) -> frozenset[PersonId]:
        """Who recorded attendance or a contribution last, for each instalment."""
        return frozenset(i.recorded_by for i in self.instalments if i.recorded_by)

    @property
    def under_way(self) -> bool:
        return any(i.documents for i in self.instalments)

    @property
    def released(self) -> Money | None:
        """What may be paid so far; None when nothing was agreed."""
        if not self.instalments:
            return None
        currency = self.instalments[0].amount.currency
        return total((i.amount for i in self.instalments if i.stage is Stage.RELEASED), currency)


def evolve(item: CarriedOut | None, event: ItemEvent) -> CarriedOut:
    item = item or CarriedOut(id=event.item, case=event.case)
    match event:
        case InstalmentsAgreed():
            return replace(
                item,
                plan=event.plan,
                condition=event.condition,
                percent=event.percent,
                instalments=tuple(_instalment(part) for part in event.parts),
                agreed_by=event.by,
            )
        case AttendanceRecorded():
            return _with(
                item,
                event.instalment,
                stage=Stage.SHORT,
                rate_basis_points=event.rate_basis_points,
                **_recorded(item, event),
            )
        case ContributionProved():
            before = item.instalment(event.instalment)
            earlier = before.contributed if before else None
            together = earlier + event.amount if earlier else event.amount
            return _with(item, event.instalment, contributed=together, **_recorded(item, event))
        case InstalmentConditionMet():
            return _with(item, event.instalment, stage=Stage.RELEASED)
        case InstalmentWithheld():
            return _with(item, event.instalment, stage=Stage.WITHHELD)
        case ConditionWaived():
            return item
        case ItemReferred():
            return replace(item, plan=event.plan, referral=event.referral)
        case ItemUseVerified():
            return replace(item, plan=event.plan, verified=True)
        case ItemMisuseReported():
            return replace(item, plan=event.plan, misuse=(*item.misuse, event.kind))
        case _:
            assert_never(event)


def _instalment(part: Part) -> Instalment:
    return Instalment(id=part.instalment, since=part.since, until=part.until, amount=part.amount)


def _recorded(item: CarriedOut, event: AttendanceRecorded | ContributionProved) -> dict[str, Any]:
    part = item.instalment(event.instalment)
    assert part is not None, "it was agreed"
    return {"recorded_by": event.by, "documents": (*part.documents, event.document)}


def _with(item: CarriedOut, which: InstalmentId, **changes: Any) -> CarriedOut:
    changed = tuple(replace(i, **changes) if i.id == which else i for i in item.instalments)
    return replace(item, instalments=changed)
