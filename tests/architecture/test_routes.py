"""Every route of every service: nobody gets in without a token or with another role."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from events.io.http.operation import Operation
from events.io.http.trial import Trial, trial
from events.roles import MACHINES, Role
from homeward.generate import SERVICES, declared

OPEN = {"/healthz", "/readyz", "/openapi.json", "/problems/{code}", "/docs"}
"""What anybody may read, besides the log's public files."""
DECISIONS = ("approve", "certify", "sign", "confirm", "activate", "release", "reject", "issue")


@pytest.fixture(params=SERVICES)
async def service(request: pytest.FixtureRequest) -> AsyncIterator[Trial]:
    found = declared(request.param)
    async with trial(found.api, found.registry) as running:
        yield running


async def ask(service: Trial, operation: Operation, token: str | None) -> httpx.Response:
    path = re.sub(r"\{[^}]*\}", "xxx_1", operation.path)
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    return await service.client.request(operation.method, path, headers=headers)


async def test_no_route_answers_without_a_token(service: Trial) -> None:
    for operation in service.app.operations:
        said = await ask(service, operation, None)
        assert (said.status_code, said.json()["code"]) == (401, "token_missing"), operation.path


async def test_no_route_answers_to_a_role_that_it_does_not_allow(service: Trial) -> None:
    for operation in service.app.operations:
        for role in set(Role) - operation.allows:
            said = await ask(service, operation, service.issuer.token("per_x", role))
            assert said.status_code == 403, (operation.name, role)


async def test_everything_else_only_reads_what_is_public(service: Trial) -> None:
    declared_paths = {operation.path for operation in service.app.operations}
    for route in service.app.routes:
        path, methods = getattr(route, "path", ""), getattr(route, "methods", None) or set()
        if path not in declared_paths:
            assert path in OPEN or path.startswith("/log/"), path
            assert methods <= {"GET", "HEAD"}, path


async def test_no_machine_and_no_auditor_decides(service: Trial) -> None:
    for operation in service.app.operations:
        act = operation.path.rpartition("/")[2]
        if operation.method == "POST" and act.startswith(DECISIONS):
            assert not operation.allows & {*MACHINES, Role.AUDITOR}, operation.name


async def test_every_operation_has_a_name_of_its_own(service: Trial) -> None:
    names = [operation.function.__name__ for operation in service.app.operations]
    assert len(set(names)) == len(names)


KEYLESS = {
    "read_answer": "a reading, recorded each time",
    "hand_over": "a reading, recorded each time",
    "reveal_account": "a reading, recorded each time",
    "reveal_matches": "a reading, recorded each time",
    "reveal_vendor": "a reading, recorded each time",
    "disclose_vendor": "a reading, recorded each time",
    "disclose_bundle": "a reading, recorded each time",
    "show_delivery_code": "a reading, recorded for each person",
    "receive_kobo_submission": "Kobo sends an id of its own with each submission",
}
"""Posts that are not done once for an Idempotency-Key, and why."""


async def test_the_description_asks_for_a_key_where_a_request_is_done_once(
    service: Trial,
) -> None:
    paths = (await service.client.get("/openapi.json")).json()["paths"]
    for path, methods in paths.items():
        for method, described in methods.items():
            named = {each["name"] for each in described.get("parameters", ())}
            done_once = method == "post" and described["operationId"] not in KEYLESS
            assert ("Idempotency-Key" in named) == done_once, f"{method} {path}"
