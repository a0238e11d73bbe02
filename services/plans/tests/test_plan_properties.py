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
    entitled,
    eur,
    standing,
)
from services.plans.tests.test_plan_in_force import judged

from events.decider import Rejected
from events.money import Money
from events.values import Code, ItemId, PersonId
from plans.domain.plan import plan
from plans.domain.plan import requests as ask
from plans.domain.plan.evolution import PlanEvent
from plans.domain.plan.facts import (
    ApprovalRecorded,
    AssistanceItemProposed,
    AssistanceItemRemoved,
    AssistanceItemRevised,
    ConflictDeclared,
    FeasibilityConfirmed,
    PlanApproved,
    PlanDrafted,
    PlanRejected,
    PlanSubmitted,
    RejectionRecorded,
)
from plans.domain.plan.facts_in_force import (
    ItemCancelled,
    PlanAmendmentApproved,
    PlanAmendmentProposed,
    PlanAmendmentRejected,
    PlanAmendmentWithdrawn,
    PlanCancelled,
    PlanCompleted,
    PlanWithdrawn,
)
from plans.domain.plan.kinds import Stage
from plans.domain.plan.state import Item, Plan
from plans.domain.programme import Assistance, Modality
from plans.domain.standing import Entitled, Standing

KINDS = (BUSINESS, NEEDS, POCKET, COUNSELLING)
CHANGES = (AssistanceItemProposed, AssistanceItemRevised, AssistanceItemRemoved)
END = (PlanRejected, PlanWithdrawn, PlanCancelled, PlanCompleted)
AMENDED = (PlanAmendmentApproved, PlanAmendmentRejected, PlanAmendmentWithdrawn)
VOTES = (ApprovalRecorded, RejectionRecorded, PlanApproved, PlanAmendmentApproved)
QUORUM = 2
LEAST = entitled(eur(1000), eur(50))
"""What a case may still plan with after its entitlement was cut."""

drafting: tuple[ask.AnyPlanCommand, ...] = (
    *[told.propose] * 4,
    *[told.revise] * 2,
    told.remove,
    *[told.sign] * 7,
    *[told.submit] * 12,
    told.withdraw,
)
judging: tuple[ask.AnyPlanCommand, ...] = (
    *[told.approve] * 12,
    told.give_back,
    told.declare,
    *[told.reject] * 12,
)
carrying_out: tuple[ask.AnyPlanCommand, ...] = (
    *[told.amend] * 4,
    told.suspend,
    told.cancel_item,
    told.cancel,
    *[told.complete] * 2,
)
SENSIBLE: Mapping[Stage | None, Sequence[ask.AnyPlanCommand]] = {
    None: (told.draft,),
    Stage.DRAFT: drafting,
    Stage.RETURNED: drafting,
    Stage.SUBMITTED: (*[told.confirm] * 4, told.decline, told.give_back),
    Stage.FEASIBLE: judging,
    Stage.APPROVED: carrying_out,
    Stage.SUSPENDED: (told.resume, told.cancel),
    Stage.REJECTED: (*drafting, *judging),
    Stage.WITHDRAWN: (*drafting, *judging),
    Stage.CANCELLED: (*drafting, *judging, *carrying_out),
    Stage.COMPLETED: (*drafting, *judging, *carrying_out),
}
ANYTHING = (told.draft, *drafting, told.confirm, told.decline, *judging, *carrying_out)


class Choice(NamedTuple):
    """What somebody tries next. `wild`: though it is not the time; `stray`: whoever it is."""

    act: int
    wild: bool
    stray: bool
    ordered: int
    """How many quarters of each item in force are on order."""
    by: PersonId
    organisation: Code
    kind: Assistance
    item: ItemId
    ceiling: Money
    stands: Standing


choices = st.builds(
    Choice,
    act=st.sampled_from(range(240)),
    wild=st.integers(0, 9).map(lambda n: n == 1),
    stray=st.integers(0, 4).map(lambda n: n == 1),
    ordered=st.integers(0, 3),
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
    if stage is Stage.APPROVED and state and state.proposal and choice.act % 10:
        stage = state.proposal.stage
    among = ANYTHING if choice.wild else SENSIBLE[stage]
    command = among[choice.act % len(among)]
    votes = isinstance(command, ask.RecordApproval | ask.RecordRejection) and choice.by not in (
        LINA,
        OMAR,
    )
    changed: dict[str, Any] = {"organisation": choice.organisation}
    changed["by"] = choice.by if choice.stray or votes else command.by
    if hasattr(command, "committed"):
        changed["committed"] = orders(choice, state)
    if isinstance(command, ask.CompletePlan) and state:
        changed["done"] = frozenset(i.item for i in state.items if choice.ordered)
    if hasattr(command, "standing"):
        changed["standing"] = choice.stands
    kind = choice.kind
    if isinstance(command, ask.ReviseItem | ask.RemoveItem | ask.CancelItem):
        changed["item"] = choice.item
    if isinstance(command, ask.ReviseItem):
        old = state.known(choice.item) if state else None
        kind = next((k for k in KINDS if old and k.type == old.type), BUSINESS)
        changed["assistance"] = kind
    if isinstance(command, ask.ProposeItem):
        changed |= {"item": choice.item, "type": kind.type, "assistance": kind}
    if isinstance(command, ask.ProposeItem | ask.ReviseItem):
        free = kind.modality is Modality.REFERRAL
        changed["ceiling"] = Money.zero("EUR") if free else choice.ceiling
    if isinstance(command, ask.SignPlan) and state:
        changed["digest"] = state.digest_of(state.proposal) if state.proposal else state.digest
    return replace(command, **changed)


def orders(choice: Choice, state: Plan | None) -> dict[ItemId, Money]:
    """What is on order: so many quarters of what each item in force may cost."""
    live = state.live if state and state.in_force else ()
    return {i.item: Money(i.ceiling.minor // 4 * choice.ordered, "EUR") for i in live}


LAWFUL = Choice(
    act=0,
    wild=False,
    stray=False,
    ordered=0,
    by=LINA,
    organisation=IOM,
    kind=BUSINESS,
    item=ItemId("itm_0"),
    ceiling=Money.zero("EUR"),
    stands=standing,
)
begun = st.sampled_from([(), told.in_force, judged])
"""Some begin where the committee has said yes, or where a change of that waits for its vote."""


def history(
    tried: Sequence[Choice], before: Sequence[PlanEvent]
) -> list[tuple[Plan | None, PlanEvent, Choice]]:
    """What came of it: each fact with the plan before it and the choice that led to it."""
    state: Plan | None = None
    facts: list[tuple[Plan | None, PlanEvent, Choice]] = []
    for event in before:
        facts.append((state, event, LAWFUL))
        state = plan.evolve(state, event)
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
@given(st.lists(choices, max_size=60), begun)
def test_what_always_holds(tried: list[Choice], earlier: tuple[PlanEvent, ...]) -> None:
    makers: set[PersonId] = set()
    assessors: set[PersonId] = set()
    conflicted: set[PersonId] = set()
    for before, event, choice in history(tried, earlier):
        after = plan.evolve(before, event)
        assert before is None or not before.over
        assert before is None or before.reached_by(choice.organisation)
        entitled = choice.stands.entitled
        assert entitled
        if isinstance(event, (PlanDrafted, *CHANGES)):
            makers.add(event.by)
            assert after.proposal
            assert after.proposal.signed is None
        if isinstance(event, PlanDrafted | AssistanceItemProposed | AssistanceItemRevised):
            assert choice.stands.consented
            assert after.proposal
            _within(after, after.proposal.items, entitled)
        if isinstance(event, PlanAmendmentProposed):
            makers.add(event.by)
            assessors = set()
        if isinstance(event, PlanSubmitted):
            assert before
            assert before.proposal
            assert before.proposal.signed == before.digest_of(before.proposal)
        if isinstance(event, FeasibilityConfirmed):
            assert event.by not in makers
            assessors.add(event.by)
        if isinstance(event, ConflictDeclared):
            conflicted.add(event.person)
        if isinstance(event, VOTES):
            assert event.by not in makers | assessors | conflicted | {LINA}
            assert choice.organisation == IOM
        if isinstance(event, PlanApproved | PlanAmendmentApproved):
            assert len(set(event.approvers)) == len(event.approvers) == QUORUM
            assert not set(event.approvers) & (makers | assessors | conflicted | {LINA})
            assert event.total == after.total
            _within(after, after.items, entitled)
        if isinstance(event, PlanRejected | PlanAmendmentRejected):
            assert before
            assert before.proposal
            assert len({*before.proposal.opponents}) == QUORUM
        if isinstance(event, PlanAmendmentApproved | ItemCancelled):
            ceilings = {i.item: i.ceiling for i in after.live}
            for item, held in orders(choice, before).items():
                assert held <= ceilings.get(item, Money.zero("EUR"))
        if isinstance(event, PlanCancelled | PlanCompleted):
            assert before
            assert event.committed + event.freed == before.total


def _within(state: Plan, items: tuple[Item, ...], entitled: Entitled) -> None:
    assert state.total_of(items) <= entitled.total
    assert state.cash_of(items) <= entitled.cash_cap


def test_the_tries_reach_every_end() -> None:
    """A property over histories that never end would hold of anything."""
    seen: set[type[PlanEvent]] = set()

    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    @given(st.lists(choices, min_size=40, max_size=80), begun)
    def look(tried: list[Choice], earlier: tuple[PlanEvent, ...]) -> None:
        seen.update(type(event) for _, event, _ in history(tried, earlier))

    look()
    wanted = {*CHANGES, *END, *AMENDED, PlanApproved, ConflictDeclared, FeasibilityConfirmed}
    assert seen >= wanted, wanted - seen
