"""The console, put together: settings, the client of the services, the pages."""

import asyncio
import os
import sys

import httpx
import uvloop
from fastapi import FastAPI
from starlette.exceptions import HTTPException

from console import bank, findings, matches, pages, uploads, waiting
from console.backend import TIMEOUT_SECONDS, Backend, Refused
from console.sessions import Sessions
from console.settings import BadSettings, Settings
from events.io.http.server import Server
from events.io.system import SystemClock
from events.ports import Unavailable

BAD_SETTINGS_STATUS = 2


def console(backend: Backend, sessions: Sessions) -> FastAPI:
    """The ASGI application."""
    app = FastAPI(title="Homeward console", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.desk = pages.Desk(backend, sessions)
    app.include_router(pages.router)
    app.include_router(findings.router)
    app.include_router(bank.router)
    app.include_router(uploads.router)
    app.include_router(waiting.router)
    app.include_router(matches.router)
    app.middleware("http")(pages.with_headers)
    app.add_exception_handler(pages.SignInFirst, pages.to_sign_in)
    app.add_exception_handler(pages.NotFromOurPage, pages.not_from_our_page)
    app.add_exception_handler(Refused, pages.refused_page)
    app.add_exception_handler(Unavailable, pages.unavailable)
    app.add_exception_handler(HTTPException, pages.not_found)
    return app


async def run(settings: Settings) -> None:
    async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
        backend = Backend(client, issuer=settings.issuer_url, services=settings.service_urls)
        app = console(backend, Sessions(SystemClock().now))
        await Server(app, settings.host, settings.port).serve()


def main() -> None:
    try:
        settings = Settings.read(os.environ)
    except BadSettings as error:
        print(error, file=sys.stderr)  # noqa: T201  there is no log yet
        sys.exit(BAD_SETTINGS_STATUS)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(settings))


if __name__ == "__main__":
    main()
