"""A delegation of authority: given by one, accepted by who gets it, confirmed by a third (D8)."""

from datetime import date

import pytest
from msgspec.structs import replace
from services.disbursement.tests.people import (
    DELEGATION,
    EVA,
    MARIA,
    NOON,
    TODAY,
    TOMAS,
    eur,
    iqd,
)

from disbursement.domain.delegation import (
    AcceptDelegation,
    Authority,
    ConfirmDelegation,
    ConfirmedByItsGiver,
    DelegationAccepted,
    DelegationConfirmed,
    DelegationGranted,
    DelegationIsAt,
    DelegationRevoked,
    DelegationToOneself,
    GrantDelegation,
    LimitNotAboveZero,
    MoreThanIsDelegated,
    NoSuchDelegation,
    NotGivenToThem,
    PeriodEmpty,
    PeriodTooLong,
    RevokeDelegation,
    RoleLacking,
    Stage,
    delegation,
)
from disbursement.settings import BadDelegated, Delegated
from events.money import Money
from events.scenario import scenario
from events.values import PersonId

give = GrantDelegation(
    by=MARIA,
    at=NOON,
    delegation=DELEGATION,
    person=EVA,
    authority=Authority.APPROVE,
    limit=eur(5000),
    starts=date(2026, 1, 1),
    ends=date(2026, 12, 31),
    most=eur(50_000),
)
given_to_eva = DelegationGranted(
    by=MARIA,
    at=NOON,
    delegation=DELEGATION,
    person=EVA,
    authority=Authority.APPROVE,
    limit=eur(5000),
    starts=date(2026, 1, 1),
    ends=date(2026, 12, 31),
)
accepted = DelegationAccepted(by=EVA, at=NOON, delegation=DELEGATION)
confirmed = DelegationConfirmed(by=TOMAS, at=NOON, delegation=DELEGATION)
revoked = DelegationRevoked(by=MARIA, at=NOON, delegation=DELEGATION)


def accept(*opened: Authority, by: PersonId = EVA) -> AcceptDelegation:
    return AcceptDelegation(by=by, at=NOON, opened=opened)


def confirm(by: PersonId) -> ConfirmDelegation:
    return ConfirmDelegation(by=by, at=NOON, most=eur(50_000))


def test_authority_is_given_by_one_and_confirmed_by_another() -> None:
    scenario(delegation).given().when(give).then(given_to_eva)
    scenario(delegation).given(given_to_eva, accepted).when(confirm(TOMAS)).then(confirmed)


def test_who_gets_it_accepts_it_in_a_role_that_opens_what_it_allows() -> None:
    stands = scenario(delegation).given(given_to_eva)
    stands.when(confirm(TOMAS)).then_rejected(DelegationIsAt(Stage.GRANTED, Stage.ACCEPTED))
    lacks = RoleLacking(EVA, Authority.APPROVE)
    stands.when(accept(Authority.CERTIFY, Authority.SIGN)).then_rejected(lacks)
    stands.when(accept()).then_rejected(lacks)
    for another in (MARIA, TOMAS):
        stands.when(accept(*Authority, by=another)).then_rejected(NotGivenToThem(another))
    stands.when(accept(Authority.APPROVE)).then(accepted)
    again = DelegationIsAt(Stage.ACCEPTED, Stage.GRANTED)
    stands.given(accepted).when(accept(Authority.APPROVE)).then_rejected(again)


def test_what_was_confirmed_before_anybody_had_to_accept_it_stands() -> None:
    state = delegation.fold([given_to_eva, confirmed])
    assert state is not None
    assert state.stage is Stage.CONFIRMED


def test_nobody_gives_authority_to_themselves() -> None:
    mine = replace(give, person=MARIA)
    scenario(delegation).given().when(mine).then_rejected(DelegationToOneself(MARIA))


def test_nobody_confirms_what_they_gave_or_got() -> None:
    stands = scenario(delegation).given(given_to_eva, accepted)
    stands.when(confirm(MARIA)).then_rejected(ConfirmedByItsGiver(MARIA))
    stands.when(confirm(EVA)).then_rejected(DelegationToOneself(EVA))


def test_a_delegation_has_a_time_and_a_limit() -> None:
    over = replace(give, ends=date(2025, 12, 31))
    scenario(delegation).given().when(over).then_rejected(
        PeriodEmpty(date(2026, 1, 1), date(2025, 12, 31))
    )
    nothing = replace(give, limit=eur(0))
    last = replace(give, starts=TODAY, ends=date(2031, 3, 2))
    assert scenario(delegation).given().when(last).rejection is None
    for starts, ends in (
        (TODAY, date(2031, 3, 3)),
        (date(2020, 1, 1), date(2026, 12, 31)),
        (date(2040, 1, 1), date(2040, 12, 31)),
        (TODAY, date.max),
    ):
        long = replace(give, starts=starts, ends=ends)
        scenario(delegation).given().when(long).then_rejected(PeriodTooLong(starts, ends))
    scenario(delegation).given().when(nothing).then_rejected(LimitNotAboveZero(eur(0)))


def test_nobody_gets_more_than_the_organisation_delegates() -> None:
    scenario(delegation).given().when(replace(give, limit=eur(50_000))).then(
        replace(given_to_eva, limit=eur(50_000))
    )
    above = replace(give, limit=eur(50_001))
    scenario(delegation).given().when(above).then_rejected(
        MoreThanIsDelegated(Authority.APPROVE, eur(50_001), eur(50_000))
    )
    elsewhere = replace(give, limit=iqd(1), most=None)
    scenario(delegation).given().when(elsewhere).then_rejected(
        MoreThanIsDelegated(Authority.APPROVE, iqd(1), None)
    )


def test_what_is_delegated_may_have_become_less_until_it_is_confirmed() -> None:
    less = replace(confirm(TOMAS), most=eur(4_999))
    scenario(delegation).given(given_to_eva, accepted).when(less).then_rejected(
        MoreThanIsDelegated(Authority.APPROVE, eur(5000), eur(4_999))
    )


def test_the_organisation_says_how_much_it_delegates() -> None:
    told = {"HOMEWARD_DELEGATED_AT_MOST": '{"approve": {"IQD": "9000.000"}, "sign": {}}'}
    delegated = Delegated.read(told)
    assert delegated.most(Authority.APPROVE, "IQD") == iqd(9000)
    assert delegated.most(Authority.APPROVE, "EUR") is None
    assert delegated.most(Authority.SIGN, "EUR") is None
    assert delegated.most(Authority.CERTIFY, "EUR") == eur(50_000)
    assert Delegated.read({}).most(Authority.SIGN, "USD") == Money.parse("50000.00", "USD")
    for wrong in ('{"decide": {}}', '{"sign": {"EUR": "5"}}', '{"sign": {"EUR": 5}}', "[]"):
        with pytest.raises(BadDelegated, match="HOMEWARD_DELEGATED_AT_MOST"):
            Delegated.read({"HOMEWARD_DELEGATED_AT_MOST": wrong})


def test_a_delegation_is_confirmed_once_and_can_be_taken_back() -> None:
    take_back = RevokeDelegation(by=MARIA, at=NOON)
    stands = scenario(delegation).given(given_to_eva, accepted, confirmed)
    stands.when(confirm(TOMAS)).then_rejected(DelegationIsAt(Stage.CONFIRMED, Stage.ACCEPTED))
    stands.when(take_back).then(revoked)
    over = stands.given(revoked)
    over.when(take_back).then_rejected(DelegationIsAt(Stage.REVOKED, Stage.CONFIRMED))
    scenario(delegation).given().when(take_back).then_rejected(NoSuchDelegation())
