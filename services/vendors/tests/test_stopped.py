"""No vendor is looked for where a plan rests or is over; amended and emergency items are needs."""

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from services.vendors.tests.desk import (
    VendorDesk,
    ok,
    plan_approved,
    programme_published,
    refused,
    registered,
    vendor_desk,
)
from services.vendors.tests.people import LINA, NOON

from events import knowing
from events.decider import Event
from events.money import Money
from events.values import SYSTEM, EmergencyId, ItemId, PersonId
from homeward.postgres import Database
from vendors.domain import need
from vendors.domain.programme import published
from vendors.main import service

PLAN, (ITEM, *_) = plan_approved.plan, plan_approved.items


@pytest_asyncio.fixture
async def desk(make_migrated: Callable[..., Database]) -> AsyncIterator[VendorDesk]:
    async with vendor_desk(make_migrated(service.migrations)) as there:
        await there.heard(published, programme_published)
        await there.heard(knowing.from_intake, registered, "intake")
        await there.heard(need.approved, plan_approved)
        yield there


@pytest.mark.parametrize(
    ("event", "because"),
    [
        (need.PlanSuspended(by=SYSTEM, at=NOON, plan=PLAN), "plan_suspended"),
        (need.PlanCancelled(by=SYSTEM, at=NOON, plan=PLAN), "plan_cancelled"),
        (need.PlanCompleted(by=SYSTEM, at=NOON, plan=PLAN), "plan_completed"),
        (need.ItemCancelled(by=SYSTEM, at=NOON, item=ITEM.item), "item_cancelled"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_no_vendor_is_looked_for(desk: VendorDesk, event: Event, because: str) -> None:
    await desk.heard(need.approved, event)
    answer = await desk.nadia.post("/v1/sourcings", {"item": ITEM.item})
    assert refused(answer) == (422, "ItemStopped")
    assert answer.json()["facts"]["because"] == because
    assert "quotations_requested" not in await desk.told()


async def test_until_the_plan_goes_on(desk: VendorDesk) -> None:
    await desk.heard(need.approved, need.PlanSuspended(by=SYSTEM, at=NOON, plan=PLAN))
    await desk.heard(need.approved, need.PlanResumed(by=SYSTEM, at=NOON, plan=PLAN))
    ok(await desk.nadia.post("/v1/sourcings", {"item": ITEM.item}), 201)


async def test_what_was_given_up_stays_so_when_the_plan_goes_on(desk: VendorDesk) -> None:
    given_up = need.ItemCancelled(by=SYSTEM, at=NOON, item=ITEM.item)
    for event in (
        given_up,
        need.PlanSuspended(by=SYSTEM, at=NOON, plan=PLAN),
        need.PlanResumed(by=SYSTEM, at=NOON, plan=PLAN),
    ):
        await desk.heard(need.approved, event)
    answer = await desk.nadia.post("/v1/sourcings", {"item": ITEM.item})
    assert answer.json()["facts"]["because"] == "item_cancelled"


async def test_an_amendment_moves_the_estimate(desk: VendorDesk) -> None:
    less = Money(ITEM.ceiling.minor - 100, ITEM.ceiling.currency)
    changed = need.PlannedItem(ITEM.item, ITEM.type, ITEM.spec, less)
    await desk.heard(
        need.approved,
        need.PlanAmendmentApproved(
            by=PersonId("per_zuzana"),
            at=NOON,
            plan=PLAN,
            case=plan_approved.case,
            programme=plan_approved.programme,
            programme_version=plan_approved.programme_version,
            items=(changed,),
            dropped=(),
            drafter=LINA,
            counsellor=LINA,
        ),
    )
    opened = ok(await desk.nadia.post("/v1/sourcings", {"item": ITEM.item}), 201)
    assert opened["estimate"] == less.to_wire()


async def test_an_emergencys_items_are_needs_until_it_is_not_ratified(desk: VendorDesk) -> None:
    help_ = EmergencyId("eme_1")
    food = need.PlannedItem(ItemId("itm_food"), ITEM.type, ITEM.spec, ITEM.ceiling)
    await desk.heard(
        need.approved,
        need.EmergencyAuthorised(
            by=PersonId("per_minh"),
            at=NOON,
            emergency=help_,
            case=plan_approved.case,
            programme=plan_approved.programme,
            programme_version=plan_approved.programme_version,
            items=(food,),
            drafter=LINA,
            counsellor=LINA,
        ),
    )
    assert ok(await desk.nadia.get(f"/v1/needs/{food.item}"))["plan"] == help_
    await desk.heard(need.approved, need.EmergencyNotRatified(by=SYSTEM, at=NOON, emergency=help_))
    answer = await desk.nadia.post("/v1/sourcings", {"item": food.item})
    assert refused(answer) == (422, "ItemStopped")
