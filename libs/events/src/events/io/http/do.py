"""Do and Load: a command, or a look at one aggregate, as an HTTP answer."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from fastapi import Response
from msgspec.structs import replace
from pydantic import BaseModel

from events.decider import Decider, State
from events.handler import Act, KeyReused, Once, VersionMismatch, fingerprint
from events.io.http.asked import Asked, etag, json_response, version_of
from events.io.http.problems import Problem
from events.values import DelegationId

S = TypeVar("S", bound=State)
KEY_MAX_CHARS = 128


class _Given(msgspec.Struct):
    """The head of a stored answer; the body follows it after a line feed, as it was sent."""

    status: int
    version: int
    location: str | None = None


_head = msgspec.json.Decoder(_Given)


class Doer:
    """Puts commands to the handler under the request's key, version, person and trace.

    Made before the route's function is called: a request without a key is refused whatever the
    function would have said.
    """

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._once = _once(asked)

    async def first_answer(self) -> Response | None:
        """What this request was answered when it came first; None when it never was.

        Asked when the route's function refuses: the state may have moved on because of this very
        request.
        """
        try:
            held = await self._asked.desk.handler.answered(self._once)
        except KeyReused:
            raise _reused() from None
        if held is None:
            return None
        assert held.answer is not None, "every command of the API stores its answer"
        return _respond(held.answer, held.position or 0, replayed=True)

    async def __call__(
        self,
        act: Act[Any, S, Any],
        *others: Act[Any, Any, Any],
        answer: Callable[[S, int], BaseModel],
        status: int | None = None,
        location: str | None = None,
        delegation: DelegationId | None = None,
    ) -> Response:
        """Do it once for this Idempotency-Key and answer with the new state.

        `location` is where a created thing stands; without it, its id under the request's path.
        `delegation`: under which the person acts; it stands in the entry.
        """
        asked, context = self._asked, self._asked.context
        if delegation is not None:
            context = replace(context, actor=replace(context.actor, delegation=delegation))
        if asked.created and location is None:
            location = f"{asked.path}/{act.stream}"
        code = status or (202 if asked.accepted else 201 if asked.created else 200)

        def stored(state: S, version: int) -> bytes:
            head = msgspec.json.encode(_Given(code, version, location))
            return head + b"\n" + encode(answer(state, version))

        seen = self._seen()
        try:
            done = await asked.desk.handler.do(
                act,
                *others,
                context=context,
                seen=seen,
                once=self._once,
                answer=stored,
                new=act.stream in asked.ids.minted,
            )
        except KeyReused:
            raise _reused() from None
        except VersionMismatch as stale:
            raise Problem(
                "version_stale",
                f"You saw version {stale.seen}; it is at version {stale.stands}.",
                extra={"seen": stale.seen, "stands": stale.stands},
                headers={"ETag": etag(stale.stands)},
            ) from None
        assert done.answer is not None, "every command of the API stores its answer"
        return _respond(done.answer, done.position, replayed=done.replayed, events=done.events)

    def _seen(self) -> int | None:
        tag = self._asked.headers.get(b"if-match")
        if tag is not None:
            return version_of(tag)
        if self._asked.conditional:
            raise Problem("if_match_required", "Read it first and send its ETag as If-Match.")
        return None


def _once(asked: Asked) -> Once:
    key = asked.headers.get(b"idempotency-key", b"").decode("latin-1").strip().strip('"')
    if not key or len(key) > KEY_MAX_CHARS or not key.isascii() or not key.isprintable():
        raise Problem(
            "idempotency_key_missing",
            f"Send a fresh Idempotency-Key of at most {KEY_MAX_CHARS} visible characters, and "
            "the same one again when you repeat the request.",
        )
    sent = fingerprint(asked.method.encode(), asked.path.encode(), asked.query, asked.body)
    return Once(key=f"{asked.me.id}:{key}", fingerprint=keyed(sent, asked.desk.secret))


def keyed(sent: bytes, secret: bytes) -> bytes:
    """What is kept of a request: names in it are not to be found again by trying names."""
    return hmac.digest(secret, sent, hashlib.sha256)


def _reused() -> Problem:
    return Problem(
        "idempotency_key_reused",
        "The first request under this key had another path, query or body. Use a new key.",
    )


def _respond(
    answer: bytes, position: int, *, replayed: bool, events: tuple[str, ...] = ()
) -> Response:
    head_bytes, _, body = answer.partition(b"\n")
    head = _head.decode(head_bytes)
    headers = {"ETag": etag(head.version), "Position": str(position)}
    if head.location is not None:
        headers["Location"] = head.location
    if events:
        headers["Events"] = ", ".join(events)
    if replayed:
        headers["Idempotent-Replayed"] = "true"
    return json_response(body, head.status, headers)


class Loader:
    """Reads one aggregate from its own history: always current, never behind."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self.now = asked.now
        """The instant of the request: what somebody may see can depend on it."""

    async def __call__(
        self,
        decider: Decider[Any, S, Any],
        stream: str,
        *,
        answer: Callable[[S, int], BaseModel],
        at_first: S | None = None,
    ) -> Response:
        """The aggregate with its ETag; 304 when the client has it, 404 when there is none.

        `at_first`: how it stands before the first fact about it, at version 0.
        """
        state, version = await self.state(decider, stream)
        state = state if state is not None else at_first
        if state is None:
            raise Problem("not_found", "There is no such thing, or it is not yours to see.")
        tag = etag(version)
        # here, and not where it leaves: who is shown nothing has read nothing
        if self._asked.headers.get(b"if-none-match") == tag.encode():
            return Response(status_code=304, headers={"ETag": tag})
        return json_response(encode(answer(state, version)), 200, {"ETag": tag})

    async def state(self, decider: Decider[Any, S, Any], stream: str) -> tuple[S | None, int]:
        """The state and version as they stand; (None, 0) when there is none."""
        return await self._asked.desk.handler.load(decider, stream)


def encode(answer: BaseModel) -> bytes:
    return bytes(answer.__pydantic_serializer__.to_json(answer))
