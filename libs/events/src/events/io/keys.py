"""The issuer's published keys: found through its discovery document, kept for a few minutes,
fetched anew when a token names a key that is not among them.
"""

import asyncio
import math
import time
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import msgspec

from events.io.identity import ALGORITHM, NotSignedIn
from events.ports import Unavailable

COOL_DOWN_SECONDS = 10.0
"""An unknown key makes us ask the issuer, but tokens with made-up keys do not make us hammer it."""
FRESH_SECONDS = 300.0
"""After this the keys are asked for again, so that one that was withdrawn is known to be."""
KEPT_SECONDS = 3600.0
"""How long they are believed while the issuer does not answer."""


class _Configuration(msgspec.Struct):
    issuer: str
    jwks_uri: str


class _KeySet(msgspec.Struct):
    keys: list[dict[str, Any]]


class PublishedKeys:
    """The keys of one OpenID issuer (OpenID Connect Discovery 1.0, RFC 7517)."""

    def __init__(
        self,
        issuer: str,
        client: httpx.AsyncClient,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer = issuer
        self._client = client
        self._monotonic = monotonic
        self._keys: dict[str, Any] = {}
        self._asked_at: float | None = None
        self._fetched_at = -math.inf
        self._asking = asyncio.Lock()

    async def key(self, kid: str) -> Any:
        """The key of that id. `NotSignedIn`; `Unavailable` when the issuer does not answer."""
        if kid not in self._keys or self._age() > FRESH_SECONDS:
            async with self._asking:
                if not self._asked_lately():
                    await self._renew(kid)
        try:
            return self._keys[kid]
        except KeyError:
            raise NotSignedIn("the access token is signed with an unknown key") from None

    def stands(self, kid: str, key: Any) -> bool:
        """Whether it is the key of that id in the set that was fetched last, and not long ago."""
        return self._keys.get(kid) is key and self._age() <= FRESH_SECONDS

    async def fetch(self) -> None:
        """Ask the issuer. `Unavailable`."""
        try:
            said = await self._get(f"{self._issuer}/.well-known/openid-configuration")
            configuration = msgspec.json.decode(said, type=_Configuration)
            if configuration.issuer != self._issuer:
                raise Unavailable(f"the issuer at {self._issuer} is another one")
            published = msgspec.json.decode(await self._get(configuration.jwks_uri), type=_KeySet)
        except (httpx.HTTPError, msgspec.MsgspecError) as error:
            raise Unavailable(f"the issuer at {self._issuer} does not give its keys") from error
        self._keys = {str(key["kid"]): _public(key) for key in published.keys if _is_ours(key)}
        self._asked_at = self._fetched_at = self._monotonic()

    async def _renew(self, kid: str) -> None:
        try:
            await self.fetch()
        except Unavailable:
            if kid not in self._keys or self._age() > KEPT_SECONDS:
                raise
            self._asked_at = self._monotonic()

    def _age(self) -> float:
        return self._monotonic() - self._fetched_at

    def _asked_lately(self) -> bool:
        return self._asked_at is not None and self._monotonic() < self._asked_at + COOL_DOWN_SECONDS

    async def _get(self, url: str) -> bytes:
        answer = await self._client.get(url)
        return answer.raise_for_status().content


def _is_ours(key: dict[str, Any]) -> bool:
    return key.get("kty") == "OKP" and key.get("crv") == "Ed25519" and "kid" in key


def _public(key: dict[str, Any]) -> Any:
    return jwt.PyJWK(key, algorithm=ALGORITHM).key
