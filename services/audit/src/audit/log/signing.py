"""The two ends of the socket between the log and its signer.

The log may ask for the keys by which it is trusted, for what was signed last, and for a signature
over a tree that is shown to continue that. There is nothing else to ask: no key leaves the signer,
and its memory is written by signing alone.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import httpx
import msgspec
from fastapi import FastAPI, Request, Response
from msgspec import Meta

from audit.domain.note import VerifierKey, parse_keys
from audit.log.signer import Signer, WouldFork
from events.ports import Unavailable

OK, MALFORMED, FORKS, TOO_LARGE = 200, 400, 409, 413
PROOF_MAX = 63
BODY_MAX = 1 << 16
TIMEOUT_SECONDS = 5.0
HOST = "http://signer"
"""A socket has no host; HTTP wants one named."""

Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `sign` is sent: a tree, and the proof that it continues the last one. Hashes in hex."""

    size: Annotated[int, Meta(ge=1)]
    root: Hash
    proof: Annotated[list[Hash], Meta(max_length=PROOF_MAX)]


class Last(msgspec.Struct, frozen=True):
    """What was signed last; size 0 before anything was."""

    origin: str
    size: int
    root: str
    before: int | None = None
    """The size that was signed before it, as far as the signer remembers."""

    @classmethod
    def of(cls, signer: Signer) -> "Last":
        last = signer.last
        return cls(last.origin, last.size, last.root.hex(), signer.before)


# The signer's end


def app(signer: Signer) -> FastAPI:
    """What the signer answers. One request at a time: nothing waits between check and signature."""
    served = FastAPI(openapi_url=None)

    @served.get("/keys")
    async def keys() -> Response:
        return _text(signer.vkey)

    @served.get("/last")
    async def last() -> Response:
        return Response(msgspec.json.encode(Last.of(signer)), media_type="application/json")

    @served.post("/sign")
    async def sign(request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_MAX:
                return _text(f"a request has at most {BODY_MAX} bytes", TOO_LARGE)
        try:
            wanted = msgspec.json.decode(body, type=Wanted)
        except msgspec.MsgspecError as bad:
            return _text(f"malformed: {bad}", MALFORMED)
        root, *proof = map(bytes.fromhex, (wanted.root, *wanted.proof))
        try:
            return _text(signer.sign(wanted.size, root, proof))
        except WouldFork as no:
            return _text(str(no), FORKS)

    return served


def _text(said: str, status: int = OK) -> Response:
    return Response(said, status, media_type="text/plain")


# The log's end


def over_socket(path: Path) -> httpx.AsyncClient:
    """The way to the signer that listens on this socket."""
    return httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=str(path)), base_url=HOST)


class Signing:
    """The signer, as the log sees it."""

    def __init__(self, signer: httpx.AsyncClient) -> None:
        self._signer = signer

    async def keys(self) -> tuple[VerifierKey, ...]:
        """What others trust the log by. `Unavailable`."""
        return parse_keys((await self._ask("GET", "/keys")).text)

    async def last(self) -> Last:
        """What was signed last. `Unavailable`."""
        return msgspec.json.decode((await self._ask("GET", "/last")).content, type=Last)

    async def sign(self, size: int, root: bytes, proof: Sequence[bytes]) -> str:
        """The signed checkpoint of a tree that continues the last. `WouldFork`, `Unavailable`."""
        wanted = Wanted(size, root.hex(), [each.hex() for each in proof])
        return (await self._ask("POST", "/sign", msgspec.json.encode(wanted))).text

    async def _ask(self, method: str, path: str, body: bytes | None = None) -> httpx.Response:
        try:
            answer = await self._signer.request(method, path, content=body, timeout=TIMEOUT_SECONDS)
        except httpx.HTTPError as error:
            raise Unavailable(f"the signer: {error!r}") from None
        if answer.status_code == FORKS:
            raise WouldFork(answer.text)
        answer.raise_for_status()
        return answer
