"""Figures of plans and of what came of them: exact, and silent about a few people."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from services.plans.tests.acts import approved as plan_approved
from services.plans.tests.approving import money
from services.plans.tests.carried import approved
from services.plans.tests.conftest import World
from services.plans.tests.people import NGO, NOON, drafted, eur, standing
from services.plans.tests.test_delivered import DALIA
from services.plans.tests.test_following_api import arrived, in_full, registered_in_full
from services.plans.tests.test_visit import followed

from events.roles import Role
from events.values import CaseId, Code, CommitmentId, ItemId, PaymentId, PersonId, PlanId
from plans.domain import delivered as told
from plans.domain import heard, registry
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


async def registered(world: World, number: int, **told: str) -> None:
    """A woman or a man in turn, arrived in January."""
    case = CaseId(f"cas_{number}")
    person = PersonId(f"per_{number}")
    codes = {"sex": ("female", "male")[number % 2]} | told
    facts = (
        replace(
            registered_in_full,
            case=case,
            returnee=person,
            **{name: Code(code) for name, code in codes.items()},
        ),
        replace(arrived, case=case, date=ARRIVED),
    )
    for fact in facts:
        await world.reaches(in_full, world.intake, fact, case)


async def planned(world: World, number: int) -> None:
    """The committee said yes to an oven."""
    case, plan = CaseId(f"cas_{number}"), PlanId(f"pla_{number}")
    oven = replace(plan_approved.items[0], item=ItemId(f"itm_{number}"))
    yes = replace(plan_approved, plan=plan, case=case, items=(oven,))
    for fact in (replace(drafted, plan=plan, case=case), yes):
        await world.reaches(registry, world.store, fact, plan)


async def assisted(world: World, number: int, *, whole: bool = True) -> None:
    """One oven was ordered; it, or nothing fit for use, was delivered; all of it was paid."""
    order, item = CommitmentId(f"com_{number}"), ItemId(f"itm_{number}")
    by: dict[str, Any] = {"by": DALIA, "at": NOON}
    lines = (told.OrderLine(line=1, spec=Code("bread_oven"), quantity=1),)
    there = told.ReceivedLine(line=1, quantity=1, condition=Code("good" if whole else "damaged"))
    paid = told.VendorPaid(
        **by,
        payment=PaymentId(f"pay_{number}"),
        case=CaseId(f"cas_{number}"),
        item=item,
        functional_amount=eur(1800),
        value_date=date(2026, 3, 20),
    )
    ordered = heard.CommitmentRequested(
        **by, commitment=order, plan=PlanId(f"pla_{number}"), item=item
    )
    await world.reaches(heard.from_disbursement, world.disbursement, ordered, order)
    for fact in (
        told.PurchaseOrderIssued(**by, commitment=order, lines=lines),
        told.GoodsReceived(
            **by,
            commitment=order,
            lines=(there,),
            date=date(2026, 3, 12),
            confirmation=told.Confirmation(),
        ),
        paid,
    ):
        stream = getattr(fact, "commitment", f"pay_{number}")
        await world.reaches(told.from_disbursement, world.disbursement, fact, stream)


@pytest.fixture
async def twenty(world: World) -> World:
    """Ten women and ten men; five of each had an oven approved, delivered and paid."""
    for number in range(20):
        await registered(world, number)
    for number in range(10):
        await planned(world, number)
        await assisted(world, number)
    await world.catch_up()
    return world


async def asked(world: World, by: str) -> dict[str, Any]:
    await world.catch_up()
    petra = world.plans.sign_in("per_petra", Role.PROGRAMME_MANAGER)
    answer = await petra.get(f"/v1/indicators?programme={standing.programme}&by={by}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def took(line: dict[str, Any], step: str) -> tuple[int | None, str | None]:
    (found,) = (each for each in line["steps"] if each["step"] == step)
    return found["cases"], found["percent"]


async def test_over_http_the_figures_come_out_of_the_events_exactly(twenty: World) -> None:
    body = await asked(twenty, "sex")
    assert (body["cases"], took(body, "with_plan"), took(body, "assisted")) == (
        20,
        (10, "50.00"),
        (10, "50.00"),
    )
    lines = {line["value"]: line for line in body["lines"]}
    assert {value: line["cases"] for value, line in lines.items()} == {"female": 10, "male": 10}
    assert [took(lines[sex], "assisted") for sex in lines] == [(5, "50.00")] * 2
    assert (body["as_agreed"], body["as_agreed_percent"]) == (10, "100.00")
    told_of = {"approved": money(18_500), "paid": money(18_000)}
    assert body["by_type"] == [{"of": "micro_business"} | told_of]
    assert body["by_modality"] == [{"of": "goods"} | told_of]
    assert body["days_arrival_to_plan"] == (NOON.date() - ARRIVED).days
    assert body["days_plan_to_delivery"] == (date(2026, 3, 12) - NOON.date()).days


async def test_over_http_one_man_without_a_plan_cannot_be_told_from_the_rest(
    twenty: World,
) -> None:
    for number in (11, 13, 15, 17):
        await planned(twenty, number)
    body = await asked(twenty, "sex")
    lines = {line["value"]: line for line in body["lines"]}
    assert {value: line["cases"] for value, line in lines.items()} == {"female": 10, "male": 10}
    assert took(lines["male"], "with_plan") == (None, None)
    others = (took(lines["female"], "with_plan"), took(body, "with_plan"))
    assert (None, None) in others, "nine would be what is left of the whole"
    assert took(lines["male"], "assisted") == (5, "50.00")


async def test_over_http_a_country_that_one_came_back_to_is_not_counted_nor_left_over(
    twenty: World,
) -> None:
    await registered(twenty, 20, country_of_return="AF")
    for number in range(21, 26):
        await registered(twenty, number, country_of_return="VN")
    body = await asked(twenty, "country")
    counted = {line["value"]: line["cases"] for line in body["lines"]}
    assert counted["AF"] is None
    assert body["cases"] == 26
    assert sum(count is None for count in counted.values()) == 2
    assert counted["IQ"] == 20


async def test_over_http_one_who_got_less_than_agreed_is_not_counted_nor_left_over(
    twenty: World,
) -> None:
    await planned(twenty, 10)
    await assisted(twenty, 10, whole=False)
    body = await asked(twenty, "sex")
    assert (body["as_agreed"], body["as_agreed_percent"]) == (None, None)
