"""Entitlement is each person's own, unless the household pooled it (A1)."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from services.plans.tests import acts as told
from services.plans.tests.people import (
    CASE,
    LINA,
    NEEDS,
    NOON,
    OVEN,
    PLAN,
    THE_OVEN,
    ZAHRA,
    an_oven,
    drafted,
    entitled,
    eur,
    standing,
)
from services.plans.tests.test_drawing import drew, hold
from services.plans.tests.test_emergency import HELP, food, request, requested

from events.decider import Rejected
from events.money import Money
from events.scenario import scenario
from events.values import Code, DrawerId, ItemId, PersonId
from plans.domain import heard
from plans.domain.drawing import (
    Drawing,
    EntitlementAllotted,
    ForOne,
    HoldEntitlement,
    drawing,
)
from plans.domain.emergency import emergency
from plans.domain.emergency.facts import EmergencyItemIntended
from plans.domain.plan import plan
from plans.domain.plan.evolution import PlanEvent
from plans.domain.plan.facts import AssistanceItemIntended
from plans.domain.plan.state import digest
from plans.domain.shares import (
    AboveCashShare,
    AboveShare,
    Held,
    NotOfTheHousehold,
    Pool,
    of,
)
from plans.domain.standing import Standing, evolve

YUSUF, AMAL = PersonId("per_yusuf"), PersonId("per_amal")
"""Her husband and her daughter."""
THEIRS = entitled(eur(2000), eur(300), (YUSUF, eur(1000)), (AMAL, eur(500)))
alone = replace(standing, entitled=THEIRS, others=frozenset({YUSUF, AMAL}))
with_yusuf = replace(alone, pooled=frozenset({YUSUF}))
after_yusuf = replace(alone, left_pool=frozenset({YUSUF}))
PROJECT = DrawerId("prj_1")


def holds(
    stands: Standing, amount: Money, *, drawer: DrawerId | None = None, **others: int
) -> HoldEntitlement:
    """The whole, and how many euros of it are for those that are named."""
    return replace(
        hold(drawer or DrawerId(PLAN), amount),
        entitled=stands.entitled,
        pool=stands.pool,
        others={PersonId(f"per_{name}"): Held(eur(n), eur(0)) for name, n in others.items()},
    )


def allotted(**others: int) -> EntitlementAllotted:
    return EntitlementAllotted(
        by=LINA,
        at=NOON,
        case=CASE,
        drawn_for=DrawerId(PLAN),
        others=tuple(ForOne(PersonId(f"per_{k}"), eur(n), eur(0)) for k, n in others.items()),
    )


class TestDrawing:
    def test_the_principal_applicant_draws_on_her_own_share(self) -> None:
        scenario(drawing).when(holds(alone, eur(2000))).then(drew(DrawerId(PLAN), eur(2000)))
        scenario(drawing).when(holds(alone, eur(2001))).then_rejected(
            AboveShare(ZAHRA, share=eur(2000), asked=eur(2001))
        )

    def test_and_on_those_that_were_pooled_with_it(self) -> None:
        scenario(drawing).when(holds(with_yusuf, eur(3000))).then(drew(DrawerId(PLAN), eur(3000)))
        scenario(drawing).when(holds(with_yusuf, eur(3001))).then_rejected(
            AboveShare(ZAHRA, share=eur(3000), asked=eur(3001))
        )

    def test_who_is_in_the_pool_draws_on_all_of_it(self) -> None:
        scenario(drawing).when(holds(with_yusuf, eur(2500), yusuf=2500)).then(
            drew(DrawerId(PLAN), eur(2500)), allotted(yusuf=2500)
        )

    def test_who_is_not_draws_on_no_more_than_their_own(self) -> None:
        scenario(drawing).when(holds(with_yusuf, eur(500), amal=500)).then(
            drew(DrawerId(PLAN), eur(500)), allotted(amal=500)
        )
        scenario(drawing).when(holds(with_yusuf, eur(501), amal=501)).then_rejected(
            AboveShare(AMAL, share=eur(500), asked=eur(501))
        )

    def test_whatever_draws_it(self) -> None:
        """A project counts beside the plan, and what the plan has for others does not."""
        after = scenario(drawing).given(drew(DrawerId(PLAN), eur(1500)), allotted(amal=500))
        after.when(holds(alone, eur(1000), drawer=PROJECT)).then(drew(PROJECT, eur(1000)))
        after = scenario(drawing).given(drew(DrawerId(PLAN), eur(1500)), allotted(amal=500))
        after.when(holds(alone, eur(1001), drawer=PROJECT)).then_rejected(
            AboveShare(ZAHRA, share=eur(2000), asked=eur(2001))
        )

    def test_for_whom_it_is_may_change_while_the_whole_does_not(self) -> None:
        after = scenario(drawing).given(drew(DrawerId(PLAN), eur(1000)))
        after.when(holds(alone, eur(1000), yusuf=400)).then(allotted(yusuf=400))
        after = scenario(drawing).given(drew(DrawerId(PLAN), eur(1000)), allotted(yusuf=400))
        after.when(holds(alone, eur(1000))).then(allotted())
        after = scenario(drawing).given(drew(DrawerId(PLAN), eur(1000)))
        after.when(holds(alone, eur(1000), amal=501)).then_rejected(
            AboveShare(AMAL, share=eur(500), asked=eur(501))
        )

    def test_cash_is_each_persons_own_too(self) -> None:
        in_cash = replace(holds(alone, eur(100)), cash=eur(100))
        hers = replace(in_cash, others={YUSUF: Held(eur(100), eur(100))})
        scenario(drawing).when(in_cash).then(drew(DrawerId(PLAN), eur(100), eur(100)))
        scenario(drawing).when(hers).then_rejected(
            AboveCashShare(YUSUF, share=eur(0), asked=eur(100))
        )


class TestLeavingThePool:
    def test_what_is_drawn_stays(self) -> None:
        after = scenario(drawing).given(drew(DrawerId(PLAN), eur(2800)))
        after.when(holds(after_yusuf, eur(2800))).then()

    def test_but_no_more_is_drawn(self) -> None:
        after = scenario(drawing).given(drew(DrawerId(PLAN), eur(2800)))
        after.when(holds(after_yusuf, eur(2801))).then_rejected(
            AboveShare(ZAHRA, share=eur(2000), asked=eur(2801))
        )

    def test_what_the_pool_drew_of_it_is_gone_for_who_leaves(self) -> None:
        plan_and_his = holds(after_yusuf, eur(200), drawer=PROJECT, yusuf=200)
        scenario(drawing).given(drew(DrawerId(PLAN), eur(2800))).when(plan_and_his).then(
            drew(PROJECT, eur(200)), replace(allotted(yusuf=200), drawn_for=PROJECT)
        )
        more = holds(after_yusuf, eur(201), drawer=PROJECT, yusuf=201)
        scenario(drawing).given(drew(DrawerId(PLAN), eur(2800))).when(more).then_rejected(
            AboveShare(YUSUF, share=eur(3000), asked=eur(3001))
        )

    def test_and_never_for_who_was_not_in_it(self) -> None:
        hers = holds(after_yusuf, eur(500), drawer=PROJECT, amal=500)
        scenario(drawing).given(drew(DrawerId(PLAN), eur(3000))).when(hers).then(
            drew(PROJECT, eur(500)), replace(allotted(amal=500), drawn_for=PROJECT)
        )


# As intake tells it

granted = heard.EntitlementGranted(
    by=LINA,
    at=NOON,
    case=CASE,
    total=eur(3500),
    cash_cap=eur(300),
    shares=THEIRS.shares,
    claim_by=None,
    use_by=None,
)


def pooled(person: PersonId) -> heard.HouseholdPooled:
    return heard.HouseholdPooled(by=LINA, at=NOON, case=CASE, person=person)


def unpooled(person: PersonId) -> heard.HouseholdUnpooled:
    return heard.HouseholdUnpooled(by=LINA, at=NOON, case=CASE, person=person)


def joins(person: PersonId) -> heard.HouseholdMemberAdded:
    return heard.HouseholdMemberAdded(by=LINA, at=NOON, case=CASE, member=person)


gone = heard.HouseholdMemberRemoved(by=LINA, at=NOON, case=CASE, member=YUSUF)


@pytest.mark.parametrize(
    ("told_", "pool"),
    [
        ((granted,), Pool(ZAHRA)),
        ((pooled(YUSUF), granted), Pool(ZAHRA, frozenset({YUSUF}))),
        ((granted, pooled(YUSUF), unpooled(YUSUF)), Pool(ZAHRA, left=frozenset({YUSUF}))),
        ((granted, pooled(YUSUF), gone), Pool(ZAHRA, left=frozenset({YUSUF}))),
        ((granted, unpooled(YUSUF), gone), Pool(ZAHRA)),
        (
            (granted, pooled(YUSUF), unpooled(YUSUF), pooled(YUSUF)),
            Pool(ZAHRA, frozenset({YUSUF})),
        ),
    ],
)
def test_who_is_in_the_pool(told_: tuple[heard.FromIntake, ...], pool: Pool) -> None:
    stands: Standing = replace(standing, others=frozenset())
    for event in (joins(YUSUF), *told_):
        stands = evolve(stands, event)
    assert stands.pool == pool
    assert stands.household == ({ZAHRA} if gone in told_ else {ZAHRA, YUSUF})
    assert stands.entitled == THEIRS


# Items


def intended(person: PersonId, item: ItemId = OVEN) -> AssistanceItemIntended:
    return AssistanceItemIntended(by=LINA, at=NOON, plan=PLAN, item=item, person=person)


for_amal = replace(
    told.propose,
    standing=alone,
    item=ItemId("itm_books"),
    type=NEEDS.type,
    assistance=NEEDS,
    spec=Code("school_books"),
    ceiling=eur(500),
    person=AMAL,
)
books = replace(
    an_oven,
    item=for_amal.item,
    assistance=NEEDS.type,
    spec=for_amal.spec,
    ceiling=eur(500),
)


class TestItems:
    def test_an_item_is_for_the_principal_applicant_unless_it_says_otherwise(self) -> None:
        scenario(plan).given(drafted).when(replace(told.propose, person=ZAHRA)).then(an_oven)

    def test_or_for_one_of_the_household(self) -> None:
        scenario(plan).given(drafted).when(for_amal).then(books, intended(AMAL, for_amal.item))

    def test_not_for_a_stranger(self) -> None:
        scenario(plan).given(drafted).when(replace(for_amal, person=LINA)).then_rejected(
            NotOfTheHousehold(LINA)
        )

    def test_within_the_persons_share(self) -> None:
        scenario(plan).given(drafted).when(replace(for_amal, ceiling=eur(501))).then_rejected(
            AboveShare(AMAL, share=eur(500), asked=eur(501))
        )

    def test_hers_and_others_are_not_mixed(self) -> None:
        given = (drafted, an_oven)
        more = replace(for_amal, person=None, ceiling=eur(151))
        scenario(plan).given(*given).when(more).then_rejected(
            AboveShare(ZAHRA, share=eur(2000), asked=eur(2001))
        )
        scenario(plan).given(*given).when(for_amal).then(books, intended(AMAL, for_amal.item))

    def test_it_is_given_to_somebody_else(self) -> None:
        given = (drafted, books, intended(AMAL, for_amal.item))
        revise = replace(
            told.revise,
            standing=alone,
            item=for_amal.item,
            assistance=NEEDS,
            spec=for_amal.spec,
            ceiling=eur(400),
        )
        outcome = scenario(plan).given(*given).when(replace(revise, person=YUSUF)).state
        assert outcome
        assert outcome.first.items[0].person == YUSUF
        outcome = scenario(plan).given(*given).when(revise).state
        assert outcome
        assert outcome.first.items[0].person == AMAL
        outcome = scenario(plan).given(*given).when(replace(revise, person=ZAHRA)).state
        assert outcome
        assert outcome.first.items[0].person is None

    def test_what_is_signed_says_for_whom(self) -> None:
        hers, his = THE_OVEN, replace(THE_OVEN, person=YUSUF)
        assert digest(PLAN, CASE, (hers,)) != digest(PLAN, CASE, (his,))

    def test_the_vote_counts_what_was_pooled_when_it_is_cast(self) -> None:
        waits: tuple[PlanEvent, ...] = (*told.before_committee, told.zuzanas_yes)
        his_only = entitled(eur(1000), None, (YUSUF, eur(1000)))
        together = replace(standing, entitled=his_only, pooled=frozenset({YUSUF}))
        peters = replace(told.approve, by=told.peters_yes.by)
        scenario(plan).given(*waits).when(replace(peters, standing=together)).then(
            told.peters_yes, told.approved
        )
        apart = replace(together, pooled=frozenset(), left_pool=frozenset({YUSUF}))
        scenario(plan).given(*waits).when(replace(peters, standing=apart)).then_rejected(
            AboveShare(ZAHRA, share=eur(1000), asked=eur(1850))
        )

    def test_what_is_in_force_may_be_amended_after_the_pool_is_left(self) -> None:
        his_only = entitled(eur(1000), None, (YUSUF, eur(1000)))
        apart = replace(standing, entitled=his_only, left_pool=frozenset({YUSUF}))
        given = (*told.in_force, told.amending)
        less = replace(told.revise, standing=apart, ceiling=eur(1800))
        assert scenario(plan).given(*given).when(less).state
        more = replace(told.revise, standing=apart, ceiling=eur(1851))
        scenario(plan).given(*given).when(more).then_rejected(
            AboveShare(ZAHRA, share=eur(1000), asked=eur(1851))
        )


class TestEmergencies:
    household = replace(request.standing, others=frozenset({AMAL})) if request.standing else None

    def test_an_item_may_be_for_one_of_the_household(self) -> None:
        asked = replace(request, standing=self.household, wanted=(replace(food, person=AMAL),))
        scenario(emergency).when(asked).then(
            requested,
            EmergencyItemIntended(
                by=LINA, at=NOON, emergency=HELP, case=CASE, item=food.item, person=AMAL
            ),
        )

    def test_not_for_a_stranger(self) -> None:
        asked = replace(request, standing=self.household, wanted=(replace(food, person=YUSUF),))
        scenario(emergency).when(asked).then_rejected(NotOfTheHousehold(YUSUF))


# Whatever is asked, in whatever order

PEOPLE = (ZAHRA, YUSUF, AMAL)
DRAWERS = (DrawerId("pla_1"), DrawerId("eme_1"), DrawerId("prj_1"))


@dataclass(frozen=True)
class Ask:
    drawer: DrawerId
    parts: tuple[int, int, int]
    """For each of the three."""


@dataclass(frozen=True)
class Turn:
    """Somebody joins the pool, or leaves it."""

    person: PersonId


steps = st.lists(
    st.one_of(
        st.builds(
            Ask,
            drawer=st.sampled_from(DRAWERS),
            parts=st.tuples(*[st.sampled_from([0, 0, 100, 250, 500, 900, 1000, 2000])] * 3),
        ),
        st.builds(Turn, person=st.sampled_from(PEOPLE[1:])),
    ),
    max_size=25,
)


def _turned(stands: Standing, person: PersonId) -> Standing:
    told_ = unpooled(person) if person in stands.pooled else pooled(person)
    return evolve(stands, told_)


def _drawn(state: Drawing | None, people: frozenset[PersonId]) -> Money:
    return of(people, state.parts(ZAHRA) if state else {}, "EUR").amount


def _brought(people: frozenset[PersonId]) -> Money:
    return of(people, {s.person: Held(s.total, eur(0)) for s in THEIRS.shares}, "EUR").amount


@settings(max_examples=300, deadline=None)
@given(steps)
def test_nobody_draws_on_a_share_that_was_not_put_together_with_theirs(
    tried: list[Ask | Turn],
) -> None:
    state: Drawing | None = None
    stands, ever = alone, frozenset({ZAHRA})
    for step in tried:
        if isinstance(step, Turn):
            stands = _turned(stands, step.person)
            ever |= stands.pooled
            continue
        parts = dict(zip(PEOPLE, step.parts, strict=True))
        asked = replace(
            hold(step.drawer, eur(sum(step.parts))),
            entitled=THEIRS,
            pool=stands.pool,
            others={p: Held(eur(n), eur(0)) for p, n in parts.items() if n and p != ZAHRA},
        )
        before = {person: _drawn(state, frozenset({person})) for person in PEOPLE}
        try:
            state = drawing.fold(drawing.decide(asked, state), state)
        except Rejected:
            continue
        for person in PEOPLE:
            circle = stands.pool.circle(person)
            if _drawn(state, frozenset({person})) > before[person] and circle == {person}:
                assert _drawn(state, circle) <= _brought(circle)
        for never in set(PEOPLE) - ever:
            assert _drawn(state, frozenset({never})) <= _brought(frozenset({never}))
        assert _drawn(state, ever) <= _brought(ever)
        assert state is None or state.together("EUR").amount <= THEIRS.total
