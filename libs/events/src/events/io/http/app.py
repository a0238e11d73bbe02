"""The ASGI application of one service. Whatever comes in, an answer in the agreed form goes out."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Response
from opentelemetry.trace import SpanKind
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from events.decider import Rejected
from events.envelope import EntryTooLarge
from events.io.http.asked import Desk
from events.io.http.conditional import unless_known
from events.io.http.description import description
from events.io.http.directory import Directory
from events.io.http.health import explain, healthz, readyz
from events.io.http.manual import manual
from events.io.http.operation import Operation
from events.io.http.problems import Problem, refused
from events.io.http.request import Raw
from events.io.telemetry import Part, Trace
from events.ports import ClaimTaken, Conflict, PersonErased, Unavailable

log = logging.getLogger("homeward.http")

FileRoute = Callable[[Desk, Mapping[str, str]], Awaitable[Response]]
"""Answers a GET of a public file, given the parts of the path."""

Trouble = Callable[[Any, Desk], Awaitable[Problem]]
"""What a service does about a failure of a kind of its own, and what the client is told of it."""


class Application(FastAPI):
    """A request for an operation goes straight to it; FastAPI answers for the rest, and describes
    the operations once somebody asks.

    None of FastAPI's middleware is used: what it would do is done by the operation.
    """

    def __init__(
        self,
        name: str,
        operations: Sequence[Operation],
        files: Mapping[str, FileRoute],
        desk: Desk,
        *,
        taken: Mapping[str, str],
        troubles: Mapping[type[Exception], Trouble],
    ) -> None:
        super().__init__(title=f"Homeward {name}", docs_url=None, redoc_url=None)
        self.operations = operations
        self._directory = Directory(operations)
        self._desk = desk
        self._taken = taken
        self._troubles = troubles
        self.router.redirect_slashes = False
        self.router.routes += [Route(path, _file(get, desk)) for path, get in files.items()]
        self.router.routes += [
            Route("/healthz", healthz()),
            Route("/readyz", readyz(desk)),
            Route("/problems/{code}", explain()),
            Route("/docs", manual(self.openapi)),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise TypeError(f"this is not for {scope['type']}")
        headers = dict(scope["headers"])
        found = self._directory.find(scope["method"], scope["path"])
        if found is None:
            await self._otherwise(scope, receive, send)
            return
        operation, path_parameters = found
        part = Part(operation.name, SpanKind.SERVER, Trace.asked(headers))
        with part as trace:
            try:
                raw = Raw(scope, receive, headers, path_parameters, trace)
                answer = await operation(self._desk, raw)
                response = unless_known(answer, scope["method"], headers.get(b"if-none-match"))
            except ClientDisconnect:
                return
            except Exception as error:  # noqa: BLE001  every refusal and every failure
                response = (await self._problem(error, operation.statuses)).response(trace.id)
            part.answered(response.status_code)
            response.raw_headers.append((b"traceparent", trace.parent.encode()))
            await response(scope, receive, send)

    async def _otherwise(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What is no operation: health, files, the description, and what is not there."""
        scope["app"] = self
        try:
            self._refuse(scope["path"])
            await self.router(scope, receive, send)
        except Exception as error:  # noqa: BLE001  whatever it is, the client gets a problem
            trace = Trace.asked(dict(scope["headers"]))
            await (await self._problem(error, {})).response(trace.id)(scope, receive, send)

    async def _problem(self, error: Exception, statuses: Mapping[type[Rejected], int]) -> Problem:
        """As the service says, where it has a word for it; else as everywhere."""
        tell = self._troubles.get(type(error))
        if tell is not None:
            try:
                return await tell(error, self._desk)
            except Exception as other:  # noqa: BLE001  what is told of it must not fail as well
                error = other
        return problem_of(error, statuses, self._taken)

    def _refuse(self, path: str) -> None:
        """A path that is an operation's, asked in another way; and one that would pass for it."""
        if "\n" in path:  # the routes' patterns end in `$`, which lets a last one pass
            raise HTTPException(404)
        if methods := self._directory.methods(path):
            raise HTTPException(405, headers={"Allow": ", ".join(methods)})

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = description(self.title, self.operations)
        return self.openapi_schema


def _file(get: FileRoute, desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        has = request.headers.get("If-None-Match", "").encode("latin-1")
        return unless_known(await get(desk, request.path_params), request.method, has)

    return answer


def _words(scope: str) -> str:
    return scope.replace("_", " ")


def problem_of(
    error: Exception, statuses: Mapping[type[Rejected], int], taken: Mapping[str, str]
) -> Problem:
    """What the client is told. Three kinds and no fourth: refused, not ready, we are wrong."""
    match error:
        case Problem():
            return error
        case Rejected():
            return refused(error, statuses.get(type(error), 422))
        case ClaimTaken():
            scope = error.held.scope
            said = taken.get(scope, f"Another request was faster ({_words(scope)}).")
            return Problem(
                "claim_taken",
                f"{said} Nothing of yours was stored: look at what stands there now.",
                extra={"scope": scope},
            )
        case PersonErased():
            said = f"Nothing was stored, and no new {error.kind} value is kept about this person."
            return Problem("person_erased", said, extra={"kind": error.kind})
        case Conflict():
            return Problem("write_conflict", "Nothing was stored. Send it again.", headers=_SOON)
        case EntryTooLarge():
            return Problem("entry_too_large", "An event of it would be over 65,535 bytes.")
        case Unavailable():
            said = "Send it again with the same Idempotency-Key."
            return Problem("unavailable", said, headers=_SOON)
        case HTTPException(status_code=404):
            return Problem("not_found", "There is no such path.")
        case HTTPException(status_code=405):
            allow = (error.headers or {}).get("Allow", "")
            use = " or ".join(allow.split(", "))
            return Problem("method_not_allowed", f"Use {use}.", headers={"Allow": allow})
        case _:
            log.error("an operation failed", exc_info=error)
            return Problem("internal_error", "It is recorded under the trace id.")


_SOON = {"Retry-After": "1"}
