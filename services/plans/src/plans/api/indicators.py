"""Indicators over plans and what came of them: figures of many, and of a few people nothing."""

from events.io.http import Answer, Load, Problem, View, Who
from events.money import Money
from events.roles import Role
from events.tables import percent
from events.values import ProgrammeId
from plans.api.routes import api
from plans.domain import indicators as figures
from plans.domain import programme as programmes
from plans.domain.indicators import Characteristic, Step
from plans.views.indicators import figures_of


class Took(Answer):
    """How many took a step. None: so few that it would tell on them, or on others."""

    step: Step
    cases: int | None
    percent: str | None
    """Of the cases; exact to two decimals, halves to the even one."""


class IndicatorLine(Answer):
    value: str
    cases: int | None
    steps: tuple[Took, ...]


class AmountsLine(Answer):
    of: str
    approved: Money | None
    paid: Money | None


class SurveyRound(Answer):
    """Mean scores in basis points: 10000 is all that could be had."""

    round_months: int
    economic: int | None
    social: int | None
    psychosocial: int | None
    composite: int | None


class IndicatorsAnswer(Answer):
    programme: ProgrammeId
    by: Characteristic
    not_shown_below: int
    cases: int | None
    steps: tuple[Took, ...]
    lines: tuple[IndicatorLine, ...]
    as_agreed: int | None
    """To how many of those assisted all that was delivered is what was agreed."""
    as_agreed_percent: str | None
    by_dimension: tuple[AmountsLine, ...]
    by_type: tuple[AmountsLine, ...]
    by_modality: tuple[AmountsLine, ...]
    days_arrival_to_plan: int | None
    """The median; halves to the even one. Below too."""
    days_plan_to_delivery: int | None
    visits_made: int
    visits_missed: int
    surveys: tuple[SurveyRound, ...]


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
    programme: ProgrammeId, by: Characteristic, me: Who, load: Load, view: View
) -> IndicatorsAnswer:
    """Read a programme's figures by one characteristic; small counts are not told."""
    state, _ = await load.state(programmes.programme, programme)
    policy = state.latest.policy if state else None
    if policy is None or (Role.AUDITOR not in me.roles and me.organisation != policy.organisation):
        raise Problem("not_found", "There is no such programme, or it is not yours to count.")
    below, currency = policy.small_cells_below, policy.currency
    rests = await figures_of(view, programme)
    counts, together, found = figures.lines(rests.cases, by, below=below)
    assisted = together[Step.ASSISTED]
    as_agreed = figures.as_agreed(rests.items, below=below) if assisted is not None else None

    def amounts(field: str) -> tuple[AmountsLine, ...]:
        told = figures.amounts(
            rests.items, lambda item: str(getattr(item, field)), currency, below=below
        )
        return tuple(AmountsLine(of=a.of, approved=a.approved, paid=a.paid) for a in told)

    return IndicatorsAnswer(
        programme=programme,
        by=by,
        not_shown_below=below,
        cases=counts.total,
        steps=_took(together, counts.total),
        lines=tuple(
            IndicatorLine(value=n.value, cases=n.cases, steps=_took(n.steps, n.cases))
            for n in found
        ),
        as_agreed=as_agreed,
        as_agreed_percent=_share(as_agreed, assisted),
        by_dimension=amounts("dimension"),
        by_type=amounts("type"),
        by_modality=amounts("modality"),
        days_arrival_to_plan=figures.median(figures.days_to_plan(rests.cases), below=below),
        days_plan_to_delivery=figures.median(
            figures.days_to_delivery(rests.cases, rests.items), below=below
        ),
        visits_made=rests.visits.made,
        visits_missed=rests.visits.missed,
        surveys=tuple(
            SurveyRound(**{name: getattr(each, name) for name in SurveyRound.model_fields})
            for each in figures.sustainability(rests.surveys, below=below)
        ),
    )


def _took(steps: dict[Step, int | None], cases: int | None) -> tuple[Took, ...]:
    return tuple(
        Took(step=step, cases=count, percent=_share(count, cases)) for step, count in steps.items()
    )


def _share(part: int | None, whole: int | None) -> str | None:
    return None if part is None or whole is None else percent(part, whole)
