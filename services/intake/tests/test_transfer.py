"""Transfers: offered with a list, accepted by the other organisation, only what was agreed to."""

from typing import Any

import pytest
from msgspec.structs import replace
from services.intake.tests.people import (
    ARBEN,
    CASE,
    IOM,
    LINA,
    NGO,
    NOON,
    OTHER_NGO,
    PAPER,
    ZAHRA,
    a_child_of_hers,
    consented,
    registered,
    she_is_his_guardian,
)

from events.decider import Rejected
from events.personal import Kind
from events.scenario import scenario
from events.values import Code, CommitmentId, Digest, PersonId, TransferId
from intake.domain import transfer as ask
from intake.domain.case import case, handover
from intake.domain.case.asking import CaseIsAt, NoSuchCase
from intake.domain.case.consenting import ConsentWithdrawn
from intake.domain.case.kinds import OPEN, Ground, Stage
from intake.domain.case.lifecycle import CaseClosed, StillOpen
from intake.domain.case.protecting import Basis, CaseRestricted
from intake.domain.consent import ConsentMissing, GuardianWorksOnCase, Scope
from intake.domain.matters import Matters
from intake.domain.transfer import Part, transfer

HANDOVER = TransferId("trf_1")
TIRANA = Code("tirana")
BLERTA = PersonId("per_blerta")
PACKAGE = Digest("d" * 64)

agreed = replace(consented, scopes=(Scope.ASSISTANCE, Scope.PARTNERS))
withdrawn = ConsentWithdrawn(by=LINA, at=NOON, case=CASE, returnee=ZAHRA, scopes=(Scope.PARTNERS,))
restricted = CaseRestricted(by=LINA, at=NOON, case=CASE, returnee=ZAHRA, basis=Basis.TRAFFICKING)
state = case.fold([registered, agreed])
assert state is not None
offer = ask.OfferTransfer(
    by=LINA,
    at=NOON,
    organisation=IOM,
    transfer=HANDOVER,
    case=state,
    kept_by=(),
    to_organisation=NGO,
    to_office=TIRANA,
    to_person=None,
    outside=False,
    parts=(Part.CASE, Part.IDENTITY),
    agreed_on=None,
)
offered = ask.CaseTransferOffered(
    by=LINA,
    at=NOON,
    transfer=HANDOVER,
    case=CASE,
    from_organisation=IOM,
    to_organisation=NGO,
    to_office=TIRANA,
    to_person=None,
    outside=False,
    parts=(Part.CASE, Part.IDENTITY),
    agreed_on=None,
)
accept = ask.AcceptTransfer(
    by=ARBEN, at=NOON, organisation=NGO, case=state, package=PACKAGE, case_version=2
)
decline = ask.DeclineTransfer(by=ARBEN, at=NOON, organisation=NGO, case=state)
withdraw = ask.WithdrawTransfer(by=LINA, at=NOON, organisation=IOM, case=state)
accepted = ask.CaseTransferAccepted(
    by=ARBEN, at=NOON, transfer=HANDOVER, case=CASE, package=PACKAGE, case_version=2
)
take_over = handover.TakeOver(
    by=ARBEN,
    at=NOON,
    organisation=NGO,
    transfer=HANDOVER,
    from_organisation=IOM,
    to_office=TIRANA,
    package=PACKAGE,
    going=handover.Going(
        to_organisation=NGO, to_person=None, outside=False, personal=True, agreed_on=None
    ),
    open=Matters(),
)


def going(command: handover.TakeOver, **changed: Any) -> handover.TakeOver:
    return replace(command, going=replace(command.going, **changed))


taken = handover.CaseTransferred(
    by=ARBEN,
    at=NOON,
    case=CASE,
    transfer=HANDOVER,
    from_organisation=IOM,
    to_organisation=NGO,
    to_office=TIRANA,
    counsellor=ARBEN,
    package=PACKAGE,
    outside=False,
)


class TestOffering:
    def test_a_case_is_offered_with_what_the_returnee_agreed_to(self) -> None:
        scenario(transfer).when(offer).then(offered)

    @pytest.mark.parametrize("part", [part for part in Part if part.kind])
    def test_who_somebody_is_goes_along_only_with_consent_that_partners_are_told(
        self, part: Part
    ) -> None:
        without = replace(offer, case=case.fold([registered, consented]), parts=(part,))
        scenario(transfer).when(without).then_rejected(ConsentMissing(Scope.PARTNERS))

    def test_without_that_consent_the_case_goes_without_a_name_to_a_service_outside_only(
        self,
    ) -> None:
        nameless = tuple(sorted(part for part in Part if not part.kind))
        without = replace(offer, case=case.fold([registered, consented]), parts=nameless)
        scenario(transfer).when(replace(without, outside=True)).then(
            replace(offered, parts=nameless, outside=True)
        )
        scenario(transfer).when(without).then_rejected(ConsentMissing(Scope.PARTNERS))

    @pytest.mark.parametrize(
        ("change", "refusal"),
        [
            ({"by": BLERTA}, NoSuchCase(IOM)),
            ({"organisation": OTHER_NGO}, NoSuchCase(OTHER_NGO)),
            ({"to_organisation": IOM}, ask.OwnOrganisation(IOM)),
            ({"kept_by": (IOM, OTHER_NGO)}, ask.MayNotKeepIt(NGO, (IOM, OTHER_NGO))),
        ],
    )
    def test_by_who_keeps_it_to_another_who_may(
        self, change: dict[str, object], refusal: Rejected
    ) -> None:
        state = case.fold([registered, agreed])
        if "by" in change:
            state = case.fold([registered, agreed, restricted])
        command = replace(offer, case=state, **change)
        scenario(transfer).when(command).then_rejected(refusal)

    def test_a_service_outside_keeps_cases_by_its_own_rules(self) -> None:
        outside = replace(offer, kept_by=(IOM,), outside=True)
        scenario(transfer).when(outside).then(replace(offered, outside=True))


class TestRestricted:
    offer = replace(
        offer,
        case=case.fold([registered, agreed, restricted]),
        agreed_on=PAPER,
        to_person=ARBEN,
    )
    offered = replace(offered, agreed_on=PAPER, to_person=ARBEN)

    def test_it_goes_to_one_person_where_the_returnee_agreed_that_it_goes(self) -> None:
        scenario(transfer).when(self.offer).then(self.offered)

    @pytest.mark.parametrize(
        ("change", "refusal"),
        [
            ({"agreed_on": None}, handover.AgreementNeeded(NGO)),
            ({"to_person": None}, handover.ReceiverNotNamed(NGO)),
            (
                {"case": case.fold([registered, consented, restricted]), "parts": (Part.CASE,)},
                ConsentMissing(Scope.PARTNERS),
            ),
        ],
    )
    def test_nothing_of_it_goes_without(self, change: dict[str, object], refusal: Rejected) -> None:
        scenario(transfer).when(replace(self.offer, **change)).then_rejected(refusal)

    def test_nobody_else_there_learns_of_it(self) -> None:
        given = scenario(transfer).given(self.offered)
        given.when(replace(accept, by=BLERTA)).then_rejected(ask.NoSuchTransfer(NGO))
        given.when(accept).then(accepted)
        given.when(replace(decline, by=BLERTA)).then_rejected(ask.NoSuchTransfer(NGO))


class TestAccepting:
    def test_somebody_of_the_other_organisation_takes_the_case_over(self) -> None:
        scenario(transfer).given(offered).when(accept).then(accepted)
        scenario(case).given(registered, agreed).when(take_over).then(taken)
        state = case.fold([registered, agreed, taken])
        assert state is not None
        assert (state.organisation, state.office, state.counsellor) == (NGO, TIRANA, ARBEN)

    @pytest.mark.parametrize("organisation", [IOM, OTHER_NGO])
    def test_nobody_else_does(self, organisation: Code) -> None:
        command = replace(accept, organisation=organisation)
        scenario(transfer).given(offered).when(command).then_rejected(
            ask.NoSuchTransfer(organisation)
        )

    @pytest.mark.parametrize("personal", [True, False])
    def test_consent_that_was_taken_back_meanwhile_stops_it(self, personal: bool) -> None:  # noqa: FBT001
        given = scenario(case).given(registered, agreed, withdrawn)
        given.when(going(take_over, personal=personal)).then_rejected(
            ConsentMissing(Scope.PARTNERS)
        )

    def test_an_offer_of_a_case_that_was_not_restricted_is_void_once_it_is(self) -> None:
        """Not even named: that it was offered is not to be found out."""
        given = scenario(case).given(registered, agreed, restricted)
        for without in ({}, {"to_person": ARBEN}, {"agreed_on": PAPER}):
            given.when(going(take_over, **without)).then_rejected(NoSuchCase(NGO))
        given.when(going(take_over, to_person=ARBEN, agreed_on=PAPER)).then(taken)
        secret = case.fold([registered, agreed, restricted])
        for act in (accept, decline):
            scenario(transfer).given(offered).when(replace(act, case=secret)).then_rejected(
                ask.NoSuchTransfer(NGO)
            )
        taken_back = ask.CaseTransferWithdrawn(by=LINA, at=NOON, transfer=HANDOVER, case=CASE)
        open_still = scenario(transfer).given(offered)
        open_still.when(replace(withdraw, case=secret)).then(taken_back)
        colleague = replace(withdraw, case=secret, by=BLERTA)
        open_still.when(colleague).then_rejected(ask.NoSuchTransfer(IOM))

    def test_nobody_counsels_a_child_of_whom_they_are_guardian(self) -> None:
        hers = replace(she_is_his_guardian, guardian=ARBEN)
        given = scenario(case).given(registered, agreed, a_child_of_hers, hers)
        given.when(take_over).then_rejected(GuardianWorksOnCase(ARBEN))

    def test_a_case_goes_to_one_of_two(self) -> None:
        given = scenario(case).given(registered, agreed, taken)
        given.when(replace(take_over, organisation=OTHER_NGO)).then_rejected(
            handover.KeptElsewhere(NGO)
        )

    def test_to_a_service_outside_it_goes_and_ends_here(self) -> None:
        outside = going(take_over, outside=True)
        ended = CaseClosed(by=ARBEN, at=NOON, case=CASE, reason=Ground.TRANSFERRED)
        gone = replace(taken, outside=True)
        scenario(case).given(registered, agreed).when(outside).then(gone, ended)
        state = case.fold([registered, agreed, gone, ended])
        assert state is not None
        assert (state.stage, state.organisation) == (Stage.CLOSED, IOM)
        given = scenario(case).given(registered, agreed, gone, ended)
        given.when(take_over).then_rejected(CaseIsAt(Stage.CLOSED, (*OPEN, Stage.SUSPENDED)))

    def test_it_does_not_end_over_what_is_owed(self) -> None:
        owed = Matters(commitments=(CommitmentId("com_oven"),))
        outside = going(replace(take_over, open=owed), outside=True)
        given = scenario(case).given(registered, agreed)
        given.when(outside).then_rejected(
            StillOpen(owed.commitments, (), (), (), in_confidence=False)
        )
        given.when(going(outside, outside=False)).then(taken)

    @pytest.mark.parametrize(
        ("command", "stage"),
        [
            (decline, ask.Stage.DECLINED),
            (withdraw, ask.Stage.WITHDRAWN),
        ],
    )
    def test_declined_or_withdrawn_is_the_end(
        self, command: ask.AnyTransferCommand, stage: ask.Stage
    ) -> None:
        ended = transfer.decide(command, transfer.fold([offered]))
        given = scenario(transfer).given(offered, *ended)
        given.when(accept).then_rejected(ask.TransferIsAt(stage, ask.Stage.OFFERED))


keeper = replace(state, organisation=NGO)


class TestThePackage:
    read = ask.ReadPackage(
        by=ARBEN,
        at=NOON,
        organisation=NGO,
        case=keeper,
        people=(ZAHRA,),
    )
    seen = ask.TransferPackageRead(
        by=ARBEN,
        at=NOON,
        transfer=HANDOVER,
        case=CASE,
        people=(ZAHRA,),
        kinds=(Kind.IDENTITY,),
        package=PACKAGE,
    )

    def test_every_look_at_it_is_a_fact(self) -> None:
        given = scenario(transfer).given(offered, accepted)
        given.when(self.read).then(self.seen)

    def test_not_before_it_was_accepted_nor_by_who_gave_it(self) -> None:
        scenario(transfer).given(offered).when(self.read).then_rejected(
            ask.TransferIsAt(ask.Stage.OFFERED, ask.Stage.ACCEPTED)
        )
        given = scenario(transfer).given(offered, accepted)
        given.when(replace(self.read, by=LINA, organisation=IOM)).then_rejected(
            ask.NoSuchTransfer(IOM)
        )

    def test_not_after_consent_was_taken_back(self) -> None:
        later = case.fold([registered, agreed, withdrawn])
        given = scenario(transfer).given(offered, accepted)
        given.when(replace(self.read, case=later)).then_rejected(ConsentMissing(Scope.PARTNERS))
