"""Peers: the other services, spoken to over REST under this service's own identity."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx
import msgspec

from events.envelope import Entry
from events.io.telemetry import inject
from events.ports import Unavailable

TIMEOUT_SECONDS = 10.0
FEED_WAIT_SECONDS = 0
NOT_READY = frozenset({429, 502, 503, 504})


class PeerRefused(Exception):
    """Another service answered with a problem."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code')}")
        self.status = status
        self.problem = problem


class _Token(msgspec.Struct):
    access_token: str
    expires_in: float


class _FeedEntry(msgspec.Struct):
    position: int
    entry: str


class _FeedPage(msgspec.Struct):
    entries: list[_FeedEntry]
    head: int


class Peers:
    """A client of the platform's services. Every failure to answer is `Unavailable`."""

    def __init__(
        self,
        *,
        client: httpx.AsyncClient,
        urls: Mapping[str, str],
        issuer: str,
        client_id: str,
        client_secret: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._urls = urls
        self._issuer = issuer
        self._form = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
        }
        self._monotonic = monotonic
        self._token = ""
        self._good_until = 0.0

    async def get(
        self, service: str, path: str, *, token: str | None = None, **query: str | int
    ) -> Any:
        """What the service answers, as plain JSON data. `token`: a person's own, to ask as them.

        Raises `PeerRefused` with the problem, or `Unavailable`.
        """
        return msgspec.json.decode(await self._send("GET", service, path, token, params=query))

    async def post(
        self,
        service: str,
        path: str,
        body: Any,
        *,
        key: str,
        if_match: str | None = None,
        token: str | None = None,
    ) -> Any:
        """Put a command to another service, once under this idempotency key. `token`: as above."""
        headers = {"idempotency-key": key, "content-type": "application/json"}
        if if_match is not None:
            headers["if-match"] = if_match
        content = msgspec.json.encode(body)
        sent = await self._send("POST", service, path, token, content=content, headers=headers)
        return msgspec.json.decode(sent)

    async def feed(self, service: str, after: int, limit: int) -> Sequence[Entry]:
        """Entries of the service's history, straight from it: what heals a consumer."""
        query = {"after": after, "limit": limit, "wait": FEED_WAIT_SECONDS}
        said = await self._send("GET", service, "/v1/events", None, params=query)
        page = msgspec.json.decode(said, type=_FeedPage)
        return [Entry(e.position, e.entry.encode()) for e in page.entries]

    async def heal(self, service: str, after: int, limit: int) -> Sequence[Entry]:
        """The feed, for a consumer: whatever the other answers instead, it is not ready."""
        try:
            return await self.feed(service, after, limit)
        except (PeerRefused, msgspec.MsgspecError) as error:
            raise Unavailable(f"the feed of {service} is not to be had") from error

    async def _send(
        self, method: str, service: str, path: str, token: str | None, **request: Any
    ) -> bytes:
        url = self._urls.get(service)
        if url is None:
            raise Unavailable(f"nobody said where {service} is")
        headers = dict(request.pop("headers", {}))
        headers["authorization"] = f"Bearer {token or await self._own_token()}"
        inject(headers)
        try:
            answer = await self._client.request(method, url + path, headers=headers, **request)
        except httpx.HTTPError as error:
            raise Unavailable(f"{service} does not answer") from error
        if answer.status_code in NOT_READY:
            raise Unavailable(f"{service} is not ready")
        if answer.status_code == httpx.codes.UNAUTHORIZED and token is None:
            self._good_until = 0.0  # the issuer's keys may have changed: ask for another token
            raise Unavailable(f"{service} does not accept our token")
        if answer.is_error:
            raise PeerRefused(answer.status_code, _problem(answer))
        return answer.content

    async def _own_token(self) -> str:
        """This service's token, taken anew when half of its life is over."""
        if self._monotonic() >= self._good_until:
            try:
                answer = await self._client.post(f"{self._issuer}/token", data=self._form)
                answer.raise_for_status()
                token = msgspec.json.decode(answer.content, type=_Token)
            except (httpx.HTTPError, msgspec.MsgspecError) as error:
                raise Unavailable("the issuer gives no token") from error
            self._token = token.access_token
            self._good_until = self._monotonic() + token.expires_in / 2
        return self._token


class OnBehalf:
    """The other services, asked under somebody's own token: there they are who they are here."""

    def __init__(self, peers: Peers, token: str) -> None:
        self._peers = peers
        self._token = token

    async def post(self, service: str, path: str, body: Any, *, key: str) -> Any:
        """`Peers.post`; `PeerRefused`, `Unavailable`."""
        return await self._peers.post(service, path, body, key=key, token=self._token)


def _problem(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        return msgspec.json.decode(answer.content, type=dict[str, Any])
    except msgspec.MsgspecError:
        return {"code": "unreadable", "status": answer.status_code}
