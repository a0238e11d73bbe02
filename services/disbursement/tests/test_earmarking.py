"""An approved plan has its money kept, all of it or nothing; whatever ends gives it back."""

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import (
    Cashier,
    arrived,
    cashier,
    plan_approved,
    published,
    selected,
)
from services.disbursement.tests.people import CASE, ITEM, LINA, NOON, PLAN, PROGRAMME, eur

from disbursement.domain import following, heard
from disbursement.domain.earmark import EarmarkRefused, ItemsEarmarked, Lack
from disbursement.earmarking import Earmarker
from disbursement.main import service
from events.roles import Role
from events.values import Code, ItemId, PlanId
from homeward.postgres import Database

FLOUR = ItemId("itm_flour")
OTHER_PLAN = PlanId("pla_2")
START = Code("business_start")
named = heard.BudgetLinesNamed(
    by=LINA,
    at=NOON,
    programme=PROGRAMME,
    version=1,
    grant=Code("SK-2023-AVRR"),
    lines=(heard.PaidFrom(type=START, category=START),),
)


def item(name: ItemId, ceiling: int) -> heard.ApprovedItem:
    return heard.ApprovedItem(item=name, ceiling=eur(ceiling), type=START)


def approving(*items: heard.ApprovedItem, plan: PlanId = PLAN) -> heard.PlanApproved:
    return replace(plan_approved, plan=plan, items=items)


def amending(*items: heard.ApprovedItem, dropped: tuple[ItemId, ...] = ()) -> Any:
    return heard.PlanAmendmentApproved(
        by=LINA,
        at=NOON,
        plan=PLAN,
        case=CASE,
        programme=PROGRAMME,
        programme_version=1,
        items=items,
        dropped=dropped,
        counsellor=LINA,
    )


@pytest.fixture
async def till(database: Database, tmp_path: Path) -> Any:
    async with cashier(database, tmp_path) as there:
        yield there


async def told(till: Cashier, *facts: Any) -> None:
    for fact in facts:
        await till.heard(heard.from_plans, fact)
    await till.settle()


async def line(till: Cashier, path: str) -> tuple[str, str, str]:
    """What is earmarked, reserved and available on it."""
    stands = (await till.maria.get(f"/v1/budget-lines/{path}")).json()
    return tuple(stands[name]["amount"] for name in ("earmarked", "reserved", "available"))


async def outcomes(till: Cashier) -> list[ItemsEarmarked | EarmarkRefused]:
    """What plans were told of their money."""
    facts = [service.registry.read(e.envelope) for e in await till.trial.store.read(0, 1000)]
    return [f for f in facts if isinstance(f, ItemsEarmarked | EarmarkRefused)]


async def funded(till: Cashier, ceiling: int = 5000) -> str:
    """A line, and a plan of a programme that says that it pays; its one item is not approved."""
    name = await chain.funded(till, ceiling)
    await told(till, named)
    return name


async def commits(till: Cashier, on: str, what: ItemId = ITEM) -> tuple[int, str]:
    asked = {"item": what, "budget_line": on, "amount": chain.MONEY}
    answer = await till.hana.post("/v1/commitments", asked)
    await till.settle()
    return answer.status_code, answer.json().get("code", "")


async def test_what_is_approved_is_kept_and_then_reserved_out_of_that(till: Cashier) -> None:
    name = await funded(till)
    await told(till, approving(item(ITEM, 2000)))
    assert await line(till, name) == ("2000.00", "0.00", "3000.00")
    commitment = await chain.committed(till, name)
    assert await line(till, name) == ("1000.00", "1000.00", "3000.00")
    await till.does(till.hana, f"/v1/commitments/{commitment}/cancel", {"reason": "mistaken"})
    assert await line(till, name) == ("2000.00", "0.00", "3000.00")


async def test_a_plan_that_cannot_be_kept_whole_waits_whole_until_there_is_money(
    till: Cashier,
) -> None:
    name = await funded(till, ceiling=2500)
    await told(till, approving(item(ITEM, 2000), item(FLOUR, 600)))
    assert await line(till, name) == ("0.00", "0.00", "2500.00"), "not the half of it"
    (refused,) = await outcomes(till)
    assert isinstance(refused, EarmarkRefused)
    assert [(s.item, s.because, s.available) for s in refused.short] == [
        (ITEM, Lack.NOT_ENOUGH_FUNDS, eur(1900))
    ]
    assert await commits(till, name) == (422, "ItemNotEarmarked")
    seen = (await till.hana.get(f"/v1/items/{ITEM}")).json()
    assert (seen["funds_wait"], seen["short"][0]["because"]) == (True, "not_enough_funds")

    await told(till, amending(item(ITEM, 2000), item(FLOUR, 500)))
    assert isinstance((await outcomes(till))[-1], ItemsEarmarked)
    assert await line(till, name) == ("2500.00", "0.00", "0.00")
    assert (await commits(till, name))[0] == 201


async def test_without_the_line_that_its_programme_names_a_plan_waits(till: Cashier) -> None:
    name = await chain.funded(till, 5000)
    other = replace(named, lines=(heard.PaidFrom(type=START, category=Code("training")),))
    await told(till, other, approving(item(ITEM, 2000)))
    (refused,) = await outcomes(till)
    assert isinstance(refused, EarmarkRefused)
    assert refused.short[0].because is Lack.NO_BUDGET_LINE
    assert await commits(till, name) == (422, "OtherBudgetLine")


async def test_from_a_grant_that_was_closed_today_nothing_is_kept_today(till: Cashier) -> None:
    await funded(till)
    (grant,) = (await till.maria.get("/v1/grants")).json()["items"]
    await till.does(till.maria, f"/v1/grants/{grant['grant']}/close")
    await till.does(till.tomas, f"/v1/grants/{grant['grant']}/close")
    await told(till, approving(item(ITEM, 2000)))
    (refused,) = await outcomes(till)
    assert isinstance(refused, EarmarkRefused)
    assert refused.short[0].because is Lack.NO_BUDGET_LINE


async def test_a_line_that_is_established_later_lets_the_plan_go_on(till: Cashier) -> None:
    await chain.funded(till, 5000)
    other = replace(named, lines=(heard.PaidFrom(type=START, category=Code("training")),))
    await told(till, other, approving(item(ITEM, 2000)))
    (grant,) = (await till.maria.get("/v1/grants")).json()["items"]
    name = await chain.established(till, grant["grant"], "training", chain.eur(3000))
    assert await line(till, name) == ("2000.00", "0.00", "1000.00")
    assert [type(each) for each in await outcomes(till)] == [EarmarkRefused, ItemsEarmarked]


async def test_what_an_amendment_takes_out_is_free_and_what_is_ordered_stays(
    till: Cashier,
) -> None:
    name = await funded(till)
    await told(till, approving(item(ITEM, 2000), item(FLOUR, 500)))
    assert await line(till, name) == ("2500.00", "0.00", "2500.00")
    assert (await commits(till, name))[0] == 201
    await told(till, amending(item(ITEM, 1200), dropped=(FLOUR,)))
    assert await line(till, name) == ("200.00", "1000.00", "3800.00")


@pytest.mark.parametrize(
    "ending",
    [
        following.PlanCancelled(by=LINA, at=NOON, plan=PLAN),
        following.PlanCompleted(by=LINA, at=NOON, plan=PLAN),
        following.ItemCancelled(by=LINA, at=NOON, item=ITEM),
    ],
    ids=lambda event: type(event).__name__,
)
async def test_what_ends_gives_back_what_is_not_committed(till: Cashier, ending: Any) -> None:
    name = await funded(till)
    await told(till, approving(item(ITEM, 2000)))
    commitment = await chain.committed(till, name)
    await till.heard(following.from_plans, ending)
    await till.settle()
    assert await line(till, name) == ("0.00", "1000.00", "4000.00")
    await till.does(till.hana, f"/v1/commitments/{commitment}/cancel", {"reason": "mistaken"})
    assert await line(till, name) == ("0.00", "0.00", "5000.00")


async def test_a_plan_that_rests_keeps_its_money(till: Cashier) -> None:
    name = await funded(till)
    await told(till, approving(item(ITEM, 2000)))
    resting = following.PlanSuspended(by=LINA, at=NOON, plan=PLAN)
    await till.heard(following.from_plans, resting)
    await till.settle()
    assert await line(till, name) == ("2000.00", "0.00", "3000.00")


async def test_an_entitlement_that_expires_gives_back_and_one_that_is_extended_asks_again(
    till: Cashier,
) -> None:
    name = await funded(till)
    await told(till, approving(item(ITEM, 2000)))
    today = till.trial.clock.now().date()
    until = replace(arrived, use_by=today)
    await till.heard(heard.from_intake, until)
    await till.settle()
    assert await line(till, name) == ("2000.00", "0.00", "3000.00"), "it may be used today"
    await till.trial.clock.sleep(timedelta(days=1).total_seconds())
    till.maria = till.sign_in("maria", Role.GRANT_MANAGER)
    await till.settle()
    assert await line(till, name) == ("0.00", "0.00", "5000.00")
    longer = heard.EntitlementExtended(by=LINA, at=NOON, case=CASE, use_by=date(2027, 1, 1))
    await till.heard(heard.from_intake, longer)
    await till.settle()
    assert await line(till, name) == ("2000.00", "0.00", "3000.00")


async def test_looking_again_is_nothing_new(till: Cashier) -> None:
    name = await funded(till)
    await told(till, approving(item(ITEM, 2000)))
    before = await till.told()
    keeper = Earmarker(till.handler, till.tables)
    await keeper.settle(PLAN, NOON.date())
    await keeper.settle(PLAN, NOON.date())
    assert await till.told() == before
    assert await line(till, name) == ("2000.00", "0.00", "3000.00")


async def test_two_plans_at_the_same_instant_do_not_overspend_a_line(
    at_once: Cashier,
) -> None:
    till = at_once
    name = await funded(till, ceiling=4500)
    plans = [PlanId(f"pla_{number}") for number in range(5)]
    for number, plan in enumerate(plans):
        ours = item(ItemId(f"itm_{number}"), 2000)
        await till.heard(heard.from_plans, approving(ours, plan=plan))
    keepers = [Earmarker(till.handler, till.tables) for _ in plans]
    await asyncio.gather(
        *(keeper.settle(plan, NOON.date()) for keeper, plan in zip(keepers, plans, strict=True))
    )
    await till.settle()
    assert await line(till, name) == ("4000.00", "0.00", "500.00")
    said = await outcomes(till)
    assert sum(isinstance(each, ItemsEarmarked) for each in said) == 2
    assert {each.plan for each in said if isinstance(each, EarmarkRefused)} == (
        set(plans) - {each.plan for each in said if isinstance(each, ItemsEarmarked)}
    )


async def test_a_programme_that_names_no_lines_keeps_nothing_and_buys_as_before(
    till: Cashier,
) -> None:
    name = await chain.funded(till)
    assert published.assistance == ()
    assert selected.item == ITEM
    await till.settle()
    assert await outcomes(till) == []
    assert (await commits(till, name))[0] == 201
