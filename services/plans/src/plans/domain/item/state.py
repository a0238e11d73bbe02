"""What the facts about an approved item amount to."""

from datetime import date
from enum import StrEnum
from typing import Any, assert_never

from msgspec.structs import replace

from events.decider import State
from events.money import Money, total
from events.values import CaseId, Digest, InstalmentId, ItemId, PersonId, ReferralId
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
    attended: bool = False
    """Often enough, or excused."""
    recorded_by: PersonId | None = None

    @property
    def decided(self) -> bool:
        return self.stage in (Stage.RELEASED, Stage.WITHHELD)


class CarriedOut(State, frozen=True):
    id: ItemId
    case: CaseId
    conditions: tuple[Condition, ...] = ()
    attendance_percent: int = 0
    own_contribution: Money | None = None
    """What has to be put in."""
    contributed: Money | None = None
    instalments: tuple[Instalment, ...] = ()
    agreed_by: PersonId | None = None
    recorders: frozenset[PersonId] = frozenset()
    """Who recorded attendance or a contribution."""
    documents: frozenset[Digest] = frozenset()
    """What was recorded rests on these."""
    referral: ReferralId | None = None
    verified: bool = False
    misuse: tuple[Misuse, ...] = ()

    def instalment(self, instalment: InstalmentId) -> Instalment | None:
        return next((i for i in self.instalments if i.id == instalment), None)

    @property
    def next(self) -> Instalment | None:
        """The first instalment that is neither released nor withheld."""
        return next((i for i in self.instalments if not i.decided), None)

    @property
    def under_way(self) -> bool:
        return bool(self.documents)

    @property
    def released(self) -> Money | None:
        """What may be paid so far; None when nothing was agreed."""
        if not self.instalments:
            return None
        currency = self.instalments[0].amount.currency
        return total((i.amount for i in self.instalments if i.stage is Stage.RELEASED), currency)

    def lacks(self, part: Instalment) -> Condition | None:
        """Which condition of the part is not met yet; None: it can be released."""
        if Condition.OWN_CONTRIBUTION in self.conditions:
            put_in, needed = self.contributed, self.own_contribution
            if put_in is None or (needed is not None and put_in < needed):
                return Condition.OWN_CONTRIBUTION
        if Condition.ATTENDANCE in self.conditions and not part.attended:
            return Condition.ATTENDANCE
        later = part != self.instalments[0]
        if Condition.MONITORING in self.conditions and later and not self.verified:
            return Condition.MONITORING
        return None


def evolve(item: CarriedOut | None, event: ItemEvent) -> CarriedOut:
    item = item or CarriedOut(id=event.item, case=event.case)
    match event:
        case InstalmentsAgreed():
            return replace(
                item,
                conditions=event.conditions,
                attendance_percent=event.attendance_percent,
                own_contribution=event.own_contribution,
                instalments=tuple(_instalment(part) for part in event.parts),
                agreed_by=event.by,
            )
        case AttendanceRecorded():
            return _attended(item, event)
        case ContributionProved():
            before = item.contributed
            together = before + event.amount if before else event.amount
            return replace(_recorded(item, event), contributed=together)
        case ConditionWaived():
            return _with(item, event.instalment, attended=True)
        case InstalmentConditionMet():
            return _with(item, event.instalment, stage=Stage.RELEASED)
        case InstalmentWithheld():
            return _with(item, event.instalment, stage=Stage.WITHHELD)
        case ItemReferred():
            return replace(item, referral=event.referral)
        case ItemUseVerified():
            return replace(item, verified=True)
        case ItemMisuseReported():
            return replace(item, misuse=(*item.misuse, event.kind))
        case _:
            assert_never(event)


def _instalment(part: Part) -> Instalment:
    return Instalment(id=part.instalment, since=part.since, until=part.until, amount=part.amount)


def enough(attended: int, held: int, percent: int) -> bool:
    """Whether attendance reaches the programme's threshold, without rounding."""
    return attended * 100 >= percent * held


def _attended(item: CarriedOut, event: AttendanceRecorded) -> CarriedOut:
    often = enough(event.attended, event.held, item.attendance_percent)
    return _with(
        _recorded(item, event),
        event.instalment,
        stage=Stage.OPEN if often else Stage.SHORT,
        attended=often,
        rate_basis_points=event.rate_basis_points,
        recorded_by=event.by,
    )


def _recorded(item: CarriedOut, event: AttendanceRecorded | ContributionProved) -> CarriedOut:
    recorders, documents = item.recorders | {event.by}, item.documents | {event.document}
    return replace(item, recorders=recorders, documents=documents)


def _with(item: CarriedOut, which: InstalmentId, **changes: Any) -> CarriedOut:
    changed = tuple(replace(i, **changes) if i.id == which else i for i in item.instalments)
    return replace(item, instalments=changed)
