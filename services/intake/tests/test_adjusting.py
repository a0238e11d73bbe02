"""Other amounts, more time: one proposes, another approves, and cash stays under its cap."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from services.intake.tests.people import (
    ALI,
    CASE,
    IOM,
    LINA,
    NGO,
    NOON,
    OMAR,
    PETRA,
    STAMP,
    TERMS,
    TODAY,
    YUSUF,
    ZAHRA,
    a_child_of_hers,
    consented,
    eligible,
    eur,
    granted,
    registered,
    she_is_his_guardian,
)

from events.money import Money
from events.scenario import scenario
from events.values import PersonId
from intake.domain.case import CaseRequest, case
from intake.domain.case.adjusting import (
    Amount,
    AmountTwice,
    ApproveAdjustment,
    ApproveExtension,
    CashOverCap,
    EntitlementAdjusted,
    EntitlementAdjustmentProposed,
    EntitlementAdjustmentRefused,
    EntitlementExtended,
    EntitlementExtensionProposed,
    EntitlementExtensionRefused,
    NoMoreTime,
    NothingGranted,
    NothingProposed,
    ProposeAdjustment,
    ProposeExtension,
    ProposerCannotApprove,
    RefuseAdjustment,
    RefuseExtension,
)
from intake.domain.case.asking import CaseIsAt, PartnerMayOnlyPropose, RegistrarCannotAssess
from intake.domain.case.consenting import ConsentWithdrawn
from intake.domain.case.entitlement import ChildWithoutGuardian
from intake.domain.case.household import HouseholdMemberRemoved, NotInHousehold
from intake.domain.case.kinds import AdjustmentReason, ExtensionReason, RemovalReason, Stage
from intake.domain.case.state import Share
from intake.domain.case.travel import ArrivalConfirmed
from intake.domain.consent import ConsentMissing, Scope
from intake.domain.programme import FamilyRole

JURAJ = PersonId("per_juraj")
HERS = Share(ZAHRA, FamilyRole.PRINCIPAL, eur(2000), eur(200))
HIS = Share(ALI, FamilyRole.ACCOMPANYING_CHILD, eur(1000), eur(100))

propose = ProposeAdjustment(
    by=PETRA,
    at=NOON,
    organisation=IOM,
    terms=TERMS,
    amounts=(Amount(ALI, eur(1000), eur(100)),),
    reason=AdjustmentReason.HOUSEHOLD_CHANGED,
)
proposed = EntitlementAdjustmentProposed(
    by=PETRA,
    at=NOON,
    case=CASE,
    total=eur(3000),
    cash_cap=eur(300),
    shares=(HERS, HIS),
    reason=AdjustmentReason.HOUSEHOLD_CHANGED,
)
approve = ApproveAdjustment(by=JURAJ, at=NOON, organisation=IOM)
adjusted = EntitlementAdjusted(
    by=JURAJ,
    at=NOON,
    case=CASE,
    total=eur(3000),
    cash_cap=eur(300),
    shares=(HERS, HIS),
    reason=AdjustmentReason.HOUSEHOLD_CHANGED,
    proposed_by=PETRA,
)
refuse = RefuseAdjustment(by=JURAJ, at=NOON, organisation=IOM)
no_longer = ConsentWithdrawn(
    by=LINA, at=NOON, case=CASE, returnee=ZAHRA, scopes=(Scope.ASSISTANCE,)
)
alone = scenario(case).given(registered, consented, eligible, granted)
with_her_son = alone.given(a_child_of_hers, she_is_his_guardian)


class TestAmounts:
    def test_a_child_who_came_later_counts_once_another_approves(self) -> None:
        with_her_son.when(propose).then(proposed)
        outcome = with_her_son.given(proposed).when(approve).then(adjusted)
        assert outcome.state is not None
        assert outcome.state.entitlement is not None
        assert outcome.state.entitlement.total == eur(3000)
        assert outcome.state.adjustment is None

    def test_until_then_nothing_changes(self) -> None:
        state = with_her_son.given(proposed).when(refuse).state
        assert state is not None
        assert state.entitlement is not None
        assert state.entitlement.total == eur(2000)

    def test_who_proposed_does_not_decide(self) -> None:
        for act in (approve, refuse):
            with_her_son.given(proposed).when(replace(act, by=PETRA)).then_rejected(
                ProposerCannotApprove(PETRA)
            )

    def test_nor_who_works_on_the_case_nor_a_partner(self) -> None:
        with_her_son.given(proposed).when(replace(approve, by=LINA)).then_rejected(
            RegistrarCannotAssess(LINA)
        )
        of_partner = scenario(case).given(
            replace(registered, organisation=NGO), consented, eligible, granted
        )
        of_partner.when(replace(approve, organisation=NGO)).then_rejected(
            PartnerMayOnlyPropose(NGO, decides=IOM)
        )

    def test_a_refusal_is_told_and_ends_the_proposal(self) -> None:
        refused = EntitlementAdjustmentRefused(by=JURAJ, at=NOON, case=CASE, proposed_by=PETRA)
        with_her_son.given(proposed).when(refuse).then(refused)
        with_her_son.given(proposed, refused).when(approve).then_rejected(NothingProposed(CASE))

    def test_a_proposal_falls_when_the_household_changes_under_it(self) -> None:
        gone = HouseholdMemberRemoved(
            by=LINA, at=NOON, case=CASE, member=ALI, reason=RemovalReason.FAMILY_SEPARATED
        )
        with_her_son.given(proposed, gone).when(approve).then_rejected(NothingProposed(CASE))

    def test_a_share_of_somebody_who_left_goes_with_the_next_adjustment(self) -> None:
        gone = HouseholdMemberRemoved(
            by=LINA, at=NOON, case=CASE, member=ALI, reason=RemovalReason.FAMILY_SEPARATED
        )
        hers = replace(propose, amounts=(Amount(ZAHRA, eur(2000), eur(200)),))
        with_her_son.given(adjusted, gone).when(hers).then(
            replace(proposed, total=eur(2000), cash_cap=eur(200), shares=(HERS,))
        )

    @pytest.mark.parametrize(
        ("cash", "at_most"), [(eur(201), eur(200)), (eur(2000), eur(200))], ids=["cap", "all"]
    )
    def test_cash_never_over_the_programmes_cap(self, cash: Money, at_most: Money) -> None:
        rich = replace(propose, amounts=(Amount(ZAHRA, eur(5000), cash),))
        alone.when(rich).then_rejected(CashOverCap(ZAHRA, at_most))

    def test_nor_over_the_whole_amount(self) -> None:
        poor = replace(propose, amounts=(Amount(ZAHRA, eur(100), eur(150)),))
        alone.when(poor).then_rejected(CashOverCap(ZAHRA, eur(100)))

    def test_each_person_of_the_household_once_a_child_with_a_guardian(self) -> None:
        twice = replace(propose, amounts=(propose.amounts[0], propose.amounts[0]))
        with_her_son.when(twice).then_rejected(AmountTwice(ALI))
        stranger = replace(propose, amounts=(Amount(YUSUF, eur(1), eur(0)),))
        alone.when(stranger).then_rejected(NotInHousehold(YUSUF))
        alone.given(a_child_of_hers).when(propose).then_rejected(ChildWithoutGuardian(ALI))

    def test_only_what_was_granted_is_adjusted(self) -> None:
        before = scenario(case).given(registered, consented)
        before.when(propose).then_rejected(
            CaseIsAt(Stage.REGISTERED, (Stage.ELIGIBLE, Stage.ARRIVED))
        )
        before.given(eligible).when(propose).then_rejected(NothingGranted(CASE))

    @pytest.mark.parametrize("act", [propose, approve])
    def test_not_after_consent_is_withdrawn(self, act: CaseRequest) -> None:
        with_her_son.given(proposed, no_longer).when(act).then_rejected(
            ConsentMissing(Scope.ASSISTANCE)
        )


class TestTime:
    claim_by, use_by = TERMS.claim_by(TODAY), TERMS.use_by(TODAY)
    back = ArrivalConfirmed(
        by=OMAR,
        at=NOON,
        case=CASE,
        date=TODAY,
        evidence=STAMP,
        claim_by=claim_by,
        use_by=use_by,
    )
    later = use_by + timedelta(days=60)
    propose = ProposeExtension(
        by=LINA,
        at=NOON,
        organisation=IOM,
        claim_by=claim_by,
        use_by=later,
        reason=ExtensionReason.ILLNESS,
    )
    proposed = EntitlementExtensionProposed(
        by=LINA,
        at=NOON,
        case=CASE,
        claim_by=claim_by,
        use_by=later,
        reason=ExtensionReason.ILLNESS,
    )
    extended = EntitlementExtended(
        by=PETRA,
        at=NOON,
        case=CASE,
        claim_by=claim_by,
        use_by=later,
        reason=ExtensionReason.ILLNESS,
        proposed_by=LINA,
    )
    approve = ApproveExtension(by=PETRA, at=NOON, organisation=IOM)
    arrived = alone.given(back)

    def test_her_counsellor_asks_for_more_and_petra_gives_it(self) -> None:
        self.arrived.when(self.propose).then(self.proposed)
        outcome = self.arrived.given(self.proposed).when(self.approve).then(self.extended)
        assert outcome.state is not None
        assert outcome.state.entitlement is not None
        assert outcome.state.entitlement.use_by == self.later

    def test_a_late_claim_too(self) -> None:
        late = replace(self.propose, claim_by=TODAY + timedelta(days=120))
        self.arrived.when(late).then(replace(self.proposed, claim_by=late.claim_by))

    def test_no_date_comes_earlier_and_one_comes_later(self) -> None:
        none = NoMoreTime(self.claim_by, self.use_by)
        same = replace(self.propose, use_by=self.use_by)
        self.arrived.when(same).then_rejected(none)
        less = replace(self.propose, claim_by=self.claim_by - timedelta(days=1))
        self.arrived.when(less).then_rejected(none)

    def test_who_proposed_does_not_decide(self) -> None:
        by_petra = replace(self.proposed, by=PETRA)
        self.arrived.given(by_petra).when(self.approve).then_rejected(ProposerCannotApprove(PETRA))

    def test_before_arrival_no_time_runs(self) -> None:
        alone.when(self.propose).then_rejected(CaseIsAt(Stage.ELIGIBLE, (Stage.ARRIVED,)))

    def test_refused(self) -> None:
        refuse = RefuseExtension(by=PETRA, at=NOON, organisation=IOM)
        refused = EntitlementExtensionRefused(by=PETRA, at=NOON, case=CASE, proposed_by=LINA)
        self.arrived.given(self.proposed).when(refuse).then(refused)
        self.arrived.given(self.proposed, refused).when(self.approve).then_rejected(
            NothingProposed(CASE)
        )
