"""Api: a service's routes, declared. Authority, idempotency, versions, problems: here, once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from events.confidence import ConfidentialRead
from events.decider import Rejected
from events.documents import SEALED
from events.io.http.app import Application, FileRoute, Trouble
from events.io.http.asked import Desk
from events.io.http.description import description
from events.io.http.feed import ELSEWHERE, FeedPage, read_events
from events.io.http.onlooking import Onlookers
from events.io.http.operation import Function, Operation, compile_operation
from events.io.http.upload import Takes
from events.roles import Role


class Api:
    """The routes of one service."""

    def __init__(
        self,
        name: str,
        *,
        taken: Mapping[str, str] | None = None,
        read: type[ConfidentialRead] | None = None,
    ) -> None:
        """`taken`: by the scope of a claim, what has happened when another request was faster.
        `read`: the service's event that tells who was shown what is told in confidence.
        """
        self.name = name
        self.onlookers = Onlookers(read) if read is not None else None
        self.taken = {SEALED: "This document is being put on file by another request."}
        self.taken |= taken or {}
        self.operations: list[Operation] = []
        self.files: dict[str, FileRoute] = {}
        self.troubles: dict[type[Exception], Trouble] = {}
        self.query("/v1/events", answers=FeedPage, allows={Role.SERVICE}, elsewhere=ELSEWHERE)(
            read_events
        )

    def command(
        self,
        path: str,
        *,
        allows: Collection[Role],
        answers: type[BaseModel] | None = None,
        creates: type[BaseModel] | None = None,
        if_match: bool = True,
        files: Takes | None = None,
        conflicts: Collection[type[Rejected]] = (),
        unknown: Collection[type[Rejected]] = (),
    ) -> Callable[[Function], Function]:
        """Declare a POST that puts a command.

        `creates`: success is 201 with a Location. `answers`: success is 200, and the client must
        say with If-Match which version it saw (`if_match=False` where there is no version to have
        seen). `files`: the body is one of these files, which the function takes as `file`; what is
        worked off later is a 202. A refusal is 422; those in `conflicts` are 409, those in
        `unknown` are 404.
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
            files=files,
            gives=(),
            statuses=statuses,
        )

    def query(
        self,
        path: str,
        *,
        allows: Collection[Role],
        answers: type[BaseModel] | None = None,
        gives: Sequence[str] = (),
        unknown: Collection[type[Rejected]] = (),
        elsewhere: str = "",
        in_confidence: bool = False,
    ) -> Callable[[Function], Function]:
        """Declare a GET. A refusal in `unknown` is 404.

        `gives`: it answers with a document of one of these media types, and not with JSON.
        `elsewhere`: where those look whom it does not allow, a sentence.
        `in_confidence`: what it shows is told to few: of auditors and donors it is recorded what
        they were shown, before they are.
        """
        if (answers is None) is not bool(gives):
            raise TypeError(f"{path}: either `answers` or `gives`")
        if in_confidence and self.onlookers is None:
            raise TypeError(f"{path}: say as `read` of the Api by which event it is recorded")
        return self._declare(
            "GET",
            path,
            answers,
            allows=frozenset(allows),
            conditional=False,
            created=False,
            files=None,
            gives=tuple(gives),
            statuses=dict.fromkeys(unknown, 404),
            elsewhere=elsewhere,
            onlookers=self.onlookers if in_confidence else None,
        )

    def file(self, path: str) -> Callable[[FileRoute], FileRoute]:
        """Declare a GET of what anybody may have, without a token: a static file."""

        def declare(function: FileRoute) -> FileRoute:
            self.files[path] = function
            return function

        return declare

    def trouble(self, kind: type[Exception]) -> Callable[[Trouble], Trouble]:
        """Declare what is done when an operation fails with this, and what the client is told."""

        def declare(function: Trouble) -> Trouble:
            self.troubles[kind] = function
            return function

        return declare

    def _declare(
        self, method: str, path: str, model: type[BaseModel] | None, **how: Any
    ) -> Callable[[Function], Function]:
        def declare(function: Function) -> Function:
            operation = compile_operation(method, path, function, answers=model, **how)
            self.operations.append(operation)
            return function

        return declare

    def app(self, desk: Desk) -> Application:
        """The ASGI application that answers for this service."""
        return Application(
            self.name,
            self.operations,
            self.files,
            desk,
            taken=self.taken,
            troubles=self.troubles,
        )

    def description(self) -> dict[str, Any]:
        """The OpenAPI 3.1 description: what `/openapi.json` says."""
        return description(f"Homeward {self.name}", self.operations)
