"""Plans: what may be asked for, who has to sign it, and who may say yes."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from services.plans.tests.people import (
    ARBEN,
    AS_SIGNED,
    BUSINESS,
    CASE,
    COUNSELLING,
    IOM,
    KIT,
    LINA,
    MEDICAL,
    MILAN,
    NEEDS,
    NGO,
    NOON,
    OMAR,
    OTHER_NGO,
    OVEN,
    PETER,
    PLAN,
    POCKET,
    ZAHRA,
    ZUZANA,
    an_oven,
    drafted,
    eur,
    feasible,
    signed,
    standing,
    submitted,
)

from events.decider import Rejected
from events.money import Money
from events.scenario import scenario
from events.values import Code, Digest, PersonId, PlanId
from plans.domain.plan import plan
from plans.domain.plan import refusals as no
from plans.domain.plan import requests as ask
from plans.domain.plan.facts import (
    ApprovalRecorded,
    ApprovedItem,
    AssistanceItemRemoved,
    AssistanceItemRevised,
    ConflictDeclared,
    FeasibilityDeclined,
    PlanApproved,
    PlanEvent,
    PlanRejected,
    PlanReturned,
)
from plans.domain.plan.kinds import Method, Rejection, Revision, Stage
from plans.domain.standing import Entitled, Standing

draft = ask.DraftPlan(
    by=LINA,
    at=NOON,
    organisation=IOM,
    plan=PLAN,
    standing=standing,
    quorum=2,
    open_plan=None,
)
propose = ask.ProposeItem(
    by=LINA,
    at=NOON,
    organisation=IOM,
    standing=standing,
    item=OVEN,
    type=BUSINESS.type,
    assistance=BUSINESS,
    spec=Code("bread_oven"),
    ceiling=eur(1850),
)
revise = ask.ReviseItem(
    by=LINA,
    at=NOON,
    organisation=IOM,
    standing=standing,
    item=OVEN,
    assistance=BUSINESS,
    spec=Code("bread_oven"),
    ceiling=eur(1700),
)
remove = ask.RemoveItem(by=LINA, at=NOON, organisation=IOM, item=OVEN)
sign = ask.SignPlan(
    by=LINA,
    at=NOON,
    organisation=IOM,
    standing=standing,
    signed_by=ZAHRA,
    method=Method.SIGNATURE,
    language=Code("ar"),
    digest=AS_SIGNED,
)
submit = ask.SubmitPlan(by=LINA, at=NOON, organisation=IOM, standing=standing)
confirm = ask.ConfirmFeasibility(by=OMAR, at=NOON, organisation=IOM)
decline = ask.DeclineFeasibility(
    by=OMAR, at=NOON, organisation=IOM, reasons=(Revision.MARKET_TOO_SMALL,)
)
give_back = ask.ReturnPlan(
    by=ZUZANA, at=NOON, organisation=IOM, reasons=(Revision.PRICE_UNREALISTIC,)
)
declare = ask.DeclareConflict(by=ZUZANA, at=NOON, organisation=IOM)
approve = ask.RecordApproval(by=ZUZANA, at=NOON, organisation=IOM, standing=standing)
reject = ask.RejectPlan(by=ZUZANA, at=NOON, organisation=IOM, reason=Rejection.NOT_SUSTAINABLE)

zuzanas_yes = ApprovalRecorded(by=ZUZANA, at=NOON, plan=PLAN, case=CASE, member=ZUZANA)
peters_yes = ApprovalRecorded(by=PETER, at=NOON, plan=PLAN, case=CASE, member=PETER)
approved = PlanApproved(
    by=PETER,
    at=NOON,
    plan=PLAN,
    case=CASE,
    returnee=ZAHRA,
    programme=standing.programme,
    programme_version=1,
    approvers=(ZUZANA, PETER),
    items=(
        ApprovedItem(
            OVEN,
            BUSINESS.type,
            BUSINESS.dimension,
            BUSINESS.modality,
            Code("bread_oven"),
            eur(1850),
        ),
    ),
    total=eur(1850),
    drafter=LINA,
    counsellor=LINA,
    digest=AS_SIGNED,
)
rejected = PlanRejected(by=ZUZANA, at=NOON, plan=PLAN, case=CASE, reason=Rejection.NOT_SUSTAINABLE)
before_feasibility: tuple[PlanEvent, ...] = (drafted, an_oven, signed, submitted)
before_committee: tuple[PlanEvent, ...] = (*before_feasibility, feasible)


class TestDrafting:
    def test_a_plan_is_pinned_to_the_version_the_case_was_found_eligible_by(self) -> None:
        scenario(plan).when(draft).then(drafted)

    @pytest.mark.parametrize(
        ("stands", "refusal"),
        [
            (replace(standing, consented=False), no.ConsentMissing(ZAHRA)),
            (replace(standing, eligible_under=None), no.NotEligible(ZAHRA)),
            (replace(standing, entitled=None), no.NoEntitlement(ZAHRA)),
        ],
    )
    def test_s1_nothing_is_planned_before_consent_eligibility_and_entitlement(
        self, stands: Standing, refusal: Rejected
    ) -> None:
        scenario(plan).when(replace(draft, standing=stands)).then_rejected(refusal)
        (
            scenario(plan)
            .given(drafted)
            .when(replace(propose, standing=stands))
            .then_rejected(refusal)
        )
        (
            scenario(plan)
            .given(drafted, an_oven, signed)
            .when(replace(submit, standing=stands))
            .then_rejected(refusal)
        )
        (
            scenario(plan)
            .given(*before_committee)
            .when(replace(approve, standing=stands))
            .then_rejected(refusal)
        )

    def test_who_comes_too_late_has_no_plan(self) -> None:
        assert standing.claim_by
        late = NOON + (standing.claim_by - NOON.date()) + timedelta(days=1)
        scenario(plan).when(replace(draft, at=late)).then_rejected(
            no.ClaimedTooLate(standing.claim_by)
        )

    def test_a_case_has_one_plan_until_it_is_rejected(self) -> None:
        other = PlanId("pla_0")
        scenario(plan).when(replace(draft, open_plan=other)).then_rejected(no.CaseHasPlan(other))

    def test_a_case_that_nobody_told_of_has_no_plan(self) -> None:
        scenario(plan).when(replace(draft, standing=None)).then_rejected(no.NoSuchCase(IOM))

    def test_a_plan_is_drafted_once(self) -> None:
        scenario(plan).given(drafted).when(draft).then_rejected(no.DraftedAlready(PLAN))


class TestItems:
    def test_an_oven(self) -> None:
        scenario(plan).given(drafted).when(propose).then(an_oven)

    def test_her_own_words_go_with_it(self) -> None:
        said = "فرن خبز لمخبز صغير في الحي"
        scenario(plan).given(drafted).when(replace(propose, own_words=said)).then(
            replace(an_oven, own_words=said)
        )

    def test_only_what_the_programme_has(self) -> None:
        given = scenario(plan).given(drafted)
        yacht = replace(propose, type=Code("yacht"), assistance=None)
        given.when(yacht).then_rejected(no.NotInProgramme(Code("yacht")))

    def test_an_item_is_proposed_once(self) -> None:
        scenario(plan).given(drafted, an_oven).when(propose).then_rejected(no.SuchItemAlready(OVEN))

    @pytest.mark.parametrize("minor", [0, -1])
    def test_a10_a_ceiling_is_above_zero(self, minor: int) -> None:
        ceiling = Money(minor, "EUR")
        scenario(plan).given(drafted).when(replace(propose, ceiling=ceiling)).then_rejected(
            no.NotAnAmount(ceiling)
        )

    def test_a_referral_costs_us_nothing(self) -> None:
        refer = replace(
            propose, type=COUNSELLING.type, assistance=COUNSELLING, spec=Code("trauma_clinic")
        )
        given = scenario(plan).given(drafted)
        given.when(refer).then_rejected(no.NotAnAmount(eur(1850)))
        assert given.when(replace(refer, ceiling=eur(0))).events

    def test_a_ceiling_is_in_the_entitlements_currency(self) -> None:
        dinars = replace(propose, ceiling=Money(2_423_500_500, "IQD"))
        scenario(plan).given(drafted).when(dinars).then_rejected(
            no.OtherCurrency(Code("IQD"), Code("EUR"))
        )

    def test_no_item_is_above_what_the_programme_allows_for_its_type(self) -> None:
        scenario(plan).given(drafted).when(replace(propose, ceiling=eur(2001))).then_rejected(
            no.AboveAtMost(eur(2001), eur(2000))
        )

    def test_a1_all_items_together_stay_within_the_entitlement(self) -> None:
        given = scenario(plan).given(drafted, an_oven)
        kit = replace(propose, item=KIT, type=NEEDS.type, assistance=NEEDS)
        assert given.when(replace(kit, ceiling=eur(1150))).events
        given.when(replace(kit, ceiling=eur(1151))).then_rejected(
            no.AboveEntitlement(eur(3001), eur(3000))
        )

    def test_a2_cash_stays_within_its_cap(self) -> None:
        given = scenario(plan).given(drafted, an_oven)
        cash = replace(propose, item=KIT, type=POCKET.type, assistance=POCKET)
        assert given.when(replace(cash, ceiling=eur(300))).events
        given.when(replace(cash, ceiling=eur(301))).then_rejected(
            no.AboveCashCap(eur(301), eur(300))
        )

    def test_s14_nothing_is_proposed_after_the_entitlements_last_day(self) -> None:
        assert standing.use_by
        late = NOON + (standing.use_by - NOON.date()) + timedelta(days=1)
        scenario(plan).given(drafted).when(replace(propose, at=late)).then_rejected(
            no.UseByPassed(standing.use_by)
        )

    def test_neutral_words_where_the_programme_wants_them(self) -> None:
        surgery = replace(propose, type=MEDICAL.type, assistance=MEDICAL, ceiling=eur(500))
        given = scenario(plan).given(drafted)
        given.when(surgery).then_rejected(no.WordingTellsTooMuch(Code("health_service")))
        assert given.when(replace(surgery, spec=Code("health_service"))).events

    def test_an_item_is_revised_within_the_same_limits(self) -> None:
        given = scenario(plan).given(drafted, an_oven)
        given.when(revise).then(
            AssistanceItemRevised(
                by=LINA,
                at=NOON,
                plan=PLAN,
                returnee=ZAHRA,
                item=OVEN,
                spec=Code("bread_oven"),
                ceiling=eur(1700),
            )
        )
        given.when(replace(revise, ceiling=eur(2001))).then_rejected(
            no.AboveAtMost(eur(2001), eur(2000))
        )

    def test_an_item_is_removed(self) -> None:
        scenario(plan).given(drafted, an_oven).when(remove).then(
            AssistanceItemRemoved(by=LINA, at=NOON, plan=PLAN, item=OVEN)
        )

    def test_only_items_that_are_there_are_changed(self) -> None:
        given = scenario(plan).given(drafted)
        given.when(revise).then_rejected(no.NoSuchItem(OVEN))
        given.when(remove).then_rejected(no.NoSuchItem(OVEN))

    def test_nothing_is_changed_while_it_is_judged(self) -> None:
        open_to_change = (Stage.DRAFT, Stage.RETURNED)
        for act in (propose, revise, remove, sign, submit):
            scenario(plan).given(*before_feasibility).when(act).then_rejected(
                no.PlanIsAt(Stage.SUBMITTED, open_to_change)
            )


class TestSigning:
    def test_she_signs_what_lies_before_her(self) -> None:
        scenario(plan).given(drafted, an_oven).when(sign).then(signed)

    def test_not_an_empty_page(self) -> None:
        scenario(plan).given(drafted).when(sign).then_rejected(no.NothingToSign(PLAN))

    def test_not_another_page(self) -> None:
        other = Digest("0" * 64)
        scenario(plan).given(drafted, an_oven).when(replace(sign, digest=other)).then_rejected(
            no.SignedSomethingElse(other, AS_SIGNED)
        )

    def test_nobody_signs_for_her(self) -> None:
        scenario(plan).given(drafted, an_oven).when(replace(sign, signed_by=LINA)).then_rejected(
            no.NotTheirsToSign(LINA, ZAHRA)
        )

    def test_for_a_child_without_a_guardian_nobody_signs(self) -> None:
        orphan = replace(sign, standing=replace(standing, signs=None))
        scenario(plan).given(drafted, an_oven).when(orphan).then_rejected(
            no.NotTheirsToSign(ZAHRA, None)
        )

    @pytest.mark.parametrize("witness", [None, LINA])
    def test_a_thumbprint_has_a_witness_who_does_not_record_it(
        self, witness: PersonId | None
    ) -> None:
        pressed = replace(sign, method=Method.THUMBPRINT, witness=witness)
        scenario(plan).given(drafted, an_oven).when(pressed).then_rejected(
            no.WitnessNeeded(LINA, witness)
        )

    def test_s2_nothing_unsigned_is_submitted(self) -> None:
        scenario(plan).given(drafted, an_oven).when(submit).then_rejected(no.NotSigned(PLAN))

    @pytest.mark.parametrize("change", [revise, remove], ids=lambda c: type(c).__name__)
    def test_s2_any_change_voids_the_signature(self, change: ask.AnyPlanCommand) -> None:
        given = scenario(plan).given(drafted, an_oven, signed)
        changes = given.when(change).events
        assert changes
        given.given(*changes).when(submit).then_rejected(no.NotSigned(PLAN))

    def test_a_signed_plan_is_submitted(self) -> None:
        scenario(plan).given(drafted, an_oven, signed).when(submit).then(submitted)

    def test_not_if_the_entitlement_has_shrunk_meanwhile(self) -> None:
        less = replace(standing, entitled=Entitled(total=eur(1000), cash_cap=eur(0)))
        (
            scenario(plan)
            .given(drafted, an_oven, signed)
            .when(replace(submit, standing=less))
            .then_rejected(no.AboveEntitlement(eur(1850), eur(1000)))
        )


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
            no.ApprovedAlready(ZUZANA)
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

    def test_the_committee_says_no(self) -> None:
        scenario(plan).given(*before_committee).when(reject).then(rejected)

    @pytest.mark.parametrize(
        ("end", "stage"),
        [
            ((zuzanas_yes, peters_yes, approved), Stage.APPROVED),
            ((rejected,), Stage.REJECTED),
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
            no.NoSuchCase(OTHER_NGO)
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
