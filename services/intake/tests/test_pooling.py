"""A household's shares are used together only of those who each agreed."""

import pytest
from msgspec.structs import replace
from services.intake.tests.people import (
    ALI,
    CASE,
    IOM,
    LINA,
    NOON,
    OMAR,
    PAPER,
    TERMS,
    YUSUF,
    ZAHRA,
    a_child_of_hers,
    consented,
    registered,
    she_is_his_guardian,
)

from events.scenario import scenario
from events.values import Code
from intake.domain.case import case
from intake.domain.case.consenting import ConsentWithdrawn, WithdrawConsent
from intake.domain.case.household import HouseholdMemberAdded
from intake.domain.case.pooling import (
    HouseholdPooled,
    HouseholdUnpooled,
    PoolHousehold,
    PoolingNotAllowed,
    PrincipalIsThePool,
    UnpoolHousehold,
)
from intake.domain.consent import (
    ConsentMissing,
    GuardianNeeded,
    Method,
    NotTheGuardian,
    Scope,
    WitnessNeeded,
)
from intake.domain.people import AgeBracket, Relation, Sex

her_husband = HouseholdMemberAdded(
    by=LINA,
    at=NOON,
    case=CASE,
    member=YUSUF,
    relation=Relation.SPOUSE,
    sex=Sex.MALE,
    age_bracket=AgeBracket.UNDER_60,
    name="يوسف",
)
she_agrees = replace(consented, scopes=(Scope.ASSISTANCE, Scope.POOLING))
family = scenario(case).given(
    registered, her_husband, a_child_of_hers, she_is_his_guardian, she_agrees
)
pool = PoolHousehold(
    by=LINA,
    at=NOON,
    organisation=IOM,
    terms=TERMS,
    person=YUSUF,
    method=Method.SIGNATURE,
    language=Code("ar"),
    document=PAPER,
)
pooled = HouseholdPooled(
    by=LINA,
    at=NOON,
    case=CASE,
    person=YUSUF,
    method=Method.SIGNATURE,
    language=Code("ar"),
    document=PAPER,
)
of_ali = replace(pool, person=ALI, method=Method.GUARDIAN, guardian=ZAHRA)
ali_pooled = replace(pooled, person=ALI, method=Method.GUARDIAN, guardian=ZAHRA)
unpool = UnpoolHousehold(by=LINA, at=NOON, organisation=IOM, person=YUSUF)
unpooled = HouseholdUnpooled(by=LINA, at=NOON, case=CASE, person=YUSUF)


def test_an_adult_agrees_for_themselves_and_a_guardian_for_the_child() -> None:
    family.when(pool).then(pooled)
    family.when(of_ali).then(ali_pooled)


def test_not_before_the_returnee_agrees() -> None:
    without = scenario(case).given(registered, her_husband, consented)
    without.when(pool).then_rejected(ConsentMissing(Scope.POOLING))


def test_in_a_way_that_can_be_shown() -> None:
    thumb = replace(pool, method=Method.THUMBPRINT)
    family.when(thumb).then_rejected(WitnessNeeded(LINA, None))
    family.when(replace(thumb, witness=OMAR)).then(
        replace(pooled, method=Method.THUMBPRINT, witness=OMAR)
    )
    family.when(replace(pool, person=ALI)).then_rejected(GuardianNeeded(ALI, ZAHRA))
    family.when(replace(of_ali, guardian=YUSUF)).then_rejected(NotTheGuardian(ALI, YUSUF))


def test_once_is_enough() -> None:
    family.given(pooled).when(pool).then()


def test_the_returnee_agrees_by_consent_not_here() -> None:
    family.when(replace(pool, person=ZAHRA)).then_rejected(PrincipalIsThePool(ZAHRA))


def test_where_the_programme_keeps_amounts_apart_nobody_pools() -> None:
    apart = replace(TERMS, pooling=False)
    family.when(replace(pool, terms=apart)).then_rejected(PoolingNotAllowed(TERMS.version))


def test_who_takes_it_back_is_out() -> None:
    family.given(pooled).when(unpool).then(unpooled)
    family.when(unpool).then()


@pytest.mark.parametrize("scopes", [(Scope.POOLING,), (Scope.MONITORING, Scope.POOLING)])
def test_when_the_returnee_takes_it_back_all_are_out(scopes: tuple[Scope, ...]) -> None:
    withdraw = WithdrawConsent(by=LINA, at=NOON, organisation=IOM, scopes=scopes)
    outcome = family.given(pooled, ali_pooled).when(withdraw)
    outcome.then(
        ConsentWithdrawn(by=LINA, at=NOON, case=CASE, returnee=ZAHRA, scopes=(Scope.POOLING,)),
        unpooled,
        replace(unpooled, person=ALI),
    )
    assert outcome.state is not None
    assert not any(member.pooled for member in outcome.state.household)
