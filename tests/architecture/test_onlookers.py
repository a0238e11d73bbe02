"""Those who look on, auditors and donors, change nothing; donors read what is said here."""

import re
from collections.abc import AsyncIterator

import pytest

from events.io.http.operation import Operation
from events.io.http.trial import Trial, trial
from events.roles import Role
from homeward.generate import SERVICES, declared

DONORS_READ: dict[str, set[str]] = {
    "disbursement": {
        "/v1/grants",
        "/v1/grants/{grant_id}",
        "/v1/exports",
        "/v1/exports/{export_id}",
        "/v1/exports/{export_id}/file",
    },
    "audit": {
        "/v1/bundles/{bundle}",
        "/v1/log",
        "/v1/log/consistency",
        "/v1/log/proof",
        "/v1/trail/{key}",
        "/v1/trail/{payment}/why",
    },
}
"""What a donor may ask each service for, and nothing else."""
OWN_ACTS = {
    "audit": {"export_bundle", "export_grant_bundle", "make_export", "draw_items", "review_finding"}
}
"""What an auditor does in the audit service itself."""
RECORDED_READINGS = {
    "vendors": {"reveal_account", "reveal_vendor", "disclose_vendor"},
    "audit": {"disclose_bundle"},
}
"""Readings that are a POST, for the purpose that has to be told: nothing comes of them but the
record of who read."""


@pytest.fixture(params=SERVICES)
async def service(request: pytest.FixtureRequest) -> AsyncIterator[Trial]:
    found = declared(request.param)
    async with trial(found.api, found.registry) as running:
        yield running


async def status(service: Trial, operation: Operation, token: str) -> int:
    path = re.sub(r"\{[^}]*\}", "xxx_1", operation.path)
    headers = {"authorization": f"Bearer {token}"}
    return (await service.client.request(operation.method, path, headers=headers)).status_code


def paths(service: Trial, method: str) -> set[str]:
    """Of the service's own description: what the world is told that there is."""
    described = declared(service.registry.name).api.description()["paths"]
    return {path for path, methods in described.items() if method.lower() in methods}


async def test_a_donor_is_let_in_where_it_is_said_and_nowhere_else(service: Trial) -> None:
    token = service.issuer.token("per_dana", Role.DONOR, organisation="AMIF", grants=["G-1"])
    let_in = {
        operation.path
        for operation in service.app.operations
        if await status(service, operation, token) != 403
    }
    assert let_in == DONORS_READ.get(service.registry.name, set())
    assert let_in <= paths(service, "GET"), "a donor only reads"


async def test_an_auditor_changes_nothing_of_what_is_audited(service: Trial) -> None:
    name = service.registry.name
    token = service.issuer.token("per_elif", Role.AUDITOR, organisation="external")
    acts = {
        operation.function.__name__
        for operation in service.app.operations
        if operation.method != "GET" and await status(service, operation, token) != 403
    }
    assert acts == OWN_ACTS.get(name, set()) | RECORDED_READINGS.get(name, set())


async def test_no_person_reads_a_feed_and_each_is_told_where_to_look(service: Trial) -> None:
    """A feed names restricted cases too, and nobody records who reads it."""
    (feed,) = [each for each in service.app.operations if each.path == "/v1/events"]
    assert await status(service, feed, service.issuer.token("per_svc_x", Role.SERVICE)) == 200
    for role in set(Role) - {Role.SERVICE}:
        said = await service.sign_in("per_x", role).get("/v1/events")
        assert (said.status_code, "the audit service" in said.json()["detail"]) == (403, True)


async def test_every_route_that_is_no_reading_is_a_post(service: Trial) -> None:
    """So the two tests above tried each of them."""
    operations = service.app.operations
    for method in ("GET", "POST"):
        tried = {each.path.replace(":path}", "}") for each in operations if each.method == method}
        assert paths(service, method) == tried
    assert {each.method for each in operations} == {"GET", "POST"}
