"""Money follows the plan: what is amended, stopped or an emergency, and the papers it needs."""

from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace
from services.disbursement.tests import chain
from services.disbursement.tests.cashier import Cashier, cashier, plan_approved, published, refused
from services.disbursement.tests.people import CASE, ITEM, LINA, NOON, PLAN, PROGRAMME, eur

from disbursement.domain import following as told
from disbursement.domain import heard
from disbursement.main import service
from events.values import SYSTEM, Code, EmergencyId, PersonId
from homeward.postgres import Database

HELP = EmergencyId("eme_1")
OVEN = Code("micro_business")


@pytest_asyncio.fixture
async def till(make_migrated: Callable[..., Database], tmp_path: Path) -> AsyncIterator[Cashier]:
    async with cashier(make_migrated(service.migrations), tmp_path) as there:
        yield there


async def stopped(till: Cashier, event: object) -> None:
    await till.heard(told.from_plans, event)  # type: ignore[arg-type]


suspended = told.PlanSuspended(by=SYSTEM, at=NOON, plan=PLAN)
amended = heard.PlanAmendmentApproved(
    by=PersonId("per_zuzana"),
    at=NOON,
    plan=PLAN,
    case=CASE,
    programme=PROGRAMME,
    programme_version=1,
    items=(heard.ApprovedItem(item=ITEM, ceiling=eur(900)),),
    dropped=(),
    counsellor=LINA,
)
resumed = told.PlanResumed(by=SYSTEM, at=NOON, plan=PLAN)


@pytest.mark.parametrize(
    ("event", "because"),
    [
        (suspended, "plan_suspended"),
        (told.PlanCancelled(by=SYSTEM, at=NOON, plan=PLAN), "plan_cancelled"),
        (told.PlanCompleted(by=SYSTEM, at=NOON, plan=PLAN), "plan_completed"),
        (told.ItemCancelled(by=SYSTEM, at=NOON, item=ITEM), "item_cancelled"),
        (replace(amended, items=(), dropped=(ITEM,)), "item_dropped"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_nothing_new_is_committed_for_what_was_stopped(
    till: Cashier, event: object, because: str
) -> None:
    line = await chain.funded(till)
    await stopped(till, event)
    asked = {"item": ITEM, "budget_line": line, "amount": chain.MONEY}
    answer = await till.hana.post("/v1/commitments", asked)
    assert refused(answer) == (422, "ItemStopped")
    assert answer.json()["facts"]["because"] == because
    assert "commitment_requested" not in await till.told()


async def test_nor_certified_approved_or_ordered_until_it_goes_on(till: Cashier) -> None:
    path = f"/v1/commitments/{await chain.committed(till, await chain.funded(till))}"
    order = {"lines": chain.LINES, "deliver_by": "2026-03-20"}
    for who, act, body in (
        (till.jozef, "certify", None),
        (till.eva, "approve", None),
        (till.hana, "issue-order", order),
    ):
        await stopped(till, suspended)
        assert await till.tries(who, f"{path}/{act}", body) == (422, "ItemStopped")
        await stopped(till, resumed)
        await till.does(who, f"{path}/{act}", body)


async def test_what_is_on_order_is_delivered_and_invoiced_all_the_same(till: Cashier) -> None:
    path = await chain.ordered(till)
    await stopped(till, suspended)
    await chain.delivered(till, path, 10)
    await till.does(till.hana, f"{path}/invoices", chain.invoice(10))


async def test_an_amendment_moves_the_ceiling(till: Cashier) -> None:
    line = await chain.funded(till)
    await till.heard(heard.from_plans, amended)
    asked = {"item": ITEM, "budget_line": line, "amount": chain.MONEY}
    assert await till.tries(till.hana, "/v1/commitments", asked) == (422, "AboveItemCeiling")
    larger = replace(amended, items=(heard.ApprovedItem(item=ITEM, ceiling=eur(1000)),))
    await till.heard(heard.from_plans, larger)
    await till.does(till.hana, "/v1/commitments", asked, status=201)


async def test_an_emergency_is_bought_before_the_arrival_is_confirmed(till: Cashier) -> None:
    line = await chain.funded(till)
    await till.heard(
        heard.from_intake,
        heard.ArrivalConfirmed(
            by=LINA, at=NOON, case=CASE, date=date(2026, 6, 1), use_by=date(2027, 2, 1)
        ),
    )
    asked = {"item": ITEM, "budget_line": line, "amount": chain.MONEY}
    assert await till.tries(till.hana, "/v1/commitments", asked) == (422, "ArrivalNotConfirmed")
    await till.heard(
        heard.from_plans,
        heard.EmergencyAuthorised(
            by=PersonId("per_minh"),
            at=NOON,
            emergency=HELP,
            case=CASE,
            programme=PROGRAMME,
            programme_version=1,
            items=plan_approved.items,
            counsellor=LINA,
        ),
    )
    answer = await till.does(till.hana, "/v1/commitments", asked, status=201)
    assert answer["plan"] == HELP
    await stopped(till, told.EmergencyNotRatified(by=SYSTEM, at=NOON, emergency=HELP))
    path = f"/v1/commitments/{answer['commitment']}"
    assert await till.tries(till.jozef, f"{path}/certify") == (422, "ItemStopped")


class TestPapers:
    """The programme names what has to be seen before money is committed, and before it is paid."""

    async def asked(self, till: Cashier) -> str:
        line = await chain.funded(till)
        items = (replace(plan_approved.items[0], type=OVEN),)
        await till.heard(heard.from_plans, replace(plan_approved, items=items, programme_version=2))
        papers = heard.Assistance(
            type=OVEN, before_commitment=(Code("lease"),), before_payment=(Code("photo"),)
        )
        await till.heard(heard.from_plans, replace(published, version=2, assistance=(papers,)))
        return await chain.committed(till, line)

    async def seen(self, till: Cashier, kind: str) -> None:
        await stopped(till, told.DocumentRecorded(by=LINA, at=NOON, item=ITEM, kind=Code(kind)))

    async def test_nobody_certifies_without_them(self, till: Cashier) -> None:
        path = f"/v1/commitments/{await self.asked(till)}"
        assert await till.tries(till.jozef, f"{path}/certify") == (422, "PapersMissing")
        await self.seen(till, "lease")
        await till.does(till.jozef, f"{path}/certify")

    async def test_nothing_is_paid_without_them(self, till: Cashier) -> None:
        commitment = await self.asked(till)
        await self.seen(till, "lease")
        path = await chain.ordered(till, commitment)
        await chain.delivered(till, path, 10)
        matched = await till.does(till.hana, f"{path}/invoices", chain.invoice(10))
        body = {"commitment": commitment, "invoice": matched["invoices"][0]["invoice"]}
        answer = await till.hana.post("/v1/payments", body)
        assert refused(answer) == (422, "PapersMissing")
        assert answer.json()["facts"]["missing"] == ["photo"]
        await self.seen(till, "photo")
        await till.does(till.hana, "/v1/payments", body, status=201)
