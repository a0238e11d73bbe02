"""Who signs for a case, as far as intake has told."""

import pytest
from services.plans.tests.people import CASE, LINA, NOON, OMAR, ZAHRA, standing

from plans.domain import heard
from plans.domain.standing import Standing, evolve

is_a_child = heard.IdentityRecorded(by=LINA, at=NOON, case=CASE, person=ZAHRA, is_child=True)
is_none = heard.IdentityRecorded(by=LINA, at=NOON, case=CASE, person=ZAHRA, is_child=False)
of_another = heard.IdentityRecorded(by=LINA, at=NOON, case=CASE, person=OMAR, is_child=True)
guarded = heard.GuardianAppointed(by=LINA, at=NOON, case=CASE, child=ZAHRA, guardian=OMAR)


@pytest.mark.parametrize(
    ("told", "signs"),
    [
        ((is_none,), ZAHRA),
        ((is_a_child,), None),
        ((is_a_child, guarded), OMAR),
        ((is_a_child, guarded, is_a_child), OMAR),
        ((is_a_child, guarded, is_none), ZAHRA),
        ((of_another,), ZAHRA),
    ],
    ids=[
        "she herself",
        "a child alone",
        "her guardian",
        "still her guardian",
        "of age after all",
        "of another person",
    ],
)
def test_who_signs(told: tuple[heard.FromIntake, ...], signs: str | None) -> None:
    stands: Standing = standing
    for event in told:
        stands = evolve(stands, event)
    assert stands.signs == signs
