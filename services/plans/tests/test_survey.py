"""A sustainability survey: three scores and a composite, weighted as the programme says."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from services.plans.tests.people import CASE, IOM, LINA, OTHER_NGO, ZAHRA, standing
from services.plans.tests.test_visit import followed

from events.decider import Rejected
from events.scenario import scenario
from events.values import Code
from plans.domain import survey as surveys
from plans.domain.programme import Dimension, Survey, Weight
from plans.domain.survey import Answered, composite, survey, survey_id
from plans.domain.visit import NoConsentToVisits

E, S, P = Dimension.ECONOMIC, Dimension.SOCIAL, Dimension.PSYCHOSOCIAL
ROUNDS = Survey(
    rounds_after_months=(0, 6, 12), weights=(Weight(E, 40), Weight(S, 30), Weight(P, 30))
)
AUGUST = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)


def answer(question: str, dimension: Dimension, points: int, of: int) -> Answered:
    return Answered(question=Code(question), dimension=dimension, points=points, of=of)


ANSWERS = (
    answer("income", E, 1, 3),
    answer("debt", E, 2, 3),
    answer("housing", S, 2, 3),
    answer("sleep", P, 1, 6),
)
complete = surveys.CompleteSurvey(
    by=LINA,
    at=AUGUST,
    organisation=IOM,
    followed=followed,
    programme=ROUNDS,
    months=6,
    due=date(2026, 8, 1),
    instrument=Code("rss_2018"),
    answers=ANSWERS,
)
completed = surveys.SurveyCompleted(
    by=LINA,
    at=AUGUST,
    survey=survey_id(CASE, 6),
    case=CASE,
    returnee=ZAHRA,
    programme=standing.programme,
    round_months=6,
    instrument=Code("rss_2018"),
    economic_basis_points=5000,
    social_basis_points=6667,
    psychosocial_basis_points=1667,
    composite_basis_points=4500,
    answers=ANSWERS,
)


def test_scores_are_whole_basis_points_and_the_composite_is_weighted() -> None:
    """5000 x 40% + 6667 x 30% + 1667 x 30% = 4500.2"""
    scenario(survey).when(complete).then(completed)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"organisation": OTHER_NGO}, surveys.NoSuchRound(6)),
        ({"followed": None}, surveys.NoSuchRound(6)),
        ({"programme": None}, surveys.NoSuchRound(6)),
        ({"months": 7}, surveys.NoSuchRound(7)),
        ({"due": None}, surveys.RoundNotDue(None)),
        ({"due": date(2026, 8, 2)}, surveys.RoundNotDue(date(2026, 8, 2))),
        (
            {"followed": replace(followed, may_be_visited=False)},
            NoConsentToVisits(ZAHRA),
        ),
        ({"answers": ANSWERS[1:3]}, surveys.DimensionUnanswered(P)),
        (
            {"answers": (*ANSWERS, answer("debt", E, 1, 3))},
            surveys.NotOfTheInstrument(Code("debt")),
        ),
        (
            {"answers": (*ANSWERS, answer("work", E, 4, 3))},
            surveys.NotOfTheInstrument(Code("work")),
        ),
        (
            {"answers": (*ANSWERS, answer("work", E, 0, 0))},
            surveys.NotOfTheInstrument(Code("work")),
        ),
    ],
)
def test_why_nobody_is_asked(change: dict[str, Any], refusal: Rejected) -> None:
    scenario(survey).when(replace(complete, **change)).then_rejected(refusal)


def test_a_round_is_asked_once() -> None:
    (
        scenario(survey)
        .given(completed)
        .when(complete)
        .then_rejected(surveys.RoundDone(survey_id(CASE, 6)))
    )


scores = st.integers(0, 10_000)
shares = st.integers(0, 100).flatmap(
    lambda a: st.integers(0, 100 - a).map(lambda b: (a, b, 100 - a - b))
)


@given(scores, scores, scores, shares)
def test_the_composite_lies_within_its_parts(
    economic: int, social: int, psychosocial: int, weights: tuple[int, int, int]
) -> None:
    parts = dict(zip(Dimension, (economic, social, psychosocial), strict=True))
    rounds = replace(
        ROUNDS, weights=tuple(Weight(d, n) for d, n in zip(Dimension, weights, strict=True))
    )
    weighed = [parts[d] for d, n in zip(Dimension, weights, strict=True) if n]
    assert min(weighed) <= composite(parts, rounds) <= max(weighed)
