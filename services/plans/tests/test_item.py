"""An approved item, carried out: parts agreed, released by what is proved, waived or withheld."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from msgspec.structs import replace
from services.plans.tests.people import (
    ARBEN,
    CASE,
    IOM,
    LINA,
    NGO,
    OMAR,
    OTHER_NGO,
    PETER,
    PLAN,
    ZAHRA,
    ZUZANA,
    eur,
    standing,
)

from events.decider import Rejected
from events.money import Money
from events.scenario import scenario
from events.values import Code, Digest, InstalmentId, ItemId, PersonId, ReferralId, VisitId
from plans.domain.good_standing import ConsentMissing
from plans.domain.item import facts, item
from plans.domain.item import refusals as no
from plans.domain.item import requests as ask
from plans.domain.item.kinds import (
    Approved,
    Condition,
    Excuse,
    Misuse,
    Terms,
    Tie,
    Withheld,
)
from plans.domain.plan.refusals import PartnerMayOnlyPropose
from plans.domain.programme import Dimension, Modality

COURSE = ItemId("itm_course")
MARCH, APRIL, MAY = (InstalmentId(f"ins_{month}") for month in ("march", "april", "may"))
JUNE = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
DALIA = PersonId("per_dalia")
MINH = PersonId("per_minh")
PETRA = PersonId("per_petra")
SHEET, OTHER_SHEET, FEES, NOTE = (Digest(letter * 64) for letter in "abfc")

approved = Approved(
    item=COURSE,
    plan=PLAN,
    case=CASE,
    programme=standing.programme,
    programme_version=1,
    type=Code("vocational_course"),
    dimension=Dimension.ECONOMIC,
    modality=Modality.SERVICE,
    spec=Code("tailoring_course"),
    ceiling=eur(900),
    drafter=LINA,
    counsellor=ARBEN,
)
LOAN = replace(
    approved, type=Code("microloan"), modality=Modality.REFERRAL, ceiling=Money.zero("EUR")
)
BY_MONTH = Terms(
    conditions=(Condition.ATTENDANCE,),
    attendance_percent=80,
    each=Code("month"),
    at_most_each_month=eur(350),
    months_at_least=3,
    months_at_most=9,
)
MATCHING = Terms(
    conditions=(Condition.OWN_CONTRIBUTION, Condition.MONITORING),
    own_contribution_percent=25,
    shares_percent=(60, 40),
)


def part(which: InstalmentId, month: int, amount: int = 300) -> facts.Part:
    return facts.Part(
        instalment=which,
        since=date(2026, month, 1),
        until=date(2026, month, 28),
        amount=eur(amount),
    )


THREE = (part(MARCH, 3), part(APRIL, 4), part(MAY, 5))


def asking(by: PersonId, organisation: Code = IOM) -> dict[str, Any]:
    return {
        "by": by,
        "at": JUNE,
        "organisation": organisation,
        "approved": approved,
        "standing": standing,
    }


agree = ask.AgreeInstalments(**asking(LINA), terms=BY_MONTH, parts=THREE, document=FEES)
agreed = facts.InstalmentsAgreed(
    by=LINA,
    at=JUNE,
    item=COURSE,
    plan=PLAN,
    case=CASE,
    conditions=(Condition.ATTENDANCE,),
    attendance_percent=80,
    own_contribution=eur(0),
    parts=THREE,
    total=eur(900),
    document=FEES,
)


def attend(
    which: InstalmentId, attended: int, by: PersonId = DALIA, sheet: Digest = SHEET
) -> ask.RecordAttendance:
    return ask.RecordAttendance(
        **asking(by), instalment=which, held=20, attended=attended, document=sheet
    )


def attended(
    which: InstalmentId, times: int, by: PersonId = DALIA, sheet: Digest = SHEET
) -> facts.AttendanceRecorded:
    return facts.AttendanceRecorded(
        by=by,
        at=JUNE,
        item=COURSE,
        case=CASE,
        instalment=which,
        held=20,
        attended=times,
        rate_basis_points=times * 500,
        document=sheet,
    )


def released(
    which: InstalmentId, so_far: int, by: PersonId = DALIA, sheet: Digest = SHEET
) -> facts.InstalmentConditionMet:
    return facts.InstalmentConditionMet(
        by=by,
        at=JUNE,
        instalment=which,
        item=COURSE,
        plan=PLAN,
        case=CASE,
        amount=eur(300),
        released=eur(so_far),
        evidence=sheet,
    )


class TestAgreeing:
    def test_a_scholarship_is_agreed_month_by_month(self) -> None:
        scenario(item).when(agree).then(agreed)

    @pytest.mark.parametrize(
        ("parts", "refusal"),
        [
            (THREE[:2], no.NumberOfInstalments(2, 3, 9)),
            (tuple(part(MARCH, 3) for _ in range(10)), no.NumberOfInstalments(10, 3, 9)),
            ((*THREE[:2], part(MAY, 5, 301)), no.InstalmentsAboveCeiling(eur(901), eur(900))),
            ((*THREE[:2], part(MAY, 5, 351)), no.AboveItsShare(MAY, eur(351), eur(350))),
            ((*THREE[:2], part(MAY, 5, 0)), no.InstalmentNotAnAmount(eur(0), eur(900))),
            (
                (*THREE[:2], replace(THREE[2], amount=Money(5, "USD"))),
                no.InstalmentNotAnAmount(Money(5, "USD"), eur(900)),
            ),
            ((THREE[1], THREE[0], THREE[2]), no.InstalmentsOutOfOrder(MARCH)),
            ((THREE[0], THREE[0], THREE[2]), no.InstalmentsOutOfOrder(MARCH)),
            (
                (*THREE[:2], replace(THREE[2], until=date(2026, 6, 1))),
                no.PeriodTooLong(MAY, Code("month")),
            ),
        ],
    )
    def test_what_the_programme_and_the_ceiling_do_not_allow(
        self, parts: tuple[facts.Part, ...], refusal: Rejected
    ) -> None:
        scenario(item).when(replace(agree, parts=parts)).then_rejected(refusal)

    def test_what_is_paid_at_once_has_no_instalments(self) -> None:
        (
            scenario(item)
            .when(replace(agree, terms=None))
            .then_rejected(no.PaidAtOnce(Code("vocational_course")))
        )

    def test_it_can_be_agreed_anew_until_something_was_recorded(self) -> None:
        scenario(item).given(agreed).when(agree).then(agreed)
        (
            scenario(item)
            .given(agreed, attended(MARCH, 12))
            .when(agree)
            .then_rejected(no.InstalmentsUnderWay(COURSE))
        )

    def test_nothing_is_agreed_without_consent(self) -> None:
        (
            scenario(item)
            .when(replace(agree, standing=replace(standing, consented=False)))
            .then_rejected(ConsentMissing(ZAHRA))
        )

    def test_another_organisation_knows_of_no_such_item(self) -> None:
        (
            scenario(item)
            .when(replace(agree, organisation=OTHER_NGO))
            .then_rejected(no.NoSuchApprovedItem(OTHER_NGO))
        )
        (
            scenario(item)
            .when(replace(agree, approved=None))
            .then_rejected(no.NoSuchApprovedItem(IOM))
        )


class TestAttendance:
    def test_at_the_threshold_the_instalment_is_released(self) -> None:
        (
            scenario(item)
            .given(agreed)
            .when(attend(MARCH, 16))
            .then(attended(MARCH, 16), released(MARCH, 300))
        )

    def test_just_below_it_is_not(self) -> None:
        scenario(item).given(agreed).when(attend(MARCH, 15)).then(attended(MARCH, 15))

    def test_the_next_one_follows_only_the_one_before(self) -> None:
        (
            scenario(item)
            .given(agreed)
            .when(attend(APRIL, 20))
            .then_rejected(no.EarlierInstalmentOpen(MARCH))
        )
        (
            scenario(item)
            .given(agreed, attended(MARCH, 16), released(MARCH, 300))
            .when(attend(APRIL, 20, sheet=OTHER_SHEET))
            .then(attended(APRIL, 20, sheet=OTHER_SHEET), released(APRIL, 600, sheet=OTHER_SHEET))
        )

    def test_what_is_released_is_not_recorded_again(self) -> None:
        (
            scenario(item)
            .given(agreed, attended(MARCH, 16), released(MARCH, 300))
            .when(attend(MARCH, 20, by=OMAR, sheet=OTHER_SHEET))
            .then_rejected(no.InstalmentDecided(MARCH))
        )

    @pytest.mark.parametrize(
        ("person", "tie"),
        [
            (LINA, Tie.DRAFTED_THE_PLAN),
            (ARBEN, Tie.COUNSELS_THE_CASE),
            (OMAR, Tie.AGREED_THE_PARTS),
        ],
    )
    def test_who_is_too_close_does_not_record_it(self, person: PersonId, tie: Tie) -> None:
        (
            scenario(item)
            .given(replace(agreed, by=OMAR))
            .when(attend(MARCH, 16, by=person))
            .then_rejected(no.TooClose(person, tie))
        )

    def test_not_before_the_period_is_over(self) -> None:
        early = replace(attend(MARCH, 16), at=datetime(2026, 3, 27, 12, 0, tzinfo=UTC))
        (
            scenario(item)
            .given(agreed)
            .when(early)
            .then_rejected(no.PeriodNotOver(date(2026, 3, 28)))
        )

    def test_nobody_attends_more_than_there_was(self) -> None:
        (
            scenario(item)
            .given(agreed)
            .when(attend(MARCH, 21))
            .then_rejected(no.AttendedMoreThanHeld(20, 21))
        )
        nothing = replace(attend(MARCH, 0), held=0)
        scenario(item).given(agreed).when(nothing).then_rejected(no.AttendedMoreThanHeld(0, 0))

    def test_a_correction_is_by_another_person_from_another_document(self) -> None:
        short = scenario(item).given(agreed, attended(MARCH, 12))
        (
            short.when(attend(MARCH, 18, sheet=OTHER_SHEET)).then_rejected(
                no.CorrectedByItsRecorder(DALIA)
            )
        )
        short.when(attend(MARCH, 18, by=MINH)).then_rejected(no.DocumentCounted(SHEET))
        (
            short.when(attend(MARCH, 18, by=MINH, sheet=OTHER_SHEET)).then(
                attended(MARCH, 18, by=MINH, sheet=OTHER_SHEET),
                released(MARCH, 300, by=MINH, sheet=OTHER_SHEET),
            )
        )

    def test_one_sheet_does_not_count_for_two_months(self) -> None:
        (
            scenario(item)
            .given(agreed, attended(MARCH, 16), released(MARCH, 300))
            .when(attend(APRIL, 20))
            .then_rejected(no.DocumentCounted(SHEET))
        )


class TestWhatFellShort:
    waive = ask.WaiveCondition(
        **asking(PETRA), instalment=MARCH, reason=Excuse.ILLNESS, document=NOTE
    )
    withhold = ask.WithholdInstalment(
        **asking(PETRA), instalment=MARCH, reason=Withheld.LEFT_THE_COURSE
    )

    def test_it_is_released_all_the_same_for_a_reason_on_record(self) -> None:
        (
            scenario(item)
            .given(agreed, attended(MARCH, 12))
            .when(self.waive)
            .then(
                facts.ConditionWaived(
                    by=PETRA,
                    at=JUNE,
                    item=COURSE,
                    case=CASE,
                    instalment=MARCH,
                    reason=Excuse.ILLNESS,
                    document=NOTE,
                ),
                released(MARCH, 300, by=PETRA, sheet=NOTE),
            )
        )

    def test_or_withheld_for_good_and_the_next_one_can_follow(self) -> None:
        withheld = facts.InstalmentWithheld(
            by=PETRA,
            at=JUNE,
            item=COURSE,
            case=CASE,
            instalment=MARCH,
            amount=eur(300),
            reason=Withheld.LEFT_THE_COURSE,
        )
        scenario(item).given(agreed, attended(MARCH, 12)).when(self.withhold).then(withheld)
        (
            scenario(item)
            .given(agreed, attended(MARCH, 12), withheld)
            .when(attend(APRIL, 20, sheet=OTHER_SHEET))
            .then(attended(APRIL, 20, sheet=OTHER_SHEET), released(APRIL, 300, sheet=OTHER_SHEET))
        )

    def test_only_what_was_recorded_and_fell_short(self) -> None:
        scenario(item).given(agreed).when(self.waive).then_rejected(no.ConditionNotShort(MARCH))

    def test_not_by_who_recorded_it(self) -> None:
        (
            scenario(item)
            .given(agreed, attended(MARCH, 12, by=PETRA))
            .when(self.waive)
            .then_rejected(no.RecorderCannotDecide(PETRA))
        )

    def test_not_by_a_partner(self) -> None:
        theirs = replace(self.waive, organisation=NGO, standing=replace(standing, organisation=NGO))
        (
            scenario(item)
            .given(agreed, attended(MARCH, 12))
            .when(theirs)
            .then_rejected(PartnerMayOnlyPropose(NGO, decides=IOM))
        )


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
    refer = ask.ReferItem(**asking(LINA), referral=ReferralId("ref_lender"))
    referred = facts.ItemReferred(
        by=LINA, at=JUNE, item=COURSE, plan=PLAN, case=CASE, referral=ReferralId("ref_lender")
    )

    def test_a_loan_is_a_referral_to_a_lender(self) -> None:
        scenario(item).when(replace(self.refer, approved=LOAN)).then(self.referred)

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
