"""Indicators over people: figures of many, and of a few people nothing."""

from collections import Counter
from typing import Annotated

from fastapi import Query

from events.handler import Act
from events.io.http import Answer, NewIds, Now, Problem, Request, View, Who
from events.personal import Kind
from events.roles import Role
from events.tables import across, percent, told
from events.values import Code, ProgrammeId
from intake import views
from intake.api.routes import api
from intake.domain.figures import (
    NOT_RECORDED,
    Characteristic,
    Counted,
    CountProtected,
    counting,
    yes_or_no,
)
from intake.views.figures import counted_people

Majority = Annotated[
    Code | None,
    Query(description="The ethnicity that is no minority; needed to count by ethnic_minority."),
]


class IndicatorLine(Answer):
    """The people of one value. None: so few that it would tell on them, or on others."""

    value: str
    received: int | None
    percent: str | None
    """Of all received; exact to two decimals, halves to the even one."""
    eligible: int | None
    arrived: int | None


class IndicatorsAnswer(Answer):
    programme: ProgrammeId
    by: Characteristic
    not_shown_below: int
    received: int | None
    eligible: int | None
    arrived: int | None
    lines: tuple[IndicatorLine, ...]


@api.query(
    "/v1/indicators",
    answers=IndicatorsAnswer,
    allows={
        Role.PROGRAMME_MANAGER,
        Role.GRANT_MANAGER,
        Role.MONITORING_OFFICER,
        Role.AUDITOR,
    },
)
async def read_indicators(
    *,
    programme: ProgrammeId,
    by: Characteristic,
    me: Who,
    now: Now,
    view: View,
    ids: NewIds,
    asked: Request,
    majority: Majority = None,
) -> IndicatorsAnswer:
    """Count the people of a programme by one characteristic; small counts are not told."""
    terms = await views.terms_of(view, programme)
    if terms is None or (Role.AUDITOR not in me.roles and me.organisation != terms.organisation):
        raise Problem("not_found", "There is no such programme, or it is not yours to count.")
    people = await counted_people(programme, view)
    if by is Characteristic.ETHNIC_MINORITY:
        if majority is None:
            raise Problem("query_invalid", "Name the majority to count minorities.", status=422)
        count = CountProtected(
            by=me.id, at=now, programme=programme, characteristic=by, kinds=(Kind.PROTECTION,)
        )
        handler = asked.desk.handler
        await handler.do(Act(counting, ids.new("rea"), count), context=asked.context)
        ethnicities = await _ethnicities(asked, people)
        values = [_minority(ethnicities.get(each.profile or ""), majority) for each in people]
    else:
        values = [each.by(by) for each in people]
    return _answer(programme, by, people, values, terms.small_cells_below)


async def _ethnicities(asked: Request, people: list[Counted]) -> dict[str, str]:
    """What the vault can still open, by the event that it was recorded in."""
    opened = await asked.desk.handler.store.disclosures(
        [each.profile for each in people if each.profile is not None]
    )
    return {
        event: each.value
        for event, disclosed in opened.items()
        for each in disclosed
        if each.name == "ethnicity" and each.value is not None
    }


def _minority(ethnicity: str | None, majority: Code) -> str:
    return NOT_RECORDED if ethnicity is None else yes_or_no(ethnicity != majority)


def _answer(
    programme: ProgrammeId,
    by: Characteristic,
    people: list[Counted],
    values: list[str],
    below: int,
) -> IndicatorsAnswer:
    received = told(Counter(sorted(values)), below=below)
    rows = list(received.of)
    pairs = list(zip(values, people, strict=True))
    eligible = across(rows, (True, False), ((v, p.eligible) for v, p in pairs), below=below)
    arrived = across(rows, (True, False), ((v, p.arrived) for v, p in pairs), below=below)
    return IndicatorsAnswer(
        programme=programme,
        by=by,
        not_shown_below=below,
        received=received.total,
        eligible=eligible.of_column(True),
        arrived=arrived.of_column(True),
        lines=tuple(
            IndicatorLine(
                value=value,
                received=count,
                percent=None
                if count is None or received.total is None
                else percent(count, received.total),
                eligible=eligible.at(value, True),
                arrived=arrived.at(value, True),
            )
            for value, count in received.of.items()
        ),
    )
