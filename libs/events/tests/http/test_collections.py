"""Collections, the event feed, health and the description."""

import asyncio
import re

import jsonschema
import pytest
from libs.events.tests.bakery import bakery
from libs.events.tests.http.till import SHELVES, api

from events.io.http.trial import Caller, Trial, forged, trial
from events.roles import Role


async def test_pages_go_on_where_the_last_one_ended(lina: Caller) -> None:
    seen: list[str] = []
    path = "/v1/shelves?limit=200&kind=rye"
    while True:
        said = await lina.get(path)
        seen += said.json()["items"]
        if said.json()["next"] is None:
            break
        path = said.links["next"]["url"]
        assert f"cursor={said.json()['next']}" in path
    assert seen == SHELVES
    assert "link" not in said.headers


async def test_a_cursor_goes_on_with_its_own_query_only(lina: Caller) -> None:
    cursor = (await lina.get("/v1/shelves?limit=2&kind=rye")).json()["next"]
    assert (await lina.get(f"/v1/shelves?limit=9&kind=rye&cursor={cursor}")).status_code == 200
    said = await lina.get(f"/v1/shelves?limit=2&kind=spelt&cursor={cursor}")
    assert said.status_code == 400
    assert said.json()["errors"][0]["code"] == "cursor_foreign"


@pytest.mark.parametrize("key", ["\0", "rye\0", "\ud800"])
async def test_a_forged_cursor_is_none_of_this_query(lina: Caller, key: str) -> None:
    cursor = (await lina.get("/v1/shelves?limit=2&kind=rye")).json()["next"]
    said = await lina.get(f"/v1/shelves?limit=2&kind=rye&cursor={forged(cursor, key)}")
    assert (said.status_code, said.json()["errors"][0]["code"]) == (400, "cursor_foreign")


async def test_the_feed_hands_out_the_very_bytes(till: Trial, lina: Caller) -> None:
    for _ in range(3):
        await lina.post("/v1/orders", {"person": "per_ana"})
    audit = till.sign_in("per_svc_audit", Role.SERVICE)
    page = (await audit.get("/v1/events?after=1&limit=5")).json()
    stored = await till.store.read(1, 5)
    assert page["head"] == 3
    assert [(e["position"], e["entry"].encode()) for e in page["entries"]] == [
        (e.position, e.raw) for e in stored
    ]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SERVICE}))
async def test_the_feed_is_for_services_alone_and_others_are_told_where_to_look(
    till: Trial, role: Role
) -> None:
    said = await till.sign_in("per_elif", role).get("/v1/events")
    assert said.status_code == 403
    assert said.json()["detail"] == (
        "This needs the role service. People read the same entries at the audit service:"
        " /v1/trail/{id}, /v1/log/entries/{index}, /v1/bundles."
    )


async def test_a_service_reads_the_feed(till: Trial) -> None:
    service = till.sign_in("per_svc_audit", Role.SERVICE)
    assert (await service.get("/v1/events")).json() == {"entries": [], "head": 0}


async def test_the_feed_waits_for_the_next_event(till: Trial, lina: Caller) -> None:
    audit = till.sign_in("per_svc_audit", Role.SERVICE)
    waiting = asyncio.create_task(audit.get("/v1/events?after=0&wait=30"))
    await asyncio.sleep(0.02)
    assert not waiting.done()
    await lina.post("/v1/orders", {"person": "per_ana"})
    assert len((await waiting).json()["entries"]) == 1


class Behind:
    """Views that never come far enough."""

    stopped = ()

    async def reach(self, position: int, timeout_seconds: float) -> bool:  # noqa: ARG002
        return False


async def test_a_view_that_stays_behind_is_503() -> None:
    async with trial(api, bakery, progress=Behind()) as till:
        lina = till.sign_in("per_lina", Role.COUNSELLOR)
        said = await lina.get("/v1/counter?min_position=99")
        assert (said.status_code, said.json()["code"]) == (503, "view_behind")
        assert said.headers["retry-after"] == "1"


async def test_health_needs_no_token(till: Trial) -> None:
    assert (await till.client.get("/healthz")).json() == {"status": "ok"}
    ready = await till.client.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")


async def test_the_description_is_whole(till: Trial) -> None:
    said = (await till.client.get("/openapi.json")).json()
    assert said["openapi"].startswith("3.1")
    text = str(said)
    for name in re.findall(r"#/components/schemas/(\w+)", text):
        assert name in said["components"]["schemas"], name
    for path, methods in said["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            assert operation["summary"], where
            assert operation["security"] == [{"access_token": []}], where
            assert {"400", "401", "403", "404", "500", "503"} <= set(operation["responses"]), where
            if method == "post":
                assert {"409", "413", "415", "422"} <= set(operation["responses"]), where
                named = {p["name"] for p in operation["parameters"]}
                assert "Idempotency-Key" in named, where
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    assert list(response["content"]) == ["application/problem+json"], where


async def test_every_problem_is_as_described(till: Trial, lina: Caller) -> None:
    schema = (await till.client.get("/openapi.json")).json()["components"]["schemas"]["Problem"]
    for path in ("/nothing", "/v1/shelves?limit=0", "/v1/orders/itm_none", "/v1/events"):
        jsonschema.validate((await lina.get(path)).json(), schema)
