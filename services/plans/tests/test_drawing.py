"""What a case has drawn of its entitlement: never more than there is, whoever draws."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.plans.tests.people import CASE, LINA, NOON, entitled, eur, standing

from events.decider import Rejected
from events.money import Money
from events.scenario import scenario
from events.values import DrawerId
from plans.domain.drawing import (
    EntitlementDrawn,
    EntitlementReleased,
    HoldEntitlement,
    drawing,
)
from plans.domain.good_standing import AboveCashCap, AboveEntitlement
from plans.domain.shares import Held
from plans.domain.standing import Entitled

PLAN, PROJECT = DrawerId("pla_1"), DrawerId("prj_1")
ENTITLED = entitled(eur(3000), eur(300))


def hold(
    drawer: DrawerId, amount: Money, cash: Money | None = None, entitled: Entitled = ENTITLED
) -> HoldEntitlement:
    return HoldEntitlement(
        by=LINA,
        at=NOON,
        case=CASE,
        drawn_for=drawer,
        amount=amount,
        cash=cash or eur(0),
        entitled=entitled,
        pool=standing.pool,
    )


def drew(drawer: DrawerId, amount: Money, cash: Money | None = None) -> EntitlementDrawn:
    return EntitlementDrawn(
        by=LINA, at=NOON, case=CASE, drawn_for=drawer, amount=amount, cash=cash or eur(0)
    )


def released(drawer: DrawerId, amount: Money, cash: Money | None = None) -> EntitlementReleased:
    return EntitlementReleased(
        by=LINA, at=NOON, case=CASE, drawn_for=drawer, amount=amount, cash=cash or eur(0)
    )


def test_a_plan_draws_all_that_there_is() -> None:
    scenario(drawing).when(hold(PLAN, eur(3000))).then(drew(PLAN, eur(3000)))


def test_but_not_more() -> None:
    scenario(drawing).when(hold(PLAN, eur(3001))).then_rejected(
        AboveEntitlement(eur(3001), eur(3000))
    )


def test_a_project_draws_only_what_the_plan_leaves() -> None:
    after = scenario(drawing).given(drew(PLAN, eur(2000)))
    after.when(hold(PROJECT, eur(1000))).then(drew(PROJECT, eur(1000)))
    after = scenario(drawing).given(drew(PLAN, eur(2000)))
    after.when(hold(PROJECT, eur(1001))).then_rejected(AboveEntitlement(eur(3001), eur(3000)))


def test_cash_is_capped_over_all_that_draw() -> None:
    after = scenario(drawing).given(drew(PLAN, eur(500), eur(200)))
    after.when(hold(PROJECT, eur(101), eur(101))).then_rejected(AboveCashCap(eur(301), eur(300)))


def test_what_is_held_is_told_as_a_whole() -> None:
    scenario(drawing).given(drew(PLAN, eur(2000))).when(hold(PLAN, eur(2000))).then()
    scenario(drawing).given(drew(PLAN, eur(2000))).when(hold(PLAN, eur(2500))).then(
        drew(PLAN, eur(500))
    )
    scenario(drawing).given(drew(PLAN, eur(2000))).when(hold(PLAN, eur(500))).then(
        released(PLAN, eur(1500))
    )


def test_more_in_kind_and_less_cash_are_both_told() -> None:
    scenario(drawing).given(drew(PLAN, eur(1000), eur(300))).when(
        hold(PLAN, eur(1200), eur(100))
    ).then(drew(PLAN, eur(200)), released(PLAN, eur(0), eur(200)))


def test_giving_back_is_never_refused_even_when_the_entitlement_was_cut() -> None:
    cut = entitled(eur(1000))
    after = scenario(drawing).given(drew(PLAN, eur(2000)))
    after.when(hold(PLAN, eur(1500), entitled=cut)).then(released(PLAN, eur(500)))
    after = scenario(drawing).given(drew(PLAN, eur(2000)))
    after.when(hold(PROJECT, eur(1), entitled=cut)).then_rejected(
        AboveEntitlement(eur(2001), eur(1000))
    )


@dataclass(frozen=True)
class Try:
    drawer: DrawerId
    amount: int
    cash: int


tries = st.builds(
    Try,
    drawer=st.sampled_from([PLAN, PROJECT, DrawerId("eme_1")]),
    amount=st.integers(0, 4000),
    cash=st.integers(0, 400),
)


@given(st.lists(tries, max_size=12))
def test_together_they_never_hold_more_than_there_is(tried: list[Try]) -> None:
    state = None
    for each in tried:
        asked = hold(each.drawer, eur(max(each.amount, each.cash)), eur(each.cash))
        try:
            state = drawing.fold(drawing.decide(asked, state), state)
        except Rejected:
            continue
        assert state is None or state.held_by(each.drawer, "EUR") == Held(asked.amount, asked.cash)
    if state is not None:
        together = state.together("EUR")
        assert together.amount <= ENTITLED.total
        assert together.cash <= ENTITLED.cash_cap


@pytest.mark.parametrize("drawer", [PLAN, PROJECT])
def test_who_holds_nothing_is_forgotten(drawer: DrawerId) -> None:
    after = scenario(drawing).given(drew(drawer, eur(7))).when(hold(drawer, eur(0)))
    outcome = after.then(released(drawer, eur(7)))
    assert outcome.state
    assert outcome.state.held == {}
