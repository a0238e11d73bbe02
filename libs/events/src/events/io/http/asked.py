"""What surrounds one request, and what a route's function may ask to be given of it."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import msgspec
from fastapi import Response

from events.envelope import Context
from events.handler import Handler
from events.io.http.problems import Problem
from events.io.identity import Acting, Tokens
from events.ports import Ids
from events.service import Connection


class Progress(Protocol):
    """How far the service's views have come in its own history."""

    async def reach(self, position: int, timeout_seconds: float) -> bool:
        """Wait until every view has seen `position`; False when the time is up."""
        ...

    @property
    def stopped(self) -> Sequence[str]:
        """The views that stand still. Known without asking anybody."""
        ...


Check = Callable[[], Awaitable[str | None]]
"""One thing that must be ready: None when it is, a sentence when it is not."""


@dataclass(frozen=True)
class Desk:
    """What an Api needs to answer: the handler, who may sign tokens, the views."""

    handler: Handler
    tokens: Tokens
    view: Connection | None = None
    progress: Progress | None = None
    checks: Mapping[str, Check] = field(default_factory=dict)
    """What must be there to answer requests."""
    told: Mapping[str, Check] = field(default_factory=dict)
    """What else is looked at and told, without which requests are answered all the same."""
    gateways: Any = None
    peers: Any = None
    """The other services (`Peers`)."""
    documents: Any = None
    """The `DocumentStore`, of a service that takes documents."""
    spool: Path | None = None
    """On whose disk a document waits, sealed, until all of it has come in."""
    secret: bytes = field(default=b"", repr=False)
    """The service's own: what is kept of a request to know it again is keyed with it."""


class Minting:
    """Gives new ids and remembers them: a stream under one of them is known to be empty."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self.minted: set[str] = set()

    def event_id(self) -> str:
        return self._ids.event_id()

    def salt(self) -> bytes:
        return self._ids.salt()

    def new(self, prefix: str) -> str:
        made = self._ids.new(prefix)
        self.minted.add(made)
        return made


class Asked(msgspec.Struct, frozen=True):
    """One request on its way: who asks, in which role, what was said beside the body."""

    desk: Desk
    me: Acting
    now: datetime
    ids: Minting
    context: Context
    method: str
    path: str
    query: bytes
    """As it was sent."""
    headers: Mapping[bytes, bytes]
    parameters: Mapping[str, Any]
    """Path and query parameters, validated."""
    body: bytes
    """The body's canonical bytes, empty when there is none."""
    conditional: bool
    """Whether If-Match is required."""
    created: bool
    """Whether success means that something new stands at its own Location."""
    accepted: bool = False
    """Whether success means that it was taken, to be worked off later."""


@dataclass(frozen=True)
class Given:
    """Marks a parameter that the library fills in; `queries` are what it reads from the query."""

    take: Callable[[Asked], Awaitable[Any]]
    queries: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    reads_views: bool = False
    records: bool = False
    """Whether what it shows of what is protected is recorded first."""


def etag(version: int) -> str:
    """A strong ETag: the stream's version."""
    return f'"{version}"'


_ETAG = re.compile(rb'"(0|[1-9][0-9]{0,14})"')


def version_of(tag: bytes) -> int:
    """The version that an If-Match names; a Problem when it does not name exactly one."""
    named = _ETAG.fullmatch(tag.strip())
    if named is None:
        raise Problem("if_match_invalid", 'Send the ETag as it came, such as If-Match: "3".')
    return int(named[1])


class JsonResponse(Response):
    """An answer whose body and headers are bytes and words already."""

    def __init__(self, body: bytes, status: int, headers: Mapping[str, str]) -> None:  # no super
        self.status_code = status
        self.body = body
        self.background = None
        self.raw_headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
            *((name.lower().encode(), value.encode()) for name, value in headers.items()),
        ]


def json_response(body: bytes, status: int, headers: Mapping[str, str]) -> Response:
    return JsonResponse(body, status, headers)
