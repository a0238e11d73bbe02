"""Who reads who somebody is: the office that keeps the case, for a purpose that was agreed to."""

import pytest
from msgspec.structs import replace
from services.intake.tests.people import (
    CASE,
    IOM,
    LINA,
    NGO,
    NOON,
    YUSUF,
    ZAHRA,
    consented,
    registered,
)

from events.personal import Kind
from events.scenario import scenario
from events.values import Code
from intake.domain.case import case
from intake.domain.case.asking import NoSuchCase
from intake.domain.case.household import NotInHousehold
from intake.domain.consent import ConsentMissing, Scope
from intake.domain.reading import (
    NotYourOffice,
    PersonalDataRead,
    Purpose,
    ReadPersonalData,
    reading,
)

read = ReadPersonalData(
    by=LINA,
    at=NOON,
    case=case.fold([registered, consented]),
    person=ZAHRA,
    kinds=(Kind.IDENTITY, Kind.CONTACT),
    purpose=Purpose.ASSISTANCE,
    organisation=IOM,
    office=Code("baghdad"),
    is_service=False,
)
done = PersonalDataRead(
    by=LINA,
    at=NOON,
    case=CASE,
    person=ZAHRA,
    kinds=(Kind.CONTACT, Kind.IDENTITY),
    purpose=Purpose.ASSISTANCE,
)


def test_a_read_by_the_office_that_keeps_the_case_is_a_fact() -> None:
    scenario(reading).when(read).then(done)


def test_another_office_does_not_read() -> None:
    elsewhere = replace(read, office=Code("tirana"))
    scenario(reading).when(elsewhere).then_rejected(NotYourOffice(Code("tirana")))


def test_another_organisation_has_no_such_case() -> None:
    scenario(reading).when(replace(read, organisation=NGO)).then_rejected(NoSuchCase(NGO))


def test_only_people_of_the_case_are_read() -> None:
    scenario(reading).when(replace(read, person=YUSUF)).then_rejected(NotInHousehold(YUSUF))


@pytest.mark.parametrize(
    ("purpose", "scope"),
    [(Purpose.DELIVERY, Scope.VENDORS), (Purpose.MONITORING, Scope.MONITORING)],
)
def test_not_for_a_purpose_that_was_not_agreed_to(purpose: Purpose, scope: Scope) -> None:
    scenario(reading).when(replace(read, purpose=purpose)).then_rejected(ConsentMissing(scope))


@pytest.mark.parametrize("purpose", [Purpose.COMPLAINT, Purpose.OWN_REQUEST])
def test_a_complaint_and_the_persons_own_question_need_no_consent(purpose: Purpose) -> None:
    without = replace(read, case=case.fold([registered]), purpose=purpose)
    scenario(reading).when(without).then(replace(done, purpose=purpose))
