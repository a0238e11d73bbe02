"""The life of a case: it rests, goes on, ends over nothing that is owed, and is opened by two."""

import pytest
from msgspec.structs import replace
from services.intake.tests.people import (
    ARBEN,
    CASE,
    IOM,
    LINA,
    NGO,
    NOON,
    PETRA,
    consented,
    eligible,
    registered,
)
from services.intake.tests.test_case import arrive, consent

from events.scenario import scenario
from events.values import CashId, CommitmentId, InvoiceId, PersonId, PlanId
from intake.domain.case import CaseEvent, case
from intake.domain.case import lifecycle as ask
from intake.domain.case.asking import CaseIsAt, PartnerMayOnlyPropose
from intake.domain.case.consenting import ConsentWithdrawn, WithdrawConsent
from intake.domain.case.kinds import OPEN, Ground, Stage
from intake.domain.consent import Scope
from intake.domain.matters import Matters

JURAJ = PersonId("per_juraj")
OVEN, SHOP = CommitmentId("com_oven"), CommitmentId("com_shop")
BILL, PLAN = InvoiceId("inv_1"), PlanId("pla_1")
STIPEND = CashId("csh_1")
SETTLED = Matters()
OWED = Matters(commitments=(OVEN,), invoices=(BILL,))

suspend = ask.SuspendCase(by=LINA, at=NOON, organisation=IOM, reason=ask.Pause.NOT_REACHABLE)
suspended = ask.CaseSuspended(by=LINA, at=NOON, case=CASE, reason=ask.Pause.NOT_REACHABLE)
resume = ask.ResumeCase(by=PETRA, at=NOON, organisation=IOM)
write_off = ask.WriteOff(by=PETRA, at=NOON, organisation=IOM, ground=Ground.DECEASED, open=OWED)
written_off = ask.WriteOffApproved(
    by=PETRA, at=NOON, case=CASE, ground=Ground.DECEASED, commitments=(OVEN,), invoices=(BILL,)
)
close = ask.CloseCase(by=LINA, at=NOON, organisation=IOM, ground=Ground.COMPLETED, open=SETTLED)
closed = ask.CaseClosed(by=LINA, at=NOON, case=CASE, reason=Ground.COMPLETED)
propose = ask.ProposeReopening(
    by=LINA, at=NOON, organisation=IOM, reason=ask.Renewal.RETURNEE_CAME_BACK
)
proposed = ask.CaseReopeningProposed(
    by=LINA, at=NOON, case=CASE, reason=ask.Renewal.RETURNEE_CAME_BACK
)
reopen = ask.ReopenCase(by=PETRA, at=NOON, organisation=IOM)

STAGES: dict[Stage, tuple[CaseEvent, ...]] = {
    Stage.REGISTERED: (registered, consented),
    Stage.ELIGIBLE: (registered, consented, eligible),
}


class TestResting:
    @pytest.mark.parametrize("stage", STAGES)
    def test_a_case_rests_and_goes_on_where_it_was(self, stage: Stage) -> None:
        given = scenario(case).given(*STAGES[stage])
        given.when(suspend).then(suspended)
        given = scenario(case).given(*STAGES[stage], suspended)
        given.when(resume).then(ask.CaseResumed(by=PETRA, at=NOON, case=CASE, stage=stage))

    def test_who_let_it_rest_does_not_say_that_it_goes_on(self) -> None:
        by_petra = replace(suspended, by=PETRA)
        given = scenario(case).given(registered, by_petra)
        given.when(resume).then_rejected(ask.SuspenderCannotResume(PETRA))
        goes_on = ask.CaseResumed(by=JURAJ, at=NOON, case=CASE, stage=Stage.REGISTERED)
        given.when(replace(resume, by=JURAJ)).then(goes_on)
        again = scenario(case).given(registered, by_petra, goes_on, suspended)
        again.when(resume).then(replace(goes_on, by=PETRA))

    def test_nothing_is_decided_while_it_rests(self) -> None:
        given = scenario(case).given(*STAGES[Stage.ELIGIBLE], suspended)
        for command in (arrive, consent):
            given.when(command).then_rejected(CaseIsAt(Stage.SUSPENDED, OPEN))

    @pytest.mark.parametrize("last", [suspended, closed])
    def test_consent_is_taken_back_whenever_the_returnee_wants(self, last: CaseEvent) -> None:
        withdraw = WithdrawConsent(by=LINA, at=NOON, organisation=IOM, scopes=(Scope.ASSISTANCE,))
        given = scenario(case).given(registered, consented, last)
        given.when(withdraw).then(
            ConsentWithdrawn(
                by=LINA,
                at=NOON,
                case=CASE,
                returnee=registered.returnee,
                scopes=(Scope.ASSISTANCE,),
            )
        )

    def test_a_partner_lets_a_case_rest_and_the_organisation_that_decides_lets_it_go_on(
        self,
    ) -> None:
        theirs = replace(registered, organisation=NGO)
        rest = replace(suspend, by=ARBEN, organisation=NGO)
        scenario(case).given(theirs).when(rest).then(replace(suspended, by=ARBEN))
        given = scenario(case).given(theirs, suspended)
        given.when(replace(resume, by=ARBEN, organisation=NGO)).then_rejected(
            PartnerMayOnlyPropose(NGO, decides=IOM)
        )


class TestClosing:
    @pytest.mark.parametrize("ground", sorted(set(Ground) - {Ground.TRANSFERRED}))
    def test_a_case_over_which_nothing_is_owed_is_closed_with_its_ground(
        self, ground: Ground
    ) -> None:
        given = scenario(case).given(registered)
        given.when(replace(close, ground=ground)).then(replace(closed, reason=ground))

    def test_as_transferred_it_is_closed_by_who_takes_it_over(self) -> None:
        given = scenario(case).given(registered)
        given.when(replace(close, ground=Ground.TRANSFERRED)).then_rejected(ask.OnlyByTransfer())

    @pytest.mark.parametrize("ground", sorted(set(Ground) - {Ground.TRANSFERRED}))
    @pytest.mark.parametrize(
        "still",
        [
            Matters(commitments=(OVEN, SHOP)),
            Matters(invoices=(BILL,)),
            Matters(in_confidence=True),
            Matters(cash=(STIPEND,)),
            Matters(commitments=(OVEN,), invoices=(BILL,), in_confidence=True, cash=(STIPEND,)),
        ],
    )
    def test_whatever_is_owed_or_looked_into_blocks_and_is_named(
        self, ground: Ground, still: Matters
    ) -> None:
        given = scenario(case).given(registered)
        given.when(replace(close, ground=ground, open=still)).then_rejected(
            ask.StillOpen(
                still.commitments, still.invoices, (), (), still.in_confidence, still.cash
            )
        )

    def test_an_open_plan_keeps_a_case_from_being_completed(self) -> None:
        planned = replace(close, open=Matters(plans=(PLAN,)))
        given = scenario(case).given(registered)
        given.when(planned).then_rejected(ask.StillOpen((), (), (PLAN,), (), in_confidence=False))
        given.when(replace(planned, ground=Ground.REMIGRATED)).then(
            replace(closed, reason=Ground.REMIGRATED)
        )

    def test_nor_is_it_completed_over_what_is_owed_for_a_project_it_shares_in(self) -> None:
        shares = replace(close, open=Matters(shared=(OVEN,)))
        given = scenario(case).given(registered)
        given.when(shares).then_rejected(ask.StillOpen((), (), (), (OVEN,), in_confidence=False))
        given.when(replace(shares, ground=Ground.REMIGRATED)).then(
            replace(closed, reason=Ground.REMIGRATED)
        )

    def test_a_suspended_case_may_be_closed(self) -> None:
        given = scenario(case).given(registered, suspended)
        given.when(replace(close, ground=Ground.UNREACHABLE)).then(
            replace(closed, reason=Ground.UNREACHABLE)
        )

    def test_a_closed_case_takes_no_act_but_to_be_opened_again(self) -> None:
        given = scenario(case).given(registered, consented, closed)
        for command in (suspend, close, arrive):
            needed = {suspend: OPEN, close: (*OPEN, Stage.SUSPENDED), arrive: OPEN}[command]
            given.when(command).then_rejected(CaseIsAt(Stage.CLOSED, needed))


class TestWritingOff:
    """When somebody has died or cannot be found, nobody is left to deliver to (S11)."""

    close_over = replace(close, ground=Ground.DECEASED, open=OWED)

    def test_one_person_gives_up_what_is_owed_and_another_closes_the_case(self) -> None:
        scenario(case).given(registered).when(write_off).then(written_off)
        given = scenario(case).given(registered, written_off)
        given.when(self.close_over).then(replace(closed, reason=Ground.DECEASED))
        given.when(replace(self.close_over, by=PETRA)).then_rejected(
            ask.WriterOffCannotClose(PETRA)
        )

    def test_what_came_up_afterwards_still_blocks(self) -> None:
        more = replace(self.close_over, open=Matters(commitments=(OVEN, SHOP), in_confidence=True))
        given = scenario(case).given(registered, written_off)
        given.when(more).then_rejected(ask.StillOpen((SHOP,), (), (), (), in_confidence=True))

    def test_cash_is_never_written_off(self) -> None:
        """What was not handed over is given up in disbursement; what was is confirmed."""
        held = Matters(commitments=(OVEN,), invoices=(BILL,), cash=(STIPEND,))
        given = scenario(case).given(registered, written_off)
        given.when(replace(self.close_over, open=held)).then_rejected(
            ask.StillOpen((), (), (), (), in_confidence=False, cash=(STIPEND,))
        )
        scenario(case).given(registered).when(
            replace(write_off, open=Matters(cash=(STIPEND,)))
        ).then_rejected(ask.NothingToWriteOff(Ground.DECEASED))

    def test_it_counts_for_the_ground_it_was_given_for(self) -> None:
        given = scenario(case).given(registered, written_off)
        given.when(replace(self.close_over, ground=Ground.UNREACHABLE)).then_rejected(
            ask.StillOpen((OVEN,), (BILL,), (), (), in_confidence=False)
        )

    @pytest.mark.parametrize("ground", sorted(set(Ground) - ask.WRITTEN_OFF_FOR))
    def test_with_other_grounds_somebody_is_left_to_deliver_to(self, ground: Ground) -> None:
        given = scenario(case).given(registered)
        given.when(replace(write_off, ground=ground)).then_rejected(
            ask.NotWrittenOffFor(ground, (Ground.DECEASED, Ground.UNREACHABLE))
        )

    def test_nothing_owed_needs_no_writing_off(self) -> None:
        given = scenario(case).given(registered)
        given.when(replace(write_off, open=SETTLED)).then_rejected(
            ask.NothingToWriteOff(Ground.DECEASED)
        )

    def test_a_partner_does_not_give_up_what_is_owed(self) -> None:
        given = scenario(case).given(replace(registered, organisation=NGO))
        given.when(replace(write_off, by=ARBEN, organisation=NGO)).then_rejected(
            PartnerMayOnlyPropose(NGO, decides=IOM)
        )


class TestOpeningAgain:
    @pytest.mark.parametrize("stage", STAGES)
    def test_one_proposes_and_another_opens_it_where_it_was(self, stage: Stage) -> None:
        given = scenario(case).given(*STAGES[stage], closed)
        given.when(propose).then(proposed)
        given = scenario(case).given(*STAGES[stage], closed, proposed)
        reopened = ask.CaseReopened(by=PETRA, at=NOON, case=CASE, stage=stage, proposed_by=LINA)
        given.when(reopen).then(reopened)

    def test_a_case_that_rested_when_it_was_closed_rests_again(self) -> None:
        given = scenario(case).given(registered, suspended, closed, proposed)
        reopened = ask.CaseReopened(
            by=PETRA, at=NOON, case=CASE, stage=Stage.SUSPENDED, proposed_by=LINA
        )
        given.when(reopen).then(reopened)
        given = scenario(case).given(registered, suspended, closed, proposed, reopened)
        given.when(resume).then(
            ask.CaseResumed(by=PETRA, at=NOON, case=CASE, stage=Stage.REGISTERED)
        )

    def test_who_proposed_it_does_not_open_it(self) -> None:
        given = scenario(case).given(registered, closed, replace(proposed, by=PETRA))
        given.when(reopen).then_rejected(ask.ProposerCannotReopen(PETRA))
        given.when(replace(reopen, by=JURAJ)).then(
            ask.CaseReopened(
                by=JURAJ, at=NOON, case=CASE, stage=Stage.REGISTERED, proposed_by=PETRA
            )
        )

    def test_nobody_opens_it_unasked(self) -> None:
        given = scenario(case).given(registered, closed)
        given.when(reopen).then_rejected(ask.ReopeningNotProposed(Stage.CLOSED))

    def test_an_old_proposal_does_not_count_again(self) -> None:
        reopened = ask.CaseReopened(
            by=PETRA, at=NOON, case=CASE, stage=Stage.REGISTERED, proposed_by=LINA
        )
        given = scenario(case).given(registered, closed, proposed, reopened, closed)
        given.when(reopen).then_rejected(ask.ReopeningNotProposed(Stage.CLOSED))

    @pytest.mark.parametrize("ground", sorted(ask.FOR_GOOD))
    def test_what_goes_on_elsewhere_is_closed_for_good(self, ground: Ground) -> None:
        given = scenario(case).given(registered, replace(closed, reason=ground))
        for command in (propose, reopen):
            given.when(command).then_rejected(ask.ClosedForGood(ground))

    def test_an_open_case_is_not_opened(self) -> None:
        given = scenario(case).given(registered)
        given.when(propose).then_rejected(CaseIsAt(Stage.REGISTERED, (Stage.CLOSED,)))

    def test_what_was_written_off_is_owed_again(self) -> None:
        gone = replace(closed, reason=Ground.DECEASED)
        reopened = ask.CaseReopened(
            by=PETRA, at=NOON, case=CASE, stage=Stage.REGISTERED, proposed_by=LINA
        )
        given = scenario(case).given(registered, written_off, gone, proposed, reopened)
        given.when(replace(close, ground=Ground.DECEASED, open=OWED)).then_rejected(
            ask.StillOpen((OVEN,), (BILL,), (), (), in_confidence=False)
        )
