"""The console before the real issuer and the real audit service, all in this process: only the
wire between them is ours."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from services.audit.tests.conftest import Desk as AuditDesk
from services.audit.tests.conftest import desk  # noqa: F401  its database and files

from audit.main import service as audit_service
from console.backend import Backend
from console.main import console
from console.sessions import Sessions
from events.handler import Handler
from events.io.http import Desk
from events.io.identity import Tokens
from events.io.keys import PublishedKeys
from events.io.system import SystemClock
from events.memory import SeededIds
from homeward.enrolment import enrol
from homeward.issuer import Damping, Issuer

ISSUER = "http://issuer.test"
ORIGIN = {"origin": "http://console.test"}
"""What a browser says of a form that a page of ours sends."""
SERVICES = {name: f"http://{name}.test" for name in ("audit", "disbursement", "vendors", "plans")}


class Wire(httpx.AsyncBaseTransport):
    """Leads each host to an application in this process; a host that is cut off is not there."""

    def __init__(self) -> None:
        self.hosts: dict[str, httpx.ASGITransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        transport = self.hosts.get(request.url.host)
        if transport is None:
            raise httpx.ConnectError("nobody there", request=request)
        return await transport.handle_async_request(request)


@dataclass
class Browser:
    """What a person does in a browser without JavaScript."""

    client: httpx.AsyncClient
    passwords: dict[str, str] = field(repr=False)
    wire: Wire

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path, follow_redirects=True)

    async def post(self, path: str, **form: str) -> httpx.Response:
        return await self.client.post(path, data=form, follow_redirects=True)

    async def sign_in(self, username: str) -> httpx.Response:
        return await self.post("/sign-in", username=username, password=self.passwords[username])


def hidden(page: httpx.Response, name: str) -> str:
    """A hidden field of the page's first form that has it."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None, page.text
    return found[1]


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The issuer's folder: enrolling everybody takes a second or two."""
    folder = tmp_path_factory.mktemp("issuer")
    enrol(folder)
    return folder


@pytest.fixture
async def browser(desk: AuditDesk, people: Path) -> AsyncIterator[Browser]:  # noqa: F811
    clock = SystemClock()
    wire = Wire()
    async with httpx.AsyncClient(transport=wire) as client:
        issuer = Issuer(url=ISSUER, folder=people, clock=clock, damping=Damping())
        wire.hosts["issuer.test"] = httpx.ASGITransport(issuer.app())
        handler = Handler(audit_service.registry, desk.store, clock, SeededIds())
        tokens = Tokens(issuer=ISSUER, keys=PublishedKeys(ISSUER, client), clock=clock)
        view = desk.store.pool
        audit = audit_service.api.app(Desk(handler, tokens, view=view, gateways=desk.files))
        wire.hosts["audit.test"] = httpx.ASGITransport(audit, raise_app_exceptions=False)
        backend = Backend(client, issuer=ISSUER, services=SERVICES)
        pages = httpx.ASGITransport(console(backend, Sessions(clock.now)))
        async with httpx.AsyncClient(
            transport=pages, base_url="http://console.test", headers=ORIGIN
        ) as window:
            yield Browser(window, enrol(people).passwords, wire)
