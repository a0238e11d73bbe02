"""Erasure: asked for, examined, decided by another person, done everywhere, answered."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace
from services.intake.tests.people import IOM, LINA, NGO, NOON, TODAY
from services.intake.tests.requests_to_be_erased import (
    ALL,
    ELIF,
    ERASURE,
    FOR_TEN_YEARS,
    OWED,
    PAID,
    SOFIA,
    STALL,
    SUBJECT,
    approve,
    approved,
    asked,
    confirmed,
    erased,
    request,
)

from events.personal import Kind
from events.scenario import scenario
from events.values import SYSTEM, CashId, Code, ErasureId, HoldId
from intake.domain.subject import SubjectEvent, SubjectRequest, subject
from intake.domain.subject import refusals as no
from intake.domain.subject.deciding import NotYoursToDecide
from intake.domain.subject.erasing import (
    ConfirmErased,
    ErasureCompleted,
    ErasureDeadlineExtended,
    ErasureRefused,
    ExtendErasure,
    RecordErased,
    RefuseErasure,
    months_after,
)
from intake.domain.subject.holding import LegalHoldLifted, LegalHoldPlaced
from intake.domain.subject.kinds import Delay, LegalBasis, Reason, Stage
from intake.domain.subject.state import KeptKind

refuse = RefuseErasure(
    by=SOFIA, at=NOON, organisation=IOM, run_by=(IOM,), legal_basis=LegalBasis.LEGAL_CLAIMS
)
refused = ErasureRefused(
    by=SOFIA, at=NOON, erasure=ERASURE, person=SUBJECT, legal_basis=LegalBasis.LEGAL_CLAIMS
)
extend = ExtendErasure(by=SOFIA, at=NOON, organisation=IOM, run_by=(IOM,), reason=Delay.COMPLEX)
extended = ErasureDeadlineExtended(
    by=SOFIA,
    at=NOON,
    erasure=ERASURE,
    person=SUBJECT,
    reason=Delay.COMPLEX,
    answer_by=date(2026, 6, 2),
)
held = LegalHoldPlaced(
    by=ELIF,
    at=NOON,
    hold=HoldId("hol_1"),
    person=SUBJECT,
    reason=Reason.AUDIT,
    kinds=(Kind.IDENTITY,),
    until=date(2031, 12, 31),
)
but_identity = (Kind.CONTACT, Kind.HEALTH, Kind.PROTECTION)
done_here = RecordErased(by=SYSTEM, at=NOON, kinds=ALL, disclosures=3)
completed = ErasureCompleted(
    by=SYSTEM, at=NOON, erasure=ERASURE, person=SUBJECT, kinds=ALL, disclosures=4
)


def done(service: str, disclosures: int = 0) -> ConfirmErased:
    return ConfirmErased(
        by=SYSTEM, at=NOON, erasure=ERASURE, service=Code(service), disclosures=disclosures
    )


class TestAsking:
    def test_a_request_has_a_day_by_which_it_is_answered(self) -> None:
        scenario(subject).when(request).then(asked)

    def test_the_month_counts_from_the_day_it_was_received(self) -> None:
        earlier = replace(request, received=date(2026, 1, 31))
        due = replace(asked, received=date(2026, 1, 31), answer_by=date(2026, 2, 28))
        scenario(subject).when(earlier).then(due)

    def test_it_is_recorded_after_it_was_received(self) -> None:
        tomorrow = TODAY + timedelta(days=1)
        scenario(subject).when(replace(request, received=tomorrow)).then_rejected(
            no.ReceivedInTheFuture(tomorrow)
        )

    @pytest.mark.parametrize("facts", [[asked], [asked, approved]])
    def test_one_request_at_a_time(self, facts: list[SubjectEvent]) -> None:
        again = replace(request, erasure=ErasureId("era_2"))
        scenario(subject).given(*facts).when(again).then_rejected(no.ErasureUnderWay(ERASURE))

    def test_after_a_refusal_it_can_be_asked_again(self) -> None:
        again = replace(request, erasure=ErasureId("era_2"))
        scenario(subject).given(asked, refused).when(again).then(
            replace(asked, erasure=ErasureId("era_2"))
        )

    def test_what_was_left_is_asked_for_later_and_what_is_gone_is_not(self) -> None:
        partly: list[SubjectEvent] = [
            replace(asked, kinds=ALL),
            replace(approved, kinds=but_identity),
            replace(erased, kinds=but_identity),
            *(confirmed(each) for each in ("plans", "vendors", "disbursement")),
            replace(completed, kinds=but_identity),
        ]
        again = replace(request, erasure=ErasureId("era_2"))
        rest = replace(asked, erasure=ErasureId("era_2"), kinds=(Kind.IDENTITY,))
        scenario(subject).given(*partly).when(again).then(rest)
        gone = replace(again, kinds=but_identity)
        scenario(subject).given(*partly).when(gone).then_rejected(no.ErasedAlready(but_identity))


class TestDeciding:
    def test_a_data_protection_officer_approves(self) -> None:
        scenario(subject).given(asked).when(approve).then(approved)

    @pytest.mark.parametrize("command", [approve, refuse, extend])
    def test_who_recorded_the_request_does_not_decide(self, command: RefuseErasure) -> None:
        scenario(subject).given(asked).when(replace(command, by=LINA)).then_rejected(
            no.RequesterCannotDecide(LINA)
        )

    @pytest.mark.parametrize("command", [approve, refuse, extend])
    def test_nobody_decides_on_what_nobody_asked(self, command: RefuseErasure) -> None:
        scenario(subject).given(held).when(command).then_rejected(no.NoErasureRequested())

    @pytest.mark.parametrize("command", [approve, refuse, extend])
    def test_it_is_decided_once(self, command: RefuseErasure) -> None:
        scenario(subject).given(asked, approved).when(command).then_rejected(
            no.ErasureIsAt(Stage.APPROVED, Stage.REQUESTED)
        )

    def test_a_refusal_has_a_legal_basis(self) -> None:
        scenario(subject).given(asked).when(refuse).then(refused)

    def test_the_answer_can_be_put_off_by_two_months_once(self) -> None:
        scenario(subject).given(asked).when(extend).then(extended)
        scenario(subject).given(asked, extended).when(extend).then_rejected(
            no.ExtendedAlready(date(2026, 6, 2))
        )

    def test_no_more_is_erased_than_was_asked_for(self) -> None:
        scenario(subject).given(replace(asked, kinds=(Kind.HEALTH,))).when(approve).then_rejected(
            no.NotAskedFor((Kind.CONTACT, Kind.IDENTITY, Kind.PROTECTION))
        )

    def test_nothing_is_left_without_a_reason(self) -> None:
        less = replace(approve, kinds=(Kind.PROTECTION,))
        scenario(subject).given(asked).when(less).then_rejected(
            no.LeftWithoutReason((Kind.CONTACT, Kind.HEALTH, Kind.IDENTITY))
        )


class TestHolds:
    def test_a_hold_is_named_in_the_refusal(self) -> None:
        scenario(subject).given(held, asked).when(approve).then_rejected(
            no.UnderLegalHold((HoldId("hol_1"),), (Reason.AUDIT,), (Kind.IDENTITY,))
        )

    def test_the_rest_is_erased_and_what_is_kept_is_explained(self) -> None:
        rest = replace(approve, kinds=but_identity)
        kept = KeptKind(
            kind=Kind.IDENTITY,
            hold=HoldId("hol_1"),
            reason=Reason.AUDIT,
            until=date(2031, 12, 31),
        )
        scenario(subject).given(held, asked).when(rest).then(
            replace(approved, kinds=but_identity, kept=(kept,))
        )

    def test_a_lifted_hold_bans_nothing(self) -> None:
        lifted = LegalHoldLifted(by=SOFIA, at=NOON, hold=HoldId("hol_1"), person=SUBJECT)
        scenario(subject).given(held, asked, lifted).when(approve).then(approved)

    def test_nor_does_one_that_has_ended(self) -> None:
        scenario(subject).given(replace(held, until=TODAY), asked).when(
            replace(approve, at=NOON + timedelta(days=1))
        ).then(replace(approved, at=NOON + timedelta(days=1)))


class TestMoney:
    def test_what_is_still_to_be_delivered_or_paid_is_named(self) -> None:
        owing = replace(approve, obligations=OWED, kept_facts=FOR_TEN_YEARS)
        scenario(subject).given(asked).when(owing).then_rejected(
            no.MoneyOutstanding((STALL,), (), (Kind.CONTACT, Kind.IDENTITY))
        )

    def test_so_is_cash_that_nobody_has_seen_handed_over(self) -> None:
        cash = replace(OWED, open=(), cash=(CashId("csh_1"),))
        owing = replace(approve, obligations=cash, kept_facts=FOR_TEN_YEARS)
        scenario(subject).given(asked).when(owing).then_rejected(
            no.MoneyOutstanding((), (CashId("csh_1"),), (Kind.CONTACT, Kind.IDENTITY))
        )

    def test_protection_and_health_do_not_wait_for_it(self) -> None:
        first = replace(
            approve,
            kinds=(Kind.PROTECTION, Kind.HEALTH),
            obligations=OWED,
            kept_facts=FOR_TEN_YEARS,
        )
        kept = tuple(
            KeptKind(kind=kind, hold=None, reason=Reason.OPEN_PAYMENT, until=None)
            for kind in (Kind.CONTACT, Kind.IDENTITY)
        )
        scenario(subject).given(asked).when(first).then(
            replace(
                approved,
                kinds=(Kind.HEALTH, Kind.PROTECTION),
                kept=kept,
                kept_facts=FOR_TEN_YEARS,
            )
        )

    def test_facts_about_money_are_kept_on_a_basis_and_until_a_day(self) -> None:
        paid = replace(approve, obligations=PAID)
        scenario(subject).given(asked).when(paid).then_rejected(no.SayWhatIsKept())
        past = replace(FOR_TEN_YEARS, until=TODAY)
        scenario(subject).given(asked).when(replace(paid, kept_facts=past)).then_rejected(
            no.KeptIntoThePast(TODAY)
        )
        said = replace(paid, kept_facts=FOR_TEN_YEARS)
        scenario(subject).given(asked).when(said).then(replace(approved, kept_facts=FOR_TEN_YEARS))

    def test_and_no_shorter_than_the_programme_says(self) -> None:
        ten_years = FOR_TEN_YEARS.until
        paid = replace(approve, obligations=replace(PAID, kept_until=ten_years))
        short = replace(FOR_TEN_YEARS, until=ten_years - timedelta(days=1))
        scenario(subject).given(asked).when(replace(paid, kept_facts=short)).then_rejected(
            no.KeptTooShort(short.until, ten_years)
        )
        enough = replace(paid, kept_facts=FOR_TEN_YEARS)
        scenario(subject).given(asked).when(enough).then(
            replace(approved, kept_facts=FOR_TEN_YEARS)
        )

    def test_without_money_there_is_nothing_to_keep(self) -> None:
        needless = replace(approve, kept_facts=FOR_TEN_YEARS)
        scenario(subject).given(asked).when(needless).then(approved)


class TestCompletion:
    def test_once_the_keys_are_gone_it_is_said_with_who_asked_and_who_approved(self) -> None:
        scenario(subject).given(asked, approved).when(done_here).then(erased)

    def test_it_is_said_once(self) -> None:
        scenario(subject).given(asked, approved, erased).when(done_here).then()

    def test_each_service_confirms_once(self) -> None:
        so_far = scenario(subject).given(asked, approved, erased)
        so_far.when(done("plans", 1)).then(confirmed("plans", 1))
        scenario(subject).given(asked, approved, erased, confirmed("plans", 1)).when(
            done("plans", 1)
        ).then()

    def test_it_is_complete_when_the_last_has_confirmed(self) -> None:
        others = [confirmed("plans", 1), confirmed("vendors")]
        scenario(subject).given(asked, approved, erased, *others).when(done("disbursement")).then(
            confirmed("disbursement"), completed
        )

    def test_what_is_outstanding_is_known(self) -> None:
        state = subject.fold([asked, approved, erased, confirmed("vendors")])
        assert state is not None
        assert state.erasure is not None
        assert state.erasure.outstanding == ("plans", "disbursement")


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 1, 15), date(2026, 2, 15)),
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2028, 1, 30), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2027, 1, 31)),
    ],
)
def test_a_month_ends_on_the_same_day_or_the_months_last(day: date, due: date) -> None:
    assert months_after(day, 1) == due


@pytest.mark.parametrize("decision", [approve, refuse, extend])
def test_the_organisation_that_runs_the_programme_decides(decision: SubjectRequest) -> None:
    theirs = replace(decision, organisation=NGO)
    scenario(subject).given(asked).when(theirs).then_rejected(NotYoursToDecide(NGO, (IOM,)))
    several = replace(decision, run_by=(NGO, IOM))
    assert scenario(subject).given(asked).when(several).state is not None
