"""Plans until they are submitted: what may be asked for, and who has to sign it."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from services.plans.tests.acts import (
    approve,
    before_committee,
    before_feasibility,
    draft,
    propose,
    remove,
    revise,
    sign,
    submit,
)
from services.plans.tests.people import (
    AS_SIGNED,
    BUSINESS,
    COUNSELLING,
    IOM,
    KIT,
    LINA,
    MEDICAL,
    NEEDS,
    NOON,
    OVEN,
    PLAN,
    POCKET,
    ZAHRA,
    an_oven,
    drafted,
    entitled,
    eur,
    expected,
    signed,
    standing,
    submitted,
)

from events.decider import Rejected
from events.money import Money
from events.scenario import scenario
from events.values import Code, Digest, PersonId, PlanId
from plans.domain import good_standing as why
from plans.domain.plan import plan
from plans.domain.plan import refusals as no
from plans.domain.plan import requests as ask
from plans.domain.plan.facts import (
    AssistanceItemRemoved,
    AssistanceItemRevised,
)
from plans.domain.plan.kinds import Method, Stage
from plans.domain.programme import Level
from plans.domain.standing import Standing
from plans.domain.wording import WordingTellsTooMuch


class TestDrafting:
    def test_a_plan_is_pinned_to_the_version_the_case_was_found_eligible_by(self) -> None:
        scenario(plan).when(draft).then(drafted)

    @pytest.mark.parametrize(
        ("stands", "refusal"),
        [
            (replace(standing, consented=False), why.ConsentMissing(ZAHRA)),
            (replace(standing, eligible_under=None), why.NotEligible(ZAHRA)),
            (replace(standing, entitled=None), why.NoEntitlement(ZAHRA)),
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
            why.ClaimedTooLate(standing.claim_by)
        )

    def test_a_case_has_one_plan_until_it_is_rejected(self) -> None:
        other = PlanId("pla_0")
        scenario(plan).when(replace(draft, open_plan=other)).then_rejected(no.CaseHasPlan(other))

    def test_a_case_that_nobody_told_of_has_no_plan(self) -> None:
        scenario(plan).when(replace(draft, standing=None)).then_rejected(why.NoSuchCase(IOM))

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
        well = replace(propose, assistance=replace(BUSINESS, levels=(Level.COMMUNITY,)))
        given.when(well).then_rejected(no.OnlyInProjects(BUSINESS.type))

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
            why.AboveEntitlement(eur(3001), eur(3000))
        )

    def test_a2_cash_stays_within_its_cap(self) -> None:
        given = scenario(plan).given(drafted, an_oven)
        cash = replace(propose, item=KIT, type=POCKET.type, assistance=POCKET)
        assert given.when(replace(cash, ceiling=eur(300))).events
        given.when(replace(cash, ceiling=eur(301))).then_rejected(
            why.AboveCashCap(eur(301), eur(300))
        )

    def test_s14_nothing_is_proposed_after_the_entitlements_last_day(self) -> None:
        assert standing.use_by
        late = NOON + (standing.use_by - NOON.date()) + timedelta(days=1)
        scenario(plan).given(drafted).when(replace(propose, at=late)).then_rejected(
            why.UseByPassed(standing.use_by)
        )

    def test_neutral_words_where_the_programme_wants_them(self) -> None:
        surgery = replace(propose, type=MEDICAL.type, assistance=MEDICAL, ceiling=eur(500))
        given = scenario(plan).given(drafted)
        given.when(surgery).then_rejected(WordingTellsTooMuch(Code("health_service")))
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
        scenario(plan).given(drafted, an_oven, signed).when(submit).then(submitted, expected)

    def test_not_if_the_entitlement_has_shrunk_meanwhile(self) -> None:
        less = replace(standing, entitled=entitled(eur(1000)))
        (
            scenario(plan)
            .given(drafted, an_oven, signed)
            .when(replace(submit, standing=less))
            .then_rejected(why.AboveEntitlement(eur(1850), eur(1000)))
        )
