"""The console before the real disbursement service, over HTTP in this process.

Only the signing in is left out: a session is begun with a token of the trial's issuer.
"""

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from services.console.tests.conftest import ISSUER, ORIGIN, SERVICES, Wire, hidden
from services.disbursement.tests.cashier import Cashier, cashier

from console.backend import Backend
from console.main import console
from console.pages import COOKIE
from console.sessions import Session, Sessions
from events.io.http.trial import Caller, Trial
from homeward.postgres import Database


@dataclass
class Counter:
    """The console, with a window for each person."""

    till: Cashier
    window: httpx.AsyncClient
    sessions: Sessions
    wire: Wire

    def sits_down(self, who: Caller) -> None:
        """From now on this person is before the window."""
        self.window.cookies.set(COOKIE, self.sessions.begin(Session.of(who.token)))

    async def get(self, path: str) -> httpx.Response:
        return await self.window.get(path, follow_redirects=True)

    async def press(self, page: httpx.Response, act: str, **changed: str) -> httpx.Response:
        """Press the page's button, with every hidden field as it stands there."""
        form = {name: hidden(page, name) for name in ("csrf", "key", "evidence")}
        form["etag"] = hidden(page, "etag").replace("&#34;", '"')
        path = f"{page.url.path}/{act}"
        answer = await self.window.post(path, data=form | changed, follow_redirects=True)
        await self.till.settle()
        return answer


@dataclass
class Window:
    """The console before one service on trial, for tests of what that service tells."""

    client: httpx.AsyncClient
    sessions: Sessions

    def sits_down(self, who: Caller) -> None:
        self.client.cookies.set(COOKIE, self.sessions.begin(Session.of(who.token)))

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path, follow_redirects=True)

    async def press(self, page: httpx.Response, action: str, **chosen: str) -> httpx.Response:
        """Send that form of the page, with its hidden fields and what the person chooses."""
        data = fields(page.text, action) | chosen
        return await self.client.post(action, data=data, follow_redirects=True)


def fields(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the page's first form that goes there."""
    form = page.partition(f'action="{action}"')[2].partition("</form>")[0]
    assert form, f"no {action} on the page"
    told = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    return {name: html.unescape(value) for name, value in told.items()}


@asynccontextmanager
async def window_before(service: str, on_trial: Trial) -> AsyncIterator[Window]:
    wire = Wire()
    wire.hosts[f"{service}.test"] = httpx.ASGITransport(on_trial.app)
    async with httpx.AsyncClient(transport=wire) as client:
        sessions = Sessions(on_trial.clock.now)
        backend = Backend(client, issuer=ISSUER, services=SERVICES)
        pages = httpx.ASGITransport(console(backend, sessions))
        async with httpx.AsyncClient(
            transport=pages, base_url="http://console.test", headers=ORIGIN
        ) as window:
            yield Window(window, sessions)


@asynccontextmanager
async def at_the_counter(database: Database, folder: Path) -> AsyncIterator[Counter]:
    wire = Wire()
    async with (
        cashier(database, folder) as till,
        httpx.AsyncClient(transport=wire) as client,
    ):
        wire.hosts["disbursement.test"] = httpx.ASGITransport(till.trial.app)
        sessions = Sessions(till.trial.clock.now)
        backend = Backend(client, issuer=ISSUER, services=SERVICES)
        pages = httpx.ASGITransport(console(backend, sessions))
        async with httpx.AsyncClient(
            transport=pages, base_url="http://console.test", headers=ORIGIN
        ) as window:
            yield Counter(till, window, sessions, wire)
