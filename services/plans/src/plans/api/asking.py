"""Sustainability surveys, in the programme's rounds."""

from typing import Annotated

from fastapi import Response
from pydantic import Field

from events.handler import Act
from events.io.http import Answer, Body, Do, Load, Now, Page, Paging, Problem, View, Who
from events.roles import READERS, Role
from events.values import CaseId, Code, ProgrammeId, SurveyId
from plans.api.routes import api, knows
from plans.domain import programme as programmes
from plans.domain.months import months_after
from plans.domain.programme import Dimension
from plans.domain.survey import (
    Answered,
    CompleteSurvey,
    NoSuchRound,
    RoundDone,
    Scores,
    survey,
    survey_id,
)
from plans.views.followed import followed_case
from plans.views.visits import surveys_after

QUESTIONS_MAX = 60
Points = Annotated[int, Field(ge=0, le=1000)]


class SurveyAnswer(Answer):
    """The scores, in basis points: 10000 is all that could be had. What was answered is sealed."""

    survey: SurveyId
    case: CaseId
    programme: ProgrammeId
    round_months: int
    instrument: Code
    economic: int
    social: int
    psychosocial: int
    composite: int

    @classmethod
    def of(cls, state: Scores, _version: int = 1) -> "SurveyAnswer":
        return cls(**{name: getattr(state, name) for name in cls.model_fields})


class AnsweredBody(Body):
    question: Code
    dimension: Dimension
    points: Points
    of: Points


class CompleteSurveyBody(Body):
    case: CaseId
    round_months: Annotated[int, Field(ge=0, le=120)]
    instrument: Code
    """Its name and version, such as rss_2018."""
    answers: Annotated[tuple[AnsweredBody, ...], Field(min_length=3, max_length=QUESTIONS_MAX)]


@api.command(
    "/v1/surveys",
    creates=SurveyAnswer,
    allows={Role.COUNSELLOR, Role.MONITORING_OFFICER},
    conflicts={RoundDone},
    unknown={NoSuchRound},
)
async def complete_survey(
    *, body: CompleteSurveyBody, me: Who, now: Now, do: Do, load: Load, view: View
) -> Response:
    """Record what a returnee answered in one of the programme's rounds; only scores are told."""
    followed = await followed_case(body.case, view)
    if not await knows(me, body.case, now, view):
        raise NoSuchRound(body.round_months)
    rounds = None
    if followed is not None and followed.programme_version is not None:
        programme, _ = await load.state(programmes.programme, followed.programme)
        assert programme is not None, "the case was found eligible under it"
        rounds = programme.policy(followed.programme_version).survey
    arrived = followed.arrived if followed else None
    completed = CompleteSurvey(
        by=me.id,
        at=now,
        organisation=me.organisation,
        followed=followed,
        programme=rounds,
        months=body.round_months,
        due=months_after(arrived, body.round_months) if arrived else None,
        instrument=body.instrument,
        answers=tuple(
            Answered(question=a.question, dimension=a.dimension, points=a.points, of=a.of)
            for a in body.answers
        ),
    )
    which = survey_id(body.case, body.round_months)
    return await do(Act(survey, which, completed), answer=SurveyAnswer.of)


@api.query("/v1/surveys", answers=Page[SurveyAnswer], allows=READERS)
async def list_surveys(
    me: Who, now: Now, paging: Paging, view: View, case: CaseId
) -> Page[SurveyAnswer]:
    """List the surveys of a case: their scores."""
    if not await knows(me, case, now, view):
        raise Problem("not_found", "There is no such case, or it is not yours to see.")
    found = await surveys_after(
        view, programme=None, case=case, after=paging.after, limit=paging.limit + 1
    )
    return paging.of([SurveyAnswer.of(each) for each in found], key=lambda line: line.survey)
