"""Legal holds: who places one, what it bans, who lifts it."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace
from services.intake.tests.people import IOM, NGO, NOON, TODAY, ZAHRA
from services.intake.tests.requests_to_be_erased import ELIF, SOFIA, approved, asked

from events.personal import Kind
from events.scenario import scenario
from events.values import HoldId, SubjectId
from intake.domain.subject import subject
from intake.domain.subject.deciding import NotYoursToDecide
from intake.domain.subject.holding import (
    HoldEndsInThePast,
    LegalHoldLifted,
    LegalHoldPlaced,
    LiftHold,
    NoSuchHold,
    PlaceHold,
    PlacerCannotLift,
    TooLateToHold,
)
from intake.domain.subject.kinds import Reason

HOLD = HoldId("hol_1")
place = PlaceHold(
    by=ELIF,
    at=NOON,
    hold=HOLD,
    person=SubjectId(ZAHRA),
    reason=Reason.AUDIT,
    kinds=(Kind.IDENTITY, Kind.CONTACT),
    until=None,
)
placed = LegalHoldPlaced(
    by=ELIF,
    at=NOON,
    hold=HOLD,
    person=SubjectId(ZAHRA),
    reason=Reason.AUDIT,
    kinds=(Kind.CONTACT, Kind.IDENTITY),
    until=None,
)
lift = LiftHold(by=SOFIA, at=NOON, organisation=IOM, run_by=(IOM,), hold=HOLD)
lifted = LegalHoldLifted(by=SOFIA, at=NOON, hold=HOLD, person=SubjectId(ZAHRA))


def test_a_hold_is_placed_on_kinds_of_a_persons_values() -> None:
    scenario(subject).when(place).then(placed)


def test_a_hold_may_have_an_end() -> None:
    scenario(subject).when(replace(place, until=TODAY)).then(replace(placed, until=TODAY))


def test_it_does_not_end_before_it_begins() -> None:
    yesterday = TODAY - timedelta(days=1)
    scenario(subject).when(replace(place, until=yesterday)).then_rejected(
        HoldEndsInThePast(yesterday)
    )


def test_a_hold_can_be_placed_while_a_request_waits() -> None:
    scenario(subject).given(asked).when(place).then(placed)


def test_it_is_too_late_once_erasing_was_approved() -> None:
    scenario(subject).given(asked, approved).when(place).then_rejected(
        TooLateToHold((Kind.CONTACT, Kind.IDENTITY))
    )


def test_somebody_else_lifts_it() -> None:
    scenario(subject).given(placed).when(lift).then(lifted)


def test_who_placed_it_does_not_lift_it() -> None:
    scenario(subject).given(placed).when(replace(lift, by=ELIF)).then_rejected(
        PlacerCannotLift(ELIF)
    )


def test_another_organisation_than_the_one_that_answers_for_it_does_not_lift_it() -> None:
    theirs = replace(lift, organisation=NGO)
    scenario(subject).given(placed).when(theirs).then_rejected(NotYoursToDecide(NGO, (IOM,)))


@pytest.mark.parametrize("facts", [[], [placed, lifted]])
def test_what_does_not_stand_cannot_be_lifted(facts: list[LegalHoldPlaced]) -> None:
    scenario(subject).given(*facts).when(lift).then_rejected(NoSuchHold(HOLD))


def test_it_stands_to_its_last_day_and_no_longer() -> None:
    state = subject.fold([replace(placed, until=date(2026, 3, 31))])
    assert state is not None
    assert [hold.id for hold in state.standing(date(2026, 3, 31))] == [HOLD]
    assert state.standing(date(2026, 4, 1)) == ()
