"""Commands over HTTP: once, on the version that was seen, answered with the new state."""

import asyncio

import httpx
from fastapi import Response
from libs.events.tests.bakery import PlaceOrder, bakery
from libs.events.tests.bakery import order as order_of
from libs.events.tests.http.till import OrderAnswer

from events.handler import Act
from events.io.http import Api, Do, NewIds, Now, Who
from events.io.http.trial import Caller, Trial, trial
from events.roles import Role
from events.values import ItemId, PersonId

LOAF = {"price": {"amount": "1.250", "currency": "IQD"}}


async def test_what_is_created_has_a_location_an_etag_and_a_position(lina: Caller) -> None:
    placed = await lina.post("/v1/orders", {"person": "per_ana"})
    assert placed.status_code == 201, placed.text
    assert placed.json() == {"loaves": 0, "version": 1}
    assert placed.headers["etag"] == '"1"'
    assert placed.headers["position"] == "1"
    assert placed.headers["events"] == "bakery.order_placed.v1"
    read = await lina.get(placed.headers["location"])
    assert read.json() == placed.json()
    assert read.headers["etag"] == '"1"'


async def test_a_transition_names_the_version_it_saw(lina: Caller, order: str) -> None:
    added = await lina.post(f"{order}/add-loaf", LOAF, if_match=1)
    assert added.status_code == 200, added.text
    assert added.json() == {"loaves": 1, "version": 2}
    assert added.headers["etag"] == '"2"'
    assert added.headers["position"] == "2"


async def test_without_a_version_it_is_428(lina: Caller, order: str) -> None:
    said = await lina.post(f"{order}/add-loaf", LOAF)
    problem(said, 428, "if_match_required")


async def test_on_an_old_version_it_is_412_and_says_the_present_one(
    lina: Caller, order: str, till: Trial
) -> None:
    await lina.post(f"{order}/add-loaf", LOAF, if_match=1)
    said = await lina.post(f"{order}/add-loaf", LOAF, if_match=1)
    assert problem(said, 412, "version_stale")["stands"] == 2
    assert said.headers["etag"] == '"2"'
    assert len(await till.events()) == 2


async def test_a_weak_or_a_starred_version_is_400(lina: Caller, order: str) -> None:
    for tag in ("*", 'W/"1"', '"1", "2"', "1", '"01"', '"-1"'):
        said = await lina.post(f"{order}/add-loaf", LOAF, if_match=tag)
        problem(said, 400, "if_match_invalid")


async def test_without_a_key_it_is_400(lina: Caller, till: Trial) -> None:
    for key in ("", "x" * 129):
        headers = {"authorization": f"Bearer {lina.token}", "idempotency-key": key}
        said = await till.client.post("/v1/orders", json={"person": "per_ana"}, headers=headers)
        problem(said, 400, "idempotency_key_missing")
    assert await till.events() == []


async def test_a_repetition_is_answered_alike_and_says_so(
    lina: Caller, order: str, till: Trial
) -> None:
    first = await lina.post("/v1/orders", {"person": "per_ana"}, key="k1")
    await lina.post(first.headers["location"] + "/add-loaf", LOAF, if_match=1)
    again = await lina.post("/v1/orders", {"person": "per_ana"}, key="k1")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    for name in ("etag", "location", "content-type"):
        assert again.headers[name] == first.headers[name]
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert len(await till.events()) == 3


async def test_a_repetition_of_a_transition_is_not_asked_for_its_version_again(
    lina: Caller, order: str
) -> None:
    first = await lina.post(f"{order}/add-loaf", LOAF, if_match=1, key="k1")
    again = await lina.post(f"{order}/add-loaf", LOAF, if_match=1, key="k1")
    assert again.status_code == 200, again.text
    assert again.content == first.content


async def test_spaces_and_the_order_of_keys_make_no_other_request(
    lina: Caller, order: str, till: Trial
) -> None:
    headers = {
        "authorization": f"Bearer {lina.token}",
        "idempotency-key": '"k1"',
        "if-match": '"1"',
        "content-type": "application/json",
    }
    texts = (
        b'{"price":{"amount":"1.250","currency":"IQD"},"times":2}',
        b' {"times": 2, "price": {"currency": "I\\u0051D", "amount": "1.250"}}\n',
    )
    said = [
        await till.client.post(f"{order}/add-loaf", content=text, headers=headers) for text in texts
    ]
    assert [s.status_code for s in said] == [200, 200], said[1].text
    assert said[1].headers["idempotent-replayed"] == "true"


async def test_a_key_for_another_request_is_422(lina: Caller, order: str, till: Trial) -> None:
    await lina.post(f"{order}/add-loaf", LOAF, if_match=1, key="k1")
    other_body = await lina.post(f"{order}/add-loaf", LOAF | {"times": 2}, if_match=2, key="k1")
    problem(other_body, 422, "idempotency_key_reused")
    other_path = await lina.post("/v1/orders", {"person": "per_ana"}, key="k1")
    problem(other_path, 422, "idempotency_key_reused")
    assert len(await till.events()) == 2


async def test_a_request_that_is_repeated_with_the_version_of_today_is_the_same_request(
    lina: Caller, order: str, till: Trial
) -> None:
    """Who never heard the answer looks again before asking again: it is done once."""
    first = await lina.post(f"{order}/add-loaf", LOAF, if_match=1, key="k1")
    for seen in (2, 0):
        again = await lina.post(f"{order}/add-loaf", LOAF, if_match=seen, key="k1")
        assert (again.status_code, again.content) == (200, first.content)
        assert again.headers["idempotent-replayed"] == "true"
    assert len(await till.events()) == 2


async def test_a_key_for_another_query_is_422() -> None:
    counter = Api("bakery")

    @counter.command("/v1/orders", creates=OrderAnswer, allows={Role.COUNSELLOR})
    async def place(*, me: Who, now: Now, do: Do, ids: NewIds, person: PersonId) -> Response:
        """Place an order for somebody named in the query."""
        item = ItemId(ids.new("itm"))
        placed = PlaceOrder(by=me.id, at=now, order=item, person=person)
        return await do(Act(order_of, item, placed), answer=OrderAnswer.of)

    async with trial(counter, bakery) as till:
        lina = till.sign_in("per_lina", Role.COUNSELLOR)
        first = await lina.post("/v1/orders?person=per_ana", key="k1")
        assert first.status_code == 201, first.text
        again = await lina.post("/v1/orders?person=per_ana", key="k1")
        assert again.headers["idempotent-replayed"] == "true"
        other = await lina.post("/v1/orders?person=per_eva", key="k1")
        problem(other, 422, "idempotency_key_reused")
        assert len(await till.events()) == 1


async def test_a_key_is_one_persons(lina: Caller, till: Trial) -> None:
    omar = till.sign_in("per_omar", Role.COUNSELLOR)
    hers = await lina.post("/v1/orders", {"person": "per_ana"}, key="k1")
    his = await omar.post("/v1/orders", {"person": "per_ana"}, key="k1")
    assert his.status_code == 201
    assert his.headers["location"] != hers.headers["location"]


async def test_fifty_at_once_under_one_key_are_one(lina: Caller, till: Trial) -> None:
    said = await asyncio.gather(
        *(lina.post("/v1/orders", {"person": "per_ana"}, key="k1") for _ in range(50))
    )
    assert {s.status_code for s in said} == {201}
    assert len({(s.content, s.headers["location"]) for s in said}) == 1
    assert sum("idempotent-replayed" not in s.headers for s in said) == 1
    assert len(await till.events()) == 1


async def test_the_domains_no_is_a_problem_with_the_rule_and_its_facts(lina: Caller) -> None:
    said = await lina.post("/v1/orders/itm_none/add-loaf", LOAF, if_match=0)
    told = problem(said, 404, "NoSuchOrder")
    assert told["title"] == "There is no such order"
    assert told["rule"] == "NoSuchOrder"
    assert told["facts"] == {}
    meaning = await lina.get(str(told["type"]))
    assert meaning.json()["title"] == told["title"]


async def test_a_refusal_takes_no_key(lina: Caller, order: str, till: Trial) -> None:
    await lina.post("/v1/orders/itm_none/add-loaf", LOAF, if_match=0, key="k1")
    said = await lina.post(f"{order}/add-loaf", LOAF, if_match=1, key="k1")
    assert said.status_code == 200


async def test_the_person_the_role_and_the_trace_are_in_the_event(
    till: Trial, lina: Caller, order: str
) -> None:
    trace = f"00-{'ab' * 16}-{'cd' * 8}-01"
    dalia = till.sign_in("per_dalia", Role.FIELD_OFFICER, Role.FINANCE_OFFICER, office="erbil")
    await dalia.post(f"{order}/add-loaf", LOAF, if_match=1, traceparent=trace)
    envelope = (await till.store.read(1, 1))[0].envelope
    assert envelope.actorid == "per_dalia"
    assert envelope.actorrole == "field_officer"
    assert envelope.actororganisation == "iom"
    assert envelope.actoroffice == "erbil"
    assert envelope.traceparent == trace
    assert envelope.correlationid == "ab" * 16


async def test_what_the_client_has_is_not_sent_again(lina: Caller, order: str) -> None:
    said = await lina.get(order, if_none_match='"1"')
    assert (said.status_code, said.content) == (304, b"")


def problem(said: httpx.Response, status: int, code: str) -> dict[str, object]:
    told: dict[str, object] = said.json()
    assert (said.status_code, told["code"]) == (status, code), said.text
    assert said.headers["content-type"] == "application/problem+json"
    assert told["status"] == status
    assert told["type"] == f"/problems/{code}"
    assert told["title"]
    assert told["detail"]
    assert len(str(told["trace_id"])) == 32
    return told
