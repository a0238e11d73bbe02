"""Emergencies over HTTP: authorised at once, decided on afterwards, seen when overdue."""

from typing import Any

import pytest
from services.plans.tests.approving import money
from services.plans.tests.conftest import World
from services.plans.tests.people import CASE, PROGRAMME_FILE, ZAHRA
from services.plans.tests.test_api import consented, registered
from services.plans.tests.test_funds import refused, told

from events.io.http.trial import Caller
from events.roles import Role
from events.values import Code, ProgrammeId


def dollars(amount: int) -> dict[str, str]:
    return money(amount) | {"currency": "USD"}


PARCEL: dict[str, Any] = {
    "type": "emergency_package",
    "spec": "basic_supplies",
    "ceiling": dollars(200),
}


@pytest.fixture
async def lao_cai(world: World) -> World:
    """A case under a programme that helps before any plan; nothing of it but consent is known."""
    page = PROGRAMME_FILE.with_name("lao-cai.yaml").read_text(encoding="utf-8")
    published = await world.publishes(page)
    assert published.status_code == 200, published.text
    case = type(registered)(
        **{name: getattr(registered, name) for name in registered.__struct_fields__}
        | {"programme": ProgrammeId("prg_lao_cai")}
    )
    await world.intake_says(case, consented)
    return world


def linh(world: World) -> Caller:
    return world.plans.sign_in("per_linh", Role.COUNSELLOR)


def minh(world: World) -> Caller:
    return world.plans.sign_in("per_minh", Role.FIELD_OFFICER)


def member(world: World, name: str) -> Caller:
    return world.plans.sign_in(f"per_{name}", Role.COMMITTEE_MEMBER)


async def asked(world: World, *items: dict[str, Any]) -> str:
    body = {"case": CASE, "items": list(items or (PARCEL,))}
    answer = await world.says(linh(world), "/v1/emergencies", body)
    assert answer.status_code == 201, answer.text
    path: str = answer.headers["location"]
    return path


async def given(world: World) -> str:
    path = await asked(world)
    answer = await world.says(minh(world), f"{path}/authorise")
    assert answer.status_code == 200, answer.text
    return path


async def test_given_at_once_and_ratified_by_others(lao_cai: World) -> None:
    path = await given(lao_cai)
    stands = (await linh(lao_cai).get(path)).json()
    assert (stands["stage"], stands["authoriser"]) == ("authorised", "per_minh")
    assert stands["ratify_by"] == "2026-03-05T12:00:00Z"
    for name in ("zuzana", "peter")[: stands["quorum"]]:
        answer = await lao_cai.says(member(lao_cai, name), f"{path}/ratify")
        assert answer.status_code == 200, answer.text
    assert answer.json()["stage"] == "ratified"
    told = await lao_cai.told()
    assert "emergency_assistance_authorised" in told
    assert told[told.index("emergency_assistance_authorised") + 1] == "entitlement_drawn"


async def test_it_tells_what_its_money_lacks(lao_cai: World) -> None:
    path = await given(lao_cai)
    asks = linh(lao_cai)
    stands = (await asks.get(path)).json()
    assert stands["funds"] is None, "nothing was told yet"
    (item,) = stands["items"]
    await told(lao_cai, refused(Code(stands["emergency"]), item["item"]))
    waits = (await asks.get(path)).json()["funds"]
    assert (waits["earmarked"], waits["short"][0]["item"]) == (False, item["item"])
    (line,) = (await asks.get(f"/v1/emergencies?case={CASE}")).json()["items"]
    assert line["funds"] == waits


async def test_who_asked_does_not_authorise(lao_cai: World) -> None:
    path = await asked(lao_cai)
    answer = await lao_cai.says(linh(lao_cai), f"{path}/authorise")
    assert (answer.status_code, answer.json()["code"]) == (422, "RequesterCannotAuthorise")


async def test_all_emergencies_of_a_case_stay_within_the_programmes_amount(
    lao_cai: World,
) -> None:
    await given(lao_cai)
    second = await asked(lao_cai, PARCEL | {"ceiling": dollars(101)})
    answer = await lao_cai.says(minh(lao_cai), f"{second}/authorise")
    assert (answer.status_code, answer.json()["code"]) == (422, "AboveEmergencyLimit")
    assert (await linh(lao_cai).get(second)).json()["stage"] == "requested"


async def test_overdue_is_seen_blocks_another_one_and_is_not_ratified_by_time(
    lao_cai: World,
) -> None:
    path = await given(lao_cai)
    assert (await linh(lao_cai).get("/v1/emergencies?overdue_only=true")).json()["items"] == []
    await lao_cai.keeps_up(hours=72, seconds=1)
    (line,) = (await linh(lao_cai).get("/v1/emergencies?overdue_only=true")).json()["items"]
    assert (f"/v1/emergencies/{line['emergency']}", line["stage"]) == (path, "authorised")
    second = await asked(lao_cai, PARCEL | {"ceiling": dollars(50)})
    answer = await lao_cai.says(minh(lao_cai), f"{second}/authorise")
    assert (answer.status_code, answer.json()["code"]) == (422, "RatificationOverdue")
    for name in ("zuzana", "peter")[: line["quorum"]]:
        answer = await lao_cai.says(member(lao_cai, name), f"{path}/ratify")
    assert answer.json()["stage"] == "ratified"
    assert (await lao_cai.says(minh(lao_cai), f"{second}/authorise")).status_code == 200


async def test_not_ratified_it_gives_back_what_no_order_holds(lao_cai: World) -> None:
    path = await given(lao_cai)
    quorum = (await linh(lao_cai).get(path)).json()["quorum"]
    for name in ("zuzana", "peter")[:quorum]:
        answer = await lao_cai.says(
            member(lao_cai, name), f"{path}/object", {"reason": "outside_programme"}
        )
        assert answer.status_code == 200, answer.text
    assert answer.json()["stage"] == "not_ratified"
    assert (await lao_cai.told())[-2:] == [
        "emergency_assistance_not_ratified",
        "entitlement_released",
    ]


async def test_only_where_the_programme_says_so(world: World) -> None:
    await world.intake_says(registered, consented)
    body = {"case": CASE, "items": [PARCEL]}
    answer = await world.says(linh(world), "/v1/emergencies", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "NoEmergencies")
    assert "emergency_assistance_requested" not in await world.told()


async def test_an_amount_that_is_too_large_for_any_programme_is_refused(lao_cai: World) -> None:
    huge = PARCEL | {"ceiling": {"amount": "9999999999999999.00", "currency": "USD"}}
    body = {"case": CASE, "items": [huge] * 10}
    answer = await lao_cai.says(linh(lao_cai), "/v1/emergencies", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "AboveEmergencyLimit")


async def test_who_is_too_close_to_it_says_so_and_has_no_vote(lao_cai: World) -> None:
    path = await given(lao_cai)
    zuzana = member(lao_cai, "zuzana")
    quorum = (await linh(lao_cai).get(path)).json()["quorum"]
    declared = await lao_cai.says(zuzana, f"{path}/declare-conflict")
    assert declared.status_code == 200, declared.text
    assert declared.json()["conflicts"] == ["per_zuzana"]
    for act, body in (("ratify", None), ("object", {"reason": "outside_programme"})):
        answer = await lao_cai.says(zuzana, f"{path}/{act}", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "InConflict")
    for name in ("peter", "milan")[:quorum]:
        answer = await lao_cai.says(member(lao_cai, name), f"{path}/ratify")
    assert answer.json()["stage"] == "ratified"


async def test_what_the_returnee_said_is_kept_in_confidence_and_each_read_recorded(
    lao_cai: World,
) -> None:
    words = "we slept at the bus station, my daughter has a fever"
    body = {"case": CASE, "items": [PARCEL], "own_words": words}
    answer = await lao_cai.says(linh(lao_cai), "/v1/emergencies", body)
    assert answer.headers["events"] == (
        "plans.emergency_assistance_requested.v1, plans.emergency_words_recorded.v1"
    )
    path = answer.headers["location"]
    entries = [entry.raw for entry in await lao_cai.store.read(0, 1000)]
    states = await lao_cai.store.pool.fetch("select state from emergency_state")
    assert not any(b"bus station" in entry for entry in entries)
    assert not any("bus station" in row["state"] for row in states)
    here = lao_cai.plans.sign_in("per_linh", Role.COUNSELLOR, office="baghdad")
    elsewhere = lao_cai.plans.sign_in("per_rami", Role.COUNSELLOR, office="basra")
    refused = await elsewhere.get(f"{path}/own-words")
    assert (refused.status_code, refused.json()["code"]) == (422, "NotYourOffice")
    assert "emergency_words_read" not in await lao_cai.told()
    read = await here.get(f"{path}/own-words")
    assert (read.json()["words"], read.headers["cache-control"]) == (words, "no-store")
    assert (await lao_cai.told())[-1] == "emergency_words_read"
    await lao_cai.store.erase(ZAHRA)
    gone = (await here.get(f"{path}/own-words")).json()
    assert (gone["words"], bool(gone["erased"])) == (None, True)
    assert (await here.get("/v1/emergencies/eme_none/own-words")).status_code == 404


async def test_where_nothing_was_said_there_is_nothing_to_read(lao_cai: World) -> None:
    path = await asked(lao_cai)
    here = lao_cai.plans.sign_in("per_linh", Role.COUNSELLOR, office="baghdad")
    assert (await here.get(f"{path}/own-words")).json()["words"] is None
