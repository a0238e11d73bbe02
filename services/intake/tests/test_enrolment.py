"""One programme at a time: over all of a person's cases, whoever decides on them."""

import pytest
from msgspec.structs import replace
from services.intake.tests.people import CASE, NOON, PETRA, TERMS, ZAHRA

from events.scenario import scenario
from events.values import CaseId, ProgrammeId
from intake.domain.enrolment import (
    EnterProgramme,
    LeaveProgramme,
    ProgrammeEntered,
    ProgrammeLeft,
    UnderOtherProgramme,
    UnderProgrammeAlready,
    enrolment,
)

OTHER_CASE = CaseId("cas_2")
MRC_BAGHDAD = ProgrammeId("prg_mrc_baghdad")

enter = EnterProgramme(
    by=PETRA, at=NOON, person=ZAHRA, case=CASE, programme=TERMS.programme, alone=True
)
entered = ProgrammeEntered(
    by=PETRA, at=NOON, person=ZAHRA, case=CASE, programme=TERMS.programme, alone=True
)
enter_other = replace(enter, case=OTHER_CASE, programme=MRC_BAGHDAD, alone=False)
leave = LeaveProgramme(by=PETRA, at=NOON, person=ZAHRA, case=CASE)
left = ProgrammeLeft(by=PETRA, at=NOON, person=ZAHRA, case=CASE, programme=TERMS.programme)


def test_she_comes_under_a_programme() -> None:
    scenario(enrolment).when(enter).then(entered)


@pytest.mark.parametrize(("first", "second"), [(True, False), (False, True), (True, True)])
def test_one_that_stands_alone_keeps_the_other_out(*, first: bool, second: bool) -> None:
    (
        scenario(enrolment)
        .given(replace(entered, alone=first))
        .when(replace(enter_other, alone=second))
        .then_rejected(UnderOtherProgramme(ZAHRA))
    )


def test_two_that_both_allow_it_are_held_together() -> None:
    (
        scenario(enrolment)
        .given(replace(entered, alone=False))
        .when(enter_other)
        .then(replace(entered, case=OTHER_CASE, programme=MRC_BAGHDAD, alone=False))
    )


def test_nobody_is_under_the_same_programme_in_two_cases() -> None:
    (
        scenario(enrolment)
        .given(replace(entered, alone=False))
        .when(replace(enter, case=OTHER_CASE, alone=False))
        .then_rejected(UnderProgrammeAlready(ZAHRA, TERMS.programme))
    )


def test_entering_twice_for_one_case_is_entering_once() -> None:
    scenario(enrolment).given(entered).when(enter).then()


def test_who_has_left_may_enter_another() -> None:
    given = scenario(enrolment).given(entered)
    given.when(leave).then(left)
    given.given(left).when(enter_other).then(
        replace(entered, case=OTHER_CASE, programme=MRC_BAGHDAD, alone=False)
    )


def test_who_is_not_in_does_not_leave() -> None:
    scenario(enrolment).when(leave).then()
    scenario(enrolment).given(entered, left).when(leave).then()
