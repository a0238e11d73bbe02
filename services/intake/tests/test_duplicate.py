"""Suspected pairs and merged cases: a machine suspects, a person decides, another one undoes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from msgspec.structs import replace
from services.intake.tests.people import (
    ARBEN,
    CASE,
    IOM,
    LINA,
    NGO,
    NOON,
    OMAR,
    PETRA,
    YUSUF,
    ZAHRA,
    registered,
)

from events.scenario import scenario
from events.values import SYSTEM, CaseId, Code, PersonId, ProgrammeId
from intake.domain.case import CaseEvent, case, merging
from intake.domain.case.asking import NoSuchCase, PartnerMayOnlyPropose
from intake.domain.case.consenting import WithdrawConsent
from intake.domain.case.state import Case, Merged
from intake.domain.consent import Scope
from intake.domain.duplicate import (
    Agreement,
    APersonDecides,
    Confirmation,
    ConfirmDuplicate,
    ConfirmedByYou,
    Dismissal,
    DismissDuplicate,
    DuplicateConfirmed,
    DuplicateDismissed,
    DuplicateSuspected,
    Known,
    NoSuchPair,
    PairIs,
    RegisteredBoth,
    StillMerged,
    SuspectDuplicate,
    pair,
    pair_of,
)
from intake.domain.duplicate import Stage as PairStage

OTHER_CASE = CaseId("cas_2")
AMINA = PersonId("per_amina")
PAIR = pair_of(ZAHRA, AMINA)
RAMI = PersonId("per_rami")

here = case.evolve(None, registered)
there = case.evolve(
    None, replace(registered, by=RAMI, case=OTHER_CASE, returnee=AMINA, counsellor=RAMI)
)
suspected = DuplicateSuspected(
    by=SYSTEM,
    at=NOON,
    pair=PAIR,
    person=AMINA,
    case=OTHER_CASE,
    other_person=ZAHRA,
    other_case=CASE,
    score=9400,
    agreeing=(Agreement.NAME, Agreement.PHONE),
)
confirmed = DuplicateConfirmed(by=PETRA, at=NOON, pair=PAIR, reason=Confirmation.SAME_DOCUMENT)


def confirm(by: PersonId, *cases: Case, organisation: Code = IOM) -> ConfirmDuplicate:
    return ConfirmDuplicate(
        by=by,
        at=NOON,
        organisation=organisation,
        cases=cases or (there, here),
        reason=Confirmation.SAME_DOCUMENT,
    )


def dismiss(by: PersonId, *cases: Case) -> DismissDuplicate:
    return DismissDuplicate(
        by=by,
        at=NOON,
        organisation=IOM,
        cases=cases or (there, here),
        reason=Dismissal.FAMILY_MEMBER,
    )


class TestPairs:
    def test_the_platform_suspects(self) -> None:
        ask = SuspectDuplicate(
            by=SYSTEM,
            at=NOON,
            one=Known(ZAHRA, CASE),
            other=Known(AMINA, OTHER_CASE),
            score=9400,
            agreeing=(Agreement.NAME, Agreement.PHONE),
        )
        scenario(pair).given().when(ask).then(suspected)
        scenario(pair).given(suspected).when(ask).then()
        scenario(pair).given(suspected, confirmed).when(ask).then()

    def test_two_people_are_one_pair_whoever_is_named_first(self) -> None:
        assert pair_of(ZAHRA, AMINA) == pair_of(AMINA, ZAHRA) != pair_of(ZAHRA, YUSUF)

    def test_a_person_confirms(self) -> None:
        scenario(pair).given(suspected).when(confirm(PETRA)).then(confirmed)

    def test_a_person_dismisses(self) -> None:
        scenario(pair).given(suspected).when(dismiss(OMAR)).then(
            DuplicateDismissed(by=OMAR, at=NOON, pair=PAIR, reason=Dismissal.FAMILY_MEMBER)
        )

    def test_the_platform_decides_nothing(self) -> None:
        scenario(pair).given(suspected).when(confirm(SYSTEM)).then_rejected(APersonDecides(SYSTEM))
        scenario(pair).given(suspected).when(dismiss(SYSTEM)).then_rejected(APersonDecides(SYSTEM))

    def test_who_registered_both_does_not_decide(self) -> None:
        by_lina = replace(there, registrar=LINA)
        scenario(pair).given(suspected).when(confirm(LINA, by_lina, here)).then_rejected(
            RegisteredBoth(LINA)
        )
        scenario(pair).given(suspected).when(confirm(LINA)).then(replace(confirmed, by=LINA))

    def test_who_cannot_see_both_cases_does_not_decide(self) -> None:
        theirs = replace(there, organisation=NGO)
        scenario(pair).given(suspected).when(
            confirm(ARBEN, theirs, here, organisation=NGO)
        ).then_rejected(NoSuchPair(NGO))
        restricted = replace(there, restricted=True)
        scenario(pair).given(suspected).when(confirm(PETRA, restricted, here)).then_rejected(
            NoSuchPair(IOM)
        )

    def test_what_nobody_suspected_is_not_decided(self) -> None:
        scenario(pair).given().when(confirm(PETRA)).then_rejected(NoSuchPair(IOM))

    def test_it_is_decided_once(self) -> None:
        scenario(pair).given(suspected, confirmed).when(confirm(OMAR)).then_rejected(
            PairIs(PairStage.CONFIRMED)
        )

    def test_a_mistake_is_found_by_somebody_else(self) -> None:
        scenario(pair).given(suspected, confirmed).when(dismiss(PETRA)).then_rejected(
            ConfirmedByYou(PETRA)
        )
        scenario(pair).given(suspected, confirmed).when(dismiss(OMAR)).then(
            DuplicateDismissed(by=OMAR, at=NOON, pair=PAIR, reason=Dismissal.FAMILY_MEMBER)
        )

    def test_not_while_the_cases_are_merged_on_it(self) -> None:
        merged = replace(there, merged=Merged(into=CASE, pair=PAIR, by=PETRA))
        scenario(pair).given(suspected, confirmed).when(dismiss(OMAR, merged, here)).then_rejected(
            StillMerged(OTHER_CASE)
        )


def merge(by: PersonId = PETRA, into: Case = there, **changed: Any) -> merging.MergeCase:
    asked = merging.MergeCase(by=by, at=NOON, organisation=IOM, into=into, confirmed=PAIR)
    return replace(asked, **changed)


merged_in = merging.CaseMerged(by=PETRA, at=NOON, case=CASE, into=OTHER_CASE, pair=PAIR)
took_in = merging.CaseTookIn(by=PETRA, at=NOON, case=CASE, other=OTHER_CASE)
unmerge = merging.UnmergeCase(by=OMAR, at=NOON, organisation=IOM)


class TestMerging:
    def test_a_case_is_merged_on_a_confirmed_pair(self) -> None:
        scenario(case).given(registered).when(merge()).then(merged_in)

    def test_not_without_one(self) -> None:
        scenario(case).given(registered).when(merge(confirmed=None)).then_rejected(
            merging.NothingConfirmed(CASE, OTHER_CASE)
        )

    def test_not_by_the_platform(self) -> None:
        scenario(case).given(registered).when(merge(SYSTEM)).then_rejected(
            merging.APersonMerges(SYSTEM)
        )

    def test_not_by_a_partner(self) -> None:
        theirs = replace(registered, organisation=NGO)
        scenario(case).given(theirs).when(merge(ARBEN, organisation=NGO)).then_rejected(
            PartnerMayOnlyPropose(NGO, decides=IOM)
        )
        scenario(case).given(registered).when(merge(ARBEN, organisation=NGO)).then_rejected(
            NoSuchCase(NGO)
        )

    def test_not_into_a_case_of_another_programme(self) -> None:
        elsewhere = replace(there, programme=ProgrammeId("prg_other"))
        scenario(case).given(registered).when(merge(into=elsewhere)).then_rejected(
            merging.OfAnotherProgramme(ProgrammeId("prg_other"))
        )

    def test_not_when_it_took_in_another(self) -> None:
        scenario(case).given(registered, took_in).when(merge()).then_rejected(
            merging.HasTakenIn(CASE, (OTHER_CASE,))
        )

    @pytest.mark.parametrize(
        "ask",
        [
            WithdrawConsent(by=LINA, at=NOON, organisation=IOM, scopes=(Scope.ASSISTANCE,)),
            merge(),
            merging.TakeInCase(by=PETRA, at=NOON, organisation=IOM, other=OTHER_CASE),
        ],
    )
    def test_a_merged_case_takes_no_other_act(self, ask: Any) -> None:
        scenario(case).given(registered, merged_in).when(ask).then_rejected(
            merging.CaseIsMerged(OTHER_CASE)
        )

    def test_a_second_person_unmerges(self) -> None:
        scenario(case).given(registered, merged_in).when(unmerge).then(
            merging.CaseUnmerged(by=OMAR, at=NOON, case=CASE, into=OTHER_CASE)
        )
        scenario(case).given(registered, merged_in).when(replace(unmerge, by=PETRA)).then_rejected(
            merging.MergedByYou(PETRA)
        )

    def test_what_was_not_merged_is_not_unmerged(self) -> None:
        scenario(case).given(registered).when(unmerge).then_rejected(merging.CaseIsNotMerged(CASE))

    def test_the_case_that_goes_on_names_what_it_took_in_and_gives_it_back(self) -> None:
        take = merging.TakeInCase(by=PETRA, at=NOON, organisation=IOM, other=OTHER_CASE)
        scenario(case).given(registered).when(take).then(took_in)
        back = merging.GiveBackCase(by=OMAR, at=NOON, organisation=IOM, other=OTHER_CASE)
        gave = merging.CaseGaveBack(by=OMAR, at=NOON, case=CASE, other=OTHER_CASE)
        scenario(case).given(registered, took_in).when(back).then(gave)

    @given(some.integers(1, 6))
    def test_unmerged_it_is_what_it_was_however_often(self, times: int) -> None:
        apart = merging.CaseUnmerged(by=OMAR, at=NOON, case=CASE, into=OTHER_CASE)
        facts: list[CaseEvent] = [registered]
        for _ in range(times):
            facts += [merged_in, apart]
        assert case.fold(facts) == here
