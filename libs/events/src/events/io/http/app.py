"""The ASGI application of one service. Whatever comes in, an answer in the agreed form goes out."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from events.decider import Rejected
from events.io.http.asked import Desk
from events.io.http.description import complete, describe
from events.io.http.health import explain, healthz, readyz
from events.io.http.operation import Operation
from events.io.http.problems import Problem, refused
from events.io.http.request import Raw
from events.io.telemetry import Trace, within
from events.ports import ClaimTaken, Conflict, Unavailable

log = logging.getLogger("homeward.http")

FileRoute = Callable[[Desk, Mapping[str, str]], Awaitable[Response]]
"""Answers a GET of a public file, given the parts of the path."""


class Application(FastAPI):
    """FastAPI finds the route and describes the operations; one layer of ours is around it."""

    def __init__(
        self,
        name: str,
        operations: Sequence[Operation],
        files: Mapping[str, FileRoute],
        desk: Desk,
    ) -> None:
        super().__init__(title=f"Homeward {name}", docs_url=None, redoc_url=None)
        self.router.redirect_slashes = False
        self.operations = operations
        self.router.routes[:0] = [_Route(operation, desk) for operation in operations]
        self.router.routes += [Route(path, _file(get, desk)) for path, get in files.items()]
        self.router.routes += [
            Route("/healthz", healthz()),
            Route("/readyz", readyz(desk)),
            Route("/problems/{code}", explain()),
        ]

    def build_middleware_stack(self) -> ASGIApp:
        """No middleware but the last defence: what FastAPI would stack is done by the operation."""
        return _LastDefence(self.router)

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = complete(super().openapi())
        return self.openapi_schema


def _file(get: FileRoute, desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return await get(desk, request.path_params)

    return answer


class _Route(APIRoute):
    """The request goes straight to the operation, past FastAPI's own reading of it."""

    def __init__(self, operation: Operation, desk: Desk) -> None:
        super().__init__(operation.path, **describe(operation))
        self.app = _Answering(operation, desk)


class _Answering:
    """Answers for one operation."""

    def __init__(self, operation: Operation, desk: Desk) -> None:
        self._operation = operation
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        trace = Trace.of(dict(scope["headers"]))
        with within(trace):
            try:
                response = await self._operation(self._desk, Raw(scope, receive, trace))
            except ClientDisconnect:
                return
            except Exception as error:  # noqa: BLE001  every refusal and every failure
                response = problem_of(error, self._operation.statuses).response(trace.id)
        response.headers["traceparent"] = trace.parent
        await response(scope, receive, send)


class _LastDefence:
    """Makes a problem of what no operation answered: an unknown path, another method, a failure."""

    def __init__(self, router: ASGIApp) -> None:
        self._router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._router(scope, receive, send)
        except Exception as error:
            if scope["type"] != "http":
                raise
            trace = Trace.of(dict(scope["headers"]))
            response: Response = problem_of(error, {}).response(trace.id)
            await response(scope, receive, send)


def problem_of(error: Exception, statuses: Mapping[type[Rejected], int]) -> Problem:
    """What the client is told. Three kinds and no fourth: refused, not ready, we are wrong."""
    match error:
        case Problem():
            return error
        case Rejected():
            return refused(error, statuses.get(type(error), 422))
        case ClaimTaken():
            held = error.held.scope
            return Problem(
                "claim_taken", "What must be unique for ever is taken.", extra={"scope": held}
            )
        case Conflict():
            return Problem("write_conflict", "Nothing was stored. Send it again.", headers=_SOON)
        case Unavailable():
            said = "Send it again with the same Idempotency-Key."
            return Problem("unavailable", said, headers=_SOON)
        case HTTPException(status_code=404):
            return Problem("not_found", "There is no such path.")
        case HTTPException(status_code=405):
            allow = (error.headers or {}).get("Allow", "")
            return Problem("method_not_allowed", f"Use {allow}.", headers={"Allow": allow})
        case _:
            log.error("an operation failed", exc_info=error)
            return Problem("internal_error", "It is recorded under the trace id.")


_SOON = {"Retry-After": "1"}
