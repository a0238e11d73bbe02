"""What is bought for a project: of several returnees together, or of a whole community."""

from services.audit.tests.stories import MONDAY, Purchase, Told, vendor
from services.audit.tests.test_findings import found


def shares(of: str, *cases: str) -> list[Told]:
    told = {"project": of, "shares": [{"case": each} for each in cases]}
    return [Told("plans.project_shares_set", of, "per_lina", MONDAY, told)]


def test_what_a_whole_community_gets_has_no_returnee_to_meet() -> None:
    project = Purchase(case="prj_1", met=False)
    nobody = ["nobody_was_met"]
    assert found(vendor(), shares("prj_1"), project.story()) == []
    assert found(vendor(), shares("prj_1", "cas_1"), project.story()) == nobody
    assert found(vendor(), shares("prj_1"), shares("prj_1", "cas_1"), project.story()) == nobody
    assert found(vendor(), shares("prj_2"), project.story()) == nobody
    assert found(vendor(), shares("cas_1"), project.but(case="cas_1").story()) == nobody
