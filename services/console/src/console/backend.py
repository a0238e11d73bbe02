"""The services' REST APIs, spoken to with the person's own token. The console has no other way."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx

from events.ports import Unavailable

TIMEOUT_SECONDS = 10.0
FILE_SECONDS = 120.0
"""A statement of ten thousand lines is read before it is answered for."""


@dataclass
class Refused(Exception):
    """A service said no."""

    status: int
    code: str
    title: str
    detail: str


@dataclass(frozen=True)
class Found:
    """What a service answered, and the version of it."""

    body: dict[str, Any]
    etag: str


@dataclass(frozen=True)
class File:
    """What a service gave to be kept."""

    content: bytes
    media: str


@dataclass(frozen=True)
class Stream:
    """The same, as it comes."""

    parts: AsyncIterator[bytes]
    media: str


class Backend:
    """The issuer and the services."""

    def __init__(
        self, client: httpx.AsyncClient, *, issuer: str, services: Mapping[str, str]
    ) -> None:
        self._client = client
        self._issuer = issuer
        self._services = services

    async def sign_in(self, username: str, password: str) -> str:
        """The person's access token. `Refused`, `Unavailable`."""
        form = {"grant_type": "password", "username": username, "password": password}
        content = urlencode(form).encode()
        headers = {"content-type": "application/x-www-form-urlencoded"}
        answer = await self._send("POST", f"{self._issuer}/token", headers, content)
        return str(answer.json()["access_token"])

    async def get(self, service: str, path: str, token: str, **query: str) -> Found:
        """`Refused`, `Unavailable`."""
        asked = f"?{urlencode(query)}" if query else ""
        url = f"{self._services[service]}{path}{asked}"
        answer = await self._send("GET", url, {"authorization": f"Bearer {token}"}, None)
        return Found(answer.json(), answer.headers.get("etag", ""))

    async def fetch(self, service: str, path: str, token: str) -> File:
        """The same of what is no JSON. `Refused`, `Unavailable`."""
        url = f"{self._services[service]}{path}"
        answer = await self._send("GET", url, {"authorization": f"Bearer {token}"}, None)
        return File(answer.content, answer.headers["content-type"])

    async def post(
        self, service: str, path: str, token: str, *, body: bytes, key: str, etag: str | None
    ) -> Found:
        """Put a command, once for this key, on the version that was seen if it is about one."""
        headers = {
            "authorization": f"Bearer {token}",
            "content-type": "application/json",
            "idempotency-key": key,
        } | ({"if-match": etag} if etag else {})
        answer = await self._send("POST", f"{self._services[service]}{path}", headers, body)
        return Found(answer.json(), answer.headers.get("etag", ""))

    async def stream(self, service: str, path: str, token: str) -> Stream:
        """What is to be kept, as it comes. `Refused`, `Unavailable`."""
        url, headers = f"{self._services[service]}{path}", {"authorization": f"Bearer {token}"}
        try:
            answer = await self._client.send(
                self._client.build_request("GET", url, headers=headers), stream=True
            )
            if not answer.is_success:
                await answer.aread()
                await answer.aclose()
        except httpx.HTTPError as error:
            raise Unavailable(type(error).__name__) from error
        return Stream(_all_of(_checked(answer)), answer.headers["content-type"])

    async def send(
        self,
        service: str,
        path: str,
        token: str,
        *,
        content: AsyncIterator[bytes],
        key: str,
        media: str = "application/octet-stream",
        **query: str,
    ) -> Found:
        """Pass a file on as it comes, once for this key. `Refused`, `Unavailable`."""
        headers = {
            "authorization": f"Bearer {token}",
            "content-type": media,
            "idempotency-key": key,
        }
        asked = f"?{urlencode(query)}" if query else ""
        url = f"{self._services[service]}{path}{asked}"
        answer = await self._send("POST", url, headers, content)
        return Found(answer.json(), answer.headers.get("etag", ""))

    async def _send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | AsyncIterator[bytes] | None,
    ) -> httpx.Response:
        slow = TIMEOUT_SECONDS if content is None or isinstance(content, bytes) else FILE_SECONDS
        try:
            answer = await self._client.request(
                method, url, headers=headers, content=content, timeout=slow
            )
        except httpx.HTTPError as error:
            raise Unavailable(type(error).__name__) from error
        return _checked(answer)


async def _all_of(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for part in answer.aiter_bytes():
            yield part
    finally:
        await answer.aclose()


def _checked(answer: httpx.Response) -> httpx.Response:
    """`Refused`, `Unavailable`."""
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise Unavailable(f"a service answered {answer.status_code}")
    if answer.is_success:
        return answer
    problem = _problem(answer)
    raise Refused(
        answer.status_code,
        str(problem.get("code", problem.get("error", ""))),
        str(problem.get("title", "It was refused")),
        str(problem.get("detail", problem.get("error_description", ""))),
    )


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        problem = answer.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}
