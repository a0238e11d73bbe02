"""A course in three monthly parts, and what the tests of approved items ask and tell of it."""

from datetime import UTC, date, datetime
from typing import Any

from msgspec.structs import replace
from services.plans.tests.people import (
    ARBEN,
    CASE,
    IOM,
    LINA,
    PLAN,
    eur,
    standing,
)

from events.money import Money
from events.values import Code, Digest, InstalmentId, ItemId, PersonId
from plans.domain.item import facts
from plans.domain.item import requests as ask
from plans.domain.item.kinds import (
    Approved,
    Condition,
    Terms,
)
from plans.domain.programme import Dimension, Modality

COURSE = ItemId("itm_course")
MARCH, APRIL, MAY = (InstalmentId(f"ins_{month}") for month in ("march", "april", "may"))
JUNE = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
DALIA = PersonId("per_dalia")
MINH = PersonId("per_minh")
PETRA = PersonId("per_petra")
SHEET, OTHER_SHEET, FEES, NOTE = (Digest(letter * 64) for letter in "abfc")

approved = Approved(
    item=COURSE,
    plan=PLAN,
    case=CASE,
    programme=standing.programme,
    programme_version=1,
    type=Code("vocational_course"),
    dimension=Dimension.ECONOMIC,
    modality=Modality.SERVICE,
    spec=Code("tailoring_course"),
    ceiling=eur(900),
    drafter=LINA,
    counsellor=ARBEN,
)
LOAN = replace(
    approved, type=Code("microloan"), modality=Modality.REFERRAL, ceiling=Money.zero("EUR")
)
BY_MONTH = Terms(
    conditions=(Condition.ATTENDANCE,),
    attendance_percent=80,
    each=Code("month"),
    at_most_each_month=eur(350),
    months_at_least=3,
    months_at_most=9,
)
MATCHING = Terms(
    conditions=(Condition.OWN_CONTRIBUTION, Condition.MONITORING),
    own_contribution_percent=25,
    shares_percent=(60, 40),
)


def part(which: InstalmentId, month: int, amount: int = 300) -> facts.Part:
    return facts.Part(
        instalment=which,
        since=date(2026, month, 1),
        until=date(2026, month, 28),
        amount=eur(amount),
    )


THREE = (part(MARCH, 3), part(APRIL, 4), part(MAY, 5))


def asking(by: PersonId, organisation: Code = IOM) -> dict[str, Any]:
    return {
        "by": by,
        "at": JUNE,
        "organisation": organisation,
        "approved": approved,
        "standing": standing,
    }


agree = ask.AgreeInstalments(**asking(LINA), terms=BY_MONTH, parts=THREE, document=FEES)
agreed = facts.InstalmentsAgreed(
    by=LINA,
    at=JUNE,
    item=COURSE,
    plan=PLAN,
    case=CASE,
    conditions=(Condition.ATTENDANCE,),
    attendance_percent=80,
    own_contribution=eur(0),
    parts=THREE,
    total=eur(900),
    document=FEES,
)


def attend(
    which: InstalmentId, attended: int, by: PersonId = DALIA, sheet: Digest = SHEET
) -> ask.RecordAttendance:
    return ask.RecordAttendance(
        **asking(by), instalment=which, held=20, attended=attended, document=sheet
    )


def attended(
    which: InstalmentId, times: int, by: PersonId = DALIA, sheet: Digest = SHEET
) -> facts.AttendanceRecorded:
    return facts.AttendanceRecorded(
        by=by,
        at=JUNE,
        item=COURSE,
        case=CASE,
        instalment=which,
        held=20,
        attended=times,
        rate_basis_points=times * 500,
        document=sheet,
    )


def released(
    which: InstalmentId, so_far: int, by: PersonId = DALIA, sheet: Digest = SHEET
) -> facts.InstalmentConditionMet:
    return facts.InstalmentConditionMet(
        by=by,
        at=JUNE,
        instalment=which,
        item=COURSE,
        plan=PLAN,
        case=CASE,
        amount=eur(300),
        released=eur(so_far),
        evidence=sheet,
    )
