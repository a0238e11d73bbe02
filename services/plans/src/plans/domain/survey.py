"""A sustainability survey: how well a return lasts, asked in the programme's rounds.

Three scores (economic, social, psychosocial) and a composite of them, weighted as the programme
published it (the Reintegration Sustainability Survey of IOM, 2018). Scores are whole basis points
of the points that could be had, rounded half to even: 10000 is all of them. What somebody answered
is protected and stays in the vault; the scores, and the version of the instrument, are public.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import msgspec

from events.decider import Command, Decider, Event, Rejected, State
from events.personal import Protection
from events.tables import half_even
from events.values import CaseId, Code, PersonId, ProgrammeId, SurveyId
from plans.domain.followed import Followed
from plans.domain.programme import Dimension, Survey
from plans.domain.visit import NoConsentToVisits

WHOLE = 10_000
"""Basis points."""


def survey_id(case: CaseId, months: int) -> SurveyId:
    """The one survey of a case in the round of so many months after arrival."""
    return SurveyId(f"sur_{case.partition('_')[2]}_{months}")


class Answered(msgspec.Struct, frozen=True):
    """One question, and the points that its answer has."""

    question: Code
    dimension: Dimension
    points: int
    of: int


class CompleteSurvey(Command, frozen=True):
    organisation: Code
    followed: Followed | None
    programme: Survey | None
    """The survey of the programme version that the case is pinned to."""
    months: int
    due: date | None
    """When the round begins; None: arrival was not confirmed."""
    instrument: Code
    answers: tuple[Answered, ...]


class SurveyCompleted(Event, frozen=True, tag="plans.sustainability_survey_completed.v1"):
    """A returnee was asked how the return goes."""

    about: ClassVar[str | None] = "returnee"

    survey: SurveyId
    case: CaseId
    returnee: PersonId
    programme: ProgrammeId
    round_months: int
    """After arrival; 0: at arrival."""
    instrument: Code
    economic_basis_points: int
    social_basis_points: int
    psychosocial_basis_points: int
    composite_basis_points: int
    answers: Protection[tuple[Answered, ...]] = None


@dataclass(unsafe_hash=True)
class NoSuchRound(Rejected):
    """The programme asks in other rounds, or the case is not yours to ask in (D10)."""

    months: int


@dataclass(unsafe_hash=True)
class RoundDone(Rejected):
    """Each round is asked once."""

    survey: SurveyId


@dataclass(unsafe_hash=True)
class RoundNotDue(Rejected):
    """The round begins so many months after a confirmed arrival."""

    due: date | None


@dataclass(unsafe_hash=True)
class NotOfTheInstrument(Rejected):
    """Each question is answered once, with no more points than it has."""

    question: Code


@dataclass(unsafe_hash=True)
class DimensionUnanswered(Rejected):
    """A score needs an answer in each of the three dimensions."""

    dimension: Dimension


class Scores(State, frozen=True):
    survey: SurveyId
    case: CaseId
    programme: ProgrammeId
    round_months: int
    instrument: Code
    economic: int
    social: int
    psychosocial: int
    composite: int


def decide(command: CompleteSurvey, done: Scores | None) -> Sequence[SurveyCompleted]:
    followed, rounds = command.followed, command.programme
    if followed is None or not followed.reached_by(command.organisation):
        raise NoSuchRound(command.months)
    if rounds is None or command.months not in rounds.rounds_after_months:
        raise NoSuchRound(command.months)
    if done is not None:
        raise RoundDone(done.survey)
    if not followed.may_be_visited:
        raise NoConsentToVisits(followed.returnee)
    if command.due is None or command.at.date() < command.due:
        raise RoundNotDue(command.due)
    scores = {dimension: score(command.answers, dimension) for dimension in Dimension}
    return [
        SurveyCompleted(
            by=command.by,
            at=command.at,
            survey=survey_id(followed.case, command.months),
            case=followed.case,
            returnee=followed.returnee,
            programme=followed.programme,
            round_months=command.months,
            instrument=command.instrument,
            economic_basis_points=scores[Dimension.ECONOMIC],
            social_basis_points=scores[Dimension.SOCIAL],
            psychosocial_basis_points=scores[Dimension.PSYCHOSOCIAL],
            composite_basis_points=composite(scores, rounds),
            answers=command.answers,
        )
    ]


def score(answers: Sequence[Answered], dimension: Dimension) -> int:
    """The points of one dimension's answers, in basis points of what could be had."""
    seen: set[Code] = set()
    for each in answers:
        if each.question in seen or each.of < 1 or not 0 <= each.points <= each.of:
            raise NotOfTheInstrument(each.question)
        seen.add(each.question)
    ours = [each for each in answers if each.dimension is dimension]
    if not ours:
        raise DimensionUnanswered(dimension)
    return half_even(sum(each.points for each in ours) * WHOLE, sum(each.of for each in ours))


def composite(scores: dict[Dimension, int], rounds: Survey) -> int:
    """The three scores together, by the programme's weights; never outside of them."""
    weights = {each.dimension: each.percent for each in rounds.weights}
    weighted = sum(scores[dimension] * percent for dimension, percent in weights.items())
    return half_even(weighted, sum(weights.values()))


def evolve(_: Scores | None, event: SurveyCompleted) -> Scores:
    return Scores(
        survey=event.survey,
        case=event.case,
        programme=event.programme,
        round_months=event.round_months,
        instrument=event.instrument,
        economic=event.economic_basis_points,
        social=event.social_basis_points,
        psychosocial=event.psychosocial_basis_points,
        composite=event.composite_basis_points,
    )


survey = Decider(decide=decide, evolve=evolve)
