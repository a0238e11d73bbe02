"""What was awarded to a vendor or for a case counts together: no two awards get around it (R4)."""

from datetime import timedelta

from msgspec.structs import replace
from services.vendors.tests.people import KARIM, NOON, OVENS, eur

from events.scenario import scenario
from events.values import CaseId, SourcingId
from vendors.domain.purchases import (
    Award,
    AwardCounted,
    AwardedMeanwhile,
    CountAward,
    purchases,
)

CASE = CaseId("cas_1")
FIRST, SECOND = SourcingId("src_1"), SourcingId("src_2")
A_MONTH = timedelta(days=30)
counted = AwardCounted(by=KARIM, at=NOON, sourcing=FIRST, vendor=OVENS, case=CASE, value=eur(100))
count = CountAward(
    by=KARIM,
    at=NOON,
    award=Award(SECOND, OVENS, CASE, eur(100)),
    since=(NOON - A_MONTH).date(),
    known=frozenset(),
)


def test_an_award_counts_from_then_on() -> None:
    scenario(purchases).when(count).then(replace(counted, sourcing=SECOND))


def test_an_award_that_did_not_know_of_another_is_decided_anew() -> None:
    story = scenario(purchases).given(counted)
    story.when(count).then_rejected(AwardedMeanwhile(FIRST))
    knowing = replace(count, known=frozenset({FIRST}))
    story.when(knowing).then(replace(counted, sourcing=SECOND))


def test_one_from_before_the_programmes_time_need_not_be_known() -> None:
    later = NOON + A_MONTH + timedelta(days=1)
    anew = replace(count, at=later, since=(later - A_MONTH).date())
    (
        scenario(purchases)
        .given(counted)
        .when(anew)
        .then(replace(counted, sourcing=SECOND, at=later))
    )
