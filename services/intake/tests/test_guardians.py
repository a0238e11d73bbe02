"""Guardians: nobody who works on a case speaks for a child of it."""

import pytest
from msgspec.structs import replace
from services.intake.tests.people import (
    ALI,
    CASE,
    IOM,
    LINA,
    NOON,
    OMAR,
    PETRA,
    ZAHRA,
    a_child_of_hers,
    registered,
)
from services.intake.tests.test_case import a_child_alone, consent

from events.scenario import scenario
from events.values import PersonId
from intake.domain.case import case
from intake.domain.case.household import AppointGuardian, GuardianAppointed
from intake.domain.case.kinds import GuardianBasis
from intake.domain.consent import GuardianWorksOnCase, Method

appoint = AppointGuardian(
    by=LINA,
    at=NOON,
    organisation=IOM,
    child=ALI,
    guardian=ZAHRA,
    basis=GuardianBasis.PARENT,
)


@pytest.mark.parametrize("works", [LINA, OMAR, PETRA], ids=["registrar", "counsellor", "actor"])
def test_who_works_on_the_case_is_no_guardian_in_it(works: PersonId) -> None:
    of_omar = replace(registered, counsellor=OMAR)
    hers = replace(appoint, by=PETRA, guardian=works)
    given = scenario(case).given(of_omar, a_child_of_hers)
    given.when(hers).then_rejected(GuardianWorksOnCase(works))


def test_a_guardian_who_came_to_work_on_the_case_no_longer_consents() -> None:
    appointed = GuardianAppointed(
        by=PETRA,
        at=NOON,
        case=CASE,
        child=ZAHRA,
        guardian=LINA,
        basis=GuardianBasis.SOCIAL_SERVICES,
    )
    by_guardian = replace(consent, by=OMAR, method=Method.GUARDIAN, guardian=LINA)
    given = scenario(case).given(a_child_alone, appointed)
    given.when(by_guardian).then_rejected(GuardianWorksOnCase(LINA))
