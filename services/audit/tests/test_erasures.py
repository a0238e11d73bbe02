"""What the verifier holds an erasure to: another person's approval, and each service's word."""

from pathlib import Path

import pytest
from services.audit.tests.histories import Told
from services.audit.tests.test_forged import WHOLE, signed

ABOUT = {"erasure": "era_1", "person": "per_amina", "kinds": ["identity"]}
REQUESTED: Told = ("per_lina", "intake.erasure_requested", "per_amina", ABOUT)
APPROVED: Told = (
    "per_sofia",
    "intake.erasure_approved",
    "per_amina",
    ABOUT | {"services": ["intake", "plans"]},
)
HERE: Told = ("per_system", "intake.subject_erased", "per_amina", ABOUT | {"disclosures": 1})
THERE: Told = ("per_system", "plans.subject_erased", "era_1", ABOUT | {"disclosures": 0})
COMPLETED: Told = ("per_system", "intake.erasure_completed", "per_amina", ABOUT)
LATER: Told = ("per_lina", "plans.plan_drafted", "pla_9", {"plan": "pla_9"})
ERASED = [REQUESTED, APPROVED, HERE, THERE, COMPLETED, LATER]


def test_an_erasure_that_went_as_it_should_holds(tmp_path: Path) -> None:
    assert not signed([*WHOLE, *ERASED], tmp_path).failures


def test_a_service_that_never_told_of_it_is_named(tmp_path: Path) -> None:
    (failure,) = signed([*WHOLE, REQUESTED, APPROVED, HERE, COMPLETED, LATER], tmp_path).failures
    assert (failure.where, failure.what) == ("era_1", "told complete, and not told by plans")


def test_one_that_is_only_behind_is_not(tmp_path: Path) -> None:
    assert not signed([*WHOLE, REQUESTED, APPROVED, HERE, COMPLETED], tmp_path).failures


@pytest.mark.parametrize(
    "story",
    [
        [REQUESTED, HERE],
        [APPROVED, HERE],
        [THERE],
        [REQUESTED, ("per_lina", *APPROVED[1:]), HERE],
    ],
)
def test_nobody_is_erased_by_one_person_alone(story: list[Told], tmp_path: Path) -> None:
    (failure,) = signed([*WHOLE, *story], tmp_path).failures
    assert failure.what.startswith("erased without the approval of another")
