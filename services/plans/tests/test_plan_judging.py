"""Plans after they are submitted: who may judge them, and what ends them."""

import pytest
from msgspec.structs import replace
from services.plans.tests.acts import (
    amend,
    approve,
    approved,
    before_committee,
    before_feasibility,
    cancel,
    cancel_item,
    cancelled,
    complete,
    completed,
    confirm,
    declare,
    decline,
    draft,
    give_back,
    peters_no,
    peters_yes,
    propose,
    reject,
    rejected,
    remove,
    resume,
    revise,
    sign,
    submit,
    suspend,
    withdraw,
    withdrawn,
    zuzanas_no,
    zuzanas_yes,
)
from services.plans.tests.people import (
    ARBEN,
    CASE,
    IOM,
    LINA,
    MILAN,
    NGO,
    NOON,
    OMAR,
    OTHER_NGO,
    PETER,
    PLAN,
    ZUZANA,
    an_oven,
    drafted,
    feasible,
    signed,
    standing,
    submitted,
)

from events.scenario import scenario
from plans.domain import good_standing as why
from plans.domain.plan import plan
from plans.domain.plan import refusals as no
from plans.domain.plan import requests as ask
from plans.domain.plan.evolution import PlanEvent
from plans.domain.plan.facts import (
    ConflictDeclared,
    FeasibilityDeclined,
    PlanReturned,
)
from plans.domain.plan.kinds import Revision, Stage


class TestFeasibility:
    def test_the_receiving_office_finds_that_it_can_work(self) -> None:
        scenario(plan).given(*before_feasibility).when(confirm).then(feasible)

    def test_or_that_it_cannot_and_it_goes_back(self) -> None:
        outcome = (
            scenario(plan)
            .given(*before_feasibility)
            .when(decline)
            .then(
                FeasibilityDeclined(
                    by=OMAR,
                    at=NOON,
                    plan=PLAN,
                    case=CASE,
                    reasons=(Revision.MARKET_TOO_SMALL,),
                )
            )
        )
        assert outcome.state
        assert outcome.state.stage is Stage.RETURNED

    def test_not_by_who_drafted_it(self) -> None:
        for act in (confirm, decline, give_back):
            scenario(plan).given(*before_feasibility).when(replace(act, by=LINA)).then_rejected(
                no.DrafterCannotAssess(LINA)
            )

    def test_not_before_it_is_submitted(self) -> None:
        scenario(plan).given(drafted, an_oven, signed).when(confirm).then_rejected(
            no.PlanIsAt(Stage.DRAFT, (Stage.SUBMITTED,))
        )


class TestCommittee:
    def test_one_yes_is_not_enough(self) -> None:
        scenario(plan).given(*before_committee).when(approve).then(zuzanas_yes)

    def test_the_quorums_last_yes_approves_it_in_the_same_decision(self) -> None:
        (
            scenario(plan)
            .given(*before_committee, zuzanas_yes)
            .when(replace(approve, by=PETER))
            .then(peters_yes, approved)
        )

    def test_d1_one_member_has_one_vote(self) -> None:
        scenario(plan).given(*before_committee, zuzanas_yes).when(approve).then_rejected(
            no.VotedAlready(ZUZANA)
        )

    @pytest.mark.parametrize("act", [approve, reject], ids=lambda act: type(act).__name__)
    def test_d1_who_drafted_it_has_no_vote(self, act: ask.AnyPlanCommand) -> None:
        scenario(plan).given(*before_committee).when(replace(act, by=LINA)).then_rejected(
            no.DrafterCannotApprove(LINA)
        )

    def test_d1_who_changed_it_has_no_vote(self) -> None:
        by_milan = replace(an_oven, by=MILAN)
        (
            scenario(plan)
            .given(drafted, by_milan, signed, submitted, feasible)
            .when(replace(approve, by=MILAN))
            .then_rejected(no.DrafterCannotApprove(MILAN))
        )

    def test_d7_the_counsellor_of_the_case_has_no_vote(self) -> None:
        counselled_by_peter = replace(drafted, counsellor=PETER)
        (
            scenario(plan)
            .given(counselled_by_peter, an_oven, signed, submitted, feasible)
            .when(replace(approve, by=PETER))
            .then_rejected(no.CounsellorCannotApprove(PETER))
        )

    def test_who_found_it_feasible_has_no_vote(self) -> None:
        scenario(plan).given(*before_committee).when(replace(approve, by=OMAR)).then_rejected(
            no.AssessorCannotApprove(OMAR)
        )

    def test_d6_who_declared_a_conflict_has_no_vote(self) -> None:
        declared = ConflictDeclared(by=ZUZANA, at=NOON, plan=PLAN, person=ZUZANA)
        given = scenario(plan).given(*before_committee)
        given.when(declare).then(declared)
        given.given(declared).when(approve).then_rejected(no.HasConflict(ZUZANA))
        given.given(declared).when(declare).then()

    def test_d6_a_conflict_declared_later_takes_the_vote_back(self) -> None:
        declared = ConflictDeclared(by=ZUZANA, at=NOON, plan=PLAN, person=ZUZANA)
        (
            scenario(plan)
            .given(*before_committee, zuzanas_yes, declared)
            .when(replace(approve, by=PETER))
            .then(peters_yes)
        )

    def test_not_before_feasibility(self) -> None:
        for act in (approve, reject):
            scenario(plan).given(*before_feasibility).when(act).then_rejected(
                no.PlanIsAt(Stage.SUBMITTED, (Stage.FEASIBLE,))
            )

    def test_a_returned_plan_is_voted_on_anew(self) -> None:
        returned = PlanReturned(
            by=PETER, at=NOON, plan=PLAN, case=CASE, reasons=(Revision.PRICE_UNREALISTIC,)
        )
        given = scenario(plan).given(*before_committee, zuzanas_yes)
        given.when(replace(give_back, by=PETER)).then(returned)
        (
            given.given(returned, submitted, feasible)
            .when(replace(approve, by=PETER))
            .then(peters_yes)
        )

    def test_one_no_is_one_vote(self) -> None:
        scenario(plan).given(*before_committee).when(reject).then(zuzanas_no)

    def test_the_quorums_last_no_rejects_it_in_the_same_decision(self) -> None:
        (
            scenario(plan)
            .given(*before_committee, zuzanas_no)
            .when(replace(reject, by=PETER))
            .then(peters_no, rejected)
        )

    def test_d1_who_said_no_does_not_say_yes_as_well(self) -> None:
        given = scenario(plan).given(*before_committee, zuzanas_no)
        given.when(approve).then_rejected(no.VotedAlready(ZUZANA))
        given.when(reject).then_rejected(no.VotedAlready(ZUZANA))

    def test_where_the_votes_are_split_another_member_decides(self) -> None:
        split = scenario(plan).given(*before_committee, zuzanas_no, peters_yes)
        milans_yes = replace(zuzanas_yes, by=MILAN, member=MILAN)
        by_both = replace(approved, by=MILAN, approvers=(PETER, MILAN))
        split.when(replace(approve, by=MILAN)).then(milans_yes, by_both)
        milans_no = replace(zuzanas_no, by=MILAN, member=MILAN)
        split.when(replace(reject, by=MILAN)).then(milans_no, replace(rejected, by=MILAN))

    def test_a_conflict_declared_later_takes_a_no_back_too(self) -> None:
        declared = ConflictDeclared(by=ZUZANA, at=NOON, plan=PLAN, person=ZUZANA)
        (
            scenario(plan)
            .given(*before_committee, zuzanas_no, declared)
            .when(replace(reject, by=PETER))
            .then(peters_no)
        )

    @pytest.mark.parametrize(
        ("end", "stage"),
        [
            ((zuzanas_yes, peters_yes, approved, cancelled), Stage.CANCELLED),
            ((zuzanas_yes, peters_yes, approved, completed), Stage.COMPLETED),
            ((zuzanas_no, peters_no, rejected), Stage.REJECTED),
            ((withdrawn,), Stage.WITHDRAWN),
        ],
    )
    @pytest.mark.parametrize(
        "act",
        [
            propose,
            revise,
            remove,
            sign,
            submit,
            confirm,
            decline,
            give_back,
            declare,
            replace(approve, by=MILAN),
            replace(reject, by=MILAN),
            amend,
            withdraw,
            suspend,
            resume,
            cancel_item,
            cancel,
            complete,
        ],
        ids=lambda act: type(act).__name__,
    )
    def test_after_the_end_nothing(
        self, end: tuple[PlanEvent, ...], stage: Stage, act: ask.AnyPlanCommand
    ) -> None:
        outcome = scenario(plan).given(*before_committee, *end).when(act)
        assert isinstance(outcome.rejection, no.PlanIsAt)
        assert outcome.rejection.stage is stage


class TestOrganisations:
    of_the_ngo = replace(drafted, by=ARBEN, organisation=NGO, counsellor=ARBEN)

    def test_another_partners_case_and_plan_do_not_exist(self) -> None:
        theirs = replace(standing, organisation=NGO)
        scenario(plan).when(replace(draft, standing=theirs, organisation=OTHER_NGO)).then_rejected(
            why.NoSuchCase(OTHER_NGO)
        )
        for act in (propose, submit, confirm, approve):
            scenario(plan).given(self.of_the_ngo).when(
                replace(act, organisation=OTHER_NGO)
            ).then_rejected(no.NoSuchPlan(OTHER_NGO))

    def test_d10_a_partner_proposes_and_does_not_decide(self) -> None:
        facts = (self.of_the_ngo, an_oven, signed, submitted)
        for act, before in (
            (confirm, facts),
            (decline, facts),
            (give_back, facts),
            (approve, (*facts, feasible)),
            (reject, (*facts, feasible)),
        ):
            scenario(plan).given(*before).when(replace(act, organisation=NGO)).then_rejected(
                no.PartnerMayOnlyPropose(NGO, IOM)
            )
