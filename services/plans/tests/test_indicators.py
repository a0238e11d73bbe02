"""Figures of plans and of what came of them: exact, and silent about a few people."""

from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace
from services.plans.tests.carried import approved
from services.plans.tests.conftest import World
from services.plans.tests.people import NGO, eur, standing
from services.plans.tests.test_visit import followed

from events.roles import Role
from events.values import CaseId, Code, ItemId
from plans.domain import indicators as figures
from plans.domain.delivered import Agreement, Difference
from plans.domain.indicators import Amounts, Case, Characteristic, Item, Step
from plans.domain.survey import Scores, survey_id

ARRIVED = date(2026, 1, 1)
WOMEN, MEN = 12, 8


def a_case(number: int, *steps: Step, days: int | None = None) -> Case:
    sex = Code("female" if number < WOMEN else "male")
    return Case(
        followed=replace(followed, case=CaseId(f"cas_{number}"), sex=sex, arrived=ARRIVED),
        steps=frozenset(steps),
        approved_on=None if days is None else ARRIVED + timedelta(days=days),
    )


def an_item(number: int, kind: str = "course", *, short: bool = False) -> Item:
    differences = (Difference.SHORT,) if short else ()
    return Item(
        approved=replace(
            approved,
            item=ItemId(f"itm_{number}_{kind}"),
            case=CaseId(f"cas_{number}"),
            type=Code(kind),
            ceiling=eur(100),
        ),
        agreement=Agreement(
            lines=(),
            differences=differences,
            delivered_basis_points=10_000,
            first_delivery=ARRIVED + timedelta(days=40),
        ),
        paid=eur(90),
        first_paid=None,
    )


def test_how_far_cases_came_by_a_characteristic() -> None:
    cases = [a_case(n, *([Step.WITH_PLAN] if n % 2 else [])) for n in range(WOMEN + MEN)]
    counts, together, lines = figures.lines(cases, Characteristic.SEX, below=4)
    assert counts.total == 20
    assert together[Step.WITH_PLAN] == 10
    assert [(n.value, n.cases, n.steps[Step.WITH_PLAN]) for n in lines] == [
        ("female", 12, 6),
        ("male", 8, 4),
    ]


def test_two_who_have_no_plan_are_not_what_is_left_of_those_who_have() -> None:
    """All women and six of eight men have one: telling 6 of 8 would tell of the two."""
    cases = [a_case(n, *([Step.WITH_PLAN] if n < WOMEN + 6 else [])) for n in range(WOMEN + MEN)]
    _, together, lines = figures.lines(cases, Characteristic.SEX, below=5)
    told = {line.value: (line.cases, line.steps[Step.WITH_PLAN]) for line in lines}
    assert told["male"] == (8, None)
    assert together[Step.WITH_PLAN] is None


def test_as_agreed_counts_people_to_whom_everything_was() -> None:
    items = [an_item(n) for n in range(12)] + [an_item(n, short=n < 5) for n in range(12)]
    assert figures.as_agreed(items, below=5) == 7
    nearly = [an_item(n, short=n < 2) for n in range(12)]
    assert figures.as_agreed(nearly, below=5) is None


def test_amounts_with_few_people_behind_them_are_not_told() -> None:
    items = [an_item(n) for n in range(7)] + [an_item(n, "shop") for n in range(6)]
    by_type = figures.amounts(items, lambda each: each.type, Code("EUR"), below=5)
    assert by_type == (
        Amounts(of="course", approved=eur(700), paid=eur(630)),
        Amounts(of="shop", approved=eur(600), paid=eur(540)),
    )
    rare = [*items, an_item(1, "surgery")]
    told = figures.amounts(rare, lambda each: each.type, Code("EUR"), below=5)
    assert [each.of for each in told if each.approved is None] == ["shop", "surgery"]


def test_medians_are_of_whole_days_and_of_enough_people() -> None:
    cases = [a_case(n, days=days) for n, days in enumerate((10, 30, 20, 25))]
    assert figures.median(figures.days_to_plan(cases), below=4) == 22
    assert figures.median(figures.days_to_plan(cases[:3]), below=3) == 20
    assert figures.median(figures.days_to_plan(cases), below=5) is None
    assert figures.median([], below=0) is None
    items = [an_item(n) for n in range(4)]
    assert sorted(figures.days_to_delivery(cases, items)) == [10, 15, 20, 30]


def test_the_mean_of_a_round_is_of_enough_people() -> None:
    def scores(number: int, months: int, points: int) -> Scores:
        case = CaseId(f"cas_{number}")
        return Scores(
            survey=survey_id(case, months),
            case=case,
            programme=standing.programme,
            round_months=months,
            instrument=Code("rss_2018"),
            economic=points,
            social=points,
            psychosocial=points,
            composite=points,
        )

    asked = [scores(n, 0, 4000 + n) for n in range(5)] + [scores(n, 6, 9000) for n in range(4)]
    first, second = figures.sustainability(asked, below=5)
    assert (first.round_months, first.composite) == (0, 4002)
    assert (second.round_months, second.composite) == (6, None)


async def test_over_http_only_who_runs_the_programme_reads_them(world: World) -> None:
    path = f"/v1/indicators?programme={standing.programme}&by=sex"
    petra = world.plans.sign_in("per_petra", Role.PROGRAMME_MANAGER)
    answer = await petra.get(path)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    assert (body["cases"], body["not_shown_below"], body["lines"]) == (0, 5, [])
    assert body["days_arrival_to_plan"] is None
    partner = world.plans.sign_in("per_x", Role.PROGRAMME_MANAGER, organisation=NGO)
    assert (await partner.get(path)).status_code == 404
    assert (await petra.get("/v1/indicators?programme=prg_none&by=sex")).status_code == 404
    lina = world.plans.sign_in("per_lina", Role.COUNSELLOR)
    assert (await lina.get(path)).status_code == 403
