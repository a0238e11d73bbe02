"""Whatever is asked of a plan, in whatever order and by whomever: what holds all the same."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from services.plans.tests import acts as told
from services.plans.tests.people import (
    BUSINESS,
    COUNSELLING,
    IOM,
    LINA,
    MILAN,
    NEEDS,
    NGO,
    OMAR,
    PETER,
    POCKET,
    ZUZANA,
    standing,
)

from events.decider import Rejected
from events.money import Money, total
from events.values import Code, ItemId, PersonId
from plans.domain.plan import plan
from plans.domain.plan import requests as ask
from plans.domain.plan.facts import (
    ApprovalRecorded,
    AssistanceItemProposed,
    AssistanceItemRemoved,
    AssistanceItemRevised,
    ConflictDeclared,
    FeasibilityConfirmed,
    PlanApproved,
    PlanDrafted,
    PlanEvent,
    PlanRejected,
    PlanSigned,
    PlanSubmitted,
)
from plans.domain.plan.kinds import Stage
from plans.domain.plan.state import Plan
from plans.domain.programme import Assistance, Modality
from plans.domain.standing import Entitled, Standing

KINDS = (BUSINESS, NEEDS, POCKET, COUNSELLING)
CHANGES = (AssistanceItemProposed, AssistanceItemRevised, AssistanceItemRemoved)
END = (PlanApproved, PlanRejected)
LEAST = Entitled(Money(100_000, "EUR"), Money(5_000, "EUR"))
"""What a case may still plan with after its entitlement was cut."""

drafting: tuple[ask.AnyPlanCommand, ...] = (
    *[told.propose] * 2,
    told.revise,
    told.remove,
    *[told.sign] * 2,
    *[told.submit] * 4,
)
judging: tuple[ask.AnyPlanCommand, ...] = (
    *[told.approve] * 5,
    told.give_back,
    told.declare,
    told.reject,
)
SENSIBLE: Mapping[Stage | None, Sequence[ask.AnyPlanCommand]] = {
    None: (told.draft,),
    Stage.DRAFT: drafting,
    Stage.RETURNED: drafting,
    Stage.SUBMITTED: (*[told.confirm] * 4, told.decline, told.give_back),
    Stage.FEASIBLE: judging,
    Stage.APPROVED: (*drafting, *judging),
    Stage.REJECTED: (*drafting, *judging),
}
ANYTHING = (told.draft, *drafting, told.confirm, told.decline, *judging)


class Choice(NamedTuple):
    """What somebody tries next. `wild`: though it is not the time; `stray`: whoever it is."""

    act: int
    wild: bool
    stray: bool
    by: PersonId
    organisation: Code
    kind: Assistance
    item: ItemId
    ceiling: Money
    stands: Standing


choices = st.builds(
    Choice,
    act=st.sampled_from(range(40)),
    wild=st.integers(0, 9).map(lambda n: n == 1),
    stray=st.integers(0, 4).map(lambda n: n == 1),
    by=st.sampled_from([LINA, OMAR, ZUZANA, PETER, MILAN]),
    organisation=st.sampled_from([IOM, IOM, IOM, IOM, NGO]),
    kind=st.sampled_from(KINDS),
    item=st.sampled_from([ItemId(f"itm_{n}") for n in range(4)]),
    ceiling=st.integers(0, 160_000).map(lambda minor: Money(minor // 4 * 4, "EUR")),
    stands=st.sampled_from(
        [
            *[standing] * 6,
            replace(standing, consented=False),
            replace(standing, entitled=LEAST),
        ]
    ),
)


def asked(choice: Choice, state: Plan | None) -> ask.AnyPlanCommand:
    stage = state.stage if state else None
    among = ANYTHING if choice.wild else SENSIBLE[stage]
    command = among[choice.act % len(among)]
    votes = isinstance(command, ask.RecordApproval) and choice.by not in (LINA, OMAR)
    changed: dict[str, Any] = {"organisation": choice.organisation}
    changed["by"] = choice.by if choice.stray or votes else command.by
    if hasattr(command, "standing"):
        changed["standing"] = choice.stands
    kind = choice.kind
    if isinstance(command, ask.ReviseItem | ask.RemoveItem):
        changed["item"] = choice.item
    if isinstance(command, ask.ReviseItem):
        old = state.item(choice.item) if state else None
        kind = next((k for k in KINDS if old and k.type == old.type), BUSINESS)
        changed["assistance"] = kind
    if isinstance(command, ask.ProposeItem):
        changed |= {"item": choice.item, "type": kind.type, "assistance": kind}
    if isinstance(command, ask.ProposeItem | ask.ReviseItem):
        free = kind.modality is Modality.REFERRAL
        changed["ceiling"] = Money.zero("EUR") if free else choice.ceiling
    if isinstance(command, ask.SignPlan) and state:
        changed["digest"] = state.digest
    return replace(command, **changed)


def history(tried: Sequence[Choice]) -> list[tuple[Plan | None, PlanEvent, Choice]]:
    """What came of it: each fact with the plan before it and the choice that led to it."""
    state: Plan | None = None
    facts: list[tuple[Plan | None, PlanEvent, Choice]] = []
    for choice in tried:
        try:
            events = plan.decide(asked(choice, state), state)
        except Rejected:
            continue
        for event in events:
            facts.append((state, event, choice))
            state = plan.evolve(state, event)
    return facts


@settings(max_examples=200, deadline=None)
@given(st.lists(choices, max_size=40))
def test_what_always_holds(tried: list[Choice]) -> None:
    facts = history(tried)
    makers: set[PersonId] = set()
    assessors: set[PersonId] = set()
    conflicted: set[PersonId] = set()
    signed = False
    for before, event, choice in facts:
        assert before is None or before.stage not in (Stage.APPROVED, Stage.REJECTED)
        assert before is None or before.reached_by(choice.organisation)
        entitled = choice.stands.entitled
        after = plan.evolve(before, event)
        if isinstance(event, PlanDrafted | AssistanceItemProposed | AssistanceItemRevised):
            assert choice.stands.consented
            assert entitled
            assert after.total <= entitled.total
            assert _cash(after) <= entitled.cash_cap
        if isinstance(event, (PlanDrafted, *CHANGES)):
            makers.add(event.by)
            signed = False
        if isinstance(event, PlanSigned):
            signed = True
        if isinstance(event, PlanSubmitted):
            assert signed
        if isinstance(event, FeasibilityConfirmed):
            assert event.by not in makers
            assessors.add(event.by)
        if isinstance(event, ConflictDeclared):
            conflicted.add(event.person)
        if isinstance(event, ApprovalRecorded | PlanApproved | PlanRejected):
            assert event.by not in makers | assessors | conflicted | {LINA}
            assert choice.organisation == IOM
        if isinstance(event, PlanApproved):
            assert len(set(event.approvers)) == len(event.approvers) == 2
            assert not set(event.approvers) & (makers | assessors | conflicted | {LINA})
            assert event.total == total((i.ceiling for i in event.items), "EUR")
            assert entitled
            assert event.total <= entitled.total
            assert signed


def _cash(state: Plan) -> Money:
    cash = (i.ceiling for i in state.items if i.modality is Modality.CASH)
    return total(cash, "EUR")


def test_the_tries_reach_every_end() -> None:
    """A property over histories that never end would hold of anything."""
    seen: set[type[PlanEvent]] = set()

    @settings(max_examples=150, deadline=None, derandomize=True, database=None)
    @given(st.lists(choices, min_size=25, max_size=40))
    def look(tried: list[Choice]) -> None:
        seen.update(type(event) for _, event, _ in history(tried))

    look()
    assert seen >= {*CHANGES, *END, ConflictDeclared, FeasibilityConfirmed}
