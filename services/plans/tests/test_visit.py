"""A monitoring visit: by somebody independent, when it is time, with consent; missed otherwise."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from msgspec.structs import replace
from services.plans.tests.carried import COURSE, DALIA, agreed, approved
from services.plans.tests.people import CASE, IOM, LINA, OTHER_NGO, PLAN, ZAHRA, standing

from events.decider import Rejected
from events.scenario import scenario
from events.values import SYSTEM, Code, Digest, PersonId, VisitId
from plans.domain import visit as visits
from plans.domain.followed import Followed
from plans.domain.item import item
from plans.domain.item.kinds import Tie
from plans.domain.visit import Finding, Outcome, meant_by, visit, visit_id

NOOR = PersonId("per_noor")
OMAR = PersonId("per_omar")
VISIT = visit_id(COURSE, 3)
DUE = visits.Due(months=3, since=date(2026, 6, 4), until=date(2026, 7, 4))
JUNE = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
REPORT, PHOTO = Digest("e" * 64), Digest("f" * 64)

followed = Followed(
    case=CASE,
    returnee=ZAHRA,
    programme=standing.programme,
    run_by=IOM,
    organisation=IOM,
    country=Code("IQ"),
    return_type=Code("voluntary"),
    sex=Code("female"),
    age_bracket=Code("25_59"),
    may_be_visited=True,
)
rests: dict[str, Any] = {
    "at": JUNE,
    "organisation": IOM,
    "approved": approved,
    "followed": followed,
    "due": DUE,
}
beside: dict[str, Any] = {"carried": None, "delivered_by": frozenset({DALIA})}
told: dict[str, Any] = {
    "visit": VISIT,
    "item": COURSE,
    "plan": PLAN,
    "case": CASE,
    "months": 3,
    "due": DUE.since,
    "at": JUNE,
}
schedule = visits.ScheduleVisit(**rests, **beside, by=OMAR, on=date(2026, 6, 9), visitor=NOOR)
scheduled = visits.VisitScheduled(**told, by=OMAR, on=date(2026, 6, 9), visitor=NOOR)
complete = visits.CompleteVisit(
    **rests,
    **beside,
    by=NOOR,
    on=date(2026, 6, 9),
    outcome=Outcome.AS_AGREED,
    findings=(Finding.IN_USE,),
    photos=(PHOTO,),
    report=REPORT,
)
completed = visits.VisitCompleted(
    **told,
    by=NOOR,
    on=date(2026, 6, 9),
    outcome=Outcome.AS_AGREED,
    findings=(Finding.IN_USE,),
    photos=(PHOTO,),
    report=REPORT,
)
miss = replace(visits.MissVisit(**rests, by=SYSTEM), at=datetime(2026, 7, 4, 0, 0, tzinfo=UTC))
missed = visits.VisitMissed(**(told | {"at": miss.at}), by=SYSTEM)


def test_it_is_scheduled_and_made() -> None:
    scenario(visit).when(schedule).then(scheduled)
    scenario(visit).given(scheduled).when(complete).then(completed)


def test_it_may_be_scheduled_anew() -> None:
    later = replace(schedule, on=date(2026, 6, 20))
    scenario(visit).given(scheduled).when(later).then(replace(scheduled, on=date(2026, 6, 20)))


@pytest.mark.parametrize(
    ("person", "tie"),
    [
        (LINA, Tie.DRAFTED_THE_PLAN),
        (approved.counsellor, Tie.COUNSELS_THE_CASE),
        (OMAR, Tie.AGREED_THE_PARTS),
        (DALIA, Tie.RECORDED_DELIVERY),
    ],
)
def test_who_drafted_counselled_agreed_or_delivered_does_not_visit(
    person: PersonId, tie: Tie
) -> None:
    carried = item.fold([replace(agreed, by=OMAR)])
    (
        scenario(visit)
        .when(replace(schedule, visitor=person, carried=carried))
        .then_rejected(visits.VisitorTooClose(person, tie))
    )


def test_who_delivered_since_then_does_not_tell_what_was_seen() -> None:
    (
        scenario(visit)
        .given(scheduled)
        .when(replace(complete, delivered_by=frozenset({NOOR})))
        .then_rejected(visits.VisitorTooClose(NOOR, Tie.RECORDED_DELIVERY))
    )


@pytest.mark.parametrize("asked", [schedule, complete])
def test_nobody_is_visited_without_consent_to_monitoring(asked: visits.AnyVisitCommand) -> None:
    without = replace(asked, followed=replace(followed, may_be_visited=False))
    (scenario(visit).given(scheduled).when(without).then_rejected(visits.NoConsentToVisits(ZAHRA)))


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"due": None}, visits.NoSuchVisit(IOM)),
        ({"approved": None}, visits.NoSuchVisit(IOM)),
        ({"organisation": OTHER_NGO}, visits.NoSuchVisit(OTHER_NGO)),
        ({"by": OMAR}, visits.NotTheVisitor(OMAR, NOOR)),
        ({"on": date(2026, 6, 11)}, visits.VisitInTheFuture(date(2026, 6, 11))),
        ({"on": date(2026, 6, 3)}, visits.VisitInTheFuture(date(2026, 6, 3))),
    ],
)
def test_why_a_visit_is_not_told(change: dict[str, Any], refusal: Rejected) -> None:
    scenario(visit).given(scheduled).when(replace(complete, **change)).then_rejected(refusal)


def test_it_is_scheduled_before_it_is_made_and_made_once() -> None:
    scenario(visit).when(complete).then_rejected(visits.NotScheduled(VISIT))
    (
        scenario(visit)
        .given(scheduled, completed)
        .when(complete)
        .then_rejected(visits.VisitCompletedAlready(date(2026, 6, 9)))
    )


class TestMissed:
    def test_when_its_month_has_passed(self) -> None:
        scenario(visit).when(miss).then(missed)
        scenario(visit).given(scheduled).when(miss).then(missed)

    def test_not_a_day_before(self) -> None:
        early = replace(miss, at=datetime(2026, 7, 3, 23, 59, tzinfo=UTC))
        scenario(visit).when(early).then_rejected(visits.NotYetMissed(DUE.until))

    def test_once_and_never_when_it_was_made(self) -> None:
        scenario(visit).given(missed).when(miss).then()
        scenario(visit).given(scheduled, completed).when(miss).then()

    def test_it_is_made_all_the_same_and_stays_on_record_as_missed(self) -> None:
        outcome = scenario(visit).given(missed, scheduled).when(complete).then(completed)
        assert outcome.state is not None
        assert (outcome.state.missed, outcome.state.made_on) == (True, date(2026, 6, 9))


def test_a_visits_id_says_of_what_and_when() -> None:
    assert meant_by(VISIT) == (COURSE, 3)
    for nonsense in ("vis_nonsense", "vis_1_03", "vis_1_99999999999", "vis_1_\u0663", "vis_1_0"):
        assert meant_by(VisitId(nonsense))[1] == -1
