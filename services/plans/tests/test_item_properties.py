"""Whatever is asked of an item, by whomever and in whatever order: what holds all the same."""

from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from services.plans.tests.carried import (
    APRIL,
    BY_MONTH,
    DALIA,
    FEES,
    MARCH,
    MATCHING,
    MAY,
    MINH,
    NOTE,
    PETRA,
    approved,
    asking,
    part,
)
from services.plans.tests.people import IOM, LINA, NGO, eur, standing

from events.decider import Rejected
from events.money import Money
from events.values import Code, Digest, PersonId, VisitId
from plans.domain.item import facts, item
from plans.domain.item import requests as ask
from plans.domain.item.kinds import Condition, Excuse, Tie, Withheld
from plans.domain.item.rules import tie_of
from plans.domain.item.state import CarriedOut

PARTS = (MARCH, APRIL, MAY)
PEOPLE = (LINA, approved.counsellor, DALIA, MINH, PETRA)


class Choice(NamedTuple):
    act: int
    which: int
    number: int
    by: PersonId
    organisation: Code
    sheet: Digest
    consented: bool


choices = st.builds(
    Choice,
    act=st.integers(0, 9),
    which=st.integers(0, 2),
    number=st.integers(0, 400),
    by=st.sampled_from(PEOPLE),
    organisation=st.sampled_from([IOM, IOM, IOM, NGO]),
    sheet=st.sampled_from([Digest(f"{n:064x}") for n in range(12)]),
    consented=st.sampled_from([True, True, True, False]),
)


def asked(choice: Choice) -> ask.AnyItemCommand:
    instalment = PARTS[choice.which]
    rests: dict[str, Any] = asking(choice.by, choice.organisation)
    rests["standing"] = replace(standing, consented=choice.consented)
    match choice.act:
        case 0 | 1:
            amounts = (choice.number, 300, 300) if choice.act else (480, 320)
            parts = tuple(
                part(which, month, amount)
                for which, month, amount in zip(PARTS, (3, 4, 5), amounts, strict=False)
            )
            terms = BY_MONTH if choice.act else MATCHING
            return ask.AgreeInstalments(**rests, terms=terms, parts=parts, document=FEES)
        case 2 | 3 | 4 | 5:
            return ask.RecordAttendance(
                **rests,
                instalment=instalment,
                held=20,
                attended=choice.number % 22,
                document=choice.sheet,
            )
        case 6:
            put_in = eur(100 + choice.number)
            return ask.ProveContribution(**rests, amount=put_in, document=choice.sheet)
        case 7:
            return ask.WaiveCondition(
                **rests, instalment=instalment, reason=Excuse.ILLNESS, document=NOTE
            )
        case 8:
            return ask.WithholdInstalment(
                **rests, instalment=instalment, reason=Withheld.LEFT_THE_COURSE
            )
        case _:
            return ask.VerifyUse(**rests, visit=VisitId("vis_1"), report=NOTE)


def history(tried: list[Choice]) -> list[tuple[CarriedOut | None, facts.ItemEvent]]:
    """What came of it: each fact with the item before it."""
    state: CarriedOut | None = None
    told: list[tuple[CarriedOut | None, facts.ItemEvent]] = []
    for choice in tried:
        try:
            events = item.decide(asked(choice), state)
        except Rejected:
            continue
        for event in events:
            told.append((state, event))
            state = item.evolve(state, event)
    return told


@settings(max_examples=200, deadline=None)
@given(st.lists(choices, max_size=40))
def test_what_always_holds(tried: list[Choice]) -> None:
    so_far = Money.zero("EUR")
    documents: list[Digest] = []
    for before, event in history(tried):
        if isinstance(event, facts.InstalmentsAgreed):
            assert event.total <= approved.ceiling
        if isinstance(event, facts.AttendanceRecorded | facts.ContributionProved):
            tie = tie_of(event.by, approved, before)
            assert tie in (None, Tie.RECORDED_ATTENDANCE)
            assert event.document not in documents
            documents.append(event.document)
        if isinstance(event, facts.InstalmentConditionMet):
            assert before is not None
            so_far = so_far + event.amount
            assert event.released == so_far <= approved.ceiling
            assert before.next is not None
            assert before.next.id == event.instalment, "in their order (S8)"
            assert before.lacks(before.next) is None
        if isinstance(event, facts.InstalmentWithheld | facts.ConditionWaived):
            assert before is not None
            assert event.by not in before.recorders


def test_the_tries_reach_releases_of_every_kind() -> None:
    seen: set[type[facts.ItemEvent]] = set()
    conditions: set[Condition] = set()

    @settings(max_examples=600, deadline=None, derandomize=True, database=None)
    @given(st.lists(choices, min_size=30, max_size=40))
    def look(tried: list[Choice]) -> None:
        for before, event in history(tried):
            seen.add(type(event))
            if isinstance(event, facts.InstalmentConditionMet) and before is not None:
                conditions.update(before.conditions)

    look()
    assert seen >= {
        facts.InstalmentConditionMet,
        facts.AttendanceRecorded,
        facts.ContributionProved,
        facts.ConditionWaived,
        facts.InstalmentWithheld,
    }
    assert conditions >= {Condition.ATTENDANCE, Condition.OWN_CONTRIBUTION}
