"""Health: whether the process lives, whether it can serve, and what each problem means."""

import inspect
from collections.abc import Awaitable, Callable

import msgspec
from fastapi import Response
from starlette.requests import Request

from events.decider import title_of
from events.io.http.asked import Desk, json_response
from events.io.http.problems import TITLES, Problem, rules


def healthz() -> Callable[[Request], Awaitable[Response]]:
    async def healthz(_request: Request) -> Response:
        """Whether the process lives."""
        return json_response(b'{"status":"ok"}', 200, {"Cache-Control": "no-store"})

    return healthz


def readyz(desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    async def readyz(_request: Request) -> Response:
        """Whether everything that it needs to answer is there; and what else is amiss."""
        found = {name: await check() for name, check in desk.checks.items()}
        beside = {name: await check() for name, check in desk.told.items()}
        told = {name: said or "ready" for name, said in (found | beside).items()}
        if any(found.values()):
            raise Problem("not_ready", "Not everything is there yet.", extra={"checks": told})
        body = msgspec.json.encode({"status": "ready", "checks": told})
        return json_response(body, 200, {"Cache-Control": "no-store"})

    return readyz


def explain() -> Callable[[Request], Awaitable[Response]]:
    async def explain(request: Request) -> Response:
        """What a problem's `type` means."""
        code = str(request.path_params["code"])
        if code in TITLES:
            status, title = TITLES[code]
            said: dict[str, object] = {"code": code, "title": title, "status": status}
        else:
            rule = next((rule for rule in rules() if rule.__name__ == code), None)
            if rule is None:
                raise Problem("not_found", "No problem of that name is given here.")
            meaning = inspect.getdoc(rule) or ""
            said = {"code": code, "title": title_of(rule), "meaning": meaning}
        return json_response(msgspec.json.encode(said), 200, {})

    return explain
