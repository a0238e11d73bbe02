"""Api: a service's routes, declared. Authority, idempotency, versions, problems: here, once."""

import logging
from collections.abc import Callable, Collection, Mapping
from typing import Any

from fastapi import FastAPI, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.requests import Request as StarletteRequest
from starlette.types import Receive, Scope, Send

from events.decider import Rejected
from events.io.http.asked import Desk
from events.io.http.description import describe
from events.io.http.operation import Function, Operation, compile_operation
from events.io.http.problems import Problem, refused
from events.io.http.request import Raw
from events.io.telemetry import Trace
from events.ports import ClaimTaken, Conflict, Unavailable
from events.roles import Role

log = logging.getLogger("homeward.http")


class Api:
    """The routes of one service."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.operations: list[Operation] = []
        self._answers: dict[str, type[BaseModel]] = {}

    def command(
        self,
        path: str,
        *,
        allows: Collection[Role],
        answers: type[BaseModel] | None = None,
        creates: type[BaseModel] | None = None,
        if_match: bool = True,
        conflicts: Collection[type[Rejected]] = (),
        unknown: Collection[type[Rejected]] = (),
    ) -> Callable[[Function], Function]:
        """Declare a POST that puts a command.

        `creates`: success is 201 with a Location. `answers`: success is 200, and the client must
        say with If-Match which version it saw (`if_match=False` where there is no version to have
        seen). A refusal is 422; those in `conflicts` are 409, those in `unknown` are 404.
        """
        model = creates or answers
        if model is None or (creates and answers):
            raise TypeError(f"{path}: either `creates` or `answers`")
        statuses = dict.fromkeys(conflicts, 409) | dict.fromkeys(unknown, 404)
        return self._declare(
            "POST",
            path,
            model,
            allows=frozenset(allows),
            conditional=creates is None and if_match,
            created=creates is not None,
            statuses=statuses,
        )

    def query(
        self, path: str, *, answers: type[BaseModel], allows: Collection[Role]
    ) -> Callable[[Function], Function]:
        """Declare a GET."""
        return self._declare(
            "GET",
            path,
            answers,
            allows=frozenset(allows),
            conditional=False,
            created=False,
            statuses={},
        )

    def _declare(
        self, method: str, path: str, model: type[BaseModel], **how: Any
    ) -> Callable[[Function], Function]:
        def declare(function: Function) -> Function:
            operation = compile_operation(method, path, function, answers=model, **how)
            self.operations.append(operation)
            return function

        return declare

    def app(self, desk: Desk) -> FastAPI:
        """The ASGI application that answers for this service."""
        app = FastAPI(title=f"Homeward {self.name}", docs_url=None, redoc_url=None)
        for operation in self.operations:
            app.router.routes.append(_Route(operation, desk))
        app.add_exception_handler(HTTPException, _routing_problem)
        app.add_exception_handler(Exception, _routing_problem)
        return app


class _Route(APIRoute):
    """FastAPI matches and describes; the request itself goes straight to the operation."""

    def __init__(self, operation: Operation, desk: Desk) -> None:
        super().__init__(operation.path, **describe(operation))
        self.app = _Answering(operation, desk)


class _Answering:
    """The ASGI application of one operation: whatever happens, an answer in the agreed form."""

    def __init__(self, operation: Operation, desk: Desk) -> None:
        self._operation = operation
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        trace = Trace.of(dict(scope["headers"]))
        try:
            response = await self._operation(self._desk, Raw(scope, receive, trace))
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001  the last line of defence
            response = problem_of(error, self._operation.statuses).response(trace.id)
        response.headers["traceparent"] = trace.parent
        await response(scope, receive, send)


def problem_of(error: Exception, statuses: Mapping[type[Rejected], int]) -> Problem:
    """What the client is told. Three kinds and no fourth: refused, not ready, we are wrong."""
    match error:
        case Problem():
            return error
        case Rejected():
            return refused(error, statuses.get(type(error), 422))
        case ClaimTaken():
            return Problem(
                "claim_taken",
                "What must be unique for ever is taken.",
                extra={"scope": error.held.scope},
            )
        case Conflict():
            return Problem(
                "write_conflict", "Nothing was stored. Send it again.", headers={"Retry-After": "1"}
            )
        case Unavailable():
            return Problem(
                "unavailable",
                "Send it again with the same Idempotency-Key.",
                headers={"Retry-After": "1"},
            )
        case _:
            log.error("an operation failed", exc_info=error)
            return Problem("internal_error", "It is recorded under the trace id.")


async def _routing_problem(request: StarletteRequest, error: Exception) -> Response:
    trace = Trace.of(dict(request.scope["headers"]))
    if isinstance(error, HTTPException) and error.status_code == 405:  # noqa: PLR2004
        allow = (error.headers or {}).get("Allow", "")
        problem = Problem("method_not_allowed", f"Use {allow}.", headers={"Allow": allow})
    elif isinstance(error, HTTPException) and error.status_code == 404:  # noqa: PLR2004
        problem = Problem("not_found", "There is no such path.")
    else:
        problem = problem_of(error, {})
    return problem.response(trace.id)
