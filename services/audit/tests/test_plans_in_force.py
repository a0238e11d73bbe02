"""What a payment rests on when its plan was changed, or when there was none: an emergency."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from services.audit.tests.logs import write_bundle
from services.audit.tests.test_forged import WHOLE, after, altered, at, signed
from specimens.histories import NOON, Teller, Told

from audit.verify import Kind, verify

PLAN = WHOLE[at("plan_approved")][2]
APPROVED = WHOLE[at("plan_approved")][3]


def amendment(*voters: str, approvers: tuple[str, ...] = ()) -> list[Told]:
    """The next version: sent, voted on, approved."""
    on = {"plan": PLAN, "case": APPROVED["case"]}
    return [
        ("per_lina", "plans.plan_amendment_proposed", PLAN, on),
        ("per_lina", "plans.plan_submitted", PLAN, on),
        *[(who, "plans.approval_recorded", PLAN, {**on, "member": who}) for who in voters],
        (
            voters[-1],
            "plans.plan_amendment_approved",
            PLAN,
            APPROVED | {"approvers": list(approvers or voters)},
        ),
    ]


def test_a_version_that_was_approved_after_the_order_changes_nothing(tmp_path: Path) -> None:
    later = amendment("per_peter", "per_zuzana")
    assert not signed(after("commitment_requested", *later), tmp_path).failures


def test_one_that_is_asked_for_does_not_count_its_votes(tmp_path: Path) -> None:
    asked = amendment("per_zuzana", "per_peter")[:3]
    assert not signed(after("plan_approved", *asked), tmp_path).failures


def test_the_votes_are_those_of_the_version_in_force(tmp_path: Path) -> None:
    right = amendment("per_peter", "per_zuzana")
    assert not signed(after("plan_approved", *right), tmp_path / "right").failures
    forged = amendment("per_peter", "per_zuzana", approvers=("per_peter", "per_milan"))
    report = signed(after("plan_approved", *forged), tmp_path / "forged")
    assert any("names others than those who voted" in each.what for each in report.failures)


def test_the_quorum_is_the_plans_own(tmp_path: Path) -> None:
    report = signed(altered("plan_drafted", quorum=3), tmp_path)
    assert any("approval recorded 3 times" in each.what for each in report.failures)


@pytest.mark.parametrize("quorum", [0, -3])
def test_nothing_is_paid_under_a_plan_that_nobody_voted_for(tmp_path: Path, quorum: int) -> None:
    changed: dict[str, dict[str, object]] = {
        "plan_drafted": {"quorum": quorum},
        "plan_approved": {"approvers": []},
    }
    story = [
        (who, name, stream, said | changed.get(name.partition(".")[2], {}))
        for who, name, stream, said in WHOLE
        if name != "plans.approval_recorded"
    ]
    report = signed(story, tmp_path)
    assert {each.what for each in report.failures} == {"paid without approval recorded"}


class TestEmergencies:
    def story(self, *, authoriser: str) -> list[Told]:
        """The same where a plan stood, by an emergency."""
        told: list[Told] = []
        for who, name, stream, said in WHOLE:
            of = said | {"plan": "eme_1"} if "plan" in said else said
            if name == "plans.plan_drafted":
                asked = {"emergency": "eme_1", "case": said["case"]}
                told.append((who, "plans.emergency_assistance_requested", "eme_1", asked))
            elif name == "plans.plan_approved":
                given = {"emergency": "eme_1", "case": said["case"], "items": said["items"]}
                told.append((authoriser, "plans.emergency_assistance_authorised", "eme_1", given))
            elif not name.startswith("plans."):
                told.append((who, name, stream, of))
        return told

    def test_it_needs_one_other_person_and_no_votes(self, tmp_path: Path) -> None:
        assert not signed(self.story(authoriser="per_minh"), tmp_path).failures

    def test_not_who_asked_for_it(self, tmp_path: Path) -> None:
        report = signed(self.story(authoriser="per_lina"), tmp_path)
        assert any("per_lina did both" in each.what for each in report.failures)

    def found_right(self, *voters: str, hours: float = 71, **named: Any) -> list[bytes]:
        """Afterwards, so much later; and then the log goes on for a week."""
        teller = Teller()
        raw = [teller.tell(*each)[1].raw for each in self.story(authoriser="per_minh")]
        given = next(n for n, each in enumerate(raw, 1) if b"assistance_authorised" in each)
        at = NOON + timedelta(minutes=7 * given, hours=hours)
        what, of = "plans.emergency_ratification_recorded", {"emergency": "eme_1"}
        said: list[Told] = [(who, what, "eme_1", {**of, "member": who}) for who in voters]
        if voters:
            right = {**of, "approvers": list(voters), **named}
            said.append((voters[-1], "plans.emergency_assistance_ratified", "eme_1", right))
        later: Told = ("per_lina", "intake.consent_given", "cas_2", {"case": "cas_2"})
        raw += [teller.tell(*each, at)[1].raw for each in said]
        return [*raw, teller.tell(*later, at + timedelta(days=7))[1].raw]

    def test_the_committee_finds_it_right_afterwards(self, tmp_path: Path) -> None:
        bundle = write_bundle(tmp_path, self.found_right("per_zuzana", "per_peter"))
        assert not verify(bundle.folder, bundle.vkey).failures

    NOT_IN_TIME = "paid for help that nobody found right in time"
    NOT_THEIRS = "paid for help that others found right than who may"

    @pytest.mark.parametrize(
        ("voters", "otherwise", "what"),
        [
            ([], {}, NOT_IN_TIME),
            (["per_zuzana", "per_peter"], {"hours": 73}, NOT_IN_TIME),
            (["per_zuzana"], {}, NOT_THEIRS),
            (["per_zuzana", "per_lina"], {}, NOT_THEIRS),
            (["per_zuzana", "per_minh"], {}, NOT_THEIRS),
            (["per_zuzana"], {"approvers": ["per_zuzana", "per_peter"]}, NOT_THEIRS),
        ],
        ids=["nobody", "late", "one alone", "who asked", "who authorised", "who did not vote"],
    )
    def test_it_was_not_found_right(
        self, voters: list[str], otherwise: dict[str, Any], what: str, tmp_path: Path
    ) -> None:
        bundle = write_bundle(tmp_path, self.found_right(*voters, **otherwise))
        report = verify(bundle.folder, bundle.vkey)
        assert report.exit_code == Kind.DUTIES
        assert {each.what for each in report.failures} == {what}

    def test_while_there_is_time_nobody_has_to_have_found_it_right(self, tmp_path: Path) -> None:
        raw = self.found_right()[:-1]
        bundle = write_bundle(tmp_path, raw)
        assert not verify(bundle.folder, bundle.vkey).failures

    @pytest.mark.parametrize("missing", ["requested", "authorised"])
    def test_nothing_of_it_may_be_missing(self, tmp_path: Path, missing: str) -> None:
        whole = self.story(authoriser="per_minh")
        story = [each for each in whole if not each[1].endswith(f"assistance_{missing}")]
        assert signed(story, tmp_path).failures
