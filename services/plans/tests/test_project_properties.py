"""Whatever is asked of a project, by whom and in which order: what holds all the same."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from services.plans.tests.people import IOM, LINA, NOON, OMAR, OVEN, PETER, ZUZANA, entitled, eur
from services.plans.tests.projects import (
    BAGHDAD,
    BAKERY,
    PAPER,
    PROJECT,
    SARA,
    STANDINGS,
    propose,
)

from events.decider import Rejected
from events.money import Money, total
from events.values import CaseId, Code, DrawerId, ItemId, PersonId, PlanId
from plans.domain.drawing import Drawing, HoldEntitlement, drawing
from plans.domain.plan.kinds import Method, Rejection, Revision
from plans.domain.project import project
from plans.domain.project import requests as ask
from plans.domain.project.allocation import WHOLE, allocate
from plans.domain.project.facts import (
    ProjectApproved,
    ProjectEvent,
    ProjectSharesSet,
    ProjectSubmitted,
)
from plans.domain.project.judging import completes_the_quorum
from plans.domain.project.kinds import Cancellation, Leaving, Stage
from plans.domain.project.state import Project
from plans.domain.standing import Standing

PEOPLE = (LINA, SARA, OMAR, ZUZANA, PETER)
CASES = tuple(each.case for each in STANDINGS)
SPLITS = ((4000, 3500, 2500), (5000, 5000), (6000, 4000), (3334, 3333, 3333), (6001, 3999))
"""The last is refused: it is above the programme's largest share."""
ENDS = (Stage.REJECTED, Stage.CANCELLED, Stage.HANDED_OVER)

shares_of_all = st.lists(st.integers(0, WHOLE), min_size=1, max_size=12).map(
    lambda cuts: [
        high - low for low, high in zip([0, *sorted(cuts)], [*sorted(cuts), WHOLE], strict=True)
    ]
)


@given(st.integers(0, 10**12), shares_of_all)
def test_the_parts_are_the_whole_and_each_is_its_share_to_the_minor_unit(
    minor: int, shares: list[int]
) -> None:
    parts = allocate(Money(minor, "EUR"), shares)
    assert total(parts, "EUR").minor == minor
    for part, share in zip(parts, shares, strict=True):
        assert abs(part.minor * WHOLE - minor * share) < WHOLE


@given(st.integers(0, 10**9), shares_of_all)
def test_a_larger_share_is_never_less_money(minor: int, shares: list[int]) -> None:
    parts = allocate(Money(minor, "EUR"), sorted(shares, reverse=True))
    assert [p.minor for p in parts] == sorted((p.minor for p in parts), reverse=True)


@dataclass
class World:
    """A project, what each of its cases has drawn, and all that happened."""

    entitled: dict[CaseId, int]
    project: Project | None = None
    drawings: dict[CaseId, Drawing | None] = field(default_factory=dict)
    facts: list[ProjectEvent] = field(default_factory=list)

    def standing(self, case: CaseId) -> Standing:
        stands = next(each for each in STANDINGS if each.case == case)
        return replace(stands, entitled=entitled(eur(self.entitled[case]), of=stands.returnee))

    def asks(self, command: ask.AnyProjectCommand) -> None:
        """As the routes do: the act and what it draws or gives back are stored together or not."""
        try:
            facts = project.decide(command, self.project)
            drawn = self._draws(command)
        except Rejected:
            return
        self.project = project.fold(facts, self.project)
        self.drawings |= drawn
        self.facts += facts

    def _draws(self, command: ask.AnyProjectCommand) -> dict[CaseId, Drawing | None]:
        state = self.project
        if state is None:
            return {}
        wanted: dict[CaseId, Money] = {}
        nothing = Money.zero("EUR")
        if isinstance(command, ask.ApproveProject) and completes_the_quorum(state, BAGHDAD):
            wanted = dict.fromkeys(state.drawing, nothing) | state.amounts
        if isinstance(command, ask.CancelProject) or (
            isinstance(command, ask.RejectProject) and len(state.opponents) + 1 >= command.quorum
        ):
            wanted = dict.fromkeys(state.drawing, nothing)
        if isinstance(command, ask.WithdrawShare) and not command.ordered:
            wanted = {command.case: nothing} if command.case in state.drawing else {}
        return {case: self.holds(case, DrawerId(state.id), more) for case, more in wanted.items()}

    def holds(self, case: CaseId, drawer: DrawerId, amount: Money) -> Drawing | None:
        before = self.drawings.get(case)
        held = HoldEntitlement(
            by=LINA,
            at=NOON,
            case=case,
            drawn_for=drawer,
            amount=amount,
            cash=Money.zero("EUR"),
            entitled=self.standing(case).entitled,
            pool=self.standing(case).pool,
        )
        return drawing.fold(drawing.decide(held, before), before)

    def plans(self, case: CaseId, amount: Money) -> None:
        """The same person's individual plan draws beside it."""
        try:
            self.drawings[case] = self.holds(case, DrawerId(PlanId(f"pla_{case[-1]}")), amount)
        except Rejected:
            return


def commands(world: World, by: PersonId, number: int) -> list[ask.AnyProjectCommand]:
    """Everything that could be asked now; `number` chooses among amounts, shares and items."""
    said: dict[str, Any] = {"by": by, "at": NOON, "organisation": IOM}
    state = world.project
    standings = tuple(world.standing(s.case) for s in state.shares) if state else ()
    case = CASES[number % 3]
    asked = tuple(
        ask.ShareAsked(each, part, world.standing(each))
        for each, part in zip(CASES, SPLITS[number % len(SPLITS)], strict=False)
    )
    return [
        replace(propose, by=by),
        ask.ProposeProjectItem(
            **said,
            policy=BAGHDAD,
            item=ItemId(f"itm_{number % 3}"),
            type=BAKERY.type,
            assistance=BAKERY,
            spec=Code("oven"),
            ceiling=eur(number % 4000 + 1),
        ),
        ask.RemoveProjectItem(**said, item=ItemId(f"itm_{number % 3}")),
        ask.SetShares(**said, policy=BAGHDAD, shares=asked, host_basis_points=0),
        ask.SubmitProject(**said, standings=standings, documents=()),
        ask.ConfirmProject(**said),
        ask.ReturnProject(**said, reasons=(Revision.NOT_SAFE,)),
        ask.DeclareProjectConflict(**said),
        ask.ApproveProject(**said, standings=standings, policy=BAGHDAD),
        ask.RejectProject(**said, reason=Rejection.NOT_GENUINE, quorum=2),
        ask.WithdrawShare(
            **said, case=case, reason=Leaving.OWN_WISH, document=PAPER, ordered=number % 2 == 0
        ),
        ask.CancelProject(**said, reason=Cancellation.FUNDING_ENDED, ordered=number % 2 == 0),
        ask.HandOverProject(**said, document=PAPER, settled=frozenset({OVEN})),
    ]


def all_sign(world: World) -> None:
    state = world.project
    for share in state.shares if state else ():
        assert state
        signed = ask.SignShare(
            by=LINA,
            at=NOON,
            organisation=IOM,
            case=share.case,
            standing=world.standing(share.case),
            signed_by=share.returnee,
            method=Method.SIGNATURE,
            language=Code("ar"),
            digest=state.digest,
        )
        world.asks(signed)


MOVES = (*range(16), *[16] * 12)
"""Acts by their number in `commands`, then all sign, a plan draws, the straight way."""


def play(world: World, data: st.DataObject) -> None:
    step = st.tuples(st.sampled_from(PEOPLE), st.integers(0, 9999), st.sampled_from(MOVES))
    for by, number, which in data.draw(st.lists(step, min_size=3, max_size=30)):
        if which in (13, 14):
            all_sign(world)
        elif which == 15:
            world.plans(CASES[number % 3], eur(number % 3000))
        elif which == 16:
            story(world, number)
        else:
            world.asks(commands(world, by, number)[which])


def story(world: World, number: int) -> None:
    """The straight way to the committee, so that chance does not have to find it."""
    for by, which in ((LINA, 0), (LINA, 1), (LINA, 3)):
        world.asks(commands(world, by, number)[which])
    all_sign(world)
    for by, which in ((LINA, 4), (OMAR, 5), (ZUZANA, 8), (PETER, 8)):
        world.asks(commands(world, by, number)[which])


entitlements = st.fixed_dictionaries({case: st.integers(200, 4000) for case in CASES})


@settings(max_examples=150)
@given(entitlements, st.data())
def test_nobody_is_ever_drawn_on_above_their_entitlement(
    entitled: dict[CaseId, int], data: st.DataObject
) -> None:
    world = World(entitled)
    play(world, data)
    for case, drawn in world.drawings.items():
        if drawn is not None:
            assert drawn.together("EUR").amount <= eur(entitled[case])


@settings(max_examples=150)
@given(entitlements, st.data())
def test_what_is_sent_and_approved_is_whole_signed_and_judged_by_others(
    entitled: dict[CaseId, int], data: st.DataObject
) -> None:
    world = World(entitled)
    play(world, data)
    state: Project | None = None
    for fact in world.facts:
        match fact:
            case ProjectSharesSet():
                assert sum(s.basis_points for s in fact.shares) + fact.host_basis_points == WHOLE
            case ProjectSubmitted():
                assert state
                assert state.agreed
                assert all(share.signed for share in state.shares)
            case ProjectApproved():
                assert state
                parts = [*(s.amount for s in fact.shares), fact.host_amount]
                assert total(parts, "EUR") == fact.total == state.total
                assert sum(s.basis_points for s in fact.shares) == WHOLE
                assert not set(fact.approvers) & {
                    *state.makers,
                    *state.counsellors,
                    *state.assessors,
                }
                assert len(set(fact.approvers)) == len(fact.approvers) >= 2
        assert state is None or state.stage not in ENDS, "nothing follows the end"
        state = project.fold([fact], state)
    assert state == world.project, "what stands is what the facts amount to"
    assert state is None or state.id == PROJECT


@settings(max_examples=100)
@given(entitlements, st.data())
def test_what_is_drawn_for_a_project_is_what_its_participants_agreed_to(
    entitled: dict[CaseId, int], data: st.DataObject
) -> None:
    world = World(entitled)
    play(world, data)
    state = world.project
    for case, drawn in world.drawings.items():
        held = drawn.held_by(DrawerId(PROJECT), "EUR").amount if drawn else eur(0)
        if state is None or case not in state.drawing:
            assert held == eur(0), "who has no part in it, or no longer, holds nothing for it"
        elif state.stage is Stage.APPROVED:
            assert held == state.amounts[case]
