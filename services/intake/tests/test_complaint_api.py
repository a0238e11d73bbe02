"""Complaints over HTTP: what is answered, what becomes fact, and who has no such complaint."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from services.intake.tests.conftest import World
from services.intake.tests.people import TERMS

from events.handler import Handler
from events.io.http.trial import Caller
from events.memory import NOON, FixedClock, SeededIds
from events.roles import Role
from events.values import ProgrammeId
from intake.deadlines import Deadlines
from intake.domain import registry
from intake.domain.programme import Complaints

WORDS = "Karim asked me for a part of the money"
ANSWER = "He works here no longer. You will be paid in full."
FRAUD: dict[str, Any] = {
    "programme": TERMS.programme,
    "category": "fraud",
    "channel": "phone",
    "language": "ar",
    "words": WORDS,
    "anonymous": True,
    "named": ["per_karim"],
    "offices": ["baghdad"],
}


RETURNEE: dict[str, Any] = {
    "programme": TERMS.programme,
    "country_of_return": "IQ",
    "return_type": "voluntary",
    "office": "baghdad",
    "language": "ar",
    "sex": "female",
    "age_bracket": "25_59",
    "name": "Zahra",
}


@pytest.fixture
def lina(world: World) -> Caller:
    return world.intake.sign_in("per_lina", Role.COUNSELLOR, office="baghdad")


@pytest.fixture
def ruth(world: World) -> Caller:
    return world.intake.sign_in("per_ruth", Role.COMPLAINTS_OFFICER, office="geneva")


@pytest.fixture
def bruno(world: World) -> Caller:
    return world.intake.sign_in("per_bruno", Role.COMPLAINTS_OFFICER, office="baghdad")


@pytest.fixture
def karim(world: World) -> Caller:
    return world.intake.sign_in("per_karim", Role.COMPLAINTS_OFFICER, office="geneva")


async def taken(world: World, who: Caller, **changed: object) -> tuple[str, dict[str, Any]]:
    """A complaint; its path and the receipt."""
    said = await world.says(who, "/v1/complaints", FRAUD | changed)
    assert said.status_code == 201, said.text
    return said.headers["location"], said.json()


async def acts(world: World, who: Caller, path: str, body: object = None) -> dict[str, Any]:
    said = await world.says(who, path, body)
    assert said.status_code == 200, said.text
    answered: dict[str, Any] = said.json()
    return answered


async def test_reading_needs_no_key_and_is_recorded_each_time(
    world: World, lina: Caller, ruth: Caller
) -> None:
    path, receipt = await taken(world, lina)
    sent = {"secret": receipt["secret"]}
    headers = {"authorization": f"Bearer {lina.token}"}
    for _ in range(2):
        said = await lina.client.post(f"{path}/read-answer", headers=headers, json=sent)
        assert said.status_code == 200, said.text
    assert (await world.told())[1:] == ["complaint_answer_read"] * 2
    said = await ruth.client.post(
        f"{path}/assign", json={}, headers={"authorization": f"Bearer {ruth.token}"}
    )
    assert (said.status_code, said.json()["code"]) == (400, "idempotency_key_missing")


async def test_an_anonymous_complainant_reads_the_answer_by_the_secret(
    world: World, lina: Caller, ruth: Caller
) -> None:
    path, receipt = await taken(world, lina)
    await acts(world, ruth, f"{path}/assign", {})
    await acts(world, ruth, f"{path}/acknowledge")
    secret = {"secret": receipt["secret"]}
    before = (await lina.post(f"{path}/read-answer", secret)).json()
    assert (before["acknowledged"], before["outcome"], before["answer"]) == (True, None, None)
    await acts(world, ruth, f"{path}/resolve", {"outcome": "upheld", "answer": ANSWER})
    after = (await lina.post(f"{path}/read-answer", secret)).json()
    assert (after["outcome"], after["answer"]) == ("upheld", ANSWER)
    assert await world.told() == [
        "complaint_received",
        "complaint_assigned",
        "complaint_acknowledged",
        "complaint_answer_read",
        "complaint_resolved",
        "complaint_answer_read",
    ]


async def test_the_secret_is_said_again_to_a_repeated_request_and_kept_nowhere(
    world: World, lina: Caller
) -> None:
    first = await lina.post("/v1/complaints", FRAUD, key="one")
    again = await lina.post("/v1/complaints", FRAUD, key="one")
    assert again.headers["idempotent-replayed"] == "true"
    assert first.json() == again.json()
    assert first.headers["cache-control"] == "no-store"
    secret = first.json()["secret"]
    await world.catch_up()
    for table in ("es_event", "es_claim", "complaint_file"):
        for row in await world.store.pool.fetch(f"select * from {table}"):
            assert secret not in str(tuple(row))


async def test_a_wrong_secret_finds_nothing(world: World, lina: Caller) -> None:
    path, _ = await taken(world, lina)
    _, other = await taken(world, lina)
    said = await lina.post(f"{path}/read-answer", {"secret": other["secret"]})
    assert (said.status_code, said.json()["code"]) == (404, "NoSuchComplaint")
    said = await lina.post("/v1/complaints/cmp_none/read-answer", {"secret": other["secret"]})
    assert (said.status_code, said.json()["code"]) == (404, "NoSuchComplaint")


async def test_words_names_and_answers_are_in_the_vault_and_nowhere_else(
    world: World, lina: Caller, ruth: Caller
) -> None:
    path, _ = await taken(world, lina)
    await acts(world, ruth, f"{path}/assign", {})
    await acts(world, ruth, f"{path}/resolve", {"outcome": "upheld", "answer": ANSWER})
    for table in ("es_event", "es_claim", "es_disclosure", "complaint_file"):
        for row in await world.store.pool.fetch(f"select * from {table}"):
            held = str(tuple(row))
            assert not [each for each in (WORDS, ANSWER, "per_karim") if each in held]
    words = (await ruth.get(f"{path}/words")).json()
    assert (words["words"], words["named"], words["answer"]) == (WORDS, ["per_karim"], ANSWER)
    assert words["complainant"] is None
    assert (await world.told())[-1] == "complaint_read"


async def test_who_is_complained_about_and_their_office_find_nothing(
    world: World, lina: Caller, ruth: Caller, bruno: Caller, karim: Caller
) -> None:
    path, _ = await taken(world, lina)
    for who in (karim, bruno, lina):
        assert (await who.get("/v1/complaints")).json()["items"] == []
        for read in (path, f"{path}/words"):
            said = await who.get(read)
            assert (said.status_code, said.json()["code"]) == (404, "NoSuchComplaint")
        for act, body in (
            ("assign", {}),
            ("acknowledge", {}),
            ("recategorise", {"category": "delay"}),
            ("resolve", {"outcome": "not_upheld", "answer": "no"}),
        ):
            for seen in (1, 9):
                said = await who.post(f"{path}/{act}", body, if_match=seen)
                assert (said.status_code, said.json()["code"]) == (404, "NoSuchComplaint"), act
    assert await world.told() == ["complaint_received"]
    (line,) = (await ruth.get("/v1/complaints?open=true&category=fraud")).json()["items"]
    assert path.endswith(line["complaint"])


async def test_no_page_betrays_that_there_is_another_complaint(
    world: World, lina: Caller, ruth: Caller, karim: Caller
) -> None:
    others = {"named": ["per_dana"]}
    paths = [(await taken(world, lina, **how))[0] for how in (others, {}, {}, others, {})]
    for who, shown in ((karim, [paths[0], paths[3]]), (ruth, paths)):
        cursor: str | None = ""
        pages = []
        while cursor is not None:
            after = f"&cursor={cursor}" if cursor else ""
            page = (await who.get(f"/v1/complaints?limit=1{after}")).json()
            pages.append([f"/v1/complaints/{line['complaint']}" for line in page["items"]])
            cursor = page.get("next")
        assert pages == [[path] for path in shown]


async def test_the_office_of_who_is_named_is_kept_from_fraud_where_it_is_known(
    world: World, lina: Caller, ruth: Caller, bruno: Caller
) -> None:
    assert (await world.says(lina, "/v1/cases", RETURNEE)).status_code == 201
    path, _ = await taken(world, ruth, named=["per_lina"], offices=[])
    assert (await bruno.get("/v1/complaints")).json()["items"] == []
    assert (await bruno.get(path)).status_code == 404
    assert (await ruth.get(path)).status_code == 200


async def test_the_office_that_keeps_the_case_is_always_kept_from_fraud(
    world: World, lina: Caller, ruth: Caller, bruno: Caller
) -> None:
    case = await world.says(lina, "/v1/cases", RETURNEE)
    about = {"case": case.json()["case"], "named": [], "offices": []}
    path, _ = await taken(world, lina, **about)
    assert (await bruno.get(path)).status_code == 404
    assert (await ruth.get(path)).status_code == 200
    assert (await world.told())[-1] == "payment_hold_asked"


async def test_what_is_overdue_is_listed_and_escalated_once(
    world: World, lina: Caller, ruth: Caller
) -> None:
    path, _ = await taken(world, lina)
    assert (await ruth.get("/v1/complaints?overdue=true")).json()["items"] == []
    later = FixedClock(NOON + timedelta(days=3))
    handler = Handler(registry, world.store, later, SeededIds(7))
    deadlines = Deadlines(handler, world.store.pool)
    for _ in range(2):
        await deadlines.pass_all()
        await world.catch_up()
    assert await world.told() == ["complaint_received", "complaint_escalated"]
    line = (await ruth.get(path)).json()
    assert line["escalated"] == ["acknowledge"]


async def test_a_form_is_told_the_categories_and_what_is_promised(lina: Caller) -> None:
    told = {c["category"]: c for c in (await lina.get("/v1/complaint-categories")).json()["items"]}
    assert {name for name, each in told.items() if each["apart"]} == {"fraud", "abuse"}
    assert all(c["acknowledge_within_days"] <= c["answer_within_days"] for c in told.values())


async def test_a_programme_may_promise_other_days(world: World, lina: Caller, ruth: Caller) -> None:
    promised = replace(TERMS, programme=ProgrammeId("prg_hasty"), complaints=Complaints(10, 1))
    await world.is_published(promised)
    await world.catch_up()
    listed = await lina.get("/v1/complaint-categories?programme=prg_hasty")
    told = {c["category"]: c for c in listed.json()["items"]}
    assert (told["fraud"]["answer_within_days"], told["delay"]["answer_within_days"]) == (1, 10)
    assert all(c["acknowledge_within_days"] <= c["answer_within_days"] for c in told.values())
    for category, days in (("fraud", 1), ("delay", 10)):
        path, _ = await taken(world, lina, category=category, programme="prg_hasty")
        due = datetime.fromisoformat((await ruth.get(path)).json()["answer_by"])
        assert due - NOON == timedelta(days=days)
    path, _ = await taken(world, lina)
    due = datetime.fromisoformat((await ruth.get(path)).json()["answer_by"])
    assert due - NOON == timedelta(days=30)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"category": "gossip"}, "/category"),
        ({"words": " "}, "/words"),
        ({"words": "x" * 8001}, "/words"),
        ({"channel": "pigeon"}, "/channel"),
        ({"named": ["Karim"]}, "/named/0"),
        ({"complainant": "per_1"}, "/complainant"),
        ({"case": "x"}, "/case"),
        ({"secret": "x"}, "/secret"),
    ],
)
async def test_bad_input_names_the_field_and_writes_nothing(
    world: World, lina: Caller, change: dict[str, object], pointer: str
) -> None:
    said = await lina.post("/v1/complaints", FRAUD | change)
    assert said.status_code == 422
    assert pointer in [error["pointer"] for error in said.json()["errors"]]
    assert await world.told() == []
