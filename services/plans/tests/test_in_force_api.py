"""Plans in force over HTTP: changed, resting, ended; and what their case and time do to them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from services.plans.tests.approving import approved, money
from services.plans.tests.conftest import World
from services.plans.tests.people import CASE, LINA, NGO, PETRA, ZAHRA, entitled, eur
from services.plans.tests.test_api import OVEN, consented, eligible, granted, registered

from events.io.http.trial import Caller
from events.money import Money
from events.roles import Role
from events.values import SYSTEM, Code, CommitmentId, ItemId, PersonId, PlanId
from plans.domain import heard

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
ORDER = CommitmentId("com_1")


@pytest.fixture
def lina(world: World) -> Caller:
    return world.plans.sign_in("per_lina", Role.COUNSELLOR, office="baghdad")


def someone(world: World, name: str, role: Role) -> Caller:
    return world.plans.sign_in(f"per_{name}", role)


async def in_force(world: World, lina: Caller) -> tuple[str, str]:
    """A plan with an oven, approved; its path and the oven's id."""
    (item,) = await approved(world, [OVEN], (registered, consented, eligible, granted))
    (line,) = (await lina.get(f"/v1/plans?case={CASE}")).json()["items"]
    return f"/v1/plans/{line['plan']}", item


async def on_order(world: World, path: str, item: str, amount: Money) -> None:
    at: dict[str, Any] = {"by": PersonId("per_hana"), "at": NOON, "commitment": ORDER}
    plan = PlanId(path.rpartition("/")[2])
    await world.disbursement_says(
        heard.CommitmentRequested(plan=plan, item=ItemId(item), **at),
        heard.ItemCommitted(amount=amount, **at),
    )


async def paid(world: World, left: Money) -> None:
    at: dict[str, Any] = {"by": SYSTEM, "at": NOON, "commitment": ORDER}
    await world.disbursement_says(
        heard.CommitmentLiquidated(**at), heard.ItemReleased(amount=left, **at)
    )


async def drawn(lina: Caller) -> str:
    answer: str = (await lina.get(f"/v1/entitlements/{CASE}")).json()["drawn"]["amount"]
    return answer


async def sign_and_submit(world: World, lina: Caller, path: str) -> None:
    digest = (await lina.get(path)).json()["amendment"]["digest"]
    signature = {"signed_by": ZAHRA, "method": "signature", "language": "ar", "digest": digest}
    answer = await world.says(lina, f"{path}/sign", signature)
    assert answer.status_code == 200, answer.text
    answer = await world.says(lina, f"{path}/submit")
    assert answer.status_code == 200, answer.text


async def test_approval_is_refused_naming_the_papers_that_are_missing(
    world: World, lina: Caller
) -> None:
    await world.intake_says(registered, consented, eligible, granted)
    path = (await world.says(lina, "/v1/plans", {"case": CASE})).headers["location"]
    proposed = (await world.says(lina, f"{path}/propose-item", OVEN)).json()
    (item,) = proposed["items"]
    paper = {"item": item["item"], "kind": "business_plan", "digest": "a" * 64}
    answer = await world.says(lina, f"{path}/record-document", paper)
    assert answer.json()["items"][0]["documents"] == [{"kind": "business_plan", "digest": "a" * 64}]
    other = await world.says(lina, f"{path}/record-document", paper | {"kind": "photo"})
    assert (other.status_code, other.json()["code"]) == (422, "DocumentNotAskedFor")
    signature = {
        "signed_by": ZAHRA,
        "method": "signature",
        "language": "ar",
        "digest": proposed["digest"],
    }
    await world.says(lina, f"{path}/sign", signature)
    await world.says(lina, f"{path}/submit")
    await world.says(someone(world, "omar", Role.RECEIVING_OFFICER), f"{path}/confirm-feasibility")
    answer = await world.says(someone(world, "zuzana", Role.COMMITTEE_MEMBER), f"{path}/approve")
    assert (answer.status_code, answer.json()["code"]) == (422, "DocumentsMissing")
    assert answer.json()["facts"]["missing"] == [
        "licence_or_reason_why_none",
        "lease_or_land_certificate",
    ]


async def test_an_amendment_takes_the_place_of_the_plan_and_adjusts_what_it_draws(
    world: World, lina: Caller
) -> None:
    path, item = await in_force(world, lina)
    assert await drawn(lina) == "1850.00"
    await on_order(world, path, item, eur(1700))
    answer = await world.says(lina, f"{path}/propose-amendment", {"reason": "price_changed"})
    assert answer.json()["amendment"]["plan_version"] == 2
    cheaper = {"item": item, "spec": "bread_oven", "ceiling": money(1600)}
    answer = await world.says(lina, f"{path}/revise-item", cheaper)
    assert (answer.status_code, answer.json()["code"]) == (422, "MoneyCommitted")
    answer = await world.says(lina, f"{path}/revise-item", cheaper | {"ceiling": money(1700)})
    assert answer.json()["amendment"]["total"] == money(1700)
    assert answer.json()["total"] == money(1850)
    await sign_and_submit(world, lina, path)
    omar = someone(world, "omar", Role.RECEIVING_OFFICER)
    await world.says(omar, f"{path}/confirm-feasibility")
    zuzana = someone(world, "zuzana", Role.COMMITTEE_MEMBER)
    (line,) = (await zuzana.get("/v1/committee")).json()["items"]
    assert line["you_may_vote"]
    await world.says(zuzana, f"{path}/approve")
    assert await drawn(lina) == "1850.00"
    answer = await world.says(someone(world, "peter", Role.COMMITTEE_MEMBER), f"{path}/approve")
    assert (answer.json()["plan_version"], answer.json()["total"]) == (2, money(1700))
    assert answer.json()["amendment"] is None
    assert (await world.told())[-2:] == ["plan_amendment_approved", "entitlement_released"]
    assert await drawn(lina) == "1700.00"


async def test_cancelling_a_plan_frees_what_no_order_holds_and_the_next_plan_the_rest(
    world: World, lina: Caller
) -> None:
    path, item = await in_force(world, lina)
    await on_order(world, path, item, eur(900))
    petra = someone(world, "petra", Role.PROGRAMME_MANAGER)
    answer = await world.says(petra, f"{path}/cancel", {"reason": "remigrated"})
    assert (answer.status_code, answer.json()["stage"]) == (200, "cancelled")
    assert (await world.told())[-2:] == ["plan_cancelled", "entitlement_released"]
    assert await drawn(lina) == "900.00"
    await paid(world, left=eur(100))
    await approved(world, [OVEN], ())
    assert await drawn(lina) == "2650.00"


async def test_a_plan_is_completed_when_its_orders_are_paid(world: World, lina: Caller) -> None:
    path, item = await in_force(world, lina)
    await on_order(world, path, item, eur(1850))
    answer = await world.says(lina, f"{path}/complete")
    assert (answer.status_code, answer.json()["code"]) == (422, "NotAllDone")
    await paid(world, left=eur(50))
    answer = await world.says(lina, f"{path}/complete")
    assert (answer.status_code, answer.json()["code"]) == (422, "DocumentsMissing")
    (item,) = (await lina.get(path)).json()["items"]
    missing = answer.json()["facts"]
    assert missing == {"item": item["item"], "missing": ["monitoring_note"]}
    listed = (await lina.get(f"{path}/documents")).json()
    assert listed["missing"] == 1
    assert [p["kind"] for p in listed["papers"] if not p["seen"]] == ["monitoring_note"]
    noor = world.plans.sign_in("per_noor", Role.MONITORING_OFFICER)
    note = {"item": item["item"], "kind": "monitoring_note", "digest": "e" * 64}
    await world.says(noor, f"{path}/record-document", note)
    assert (await lina.get(f"{path}/documents")).json()["missing"] == 0
    answer = await world.says(lina, f"{path}/complete")
    assert (answer.status_code, answer.json()["stage"]) == (200, "completed")
    assert await drawn(lina) == "1800.00"


async def test_an_item_is_cancelled(world: World, lina: Caller) -> None:
    path, item = await in_force(world, lina)
    body = {"item": item, "reason": "returnee_asked"}
    answer = await world.says(lina, f"{path}/cancel-item", body)
    assert answer.json()["items"][0]["cancelled"]
    assert await drawn(lina) == "0.00"
    assert (await world.says(lina, f"{path}/cancel-item", body)).status_code == 409


async def test_another_person_resumes_what_one_suspended(world: World, lina: Caller) -> None:
    path, _ = await in_force(world, lina)
    petra = someone(world, "petra", Role.PROGRAMME_MANAGER)
    answer = await world.says(petra, f"{path}/suspend", {"reason": "under_review"})
    assert answer.json()["stage"] == "suspended"
    answer = await world.says(petra, f"{path}/resume")
    assert (answer.status_code, answer.json()["code"]) == (422, "SuspenderCannotResume")
    juraj = someone(world, "juraj", Role.PROGRAMME_MANAGER)
    assert (await world.says(juraj, f"{path}/resume")).json()["stage"] == "approved"


class TestTime:
    async def test_what_nobody_answers_goes_back_by_itself(
        self, world: World, lina: Caller
    ) -> None:
        path, item = await in_force(world, lina)
        await world.says(lina, f"{path}/propose-amendment", {"reason": "price_changed"})
        cheaper = {"item": item, "spec": "bread_oven", "ceiling": money(1700)}
        await world.says(lina, f"{path}/revise-item", cheaper)
        await sign_and_submit(world, lina, path)
        await world.keeps_up(days=7)
        lina = world.plans.sign_in("per_lina", Role.COUNSELLOR, office="baghdad")
        assert (await lina.get(path)).json()["amendment"]["stage"] == "submitted"
        await world.keeps_up(seconds=1)
        assert (await lina.get(path)).json()["amendment"]["stage"] == "returned"
        await world.keeps_up()
        assert (await world.told()).count("plan_returned_unanswered") == 1


class TestTheCase:
    async def test_a_plan_rests_while_its_case_does(self, world: World, lina: Caller) -> None:
        path, _ = await in_force(world, lina)
        await world.intake_says(heard.CaseSuspended(by=PETRA, at=NOON, case=CASE))
        await world.keeps_up()
        assert (await lina.get(path)).json()["stage"] == "suspended"
        await world.keeps_up()
        await world.intake_says(heard.CaseResumed(by=PETRA, at=NOON, case=CASE))
        await world.keeps_up()
        assert (await lina.get(path)).json()["stage"] == "approved"
        assert (await world.told())[-2:] == ["plan_suspended", "plan_resumed"]

    async def test_withdrawn_consent_lets_it_rest_too(self, world: World, lina: Caller) -> None:
        path, _ = await in_force(world, lina)
        scopes = (Code("assistance"),)
        await world.intake_says(heard.ConsentWithdrawn(by=LINA, at=NOON, case=CASE, scopes=scopes))
        await world.keeps_up()
        assert (await lina.get(path)).json()["stage"] == "suspended"

    @pytest.mark.parametrize(
        "end",
        [
            heard.CaseClosed(by=PETRA, at=NOON, case=CASE),
            heard.NonDepartureConfirmed(by=PETRA, at=NOON, case=CASE),
        ],
        ids=lambda end: type(end).__name__,
    )
    async def test_it_ends_with_its_case(
        self, world: World, lina: Caller, end: heard.FromIntake
    ) -> None:
        path, _ = await in_force(world, lina)
        await world.intake_says(end)
        await world.keeps_up()
        assert (await lina.get(path)).json()["stage"] == "cancelled"
        assert await drawn(lina) == "0.00"
        answer = await world.says(lina, "/v1/plans", {"case": CASE})
        assert (answer.status_code, answer.json()["code"]) == (422, "CaseIsHalted")

    async def test_it_goes_where_its_case_goes(self, world: World, lina: Caller) -> None:
        path, _ = await in_force(world, lina)
        arben = world.plans.sign_in("per_arben", Role.COUNSELLOR, organisation=NGO, office="tirana")
        assert (await arben.get(path)).status_code == 404
        await world.intake_says(
            heard.CaseTransferred(
                by=LINA,
                at=NOON,
                case=CASE,
                to_organisation=NGO,
                to_office=Code("tirana"),
                counsellor=PersonId("per_arben"),
                outside=False,
            )
        )
        await world.keeps_up()
        assert (await arben.get(path)).json()["counsellor"] == "per_arben"

    async def test_a_smaller_entitlement_counts_from_then_on(
        self, world: World, lina: Caller
    ) -> None:
        await world.intake_says(registered, consented, eligible, granted)
        await world.intake_says(
            heard.EntitlementAdjusted(
                by=PETRA,
                at=NOON,
                case=CASE,
                total=eur(1000),
                cash_cap=eur(0),
                shares=entitled(eur(1000)).shares,
            )
        )
        path = (await world.says(lina, "/v1/plans", {"case": CASE})).headers["location"]
        answer = await world.says(lina, f"{path}/propose-item", OVEN)
        assert (answer.status_code, answer.json()["code"]) == (422, "AboveEntitlement")
