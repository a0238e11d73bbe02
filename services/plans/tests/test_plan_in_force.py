"""Plans after they are approved: changed, resting, ended; and what their orders keep."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from services.plans.tests.acts import (
    amend,
    amending,
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
    in_force,
    item_cancelled,
    peters_no,
    peters_yes,
    propose,
    record,
    recorded,
    reject,
    remove,
    resume,
    resumed,
    revise,
    sign,
    submit,
    suspend,
    suspended,
    unanswered,
    withdraw,
    withdrawn,
    zuzanas_no,
    zuzanas_yes,
)
from services.plans.tests.people import (
    BUSINESS,
    CASE,
    KIT,
    LINA,
    NGO,
    NOON,
    OMAR,
    OVEN,
    PETER,
    PETRA,
    PLAN,
    THE_OVEN,
    ZAHRA,
    ZUZANA,
    an_oven,
    drafted,
    eur,
    expected,
    feasible,
    signed,
    standing,
    submitted,
)

from events.money import Money
from events.scenario import scenario
from events.values import SYSTEM, Code, ItemId
from plans.domain.good_standing import ConsentMissing
from plans.domain.plan import plan
from plans.domain.plan import refusals as no
from plans.domain.plan import requests as ask
from plans.domain.plan.evolution import PlanEvent
from plans.domain.plan.facts import ApprovedItem, AssistanceItemRevised, PlanReturnedUnanswered
from plans.domain.plan.facts_in_force import (
    PlanAmendmentApproved,
    PlanAmendmentRejected,
    PlanAmendmentWithdrawn,
)
from plans.domain.plan.kinds import Ending, Stage
from plans.domain.plan.state import digest

LATE = NOON + timedelta(days=7, seconds=1)

cheaper = AssistanceItemRevised(
    by=LINA,
    at=NOON,
    plan=PLAN,
    returnee=ZAHRA,
    item=OVEN,
    spec=Code("bread_oven"),
    ceiling=eur(1700),
)
CHEAPER = replace(THE_OVEN, ceiling=eur(1700))
NEXT = digest(PLAN, CASE, (CHEAPER,), 2)
signed_again = replace(signed, digest=NEXT, version_signed=1)
asked = (
    *in_force,
    amending,
    cheaper,
    signed_again,
    replace(submitted, digest=NEXT, total=eur(1700)),
    replace(expected, version=2),
)
judged = (*asked, feasible)
amended = PlanAmendmentApproved(
    by=PETER,
    at=NOON,
    plan=PLAN,
    case=CASE,
    returnee=ZAHRA,
    programme=approved.programme,
    programme_version=1,
    from_version=1,
    to_version=2,
    approvers=(ZUZANA, PETER),
    items=(
        ApprovedItem(
            OVEN,
            BUSINESS.type,
            BUSINESS.dimension,
            BUSINESS.modality,
            Code("bread_oven"),
            eur(1700),
        ),
    ),
    dropped=(),
    total=eur(1700),
    drafter=LINA,
    counsellor=LINA,
    digest=NEXT,
)


def on_order(amount: Money) -> dict[ItemId, Money]:
    return {OVEN: amount}


class TestTime:
    def test_what_is_not_answered_in_time_is_returned_by_the_system(self) -> None:
        outcome = (
            scenario(plan)
            .given(*before_committee, zuzanas_yes)
            .when(replace(unanswered, at=LATE))
            .then(
                PlanReturnedUnanswered(
                    by=SYSTEM,
                    at=LATE,
                    plan=PLAN,
                    case=CASE,
                    version=1,
                    answer_by=expected.answer_by,
                    approvals=1,
                    rejections=0,
                )
            )
        )
        assert outcome.state
        assert outcome.state.stage is Stage.RETURNED
        assert outcome.state.first.approvers == ()

    def test_a_split_vote_is_returned_too_and_never_decided_by_time(self) -> None:
        outcome = scenario(plan).given(*before_committee, zuzanas_yes, peters_no)
        (event,) = plan.decide(replace(unanswered, at=LATE), outcome.when(unanswered).state)
        assert isinstance(event, PlanReturnedUnanswered)
        assert (event.approvals, event.rejections) == (1, 1)

    def test_not_before_the_time_is_over(self) -> None:
        for at in (NOON, expected.answer_by):
            scenario(plan).given(*before_committee).when(replace(unanswered, at=at)).then()

    @pytest.mark.parametrize("facts", [(drafted,), (*before_committee, zuzanas_yes), in_force])
    def test_and_nothing_where_nothing_waits(self, facts: tuple[PlanEvent, ...]) -> None:
        scenario(plan).given(*facts).when(unanswered).then()

    def test_an_amendment_goes_back_while_the_plan_stays_in_force(self) -> None:
        outcome = scenario(plan).given(*judged).when(replace(unanswered, at=LATE))
        assert outcome.state
        assert outcome.state.stage is Stage.APPROVED


class TestDocuments:
    asked = (ask.Asked(OVEN, (Code("business_plan"), Code("admission_letter"))),)

    def test_a_paper_that_the_programme_asks_for_is_recorded_once(self) -> None:
        given = scenario(plan).given(drafted, an_oven)
        given.when(record).then(recorded)
        given.given(recorded).when(record).then()

    def test_not_one_that_it_does_not_ask_for(self) -> None:
        other = replace(record, kind=Code("photo"))
        scenario(plan).given(drafted, an_oven).when(other).then_rejected(
            no.DocumentNotAskedFor(Code("photo"), record.kinds)
        )

    def test_nor_for_an_item_that_is_not_there(self) -> None:
        scenario(plan).given(drafted).when(record).then_rejected(no.NoSuchItem(OVEN))

    def test_approval_is_refused_naming_what_is_missing(self) -> None:
        given = scenario(plan).given(*before_committee)
        given.when(replace(approve, asked=self.asked)).then_rejected(
            no.DocumentsMissing(OVEN, (Code("business_plan"), Code("admission_letter")))
        )
        given.given(recorded).when(replace(approve, asked=self.asked)).then_rejected(
            no.DocumentsMissing(OVEN, (Code("admission_letter"),))
        )
        letter = replace(recorded, kind=Code("admission_letter"))
        given.given(recorded, letter).when(replace(approve, asked=self.asked)).then(zuzanas_yes)

    def test_a_paper_does_not_void_the_signature(self) -> None:
        given = scenario(plan).given(drafted, an_oven, signed, recorded)
        given.when(submit).then(submitted, expected)

    def test_papers_that_follow_come_after_completion_too(self) -> None:
        scenario(plan).given(*in_force, completed).when(record).then(recorded)


class TestAmendments:
    def test_the_next_version_begins_as_the_one_in_force(self) -> None:
        outcome = scenario(plan).given(*in_force).when(amend).then(amending)
        assert outcome.state
        assert outcome.state.amendment
        assert outcome.state.amendment.items == outcome.state.items

    def test_one_at_a_time(self) -> None:
        scenario(plan).given(*in_force, amending).when(amend).then_rejected(
            no.AmendmentOpen(PLAN, 2)
        )

    def test_not_of_a_plan_that_nobody_approved(self) -> None:
        scenario(plan).given(*before_committee).when(amend).then_rejected(
            no.PlanIsAt(Stage.FEASIBLE, (Stage.APPROVED,))
        )

    def test_no_item_is_changed_without_one(self) -> None:
        for act in (propose, revise, remove, sign, submit, withdraw):
            scenario(plan).given(*in_force).when(act).then_rejected(no.NothingAskedFor(PLAN))

    def test_an_amendment_that_changes_nothing_is_none(self) -> None:
        again = replace(signed, digest=digest(PLAN, CASE, (THE_OVEN,), 2))
        scenario(plan).given(*in_force, amending, again).when(submit).then_rejected(
            no.NothingChanged(1)
        )

    def test_it_is_signed_again_and_the_first_signature_does_not_do(self) -> None:
        given = scenario(plan).given(*in_force, amending, cheaper)
        given.when(submit).then_rejected(no.NotSigned(PLAN))
        given.when(sign).then_rejected(no.SignedSomethingElse(signed.digest, NEXT))
        given.when(replace(sign, digest=NEXT)).then(signed_again)

    def test_approved_by_the_quorum_it_takes_the_place_of_the_one_before(self) -> None:
        outcome = (
            scenario(plan)
            .given(*judged, zuzanas_yes)
            .when(replace(approve, by=PETER))
            .then(peters_yes, amended)
        )
        assert outcome.state
        assert (outcome.state.version, outcome.state.total) == (2, eur(1700))
        assert outcome.state.amendment is None

    def test_who_proposed_it_has_no_vote_on_it(self) -> None:
        by_zuzana = tuple(replace(f, by=ZUZANA) if f == amending else f for f in judged)
        scenario(plan).given(*by_zuzana).when(approve).then_rejected(
            no.DrafterCannotApprove(ZUZANA)
        )

    def test_until_then_the_one_before_stays_in_force(self) -> None:
        outcome = scenario(plan).given(*judged).when(approve).then(zuzanas_yes)
        assert outcome.state
        assert (outcome.state.version, outcome.state.total) == (1, eur(1850))

    def test_rejected_by_the_quorum_the_one_before_stays(self) -> None:
        outcome = (
            scenario(plan)
            .given(*judged, zuzanas_no)
            .when(replace(reject, by=PETER))
            .then(
                peters_no,
                PlanAmendmentRejected(
                    by=PETER,
                    at=NOON,
                    plan=PLAN,
                    case=CASE,
                    from_version=1,
                    to_version=2,
                    reason=reject.reason,
                ),
            )
        )
        assert outcome.state
        assert (outcome.state.stage, outcome.state.total) == (Stage.APPROVED, eur(1850))

    def test_taken_back_it_leaves_the_one_before_and_its_number_is_not_used_again(self) -> None:
        back = PlanAmendmentWithdrawn(
            by=LINA,
            at=NOON,
            plan=PLAN,
            case=CASE,
            from_version=1,
            to_version=2,
            reason=Ending.RETURNEE_ASKED,
        )
        given = scenario(plan).given(*judged)
        given.when(withdraw).then(back)
        given.given(back).when(amend).then(replace(amending, to_version=3))

    def test_an_item_on_order_does_not_shrink_below_it(self) -> None:
        given = scenario(plan).given(*in_force, amending)
        held = on_order(eur(1750))
        given.when(replace(revise, committed=held)).then_rejected(
            no.MoneyCommitted(OVEN, eur(1750), eur(1700))
        )
        given.when(replace(revise, committed=on_order(eur(1700)))).then(cheaper)

    def test_nor_vanish(self) -> None:
        scenario(plan).given(*in_force, amending).when(
            replace(remove, committed=on_order(eur(1)))
        ).then_rejected(no.MoneyCommitted(OVEN, eur(1), eur(0)))

    def test_nor_by_an_order_that_came_while_the_committee_thought(self) -> None:
        scenario(plan).given(*judged, zuzanas_yes).when(
            replace(approve, by=PETER, committed=on_order(eur(1701)))
        ).then_rejected(no.MoneyCommitted(OVEN, eur(1701), eur(1700)))

    def test_an_item_keeps_its_id_for_ever(self) -> None:
        scenario(plan).given(*in_force, amending).when(propose).then_rejected(
            no.SuchItemAlready(OVEN)
        )
        given = scenario(plan).given(*in_force, amending)
        given.when(replace(propose, item=KIT, ceiling=eur(500)))


class TestResting:
    def test_a_plan_is_suspended_and_another_person_resumes_it(self) -> None:
        scenario(plan).given(*in_force).when(suspend).then(suspended)
        scenario(plan).given(*in_force, suspended).when(resume).then(resumed)

    def test_who_suspended_it_does_not_resume_it(self) -> None:
        scenario(plan).given(*in_force, suspended).when(replace(resume, by=PETRA)).then_rejected(
            no.SuspenderCannotResume(PETRA)
        )

    def test_the_system_resumes_what_it_suspended_itself(self) -> None:
        by_system = replace(suspended, by=SYSTEM)
        scenario(plan).given(*in_force, by_system).when(replace(resume, by=SYSTEM)).then(
            replace(resumed, by=SYSTEM)
        )

    def test_not_for_a_case_that_may_receive_nothing(self) -> None:
        without = replace(standing, consented=False)
        scenario(plan).given(*in_force, suspended).when(
            replace(resume, standing=without)
        ).then_rejected(ConsentMissing(ZAHRA))

    def test_while_it_rests_no_change_of_it_is_judged(self) -> None:
        for act in (amend, approve, reject, propose):
            outcome = scenario(plan).given(*judged, suspended).when(act)
            assert isinstance(outcome.rejection, no.PlanIsAt)

    def test_only_what_is_in_force_rests(self) -> None:
        scenario(plan).given(*before_feasibility).when(suspend).then_rejected(
            no.PlanIsAt(Stage.SUBMITTED, (Stage.APPROVED,))
        )


class TestEnding:
    def test_it_is_withdrawn_at_any_time_before_it_is_decided_on(self) -> None:
        for facts in ((drafted,), before_feasibility, before_committee):
            scenario(plan).given(*facts).when(withdraw).then(withdrawn)

    def test_cancelling_an_item_frees_what_it_might_have_cost(self) -> None:
        outcome = scenario(plan).given(*in_force).when(cancel_item).then(item_cancelled)
        assert outcome.state
        assert outcome.state.total == eur(0)

    def test_not_one_that_is_on_order(self) -> None:
        scenario(plan).given(*in_force).when(
            replace(cancel_item, committed=on_order(eur(900)))
        ).then_rejected(no.MoneyCommitted(OVEN, eur(900), eur(0)))

    def test_nor_twice_nor_while_a_change_is_asked_for(self) -> None:
        scenario(plan).given(*in_force, item_cancelled).when(cancel_item).then_rejected(
            no.ItemIsCancelled(OVEN)
        )
        scenario(plan).given(*judged).when(cancel_item).then_rejected(no.AmendmentOpen(PLAN, 2))

    def test_cancelling_the_plan_frees_what_no_order_holds(self) -> None:
        scenario(plan).given(*in_force).when(replace(cancel, committed=on_order(eur(900)))).then(
            replace(cancelled, committed=eur(900), freed=eur(950))
        )

    def test_also_while_it_rests(self) -> None:
        scenario(plan).given(*in_force, suspended).when(cancel).then(cancelled)

    def test_who_drafted_it_does_not_cancel_it_alone(self) -> None:
        scenario(plan).given(*in_force).when(replace(cancel, by=LINA)).then_rejected(
            no.DrafterCannotCancel(LINA)
        )

    def test_nor_does_a_partner(self) -> None:
        of_ngo = replace(drafted, organisation=NGO)
        facts = tuple(of_ngo if fact == drafted else fact for fact in in_force)
        scenario(plan).given(*facts).when(replace(cancel, organisation=NGO, by=OMAR)).then_rejected(
            no.PartnerMayOnlyPropose(NGO, standing.run_by)
        )

    def test_it_is_completed_with_the_papers_that_are_asked_for_afterwards(self) -> None:
        afterwards = replace(complete, asked=(ask.Asked(OVEN, (recorded.kind,)),))
        scenario(plan).given(*in_force).when(afterwards).then_rejected(
            no.DocumentsMissing(OVEN, (recorded.kind,))
        )
        scenario(plan).given(*in_force, recorded).when(afterwards).then(completed)

    def test_it_is_completed_when_every_item_is_done(self) -> None:
        scenario(plan).given(*in_force).when(replace(complete, committed=on_order(eur(1800)))).then(
            replace(completed, committed=eur(1800), freed=eur(50))
        )

    def test_or_cancelled(self) -> None:
        without = replace(complete, done=frozenset())
        scenario(plan).given(*in_force, item_cancelled).when(without).then(
            replace(completed, freed=eur(0))
        )

    def test_not_before(self) -> None:
        scenario(plan).given(*in_force).when(replace(complete, done=frozenset())).then_rejected(
            no.NotAllDone((OVEN,))
        )

    def test_not_while_a_change_is_asked_for(self) -> None:
        scenario(plan).given(*in_force, amending).when(complete).then_rejected(
            no.AmendmentOpen(PLAN, 2)
        )

    def test_feasibility_is_found_again_for_what_is_changed(self) -> None:
        scenario(plan).given(*asked).when(confirm).then(feasible)
