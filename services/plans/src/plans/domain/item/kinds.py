"""The words in which the carrying out of an item is told."""

from enum import StrEnum

import msgspec

from events.money import Money
from events.values import CaseId, Code, ItemId, PersonId, PlanId, ProgrammeId
from plans.domain.programme import Dimension, Modality


class Condition(StrEnum):
    """What releases a part."""

    ATTENDANCE = "attendance"
    """In the part's own period."""
    OWN_CONTRIBUTION = "own_contribution"
    """Of the returnee, or of a lender, to the whole price: before the first part."""
    MONITORING = "monitoring"
    """A visit saw the item in use: before the second part."""


class Excuse(StrEnum):
    """Why a part is released though its condition was not met."""

    ILLNESS = "illness"
    CHILDBIRTH = "childbirth"
    CARE_DUTIES = "care_duties"
    PROVIDER_CLOSED = "provider_closed"
    INSECURITY = "insecurity"


class Withheld(StrEnum):
    """Why a part is not paid at all."""

    LEFT_THE_COURSE = "left_the_course"
    ABSENT_WITHOUT_REASON = "absent_without_reason"
    SERVICE_NOT_GIVEN = "service_not_given"


class Misuse(StrEnum):
    """What somebody saw that was not meant. A signal for people to look into, never a proof."""

    SOLD = "sold"
    NEVER_RECEIVED = "never_received"
    USED_BY_OTHERS = "used_by_others"
    OTHER_THAN_AGREED = "other_than_agreed"


class Tie(StrEnum):
    """What ties somebody too closely to an item to confirm what came of it."""

    DRAFTED_THE_PLAN = "drafted_the_plan"
    COUNSELS_THE_CASE = "counsels_the_case"
    AGREED_THE_PARTS = "agreed_the_parts"
    RECORDED_ATTENDANCE = "recorded_attendance"
    RECORDED_DELIVERY = "recorded_delivery"


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """How the programme has items of this type paid in parts."""

    conditions: tuple[Condition, ...]
    attendance_percent: int = 0
    """Of the sessions."""
    own_contribution_percent: int = 0
    """Of what is paid: 100 percent matches it."""
    each: Code | None = None
    """The period of one part: week, month or term; None where parts are fixed shares."""
    shares_percent: tuple[int, ...] = ()
    at_most_each_month: Money | None = None
    months_at_least: int = 1
    months_at_most: int | None = None


class Approved(msgspec.Struct, frozen=True, kw_only=True):
    """The item as it was approved."""

    item: ItemId
    plan: PlanId
    case: CaseId
    programme: ProgrammeId
    programme_version: int
    type: Code
    dimension: Dimension
    modality: Modality
    spec: Code
    ceiling: Money
    drafter: PersonId
    counsellor: PersonId
    over: bool = False
    """Cancelled, or dropped by an amendment: nothing is committed to it, and nothing will be."""
