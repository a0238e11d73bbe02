"""How much somebody may receive: by role, country, age, what was established, and the day."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace
from services.intake.tests.people import (
    ALI,
    CASE,
    IOM,
    LINA,
    NOON,
    PETRA,
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
from events.personal import Kind
from events.registry import examine
from events.scenario import scenario
from events.values import Code
from intake.domain.case import case
from intake.domain.case.adjusting import EntitlementAdjusted
from intake.domain.case.elsewhere import (
    DeclaredAlready,
    DeclareDoubleAssistance,
    DoubleAssistanceDeclared,
    NothingDeclared,
    OutOfScale,
)
from intake.domain.case.entitlement import (
    Established,
    GrantEntitlement,
    NoEntitlementFor,
    OtherCurrency,
    VulnerabilityEstablished,
)
from intake.domain.case.household import NotInHousehold
from intake.domain.case.kinds import AdjustmentReason
from intake.domain.case.state import Share
from intake.domain.consent import ConsentMissing, Scope
from intake.domain.people import AgeBracket
from intake.domain.programme import Entitlement, FamilyRole, OtherAssistance, ReturnType, Terms

SINGLE_PARENT = Code("single_parent")
PRINCIPAL = Entitlement(
    role=FamilyRole.PRINCIPAL,
    returns=(ReturnType.VOLUNTARY,),
    total=eur(2000),
    cash_at_most=eur(200),
)
CHILD = replace(PRINCIPAL, role=FamilyRole.ACCOMPANYING_CHILD, total=eur(1000))
MORE = replace(PRINCIPAL, total=eur(3000), cash_at_most=eur(500))

before = scenario(case).given(registered, consented, eligible)
family = scenario(case).given(registered, a_child_of_hers, she_is_his_guardian, consented, eligible)


def under(*rows: Entitlement) -> Terms:
    return replace(TERMS, entitlements=rows)


def grant(terms: Terms, *established: Established) -> GrantEntitlement:
    return GrantEntitlement(
        by=PETRA, at=NOON, organisation=IOM, terms=terms, established=established
    )


class TestRows:
    """The first row of the programme that fits a person is the one that counts."""

    @pytest.mark.parametrize(
        "row",
        [
            replace(MORE, countries=(Code("IQ"),)),
            replace(MORE, age_from=25, age_until=59),
            replace(MORE, age_from=18),
            replace(MORE, since=TODAY, until=TODAY),
            replace(MORE, until=TODAY),
        ],
        ids=["her country", "her age", "of age", "today", "still"],
    )
    def test_a_row_that_fits_her_comes_before_the_general_one(self, row: Entitlement) -> None:
        outcome = before.when(grant(under(row, PRINCIPAL)))
        assert outcome.state is not None
        assert outcome.state.entitlement is not None
        assert outcome.state.entitlement.total == eur(3000)

    @pytest.mark.parametrize(
        "row",
        [
            replace(MORE, countries=(Code("AL"),)),
            replace(MORE, age_from=60),
            replace(MORE, age_until=24),
            replace(MORE, age_from=30),
            replace(MORE, returns=(ReturnType.FORCED,)),
            replace(MORE, until=TODAY - timedelta(days=1)),
            replace(MORE, since=TODAY + timedelta(days=1)),
            replace(MORE, vulnerability=SINGLE_PARENT),
        ],
        ids=["country", "too young", "too old", "unsure", "forced", "over", "later", "vulnerable"],
    )
    def test_one_that_does_not_is_passed_over(self, row: Entitlement) -> None:
        before.when(grant(under(row, PRINCIPAL))).then(granted)

    def test_none_fits(self) -> None:
        only_forced = replace(PRINCIPAL, returns=(ReturnType.FORCED,))
        before.when(grant(under(only_forced))).then_rejected(
            NoEntitlementFor(FamilyRole.PRINCIPAL, ReturnType.VOLUNTARY)
        )


class TestVulnerability:
    row = replace(MORE, vulnerability=SINGLE_PARENT)

    def test_who_grants_establishes_it_and_only_the_vault_says_which(self) -> None:
        established = Established(ZAHRA, SINGLE_PARENT)
        outcome = before.when(grant(under(self.row, PRINCIPAL), established))
        outcome.then(
            VulnerabilityEstablished(
                by=PETRA, at=NOON, case=CASE, person=ZAHRA, vulnerability=SINGLE_PARENT
            ),
            replace(
                granted,
                total=eur(3000),
                cash_cap=eur(500),
                shares=(Share(ZAHRA, FamilyRole.PRINCIPAL, eur(3000), eur(500)),),
            ),
        )
        mark = examine(VulnerabilityEstablished).personal["vulnerability"]
        assert mark.kind is Kind.PROTECTION

    def test_another_one_gives_nothing(self) -> None:
        other = Established(ZAHRA, Code("chronic_illness"))
        outcome = before.when(grant(under(self.row, PRINCIPAL), other))
        assert outcome.state is not None
        assert outcome.state.entitlement is not None
        assert outcome.state.entitlement.total == eur(2000)

    def test_only_of_people_of_the_case(self) -> None:
        stranger = Established(YUSUF, SINGLE_PARENT)
        before.when(grant(under(PRINCIPAL), stranger)).then_rejected(NotInHousehold(YUSUF))


class TestElsewhere:
    deducts = replace(
        TERMS, entitlements=(PRINCIPAL, CHILD), other_assistance=OtherAssistance.DEDUCTED
    )
    declare = DeclareDoubleAssistance(
        by=LINA,
        at=NOON,
        organisation=IOM,
        terms=deducts,
        person=ZAHRA,
        programme_elsewhere=Code("eurp"),
        amount=eur(615),
    )
    declared = DoubleAssistanceDeclared(
        by=LINA,
        at=NOON,
        case=CASE,
        person=ZAHRA,
        programme_elsewhere=Code("eurp"),
        amount=eur(615),
    )

    def test_what_is_declared_before_the_grant_is_taken_off_that_persons_share(self) -> None:
        outcome = family.given(self.declared).when(grant(self.deducts))
        assert outcome.state is not None
        assert outcome.state.entitlement is not None
        assert outcome.state.entitlement.shares == (
            Share(ZAHRA, FamilyRole.PRINCIPAL, eur(1385), eur(200)),
            Share(ALI, FamilyRole.ACCOMPANYING_CHILD, eur(1000), eur(200)),
        )
        assert outcome.state.entitlement.total == eur(2385)

    def test_after_the_grant_the_entitlement_follows_at_once(self) -> None:
        before.given(granted).when(self.declare).then(
            self.declared,
            EntitlementAdjusted(
                by=LINA,
                at=NOON,
                case=CASE,
                total=eur(1385),
                cash_cap=eur(200),
                shares=(Share(ZAHRA, FamilyRole.PRINCIPAL, eur(1385), eur(200)),),
                reason=AdjustmentReason.DOUBLE_ASSISTANCE,
                proposed_by=LINA,
            ),
        )

    def test_never_below_nothing(self) -> None:
        plenty = replace(self.declare, amount=eur(9000))
        outcome = before.given(granted).when(plenty)
        assert outcome.state is not None
        assert outcome.state.entitlement is not None
        assert outcome.state.entitlement.total == eur(0)
        assert outcome.state.entitlement.cash_cap == eur(0)

    def test_where_the_programme_only_wants_to_know_nothing_changes(self) -> None:
        told = replace(self.declare, terms=TERMS)
        before.given(granted).when(told).then(self.declared)
        before.given(self.declared).when(grant(TERMS)).then(granted)

    def test_a_hundred_times_what_the_programme_gives_anybody_is_a_slip_of_the_pen(self) -> None:
        most = replace(self.declare, terms=TERMS, amount=eur(200_000))
        before.given(granted).when(most).then(replace(self.declared, amount=eur(200_000)))
        slip = replace(most, amount=eur(200_000) + Money(1, "EUR"))
        before.given(granted).when(slip).then_rejected(OutOfScale(slip.amount, eur(2000), 100))

    def test_it_is_an_amount_in_the_programmes_currency_from_somewhere_new(self) -> None:
        before.when(replace(self.declare, amount=eur(0))).then_rejected(NothingDeclared(eur(0)))
        dollars = Money(1, "USD")
        before.when(replace(self.declare, amount=dollars)).then_rejected(
            OtherCurrency(Code("USD"), Code("EUR"))
        )
        before.given(self.declared).when(self.declare).then_rejected(
            DeclaredAlready(ZAHRA, Code("eurp"))
        )

    def test_not_without_consent(self) -> None:
        scenario(case).given(registered).when(self.declare).then_rejected(
            ConsentMissing(Scope.ASSISTANCE)
        )


def test_an_age_bracket_is_meant_only_as_a_whole() -> None:
    teens = replace(PRINCIPAL, age_from=14, age_until=17)
    assert not teens.is_for(AgeBracket.UNDER_18)
    assert replace(teens, age_from=12).is_for(AgeBracket.UNDER_18)
    assert not replace(teens, age_from=60, age_until=70).is_for(AgeBracket.OVER_60)


def test_a_row_stands_on_its_first_and_its_last_day() -> None:
    june = replace(PRINCIPAL, since=date(2026, 6, 1), until=date(2026, 6, 30))
    stands = [day for day in range(1, 31) if june.stands_on(date(2026, 6, day))]
    assert stands == list(range(1, 31))
    assert not june.stands_on(date(2026, 5, 31))
    assert not june.stands_on(date(2026, 7, 1))
