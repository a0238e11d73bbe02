"""By which of its programme's rules cash is given: two approvals, no splitting, as payments are."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, ok, published
from services.disbursement.tests.people import (
    CASE,
    DELEGATION,
    EVA,
    HANA,
    LINA,
    NOON,
    eur,
    mandate,
)
from services.disbursement.tests.test_cash import (
    CASH,
    approve,
    approved,
    ask,
    body,
    hand_over,
    handed_over,
    planned,
    requested,
    witness,
)
from services.disbursement.tests.test_terms import ALMA, LARGE, OFFICE, count, counted

from disbursement.domain import heard
from disbursement.domain.cash import (
    ActedOnCash,
    CancelCash,
    CashApprovedAgain,
    CashCancelled,
    CashIsAt,
    CashTermsSet,
    Stage,
    cash,
)
from disbursement.domain.delegation import AboveLimit, Authority
from disbursement.domain.payment import Terms
from disbursement.domain.rolling import (
    CashCounted,
    CashNotCounted,
    CountCash,
    SecondApprovalNeeded,
    UncountCash,
    rolling,
)
from events.roles import STAFF
from events.scenario import scenario
from events.values import CashId, Code, PersonId


def under(terms: Terms) -> CashTermsSet:
    return CashTermsSet(
        by=HANA,
        at=NOON,
        cash=CASH,
        second_approval=terms.second_approval,
        together=terms.together,
    )


alma_approves = replace(approve, by=ALMA, mandate=mandate(ALMA, Authority.APPROVE))
approved_again = CashApprovedAgain(by=ALMA, at=NOON, cash=CASH, delegation=DELEGATION)
large = scenario(cash).given(requested, under(LARGE))
once = large.given(approved)


@pytest.mark.parametrize("terms", [OFFICE, LARGE])
def test_cash_is_asked_for_under_its_programmes_terms(terms: Terms) -> None:
    scenario(cash).when(replace(ask, terms=terms)).then(requested, under(terms))


def test_what_is_small_is_approved_by_one() -> None:
    small = scenario(cash).given(requested, under(OFFICE), approved)
    small.when(hand_over).then(handed_over)
    small.when(alma_approves).then_rejected(CashIsAt(Stage.APPROVED, Stage.REQUESTED))


def test_what_is_large_is_approved_by_two_and_then_handed_over() -> None:
    large.when(approve).then(approved)
    once.when(hand_over).then_rejected(CashIsAt(Stage.APPROVED_ONCE, Stage.APPROVED))
    once.when(alma_approves).then(approved_again)
    once.given(approved_again).when(hand_over).then(handed_over)


@pytest.mark.parametrize("person", [EVA, HANA, LINA])
def test_nobody_with_a_part_in_it_is_the_second_who_approves(person: PersonId) -> None:
    own = replace(approve, by=person, mandate=mandate(person, Authority.APPROVE))
    once.when(own).then_rejected(ActedOnCash(person))


@pytest.mark.parametrize("person", [EVA, ALMA])
def test_neither_of_the_two_hands_it_over(person: PersonId) -> None:
    own = replace(hand_over, by=person)
    once.given(approved_again).when(own).then_rejected(ActedOnCash(person))


def test_the_second_approves_within_their_own_limit() -> None:
    small = replace(alma_approves, mandate=mandate(ALMA, Authority.APPROVE, limit=eur(99)))
    once.when(small).then_rejected(AboveLimit(eur(99), eur(0), eur(100)))


def test_what_one_approved_may_still_be_given_up() -> None:
    cancel = CancelCash(by=HANA, at=NOON, reason=Code("did_not_come"))
    cancelled = CashCancelled(
        by=HANA,
        at=NOON,
        cash=CASH,
        item=requested.item,
        budget_line=requested.budget_line,
        released=eur(100),
        reason=cancel.reason,
    )
    once.when(cancel).then(cancelled)


# What adds up


def count_cash(number: int, amount: int = 600, *, second: bool = False) -> CountCash:
    return CountCash(
        by=HANA,
        at=NOON,
        cash=CashId(f"csh_{number}"),
        case=CASE,
        amount=eur(amount),
        since=NOON - timedelta(days=30),
        second_approval_from=eur(1000),
        second_approval=second,
    )


def cash_counted(number: int, amount: int = 600) -> CashCounted:
    return CashCounted(
        by=HANA, at=NOON, cash=CashId(f"csh_{number}"), case=CASE, amount=eur(amount)
    )


def test_a_sum_divided_between_cash_and_payments_is_approved_like_the_whole() -> None:
    needed = SecondApprovalNeeded(eur(1200), eur(1000), date(2026, 1, 31))
    paid = scenario(rolling).given(counted(1))
    paid.when(count_cash(2)).then_rejected(needed)
    paid.when(count_cash(2, second=True)).then(cash_counted(2))
    paid.when(count_cash(2, 399)).then(cash_counted(2, 399))
    given = scenario(rolling).given(cash_counted(1))
    given.when(count_cash(2)).then_rejected(needed)
    given.when(count(2)).then_rejected(needed)


def test_cash_that_was_given_up_counts_no_more() -> None:
    uncount = UncountCash(by=HANA, at=NOON, cash=CashId("csh_1"))
    gone = CashNotCounted(by=HANA, at=NOON, cash=CashId("csh_1"))
    scenario(rolling).given(cash_counted(1)).when(uncount).then(gone)
    scenario(rolling).given(cash_counted(1), gone).when(uncount).then()
    scenario(rolling).given(cash_counted(1), gone).when(count_cash(2)).then(cash_counted(2))


# The same over HTTP


async def planned_with_two_from(till: Cashier, limit: int) -> str:
    """The page asks for two approvals from so many euros on; the budget line."""
    paying = replace(published.paying, second_approval_from=eur(limit))
    await till.heard(heard.from_plans, replace(published, paying=paying, version=2))
    return await planned(till, version=2)


async def asked(till: Cashier, line: str) -> dict[str, Any]:
    return await till.does(till.hana, "/v1/cash", body(line), status=201)


async def test_the_second_half_is_approved_by_two_as_the_whole_would_be(till: Cashier) -> None:
    line = await planned_with_two_from(till, 150)
    first, second = await asked(till, line), await asked(till, line)
    assert (first["second_approval"], first["together"]) == (False, chain.eur(100))
    assert (second["second_approval"], second["together"]) == (True, chain.eur(200))
    path = f"/v1/cash/{second['cash']}"
    alma = till.sign_in("alma", *STAFF)
    await chain.empowered(till, "alma", "approve")
    await till.does(till.eva, f"{path}/approve")
    assert ok(await till.eva.get(path))["stage"] == "approved_once"
    signed = {"proof": "signature", "document": chain.DOCUMENT}
    early = await till.tries(witness(till, "olga"), f"{path}/hand-over", signed)
    assert early == (409, "CashIsAt")
    assert await till.tries(till.eva, f"{path}/approve") == (422, "ActedOnCash")
    await till.does(alma, f"{path}/approve")
    await till.does(witness(till, "olga"), f"{path}/hand-over", signed)
    seen = {"document": chain.DOCUMENT}
    given = await till.does(witness(till, "petra"), f"{path}/confirm", seen)
    assert given["stage"] == "confirmed"


async def test_cash_that_is_given_up_makes_room(till: Cashier) -> None:
    line = await planned_with_two_from(till, 150)
    first = await asked(till, line)
    await till.does(till.hana, f"/v1/cash/{first['cash']}/cancel", {"reason": "did_not_come"})
    assert (await asked(till, line))["together"] == chain.eur(100)


async def test_of_two_halves_asked_for_at_the_same_instant_one_is_approved_by_two(
    at_once: Cashier,
) -> None:
    line = await planned_with_two_from(at_once, 150)
    answers = await asyncio.gather(*(at_once.hana.post("/v1/cash", body(line)) for _ in range(2)))
    told = [ok(answer, 201) for answer in answers]
    assert sorted(each["second_approval"] for each in told) == [False, True]
    assert {each["together"]["amount"] for each in told} == {"100.00", "200.00"}
    await at_once.settle()
