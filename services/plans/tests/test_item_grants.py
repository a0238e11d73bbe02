"""Matching grants, loans that are referrals, and what a visit sees of an item."""

import pytest
from msgspec.structs import replace
from services.plans.tests.carried import (
    APRIL,
    COURSE,
    DALIA,
    FEES,
    JUNE,
    LOAN,
    MARCH,
    MATCHING,
    NOTE,
    OTHER_SHEET,
    PETRA,
    SHEET,
    agreed,
    approved,
    asking,
    attend,
    part,
    released,
)
from services.plans.tests.people import (
    CASE,
    LINA,
    PETER,
    PLAN,
    ZUZANA,
    eur,
    standing,
)

from events.decider import Rejected
from events.scenario import scenario
from events.values import CaseId, Digest, ItemId, ReferralId, VisitId
from plans.domain.item import facts, item
from plans.domain.item import refusals as no
from plans.domain.item import requests as ask
from plans.domain.item.kinds import (
    Excuse,
    Misuse,
)
from plans.domain.programme import Modality
from plans.domain.referred import Referred


class TestMatchingGrants:
    """The returnee puts in a quarter of it; 60% of the grant follows that, 40% a visit."""

    parts = (part(MARCH, 3, 480), part(APRIL, 4, 320))
    agree = ask.AgreeInstalments(**asking(LINA), terms=MATCHING, parts=parts, document=FEES)
    granted = replace(
        agreed,
        conditions=MATCHING.conditions,
        attendance_percent=0,
        own_contribution=eur(200),
        parts=parts,
        total=eur(800),
    )
    first = replace(released(MARCH, 480), amount=eur(480))
    verify = ask.VerifyUse(**asking(PETER), visit=VisitId("vis_1"), report=NOTE)

    def prove(self, amount: int, document: Digest = SHEET) -> ask.ProveContribution:
        return ask.ProveContribution(**asking(DALIA), amount=eur(amount), document=document)

    def proved(self, amount: int, document: Digest = SHEET) -> facts.ContributionProved:
        return facts.ContributionProved(
            by=DALIA, at=JUNE, item=COURSE, case=CASE, amount=eur(amount), document=document
        )

    def test_its_parts_are_the_programmes_shares(self) -> None:
        eight_hundred = replace(approved, ceiling=eur(800))
        scenario(item).when(replace(self.agree, approved=eight_hundred)).then(self.granted)
        more = (part(MARCH, 3, 481), part(APRIL, 4, 319))
        (
            scenario(item)
            .when(replace(self.agree, approved=eight_hundred, parts=more))
            .then_rejected(no.AboveItsShare(MARCH, eur(481), eur(480)))
        )
        (
            scenario(item)
            .when(replace(self.agree, approved=eight_hundred, parts=more[:1]))
            .then_rejected(no.NumberOfInstalments(1, 2, 2))
        )

    def test_the_grant_follows_the_returnees_own_part(self) -> None:
        scenario(item).given(self.granted).when(self.prove(200)).then(self.proved(200), self.first)

    def test_what_is_put_in_bit_by_bit_adds_up(self) -> None:
        scenario(item).given(self.granted).when(self.prove(199)).then(self.proved(199))
        (
            scenario(item)
            .given(self.granted, self.proved(199))
            .when(self.prove(1, OTHER_SHEET))
            .then(self.proved(1, OTHER_SHEET), replace(self.first, evidence=OTHER_SHEET))
        )

    def test_a_slip_counts_once(self) -> None:
        (
            scenario(item)
            .given(self.granted, self.proved(75))
            .when(self.prove(75))
            .then_rejected(no.DocumentCounted(SHEET))
        )

    def test_the_second_part_follows_a_visit_that_saw_it_in_use(self) -> None:
        verified = facts.ItemUseVerified(
            by=PETER, at=JUNE, item=COURSE, plan=PLAN, case=CASE, visit=VisitId("vis_1")
        )
        second = replace(released(APRIL, 800, by=PETER, sheet=NOTE), amount=eur(320))
        (
            scenario(item)
            .given(self.granted, self.proved(200), self.first)
            .when(self.verify)
            .then(verified, second)
        )

    def test_a_visit_alone_releases_nothing(self) -> None:
        outcome = scenario(item).given(self.granted).when(self.verify)
        assert [type(event) for event in outcome.events or ()] == [facts.ItemUseVerified]

    def test_it_is_not_waived(self) -> None:
        waive = ask.WaiveCondition(
            **asking(PETRA), instalment=MARCH, reason=Excuse.CARE_DUTIES, document=NOTE
        )
        (
            scenario(item)
            .given(self.granted, self.proved(10))
            .when(waive)
            .then_rejected(no.ConditionNotShort(MARCH))
        )

    def test_attendance_does_not_release_it(self) -> None:
        (
            scenario(item)
            .given(self.granted)
            .when(attend(MARCH, 20))
            .then_rejected(no.OtherCondition(MATCHING.conditions))
        )


class TestLoans:
    offered = Referred(ReferralId("ref_lender"), CASE, None)
    refer = ask.ReferItem(**asking(LINA), referral=ReferralId("ref_lender"), told=offered)
    referred = facts.ItemReferred(
        by=LINA, at=JUNE, item=COURSE, plan=PLAN, case=CASE, referral=ReferralId("ref_lender")
    )

    def test_a_loan_is_a_referral_to_a_lender(self) -> None:
        scenario(item).when(replace(self.refer, approved=LOAN)).then(self.referred)

    @pytest.mark.parametrize(
        ("told", "refusal"),
        [
            (None, no.NoSuchReferral(offered.referral)),
            (replace(offered, case=CaseId("cas_other")), no.NoSuchReferral(offered.referral)),
            (
                replace(offered, item=ItemId("itm_other")),
                no.ReferralForOtherItem(offered.referral, ItemId("itm_other")),
            ),
            (replace(offered, declined=True), no.ReferralWasDeclined(offered.referral)),
        ],
    )
    def test_it_is_one_of_the_case_that_intake_told_of(
        self, told: Referred | None, refusal: Rejected
    ) -> None:
        named = replace(self.refer, approved=LOAN, told=told)
        scenario(item).when(named).then_rejected(refusal)

    def test_one_that_was_offered_for_this_very_line_serves(self) -> None:
        told = replace(self.offered, item=COURSE)
        scenario(item).when(replace(self.refer, approved=LOAN, told=told)).then(self.referred)

    def test_what_we_pay_for_is_not_referred(self) -> None:
        scenario(item).when(self.refer).then_rejected(no.NotAReferral(COURSE))

    def test_once(self) -> None:
        (
            scenario(item)
            .given(self.referred)
            .when(replace(self.refer, approved=LOAN))
            .then_rejected(no.ReferredAlready(ReferralId("ref_lender")))
        )

    def test_there_is_no_modality_by_which_we_would_lend(self) -> None:
        assert "loan" not in {each.value for each in Modality}


class TestUse:
    def test_a_visit_sees_it_in_use_once(self) -> None:
        visit = VisitId("vis_1")
        seen = ask.VerifyUse(**asking(PETER), visit=visit, report=NOTE)
        verified = facts.ItemUseVerified(
            by=PETER, at=JUNE, item=COURSE, plan=PLAN, case=CASE, visit=visit
        )
        scenario(item).when(seen).then(verified)
        scenario(item).given(verified).when(seen).then()

    def test_misuse_is_reported_even_without_consent(self) -> None:
        reported = ask.ReportMisuse(**asking(ZUZANA), kind=Misuse.SOLD, visit=None)
        (
            scenario(item)
            .when(replace(reported, standing=replace(standing, consented=False)))
            .then(
                facts.ItemMisuseReported(
                    by=ZUZANA,
                    at=JUNE,
                    item=COURSE,
                    plan=PLAN,
                    case=CASE,
                    kind=Misuse.SOLD,
                    visit=None,
                )
            )
        )
