"""What can happen to an approved item. Field names are the contract with the other services."""

import datetime as dt

import msgspec

from events.decider import Event
from events.money import Money
from events.values import CaseId, Digest, InstalmentId, ItemId, PlanId, ReferralId, VisitId
from plans.domain.item.kinds import Condition, Excuse, Misuse, Withheld


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One instalment: what it is for, and how much it releases."""

    instalment: InstalmentId
    since: dt.date
    until: dt.date
    amount: Money


class InstalmentsAgreed(Event, frozen=True, tag="plans.instalments_agreed.v1"):
    """The item is paid in these parts, each when all of the conditions are met."""

    item: ItemId
    plan: PlanId
    case: CaseId
    conditions: tuple[Condition, ...]
    attendance_percent: int
    own_contribution: Money
    """What the returnee, or a lender, has to put in beside it."""
    parts: tuple[Part, ...]
    total: Money
    document: Digest
    """The fee schedule, lease, contract or offer that the parts follow."""


class AttendanceRecorded(Event, frozen=True, tag="plans.attendance_recorded.v1"):
    """How often somebody was there in a part's period, by the provider's sheet."""

    item: ItemId
    case: CaseId
    instalment: InstalmentId
    held: int
    """Sessions, days or months that there were."""
    attended: int
    rate_basis_points: int
    document: Digest


class ContributionProved(Event, frozen=True, tag="plans.own_contribution_proved.v1"):
    """The returnee has put in this much of their own, or of a lender's."""

    item: ItemId
    case: CaseId
    amount: Money
    document: Digest


class ConditionWaived(Event, frozen=True, tag="plans.instalment_condition_waived.v1"):
    """The part is released though its condition was not met, for a reason (S15)."""

    item: ItemId
    case: CaseId
    instalment: InstalmentId
    reason: Excuse
    document: Digest
    """What shows the reason, such as a doctor's note."""


class InstalmentConditionMet(Event, frozen=True, tag="plans.instalment_condition_met.v1"):
    """This much of the item may be paid from now on."""

    instalment: InstalmentId
    item: ItemId
    plan: PlanId
    case: CaseId
    amount: Money
    released: Money
    """With all parts before it."""
    evidence: Digest


class InstalmentWithheld(Event, frozen=True, tag="plans.instalment_withheld.v1"):
    """The part is not paid, for good."""

    item: ItemId
    case: CaseId
    instalment: InstalmentId
    amount: Money
    reason: Withheld


class ItemReferred(Event, frozen=True, tag="plans.item_referred.v1"):
    """Somebody else does it: a lender, a clinic, a lawyer. We pay nothing."""

    item: ItemId
    plan: PlanId
    case: CaseId
    referral: ReferralId


class ItemUseVerified(Event, frozen=True, tag="plans.item_use_verified.v1"):
    """It was seen in use, as it was meant."""

    item: ItemId
    plan: PlanId
    case: CaseId
    visit: VisitId


class ItemMisuseReported(Event, frozen=True, tag="plans.item_misuse_reported.v1"):
    """Somebody saw what was not meant: people have to look into it."""

    item: ItemId
    plan: PlanId
    case: CaseId
    kind: Misuse
    visit: VisitId | None


ItemEvent = (
    InstalmentsAgreed
    | AttendanceRecorded
    | ContributionProved
    | ConditionWaived
    | InstalmentConditionMet
    | InstalmentWithheld
    | ItemReferred
    | ItemUseVerified
    | ItemMisuseReported
)
