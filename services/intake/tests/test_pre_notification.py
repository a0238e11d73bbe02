"""Announced before there is a name: a country, a day, a flight, and nothing about a person."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace
from services.intake.tests.people import CASE, IOM, LINA, NGO, NOON, OTHER_NGO, TERMS, TODAY

from events.registry import examine
from events.scenario import scenario
from events.values import Code, PreNotificationId
from intake.domain.pre_notification import (
    DepartureHasPassed,
    MakePreNotification,
    NoSuchPreNotification,
    NotAsAnnounced,
    Notice,
    NoticeIs,
    PreNotificationMade,
    PreNotificationTakenUp,
    PreNotificationWithdrawn,
    TakeUpPreNotification,
    WithdrawPreNotification,
    pre_notification,
)
from intake.domain.programme import KeptByOthers, ProgrammeNotOpen, ReturnType

NOTICE = PreNotificationId("pre_1")
FRIDAY = date(2026, 3, 13)

make = MakePreNotification(
    by=LINA,
    at=NOON,
    organisation=IOM,
    pre_notification=NOTICE,
    terms=TERMS,
    country_of_return=Code("IQ"),
    return_type=ReturnType.VOLUNTARY,
    office=Code("baghdad"),
    departure=FRIDAY,
    flight=Code("XC7031"),
)
made = PreNotificationMade(
    by=LINA,
    at=NOON,
    pre_notification=NOTICE,
    programme=TERMS.programme,
    run_by=IOM,
    organisation=IOM,
    country_of_return=Code("IQ"),
    return_type=ReturnType.VOLUNTARY,
    office=Code("baghdad"),
    departure=FRIDAY,
    flight=Code("XC7031"),
)
take_up = TakeUpPreNotification(
    by=LINA,
    at=NOON,
    organisation=IOM,
    case=CASE,
    programme=TERMS.programme,
    country_of_return=Code("IQ"),
    return_type=ReturnType.VOLUNTARY,
)
taken_up = PreNotificationTakenUp(by=LINA, at=NOON, pre_notification=NOTICE, case=CASE)
withdraw = WithdrawPreNotification(by=LINA, at=NOON, organisation=IOM)
withdrawn = PreNotificationWithdrawn(by=LINA, at=NOON, pre_notification=NOTICE)


def test_somebody_is_announced_for_a_flight() -> None:
    scenario(pre_notification).when(make).then(made)


@pytest.mark.parametrize(
    "fact", [PreNotificationMade, PreNotificationTakenUp, PreNotificationWithdrawn]
)
def test_there_is_nothing_of_a_person_to_erase(fact: type) -> None:
    assert not examine(fact).personal


def test_who_has_left_is_registered_not_announced() -> None:
    yesterday = TODAY - timedelta(days=1)
    scenario(pre_notification).when(replace(make, departure=yesterday)).then_rejected(
        DepartureHasPassed(yesterday, TODAY)
    )


def test_only_while_the_programme_takes_cases_and_by_those_who_may_keep_them() -> None:
    over = replace(TERMS, until=TODAY - timedelta(days=1))
    scenario(pre_notification).when(replace(make, terms=over)).then_rejected(
        ProgrammeNotOpen(over.since, over.until)
    )
    others = replace(TERMS, kept_by=(NGO,))
    scenario(pre_notification).when(replace(make, terms=others)).then_rejected(KeptByOthers(IOM))


def test_the_case_that_is_registered_takes_it_up() -> None:
    scenario(pre_notification).given(made).when(take_up).then(taken_up)


def test_once() -> None:
    (
        scenario(pre_notification)
        .given(made, taken_up)
        .when(take_up)
        .then_rejected(NoticeIs(Notice.TAKEN_UP))
    )


def test_as_it_was_announced() -> None:
    given = scenario(pre_notification).given(made)
    for change in (
        {"country_of_return": Code("AL")},
        {"return_type": ReturnType.FORCED},
    ):
        given.when(replace(take_up, **change)).then_rejected(
            NotAsAnnounced(TERMS.programme, Code("IQ"), ReturnType.VOLUNTARY)
        )


def test_it_is_withdrawn_when_nobody_comes_and_then_taken_up_by_nobody() -> None:
    given = scenario(pre_notification).given(made)
    given.when(withdraw).then(withdrawn)
    given.given(withdrawn).when(take_up).then_rejected(NoticeIs(Notice.WITHDRAWN))


def test_another_organisation_knows_of_none() -> None:
    elsewhere = replace(take_up, organisation=OTHER_NGO)
    scenario(pre_notification).given(made).when(elsewhere).then_rejected(
        NoSuchPreNotification(OTHER_NGO)
    )
