"""Cases: what is asked of people before anything is decided, and by whom it is decided."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace
from services.intake.tests.people import (
    ALI,
    ALL_CRITERIA,
    ARBEN,
    CASE,
    IOM,
    LINA,
    NGO,
    NOON,
    OMAR,
    OTHER_NGO,
    PAPER,
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

from events.scenario import scenario
from events.values import Code, PersonId
from intake.domain.case import CaseRequest, case
from intake.domain.case.asking import (
    CaseIsAt,
    NoSuchCase,
    PartnerMayOnlyPropose,
    RegistrarCannotAssess,
)
from intake.domain.case.consenting import (
    ConsentGiven,
    ConsentWithdrawn,
    GiveConsent,
    WithdrawConsent,
)
from intake.domain.case.eligibility import (
    ConfirmEligibility,
    CriteriaMissing,
    DenyEligibility,
    EligibilityConfirmed,
    EligibilityDenied,
    NotForThisReturn,
)
from intake.domain.case.entitlement import (
    ChildWithoutGuardian,
    EntitlementGranted,
    GrantedAlready,
    GrantEntitlement,
    NoEntitlementFor,
)
from intake.domain.case.household import (
    AddHouseholdMember,
    AppointGuardian,
    ChildAsGuardian,
    GuardianAppointed,
    MemberAlready,
    NotAChild,
    NotInHousehold,
)
from intake.domain.case.kinds import Denial, GuardianBasis, Source, Stage
from intake.domain.case.pinning import OtherProgramme
from intake.domain.case.registering import (
    AgeContradictsDateOfBirth,
    RegisteredAlready,
    RegisterReturnee,
)
from intake.domain.case.state import Share
from intake.domain.case.travel import ArrivalConfirmed, ArrivalInTheFuture, ConfirmArrival
from intake.domain.consent import (
    ConsentMissing,
    GuardianNeeded,
    Method,
    NotTheGuardian,
    Scope,
    WitnessNeeded,
)
from intake.domain.people import AgeBracket, PartialDate, Relation, Sex
from intake.domain.programme import FamilyRole, ProgrammeNotOpen, ReturnType

register = RegisterReturnee(
    by=LINA,
    at=NOON,
    organisation=IOM,
    case=CASE,
    returnee=ZAHRA,
    terms=TERMS,
    country_of_return=Code("IQ"),
    return_type=ReturnType.VOLUNTARY,
    office=Code("baghdad"),
    source=Source.COUNSELLOR,
    counsellor=LINA,
    language=Code("ar"),
    sex=Sex.FEMALE,
    age_bracket=AgeBracket.UNDER_60,
    name="زهراء",
)
consent = GiveConsent(
    by=LINA,
    at=NOON,
    organisation=IOM,
    scopes=(Scope.ASSISTANCE,),
    method=Method.SIGNATURE,
    language=Code("ar"),
    document=PAPER,
)
confirm = ConfirmEligibility(
    by=PETRA, at=NOON, organisation=IOM, terms=TERMS, criteria=ALL_CRITERIA
)
deny = DenyEligibility(by=PETRA, at=NOON, organisation=IOM, reason=Denial.CRITERIA_NOT_MET)
grant = GrantEntitlement(by=PETRA, at=NOON, organisation=IOM, terms=TERMS)
arrive = ConfirmArrival(by=OMAR, at=NOON, organisation=IOM, terms=TERMS, date=TODAY, evidence=STAMP)
a_child_alone = replace(registered, age_bracket=AgeBracket.UNDER_18, is_child=True)


class TestRegistration:
    def test_one_name_in_any_script_and_no_date_of_birth_will_do(self) -> None:
        scenario(case).when(register).then(registered)

    @pytest.mark.parametrize("born", ["1988", "1988-07", "1988-07-02"])
    def test_a_date_of_birth_may_be_known_in_part(self, born: str) -> None:
        part = PartialDate(born)
        scenario(case).when(replace(register, date_of_birth=part)).then(
            replace(registered, date_of_birth=part)
        )

    def test_an_age_that_the_date_of_birth_rules_out_is_refused(self) -> None:
        young = replace(register, date_of_birth=PartialDate("2015"))
        scenario(case).when(young).then_rejected(AgeContradictsDateOfBirth(AgeBracket.UNDER_60))

    def test_a_year_on_the_edge_allows_both_ages(self) -> None:
        for bracket in (AgeBracket.UNDER_18, AgeBracket.UNDER_25):
            edge = replace(register, date_of_birth=PartialDate("2008"), age_bracket=bracket)
            is_child = bracket is AgeBracket.UNDER_18
            scenario(case).when(edge).then(
                replace(
                    registered,
                    date_of_birth=PartialDate("2008"),
                    age_bracket=bracket,
                    is_child=is_child,
                )
            )

    def test_a_case_is_registered_once(self) -> None:
        scenario(case).given(registered).when(register).then_rejected(RegisteredAlready(CASE))

    def test_a_programme_takes_cases_in_its_time_only(self) -> None:
        over = replace(TERMS, until=TODAY - timedelta(days=1))
        scenario(case).when(replace(register, terms=over)).then_rejected(
            ProgrammeNotOpen(over.since, over.until)
        )


class TestHousehold:
    add = AddHouseholdMember(
        by=LINA,
        at=NOON,
        organisation=IOM,
        member=ALI,
        relation=Relation.CHILD,
        sex=Sex.MALE,
        age_bracket=AgeBracket.UNDER_12,
        name="علي",
    )
    appoint = AppointGuardian(
        by=LINA,
        at=NOON,
        organisation=IOM,
        child=ALI,
        guardian=ZAHRA,
        basis=GuardianBasis.PARENT,
    )

    def test_a_child_returns_with_her(self) -> None:
        scenario(case).given(registered).when(self.add).then(a_child_of_hers)

    def test_nobody_is_in_a_household_twice(self) -> None:
        (
            scenario(case)
            .given(registered, a_child_of_hers)
            .when(self.add)
            .then_rejected(MemberAlready(ALI))
        )

    def test_the_mother_is_appointed_guardian(self) -> None:
        (
            scenario(case)
            .given(registered, a_child_of_hers)
            .when(self.appoint)
            .then(she_is_his_guardian)
        )

    def test_a_guardian_is_for_a_child_of_the_household(self) -> None:
        given = scenario(case).given(registered, a_child_of_hers)
        given.when(replace(self.appoint, child=YUSUF)).then_rejected(NotInHousehold(YUSUF))
        given.when(replace(self.appoint, child=ZAHRA)).then_rejected(NotAChild(ZAHRA))
        given.when(replace(self.appoint, guardian=ALI)).then_rejected(ChildAsGuardian(ALI))


class TestConsent:
    def test_she_signs(self) -> None:
        scenario(case).given(registered).when(consent).then(consented)

    def test_a_thumbprint_has_a_witness(self) -> None:
        pressed = replace(consent, method=Method.THUMBPRINT)
        given = scenario(case).given(registered)
        given.when(pressed).then_rejected(WitnessNeeded(LINA, None))
        given.when(replace(pressed, witness=OMAR)).then(
            replace(consented, method=Method.THUMBPRINT, witness=OMAR)
        )

    def test_who_records_a_thumbprint_is_not_its_witness(self) -> None:
        pressed = replace(consent, method=Method.THUMBPRINT, witness=LINA)
        scenario(case).given(registered).when(pressed).then_rejected(WitnessNeeded(LINA, LINA))

    def test_a_child_does_not_consent_for_itself(self) -> None:
        scenario(case).given(a_child_alone).when(consent).then_rejected(GuardianNeeded(ZAHRA, None))

    def test_the_appointed_guardian_consents_for_a_child(self) -> None:
        appointed = GuardianAppointed(
            by=LINA,
            at=NOON,
            case=CASE,
            child=ZAHRA,
            guardian=YUSUF,
            basis=GuardianBasis.COURT_ORDER,
        )
        by_guardian = replace(consent, method=Method.GUARDIAN, guardian=YUSUF)
        given = scenario(case).given(a_child_alone, appointed)
        given.when(by_guardian).then(replace(consented, method=Method.GUARDIAN, guardian=YUSUF))
        given.when(replace(by_guardian, guardian=OMAR)).then_rejected(NotTheGuardian(ZAHRA, OMAR))

    def test_nobody_consents_as_guardian_for_an_adult(self) -> None:
        for_her = replace(consent, method=Method.GUARDIAN, guardian=YUSUF)
        scenario(case).given(registered).when(for_her).then_rejected(NotTheGuardian(ZAHRA, YUSUF))

    def test_only_what_was_given_is_withdrawn(self) -> None:
        withdraw = WithdrawConsent(
            by=LINA, at=NOON, organisation=IOM, scopes=(Scope.ASSISTANCE, Scope.MONITORING)
        )
        given = scenario(case).given(registered)
        given.when(withdraw).then()
        given.given(consented).when(withdraw).then(
            ConsentWithdrawn(
                by=LINA, at=NOON, case=CASE, returnee=ZAHRA, scopes=(Scope.ASSISTANCE,)
            )
        )

    @pytest.mark.parametrize("act", [confirm, grant, arrive], ids=lambda act: type(act).__name__)
    def test_nothing_is_decided_after_consent_is_withdrawn(self, act: CaseRequest) -> None:
        withdrawn = ConsentWithdrawn(
            by=LINA, at=NOON, case=CASE, returnee=ZAHRA, scopes=(Scope.ASSISTANCE,)
        )
        given = scenario(case).given(registered, consented)
        if act is not confirm:
            given = given.given(eligible)
        given.given(withdrawn).when(act).then_rejected(ConsentMissing(Scope.ASSISTANCE))


class TestEligibility:
    def test_petra_finds_it_eligible(self) -> None:
        scenario(case).given(registered, consented).when(confirm).then(eligible)

    def test_not_before_consent(self) -> None:
        scenario(case).given(registered).when(confirm).then_rejected(
            ConsentMissing(Scope.ASSISTANCE)
        )

    def test_not_by_who_registered_it(self) -> None:
        given = scenario(case).given(registered, consented)
        for act in (confirm, deny):
            given.when(replace(act, by=LINA)).then_rejected(RegistrarCannotAssess(LINA))

    def test_not_by_its_counsellor(self) -> None:
        of_omar = replace(registered, counsellor=OMAR)
        scenario(case).given(of_omar, consented).when(replace(confirm, by=OMAR)).then_rejected(
            RegistrarCannotAssess(OMAR)
        )

    def test_each_criterion_is_found_true(self) -> None:
        some = replace(confirm, criteria=ALL_CRITERIA[:1])
        scenario(case).given(registered, consented).when(some).then_rejected(
            CriteriaMissing(ALL_CRITERIA[1:])
        )

    def test_the_programme_is_for_certain_returns_and_countries(self) -> None:
        forced = replace(registered, return_type=ReturnType.FORCED)
        scenario(case).given(forced, consented).when(confirm).then_rejected(
            NotForThisReturn(ReturnType.FORCED, Code("IQ"))
        )
        elsewhere = replace(registered, country_of_return=Code("VN"))
        scenario(case).given(elsewhere, consented).when(confirm).then_rejected(
            NotForThisReturn(ReturnType.VOLUNTARY, Code("VN"))
        )

    def test_a_denied_case_is_over(self) -> None:
        denied = EligibilityDenied(by=PETRA, at=NOON, case=CASE, reason=Denial.CRITERIA_NOT_MET)
        given = scenario(case).given(registered, consented)
        given.when(deny).then(denied)
        over = CaseIsAt(Stage.INELIGIBLE, (Stage.REGISTERED, Stage.ELIGIBLE, Stage.ARRIVED))
        for act in (confirm, deny, grant, arrive, consent, TestHousehold.add):
            given.given(denied).when(act).then_rejected(over)


class TestEntitlement:
    before = (registered, a_child_of_hers, she_is_his_guardian, consented, eligible)

    def test_it_is_the_sum_over_the_household(self) -> None:
        (
            scenario(case)
            .given(*self.before)
            .when(grant)
            .then(
                EntitlementGranted(
                    by=PETRA,
                    at=NOON,
                    case=CASE,
                    programme=TERMS.programme,
                    programme_version=1,
                    total=eur(3000),
                    cash_cap=eur(300),
                    shares=(
                        Share(ZAHRA, FamilyRole.PRINCIPAL, eur(2000), eur(200)),
                        Share(ALI, FamilyRole.ACCOMPANYING_CHILD, eur(1000), eur(100)),
                    ),
                    claim_by=None,
                    use_by=None,
                )
            )
        )

    def test_not_before_eligibility(self) -> None:
        scenario(case).given(registered, consented).when(grant).then_rejected(
            CaseIsAt(Stage.REGISTERED, (Stage.ELIGIBLE, Stage.ARRIVED))
        )

    def test_not_twice(self) -> None:
        (
            scenario(case)
            .given(registered, consented, eligible, granted)
            .when(grant)
            .then_rejected(GrantedAlready(1))
        )

    def test_not_for_a_child_without_a_guardian(self) -> None:
        (
            scenario(case)
            .given(registered, a_child_of_hers, consented, eligible)
            .when(grant)
            .then_rejected(ChildWithoutGuardian(ALI))
        )

    def test_not_for_a_role_that_the_programme_has_no_amount_for(self) -> None:
        grown = replace(a_child_of_hers, age_bracket=AgeBracket.UNDER_25)
        (
            scenario(case)
            .given(registered, grown, consented, eligible)
            .when(grant)
            .then_rejected(NoEntitlementFor(FamilyRole.ACCOMPANYING_ADULT, ReturnType.VOLUNTARY))
        )

    def test_not_under_another_version_than_it_was_found_eligible_by(self) -> None:
        later = replace(TERMS, version=2)
        (
            scenario(case)
            .given(*self.before)
            .when(replace(grant, terms=later))
            .then_rejected(OtherProgramme(TERMS.programme, 2))
        )

    def test_after_arrival_it_has_its_dates_at_once(self) -> None:
        arrived = ArrivalConfirmed(
            by=OMAR,
            at=NOON,
            case=CASE,
            date=date(2025, 11, 30),
            evidence=STAMP,
            claim_by=date(2026, 2, 28),
            use_by=date(2026, 11, 30),
        )
        (
            scenario(case)
            .given(registered, consented, eligible, arrived)
            .when(grant)
            .then(replace(granted, claim_by=date(2026, 2, 28), use_by=date(2026, 11, 30)))
        )


class TestArrival:
    def test_the_time_limits_count_from_it(self) -> None:
        on_the_last = replace(arrive, date=date(2026, 1, 31))
        outcome = (
            scenario(case)
            .given(registered, consented, eligible, granted)
            .when(on_the_last)
            .then(
                ArrivalConfirmed(
                    by=OMAR,
                    at=NOON,
                    case=CASE,
                    date=date(2026, 1, 31),
                    evidence=STAMP,
                    claim_by=date(2026, 5, 1),
                    use_by=date(2027, 1, 31),
                )
            )
        )
        assert outcome.state is not None
        assert outcome.state.entitlement is not None
        assert outcome.state.entitlement.use_by == date(2027, 1, 31)

    def test_not_in_the_future(self) -> None:
        tomorrow = TODAY + timedelta(days=1)
        (
            scenario(case)
            .given(registered, consented, eligible)
            .when(replace(arrive, date=tomorrow))
            .then_rejected(ArrivalInTheFuture(tomorrow, TODAY))
        )

    def test_not_before_eligibility_and_not_twice(self) -> None:
        given = scenario(case).given(registered, consented)
        given.when(arrive).then_rejected(CaseIsAt(Stage.REGISTERED, (Stage.ELIGIBLE,)))
        outcome = given.given(eligible).when(arrive)
        assert outcome.events
        given.given(eligible, *outcome.events).when(arrive).then_rejected(
            CaseIsAt(Stage.ARRIVED, (Stage.ELIGIBLE,))
        )


class TestOrganisations:
    of_the_ngo = replace(registered, by=ARBEN, organisation=NGO, counsellor=ARBEN)

    @pytest.mark.parametrize(
        "act", [consent, confirm, deny, grant, arrive], ids=lambda act: type(act).__name__
    )
    def test_another_partners_case_does_not_exist(self, act: CaseRequest) -> None:
        (
            scenario(case)
            .given(self.of_the_ngo, consented)
            .when(replace(act, organisation=OTHER_NGO))
            .then_rejected(NoSuchCase(OTHER_NGO))
        )

    def test_a_partner_proposes_and_does_not_decide(self) -> None:
        someone_else = PersonId("per_drita")
        for act in (confirm, deny):
            (
                scenario(case)
                .given(self.of_the_ngo, consented)
                .when(replace(act, by=someone_else, organisation=NGO))
                .then_rejected(PartnerMayOnlyPropose(NGO, IOM))
            )

    def test_who_runs_the_programme_decides_on_a_partners_case(self) -> None:
        outcome = scenario(case).given(self.of_the_ngo, consented).when(confirm)
        assert outcome.events == [
            EligibilityConfirmed(
                by=PETRA, at=NOON, case=CASE, programme_version=1, criteria=ALL_CRITERIA
            )
        ]

    def test_what_a_partner_records_stands(self) -> None:
        scenario(case).given(self.of_the_ngo).when(
            replace(consent, by=ARBEN, organisation=NGO)
        ).then(
            ConsentGiven(
                by=ARBEN,
                at=NOON,
                case=CASE,
                returnee=ZAHRA,
                scopes=(Scope.ASSISTANCE,),
                method=Method.SIGNATURE,
                language=Code("ar"),
                document=PAPER,
            )
        )
