"""Follow-up over HTTP: visits that fall due, are made or missed; what was delivered; surveys."""

import datetime as dt
from datetime import UTC, date, datetime
from typing import Any

import pytest
from services.plans.tests.approving import approved, money
from services.plans.tests.conftest import World
from services.plans.tests.people import CASE, IOM, LINA, NGO, PLAN, ZAHRA
from services.plans.tests.test_api import consented, eligible, granted, registered
from services.plans.tests.test_delivered import DALIA, received

from events.decider import Event
from events.handler import Handler
from events.io.http.trial import Caller
from events.memory import FixedClock
from events.money import Money
from events.registry import Registry
from events.roles import Role
from events.values import CaseId, Code, CommitmentId, ItemId, PaymentId, PersonId, ProgrammeId
from plans.domain import delivered as told
from plans.domain import followed, heard
from plans.main import service
from plans.overdue import miss_visits

REPLAYED = {"item", "followed_case", "delivery", "follow_up"}
AGO = datetime(2025, 11, 15, 12, 0, tzinfo=UTC)
OVEN = {"type": "micro_business", "spec": "bread_oven", "ceiling": money(1850)}


class RegisteredInFull(Event, frozen=True, tag="intake.returnee_registered.v1"):
    """All that any part of this service reads of it."""

    case: CaseId
    returnee: PersonId
    programme: ProgrammeId
    run_by: Code
    organisation: Code
    office: Code
    counsellor: PersonId
    is_child: bool
    country_of_return: Code
    return_type: Code
    sex: Code
    age_bracket: Code


class ArrivedInFull(Event, frozen=True, tag="intake.arrival_confirmed.v1"):
    case: CaseId
    date: dt.date
    claim_by: dt.date
    use_by: dt.date


in_full = Registry.of("intake", [RegisteredInFull, ArrivedInFull], foreign=True)
registered_in_full = RegisteredInFull(
    by=LINA,
    at=AGO,
    case=CASE,
    returnee=ZAHRA,
    programme=registered.programme,
    run_by=IOM,
    organisation=IOM,
    office=Code("baghdad"),
    counsellor=LINA,
    is_child=False,
    country_of_return=Code("IQ"),
    return_type=Code("voluntary"),
    sex=Code("female"),
    age_bracket=Code("25_59"),
)
arrived = ArrivedInFull(
    by=LINA,
    at=AGO,
    case=CASE,
    date=date(2025, 6, 1),
    claim_by=date(2026, 1, 30),
    use_by=date(2026, 6, 1),
)
to_monitoring = followed.ConsentGiven(by=LINA, at=AGO, case=CASE, scopes=(Code("monitoring"),))


async def intake_tells(world: World, *facts: followed.Told) -> None:
    for fact in facts:
        await world.reaches(followed.from_intake, world.intake, fact, fact.case)
    await world.catch_up()


@pytest.fixture
def noor(world: World) -> Caller:
    return world.plans.sign_in("per_noor", Role.MONITORING_OFFICER, office="baghdad")


@pytest.fixture
async def oven(world: World) -> str:
    """An oven, approved, delivered and paid in November; the item's id."""
    await world.reaches(in_full, world.intake, registered_in_full, CASE)
    (item,) = await approved(world, [OVEN], (consented, eligible, granted))
    await world.reaches(in_full, world.intake, arrived, CASE)
    await intake_tells(world, to_monitoring)
    requested = heard.CommitmentRequested(
        by=DALIA, at=AGO, commitment=CommitmentId("com_1"), plan=PLAN, item=ItemId(item)
    )
    await world.disbursement_says(requested)
    ordering: list[told.Ordering] = [
        told.PurchaseOrderIssued(
            by=DALIA,
            at=AGO,
            commitment=CommitmentId("com_1"),
            lines=(
                told.OrderLine(line=1, spec=Code("bread_oven"), quantity=1),
                told.OrderLine(line=2, spec=Code("flour_50kg"), quantity=9),
            ),
        ),
        received(1, 9),
    ]
    paid = told.VendorPaid(
        by=DALIA,
        at=AGO,
        payment=PaymentId("pay_1"),
        case=CASE,
        item=ItemId(item),
        functional_amount=Money(180_000, "EUR"),
        value_date=AGO.date(),
    )
    for fact in (*ordering, paid):
        stream = getattr(fact, "commitment", "pay_1")
        await world.reaches(told.from_disbursement, world.disbursement, fact, stream)
    await world.catch_up()
    return item


def seen(**changes: Any) -> dict[str, Any]:
    return {
        "on": "2026-02-20",
        "outcome": "as_agreed",
        "findings": ["in_use", "business_running"],
        "photos": ["a" * 64],
        "report": "b" * 64,
    } | changes


async def planned(world: World, noor: Caller, oven: str) -> str:
    """The visit after three months, which is due, planned for Noor; its path."""
    (line,) = (await noor.get("/v1/visits?open_only=true")).json()["items"]
    path = f"/v1/visits/{line['visit']}"
    answer = await world.says(noor, f"{path}/schedule", {"on": "2026-02-20", "visitor": "per_noor"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["item"] == oven
    return path


async def test_a_visit_falls_due_three_months_after_the_payment(
    world: World, noor: Caller, oven: str
) -> None:
    (line,) = (await noor.get("/v1/visits")).json()["items"]
    assert (line["item"], line["months"], line["due"], line["until"]) == (
        oven,
        3,
        "2026-02-15",
        "2026-03-15",
    )
    assert (line["overdue"], line["may_be_visited"], line["made_on"]) == (False, True, None)
    later = (await noor.get("/v1/visits?due_by=2026-11-15")).json()["items"]
    assert {each["months"] for each in later} == {3, 6, 12}


async def test_it_is_made_and_the_item_verified(world: World, noor: Caller, oven: str) -> None:
    path = await planned(world, noor, oven)
    answer = await world.says(noor, f"{path}/complete", seen())
    assert answer.status_code == 200, answer.text
    assert (answer.json()["made_on"], answer.json()["outcome"]) == ("2026-02-20", "as_agreed")
    assert (await world.told())[-2:] == ["monitoring_visit_completed", "item_use_verified"]
    assert (await noor.get(f"/v1/items/{oven}")).json()["verified"] is True
    assert (await noor.get("/v1/visits?open_only=true")).json()["items"] == []


async def test_what_was_sold_is_a_signal(world: World, noor: Caller, oven: str) -> None:
    path = await planned(world, noor, oven)
    sold = seen(outcome="not_as_agreed", findings=["sold"])
    await world.says(noor, f"{path}/complete", sold)
    assert (await world.told())[-2:] == ["monitoring_visit_completed", "item_misuse_reported"]
    assert (await noor.get(f"/v1/items/{oven}")).json()["misuse"] == ["sold"]


async def test_refusals_name_their_rule(world: World, noor: Caller, oven: str) -> None:
    path = await planned(world, noor, oven)
    before = await world.told()
    dalia = world.plans.sign_in("per_dalia", Role.FIELD_OFFICER)
    other = world.plans.sign_in("per_x", Role.MONITORING_OFFICER, organisation=NGO)
    body = {"on": "2026-02-20", "visitor": "per_dalia"}
    tries: list[tuple[Caller, str, Any, int, str]] = [
        (noor, f"{path}/schedule", body, 422, "VisitorTooClose"),
        (dalia, f"{path}/complete", seen(), 422, "NotTheVisitor"),
        (noor, "/v1/visits/vis_none_3/schedule", body, 404, "NoSuchApprovedItem"),
        (noor, f"{path[:-2]}_5/schedule", body, 404, "NoSuchVisit"),
        (noor, f"{path}9999999999/schedule", body, 404, "NoSuchVisit"),
        (other, f"{path}/schedule", body, 404, "NoSuchApprovedItem"),
    ]
    for who, where, what, status, rule in tries:
        seen_at = 0 if rule == "NoSuchVisit" else 1
        answer = await world.says(who, where, what, if_match=seen_at)
        assert (answer.status_code, answer.json()["code"]) == (status, rule), answer.text
    withdrawn = followed.ConsentWithdrawn(by=LINA, at=AGO, case=CASE, scopes=(Code("monitoring"),))
    await intake_tells(world, withdrawn)
    answer = await world.says(noor, f"{path}/complete", seen())
    assert (answer.status_code, answer.json()["code"]) == (422, "NoConsentToVisits")
    assert await world.told() == before
    assert (await other.get(path)).status_code == 404
    assert (await noor.get(f"{path}9999999999")).status_code == 404
    assert (await other.get("/v1/visits")).json()["items"] == []


async def test_what_nobody_made_in_time_is_missed_by_itself_once(world: World, oven: str) -> None:
    clock = world.plans.clock
    assert isinstance(clock, FixedClock)
    handler = Handler(world.plans.registry, world.store, clock, world.ids)
    assert await miss_visits(handler, world.store.pool) == 0
    clock.advance(14 * 86_400)
    for _ in range(2):
        await miss_visits(handler, world.store.pool)
        await world.catch_up()
    assert (await world.told()).count("monitoring_visit_missed") == 1
    noor = world.plans.sign_in("per_noor", Role.MONITORING_OFFICER, office="baghdad")
    (line,) = (await noor.get("/v1/visits")).json()["items"]
    assert (line["missed"], line["overdue"], line["item"]) == (True, True, oven)


async def test_delivered_is_agreed_or_how_it_is_not(world: World, noor: Caller, oven: str) -> None:
    answer = (await noor.get(f"/v1/items/{oven}/delivery")).json()
    assert (answer["as_agreed"], answer["delivered_basis_points"]) == (True, 10_000)
    assert answer["paid"] == money(1800)
    (line,) = (await noor.get(f"/v1/deliveries?case={CASE}")).json()["items"]
    assert line == answer
    back = told.PaymentReturned(by=DALIA, at=AGO, payment=PaymentId("pay_1"))
    await world.reaches(told.from_disbursement, world.disbursement, back, "pay_1")
    await world.catch_up()
    assert (await noor.get(f"/v1/items/{oven}/delivery")).json()["paid"] == money(0)
    assert (await noor.get("/v1/visits")).json()["items"] == []
    other = world.plans.sign_in("per_x", Role.MONITORING_OFFICER, organisation=NGO)
    assert (await other.get(f"/v1/items/{oven}/delivery")).status_code == 404
    assert (await other.get(f"/v1/deliveries?case={CASE}")).status_code == 404


SURVEY = {
    "case": CASE,
    "round_months": 6,
    "instrument": "rss_2018",
    "answers": [
        {"question": "income", "dimension": "economic", "points": 1, "of": 2},
        {"question": "housing", "dimension": "social", "points": 2, "of": 3},
        {"question": "fears_neighbours", "dimension": "psychosocial", "points": 1, "of": 4},
    ],
}


async def test_a_survey_tells_scores_and_keeps_the_answers_sealed(
    world: World, noor: Caller, oven: str
) -> None:
    answer = await world.says(noor, "/v1/surveys", SURVEY)
    assert answer.status_code == 201, answer.text
    scores = answer.json()
    assert (scores["economic"], scores["social"], scores["psychosocial"]) == (5000, 6667, 2500)
    assert scores["composite"] == 4725
    entry = (await world.store.read(0, 1000))[-1]
    assert b"fears_neighbours" not in entry.raw
    (kept,) = (await world.store.disclosures([entry.envelope.id]))[entry.envelope.id]
    assert (kept.name, kept.kind.value) == ("answers", "protection")
    (line,) = (await noor.get(f"/v1/surveys?case={CASE}")).json()["items"]
    assert line == scores
    again = await world.says(noor, "/v1/surveys", SURVEY)
    assert (again.status_code, again.json()["code"]) == (409, "RoundDone")
    unknown = await world.says(noor, "/v1/surveys", SURVEY | {"round_months": 7})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "NoSuchRound")
    assert oven


async def test_the_views_of_follow_up_are_what_a_replay_makes_of_the_events(
    world: World, noor: Caller, oven: str
) -> None:
    path = await planned(world, noor, oven)
    await world.says(noor, f"{path}/complete", seen())
    await world.says(noor, "/v1/surveys", SURVEY)
    ours = [view for view in service.views if view.name in REPLAYED]
    assert len(ours) == len(REPLAYED)

    async def rows() -> dict[str, list[str]]:
        return {
            table: sorted(str(tuple(row)) for row in await world.store.pool.fetch(f"table {table}"))
            for view in ours
            for table in view.tables
        }

    stood = await rows()
    assert all(stood.values()), stood
    for view in ours:
        for table in view.tables:
            await world.store.pool.execute(f"delete from {table}")
        for source in view.hears:
            world.seen[view.name, source] = 0
    await world.catch_up()
    assert await rows() == stood
