"""Restricted cases: known to those who need to know, and there is no such case for anybody else."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from services.intake.tests.people import (
    ARBEN,
    CASE,
    IOM,
    LINA,
    NGO,
    NOON,
    OMAR,
    OTHER_NGO,
    PETRA,
    TERMS,
    ZAHRA,
    consented,
    registered,
)
from services.intake.tests.test_case import register

from events.decider import Rejected
from events.scenario import scenario
from events.values import SYSTEM, AccessId, PersonId
from intake.domain import access as acc
from intake.domain.access import access
from intake.domain.case import CaseRequest, case, lifecycle
from intake.domain.case import protecting as ask
from intake.domain.case.asking import NoSuchCase, PartnerMayOnlyPropose
from intake.domain.case.consenting import WithdrawConsent
from intake.domain.consent import Scope

JURAJ, SOFIA = PersonId("per_juraj"), PersonId("per_sofia")
GLASS = AccessId("acs_1")
SOON = NOON + timedelta(hours=8)
WORDS = "she recognised the man who brought her here"

restrict = ask.RestrictCase(
    by=LINA, at=NOON, organisation=IOM, basis=ask.Basis.TRAFFICKING, words=WORDS
)
restricted = ask.CaseRestricted(
    by=LINA, at=NOON, case=CASE, returnee=ZAHRA, basis=ask.Basis.TRAFFICKING, words=WORDS
)
propose = ask.ProposeUnrestricting(by=LINA, at=NOON, organisation=IOM, words="he is in prison")
proposed = ask.CaseUnrestrictingProposed(
    by=LINA, at=NOON, case=CASE, returnee=ZAHRA, words="he is in prison"
)
unrestrict = ask.UnrestrictCase(by=PETRA, at=NOON, organisation=IOM, words="he is in prison")
assign = ask.AssignPerson(by=LINA, at=NOON, organisation=IOM, person=PETRA)
petra_is_assigned = ask.NeedToKnowGiven(by=LINA, at=NOON, case=CASE, person=PETRA)
let_in = ask.LetIn(
    by=SOFIA,
    at=NOON,
    organisation=IOM,
    person=OMAR,
    of_organisation=IOM,
    access=GLASS,
    until=SOON,
)
omar_is_let_in = ask.NeedToKnowGiven(
    by=SOFIA, at=NOON, case=CASE, person=OMAR, until=SOON, access=GLASS
)
suspend = lifecycle.SuspendCase(by=LINA, at=NOON, organisation=IOM, reason=lifecycle.Pause.REVIEW)


class TestNeedToKnow:
    def test_a_case_is_restricted_on_a_basis_that_stands_nowhere_in_public(self) -> None:
        scenario(case).given(registered).when(restrict).then(restricted)

    def test_once_is_enough(self) -> None:
        given = scenario(case).given(registered, restricted)
        given.when(restrict).then_rejected(ask.RestrictedAlready())

    def test_a_programme_may_restrict_its_cases_from_registration_on(self) -> None:
        terms = replace(TERMS, restricted_by_default=True)
        (
            scenario(case)
            .when(replace(register, terms=terms))
            .then(registered, replace(restricted, basis=ask.Basis.PROGRAMME, words=None))
        )

    @pytest.mark.parametrize(
        "command",
        [
            suspend,
            propose,
            unrestrict,
            replace(assign, person=SOFIA),
            WithdrawConsent(by=LINA, at=NOON, organisation=IOM, scopes=(Scope.ASSISTANCE,)),
        ],
    )
    def test_for_who_need_not_know_there_is_no_such_case(self, command: CaseRequest) -> None:
        given = scenario(case).given(registered, consented, restricted)
        given.when(replace(command, by=JURAJ)).then_rejected(NoSuchCase(IOM))

    def test_the_counsellor_of_record_assigns_who_needs_to_know(self) -> None:
        given = scenario(case).given(registered, restricted)
        given.when(assign).then(petra_is_assigned)

    def test_who_is_assigned_acts_on_it_like_before(self) -> None:
        given = scenario(case).given(registered, restricted, petra_is_assigned)
        given.when(replace(suspend, by=PETRA)).then(
            lifecycle.CaseSuspended(by=PETRA, at=NOON, case=CASE, reason=suspend.reason)
        )

    def test_who_is_unassigned_no_longer_knows_it(self) -> None:
        ended = ask.NeedToKnowEnded(by=LINA, at=NOON, case=CASE, person=PETRA)
        unassign = ask.UnassignPerson(by=LINA, at=NOON, organisation=IOM, person=PETRA)
        given = scenario(case).given(registered, restricted, petra_is_assigned)
        given.when(unassign).then(ended)
        given = scenario(case).given(registered, restricted, petra_is_assigned, ended)
        given.when(replace(suspend, by=PETRA)).then_rejected(NoSuchCase(IOM))
        given.when(unassign).then_rejected(ask.NotAssigned(PETRA))

    def test_assigning_twice_is_once(self) -> None:
        given = scenario(case).given(registered, restricted, petra_is_assigned)
        given.when(assign).then()

    def test_to_a_case_that_everybody_knows_nobody_is_assigned(self) -> None:
        scenario(case).given(registered).when(assign).then_rejected(ask.NotRestricted())

    def test_being_assigned_opens_no_case_of_another_organisation(self) -> None:
        theirs = case.fold([registered, restricted, replace(petra_is_assigned, person=ARBEN)])
        assert theirs is not None
        assert theirs.known_to(ARBEN, IOM, NOON)
        assert not theirs.known_to(ARBEN, OTHER_NGO, NOON)

    def test_the_platform_itself_goes_on(self) -> None:
        state = case.fold([registered, restricted])
        assert state is not None
        assert state.known_to(SYSTEM, IOM, NOON)


class TestLifting:
    def test_one_person_proposes_it(self) -> None:
        scenario(case).given(registered, restricted).when(propose).then(proposed)
        scenario(case).given(registered).when(propose).then_rejected(ask.NotRestricted())

    def test_nobody_lifts_it_alone(self) -> None:
        given = scenario(case).given(registered, restricted, petra_is_assigned)
        given.when(unrestrict).then_rejected(ask.UnrestrictingNotProposed())
        hers = replace(proposed, by=PETRA)
        given.given(hers).when(unrestrict).then_rejected(ask.ProposerCannotUnrestrict(PETRA))

    def test_another_person_lifts_the_restriction(self) -> None:
        lifted = ask.CaseUnrestricted(
            by=PETRA, at=NOON, case=CASE, returnee=ZAHRA, words="he is in prison"
        )
        given = scenario(case).given(registered, restricted, petra_is_assigned, proposed)
        given.when(unrestrict).then(lifted)
        state = case.fold([registered, restricted, petra_is_assigned, proposed, lifted])
        assert state is not None
        assert state.unrestricting is None
        assert state.known_to(JURAJ, IOM, NOON)
        assert state.readers == ()

    @pytest.mark.parametrize("person", [LINA, PETRA])
    def test_not_who_restricted_it_nor_its_counsellor(self, person: PersonId) -> None:
        by_petra = replace(restricted, by=PETRA)
        by_omar = replace(proposed, by=OMAR)
        given = scenario(case).given(registered, by_petra, petra_is_assigned, by_omar)
        given.when(replace(unrestrict, by=person)).then_rejected(
            ask.RestrictorCannotUnrestrict(person)
        )

    def test_a_partner_does_not_lift_it(self) -> None:
        theirs = replace(registered, organisation=NGO)
        arben = replace(petra_is_assigned, person=ARBEN)
        given = scenario(case).given(theirs, restricted, arben)
        given.when(replace(unrestrict, by=ARBEN, organisation=NGO)).then_rejected(
            PartnerMayOnlyPropose(NGO, decides=IOM)
        )


class TestLettingIn:
    def test_who_was_let_in_knows_the_case_until_the_time_is_over(self) -> None:
        given = scenario(case).given(registered, restricted)
        given.when(let_in).then(omar_is_let_in)
        given = scenario(case).given(registered, restricted, omar_is_let_in)
        before = SOON - timedelta(microseconds=1)
        given.when(replace(suspend, by=OMAR, at=before)).then(
            lifecycle.CaseSuspended(by=OMAR, at=before, case=CASE, reason=suspend.reason)
        )
        given.when(replace(suspend, by=OMAR, at=SOON)).then_rejected(NoSuchCase(IOM))

    @pytest.mark.parametrize(
        "command",
        [
            replace(assign, person=OMAR),
            replace(assign, person=JURAJ),
            ask.UnassignPerson(by=OMAR, at=NOON, organisation=IOM, person=PETRA),
            propose,
            unrestrict,
        ],
    )
    def test_who_was_let_in_changes_nothing_about_who_knows_the_case(
        self, command: ask.Request
    ) -> None:
        given = scenario(case).given(registered, restricted, petra_is_assigned, omar_is_let_in)
        given = given.given(proposed)
        given.when(replace(command, by=OMAR)).then_rejected(ask.OnlyLetIn(OMAR))
        assigned = replace(petra_is_assigned, person=OMAR)
        given.given(assigned).when(replace(assign, by=OMAR, person=JURAJ)).then(
            replace(petra_is_assigned, by=OMAR, person=JURAJ)
        )

    def test_who_is_assigned_does_not_assign_themselves(self) -> None:
        given = scenario(case).given(registered, restricted)
        given.when(replace(assign, person=LINA)).then_rejected(ask.NobodyAssignsThemselves(LINA))

    def test_the_access_ends_with_who_was_let_in_by_it(self) -> None:
        shut = ask.ShutOut(by=SOFIA, at=NOON, organisation=IOM, access=GLASS)
        given = scenario(case).given(registered, restricted, petra_is_assigned, omar_is_let_in)
        given.when(shut).then(
            ask.NeedToKnowEnded(by=SOFIA, at=NOON, case=CASE, person=OMAR, access=GLASS)
        )

    @pytest.mark.parametrize(
        ("command", "refusal"),
        [
            (replace(let_in, organisation=OTHER_NGO), NoSuchCase(OTHER_NGO)),
            (replace(let_in, of_organisation=OTHER_NGO), NoSuchCase(OTHER_NGO)),
        ],
    )
    def test_another_organisation_neither_lets_in_nor_is_let_in(
        self, command: ask.LetIn, refusal: Rejected
    ) -> None:
        scenario(case).given(registered, restricted).when(command).then_rejected(refusal)

    def test_a_partner_that_keeps_the_case_lets_nobody_in(self) -> None:
        theirs = replace(registered, organisation=NGO)
        given = scenario(case).given(theirs, restricted)
        given.when(replace(let_in, organisation=NGO)).then_rejected(
            PartnerMayOnlyPropose(NGO, decides=IOM)
        )

    def test_nobody_is_let_into_a_case_that_everybody_knows(self) -> None:
        scenario(case).given(registered).when(let_in).then_rejected(ask.NotRestricted())


asks = acc.AskAccess(
    by=OMAR,
    at=NOON,
    access=GLASS,
    case=CASE,
    concerns=ZAHRA,
    organisation=IOM,
    reason=acc.Reason.DANGER_TO_LIFE,
    words=WORDS,
)
asked = acc.AccessRequested(
    by=OMAR,
    at=NOON,
    access=GLASS,
    case=CASE,
    concerns=ZAHRA,
    organisation=IOM,
    reason=acc.Reason.DANGER_TO_LIFE,
    words=WORDS,
)
grants = acc.GrantAccess(by=SOFIA, at=NOON, hours=8, hours_at_most=24)
granted = acc.AccessGranted(by=SOFIA, at=NOON, access=GLASS, case=CASE, person=OMAR, until=SOON)
refuses = acc.RefuseAccess(by=SOFIA, at=NOON)
ends = acc.EndAccess(by=OMAR, at=NOON)
ended = acc.AccessEnded(by=OMAR, at=NOON, access=GLASS, case=CASE, person=OMAR)


class TestBreakGlass:
    def test_it_is_asked_for_with_a_reason(self) -> None:
        scenario(access).when(asks).then(asked)

    def test_a_second_person_grants_it_for_a_time(self) -> None:
        scenario(access).given(asked).when(grants).then(granted)

    @pytest.mark.parametrize("command", [grants, refuses])
    def test_the_asker_does_not_decide(self, command: acc.AccessCommand) -> None:
        given = scenario(access).given(asked)
        given.when(replace(command, by=OMAR)).then_rejected(acc.AskerCannotGrant(OMAR))

    def test_nobody_is_let_in_for_longer_than_the_programme_says(self) -> None:
        given = scenario(access).given(asked)
        given.when(replace(grants, hours=25)).then_rejected(acc.TooLong(25, 24))

    def test_it_may_be_refused(self) -> None:
        refused = acc.AccessRefused(by=SOFIA, at=NOON, access=GLASS, case=CASE, person=OMAR)
        scenario(access).given(asked).when(refuses).then(refused)
        given = scenario(access).given(asked, refused)
        given.when(grants).then_rejected(acc.AccessIsAt(acc.Stage.REFUSED, acc.Stage.ASKED))
        given.when(ends).then_rejected(acc.AccessIsAt(acc.Stage.REFUSED, acc.Stage.GRANTED))

    def test_it_is_decided_once(self) -> None:
        given = scenario(access).given(asked, granted)
        for command in (replace(grants, by=PETRA), replace(refuses, by=PETRA)):
            given.when(command).then_rejected(acc.AccessIsAt(acc.Stage.GRANTED, acc.Stage.ASKED))

    def test_it_ends_once(self) -> None:
        scenario(access).given(asked, granted).when(ends).then(ended)
        scenario(access).given(asked, granted, ended).when(ends).then()
        scenario(access).given(asked).when(ends).then_rejected(
            acc.AccessIsAt(acc.Stage.ASKED, acc.Stage.GRANTED)
        )
