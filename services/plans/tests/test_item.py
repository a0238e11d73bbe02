"""An approved item, carried out: parts agreed, released by what is proved, waived or withheld."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace
from services.plans.tests.carried import (
    APRIL,
    COURSE,
    DALIA,
    JUNE,
    MARCH,
    MAY,
    MINH,
    NOTE,
    OTHER_SHEET,
    PETRA,
    SHEET,
    THREE,
    agree,
    agreed,
    approved,
    asking,
    attend,
    attended,
    part,
    released,
)
from services.plans.tests.people import (
    ARBEN,
    CASE,
    IOM,
    LINA,
    NGO,
    OMAR,
    OTHER_NGO,
    ZAHRA,
    eur,
    standing,
)

from events.decider import Rejected
from events.money import Money
from events.scenario import scenario
from events.values import Code, PersonId
from plans.domain.good_standing import ConsentMissing
from plans.domain.item import facts, item
from plans.domain.item import refusals as no
from plans.domain.item import requests as ask
from plans.domain.item.kinds import (
    Excuse,
    Tie,
    Withheld,
)
from plans.domain.plan.refusals import PartnerMayOnlyPropose


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

    def test_what_was_cancelled_is_carried_out_no_further(self) -> None:
        over = replace(approved, over=True)
        (
            scenario(item)
            .when(replace(agree, approved=over))
            .then_rejected(no.ItemIsOver(approved.item))
        )
        (
            scenario(item)
            .given(agreed)
            .when(replace(attend(MARCH, 20), approved=over))
            .then_rejected(no.ItemIsOver(approved.item))
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
