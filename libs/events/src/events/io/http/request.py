"""The raw request: headers that count stand there once, the body is bounded before it is parsed."""

from collections.abc import AsyncIterator, Mapping

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

from events.io.http.problems import Problem
from events.io.http.strict_json import BODY_MAX_BYTES
from events.io.telemetry import Trace

_ONCE = (b"authorization", b"idempotency-key", b"if-match", b"content-type", b"content-length")


class Raw:
    """One HTTP request as it came in."""

    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        headers: Mapping[bytes, bytes],
        path_parameters: Mapping[str, str],
        trace: Trace,
    ) -> None:
        self.trace = trace
        self.headers = headers
        self.path: str = scope["path"]
        self.path_parameters = path_parameters
        self.query: bytes = scope["query_string"]
        self._receive = receive
        if len(headers) != len(scope["headers"]):
            names = [name for name, _ in scope["headers"]]
            for name in _ONCE:
                if names.count(name) > 1:
                    raise Problem("header_repeated", f"Send {name.decode()} once.")

    async def body(self, max_bytes: int = BODY_MAX_BYTES) -> bytes:
        """All of it; 413 as soon as it is known to be too large."""
        parts = [part async for part in self.parts(max_bytes)]
        return parts[0] if len(parts) == 1 else b"".join(parts)

    async def parts(self, max_bytes: int) -> AsyncIterator[bytes]:
        """The body as it comes; 413 as soon as it is known to be too large."""
        told = self.headers.get(b"content-length", b"")
        if told.isdigit() and int(told[:20]) > max_bytes:
            raise _too_large(max_bytes)
        size = 0
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            part = message.get("body", b"")
            size += len(part)
            if size > max_bytes:
                raise _too_large(max_bytes)
            yield part
            more = message.get("more_body", False)

    def expect_json(self) -> None:
        """415 for another media type, 400 for another charset than UTF-8."""
        media, _, rest = self.headers.get(b"content-type", b"").partition(b";")
        if media.strip().lower() != b"application/json":
            raise Problem("media_type_unsupported", "Send Content-Type: application/json.")
        parameter = rest.strip().lower().replace(b'"', b"")
        if parameter not in (b"", b"charset=utf-8", b"charset=utf8"):
            raise Problem(
                "charset_unsupported",
                "JSON is UTF-8.",
                status=400,
                title="The body is not strict JSON",
            )
        self.expect_no_encoding()

    def expect_no_encoding(self) -> None:
        """415 for a compressed body: what it unfolds to would have no bound."""
        if self.headers.get(b"content-encoding", b"identity").lower() != b"identity":
            raise Problem("media_type_unsupported", "Send the body without a content encoding.")


def _too_large(max_bytes: int) -> Problem:
    return Problem("body_too_large", f"At most {max_bytes} bytes.", headers={"Connection": "close"})
