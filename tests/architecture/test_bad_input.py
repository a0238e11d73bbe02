"""Every command of every service: a bad body is refused by the field, and nothing is written."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from events.io.http.operation import Operation
from events.io.http.trial import Caller, Trial, trial
from events.values import ID
from homeward.generate import SERVICES, declared

NONSENSE: Any = [[{"nonsense": {}}]]
"""What no field of any body takes."""


A_MONTH = "2026-01"


@pytest.fixture(params=SERVICES)
async def service(request: pytest.FixtureRequest) -> AsyncIterator[Trial]:
    found = declared(request.param)
    async with trial(found.api, found.registry) as running:
        yield running


def with_a_body(service: Trial) -> Iterator[tuple[Operation, Caller, dict[str, Any]]]:
    for operation in service.app.operations:
        if operation.body is not None:
            role = min(operation.allows)
            fields = operation.body[1].model_json_schema(by_alias=True)
            yield operation, service.sign_in("per_x", role), fields


def of_a_thing(operation: Operation, thing: str = "per_1") -> str:
    """Its path, with that id."""
    return re.sub(r"\{[^}]*\}", thing, operation.path.replace("{period}", A_MONTH))


async def send(caller: Caller, operation: Operation, body: object) -> httpx.Response:
    path = of_a_thing(operation)
    return await caller.post(path, body, if_match=1 if operation.conditional else None)


def names(answer: httpx.Response) -> list[str]:
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    return [str(fault.get("pointer")) for fault in answer.json().get("errors", ())]


async def test_a_field_that_nobody_asked_for_is_named(service: Trial) -> None:
    for operation, caller, _ in with_a_body(service):
        said = await send(caller, operation, {"nobody_asked": 1})
        assert said.status_code == 422, (operation.name, said.text)
        assert "/nobody_asked" in names(said), operation.name
    assert await service.store.head() == 0


async def test_a_field_that_is_missing_is_named(service: Trial) -> None:
    for operation, caller, schema in with_a_body(service):
        said = await send(caller, operation, {})
        missing = {f"/{field}" for field in schema.get("required", ())}
        if missing:
            assert said.status_code == 422, (operation.name, said.text)
            assert missing <= set(names(said)), (operation.name, said.text)
    assert await service.store.head() == 0


async def test_a_field_of_another_shape_is_named(service: Trial) -> None:
    for operation, caller, schema in with_a_body(service):
        for field in schema.get("properties", {}):
            said = await send(caller, operation, {field: NONSENSE})
            assert said.status_code == 422, (operation.name, field, said.text)
            told = [name for name in names(said) if name.split("/")[1] == field]
            assert told, (operation.name, field, said.text)
    assert await service.store.head() == 0


@pytest.mark.parametrize("body", ["", "{", "[]", '"text"', "null", '{"a":1,"a":2}', "\ufeff{}"])
async def test_a_body_that_is_no_object_is_a_problem(service: Trial, body: str) -> None:
    for operation, caller, _ in with_a_body(service):
        path = of_a_thing(operation)
        headers = {"authorization": f"Bearer {caller.token}", "idempotency-key": "one"}
        headers |= {"content-type": "application/json", "if-match": '"1"'}
        said = await service.client.post(path, content=body.encode(), headers=headers)
        assert said.status_code in {400, 422}, (operation.name, said.text)
        names(said)
    assert await service.store.head() == 0


def takes_ids(operation: Operation) -> bool:
    fields = operation.parameters.model_json_schema()["properties"] if operation.path_names else {}
    return any(fields[name].get("pattern") == ID for name in operation.path_names)


@pytest.mark.parametrize("thing", ["x", "XXX_1", "xxx_" + "1" * 60, "xxx_1%00", "..%2f..%2fetc"])
async def test_an_id_of_another_shape_is_not_found(service: Trial, thing: str) -> None:
    for operation in service.app.operations:
        if takes_ids(operation):
            caller = service.sign_in("per_x", min(operation.allows))
            path = of_a_thing(operation, thing)
            said = (
                await caller.get(path)
                if operation.method == "GET"
                else await caller.post(path, {}, if_match=1)
            )
            assert 400 <= said.status_code < 500, (operation.name, said.status_code, said.text)
            names(said)
    assert await service.store.head() == 0
