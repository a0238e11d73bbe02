"""A trial: an Api in this process, over a store in memory, spoken to as its clients speak to it.

async with trial(api, registry) as service:
    hana = service.sign_in("per_hana", Role.FINANCE_OFFICER)
    answer = await hana.post("/v1/payments", {...})
    assert answer.status_code == 201
    assert service.events == [...]
"""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.decider import Event
from events.documents import DocumentStore
from events.handler import Handler
from events.io.http.api import Api
from events.io.http.app import Application
from events.io.http.asked import Desk, Progress
from events.io.identity import ALGORITHM, AUDIENCE, Tokens
from events.memory import FixedClock, MemoryDocuments, MemoryStore, SeededIds
from events.ports import Clock, Ids, Store
from events.registry import Registry
from events.roles import MACHINES, Role
from events.service import Connection

ISSUER = "https://issuer.test"
LIFETIME_SECONDS = 900
SECRET = b"the trial's own"


def forged(cursor: str, key: str) -> str:
    """The same cursor, with a key that no page ended with: whoever has one can make one."""
    packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    told = json.dumps([json.loads(packed)[0], key]).encode()
    return base64.urlsafe_b64encode(told).rstrip(b"=").decode()


class TrialIssuer:
    """Signs tokens with a key of its own, as the issuer does."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._key = Ed25519PrivateKey.generate()
        self._published = self._key.public_key()

    async def key(self, _kid: str) -> Any:
        return self._published

    def stands(self, _kid: str, key: Any) -> bool:
        return key is self._published

    def token(self, person: str, *roles: Role, **changed: object) -> str:
        """An access token; `changed` overrides or adds claims."""
        now = int(self._clock.now().timestamp())
        claims: dict[str, object] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": person,
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
            "kind": "service" if MACHINES & set(roles) else "person",
            "roles": list(roles),
            "organisation": "iom",
            "office": "bratislava",
        }
        return self.signed(claims | changed, typ="at+jwt")

    def signed(self, claims: dict[str, object], **header: object) -> str:
        return jwt.encode(
            claims, self._key, algorithm=ALGORITHM, headers={"kid": "trial", **header}
        )


@dataclass
class Caller:
    """Somebody with a token. Each POST has an Idempotency-Key of its own unless one is given."""

    client: httpx.AsyncClient
    ids: Ids
    token: str

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=self._headers(headers))

    async def put_on_file(
        self,
        content: bytes,
        media: str = "application/pdf",
        *,
        key: str | None = None,
        **query: str,
    ) -> httpx.Response:
        """Send a document. `about`, `paper`, and what else the query says."""
        headers = {"content-type": media, "idempotency_key": key or self.ids.event_id()}
        return await self.client.post(
            "/v1/documents", params=query, content=content, headers=self._headers(headers)
        )

    async def post(
        self,
        path: str,
        body: object = None,
        *,
        if_match: int | str | None = None,
        key: str | None = None,
        **headers: str,
    ) -> httpx.Response:
        """`if_match`: the version seen, or the ETag as it came."""
        headers["idempotency_key"] = key or self.ids.event_id()
        if if_match is not None:
            headers["if_match"] = f'"{if_match}"' if isinstance(if_match, int) else if_match
        return await self.client.post(
            path,
            content=msgspec.json.encode(body if body is not None else {}),
            headers={"content-type": "application/json"} | self._headers(headers),
        )

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"authorization": f"Bearer {self.token}"} | named


@dataclass
class Trial:
    """The service under trial."""

    app: Application
    store: Store
    registry: Registry
    clock: Clock
    ids: Ids
    issuer: TrialIssuer
    client: httpx.AsyncClient = field(repr=False)
    """Speaks without a token."""

    def sign_in(self, person: str, *roles: Role, **claims: object) -> Caller:
        return Caller(self.client, self.ids, self.issuer.token(person, *roles, **claims))

    async def events(self) -> list[Event]:
        """The whole history, as the registry reads it."""
        return self.registry.read_all(await self.store.read(0, 1_000_000))


@asynccontextmanager
async def trial(
    api: Api,
    registry: Registry,
    *,
    store: Store | None = None,
    view: Connection | None = None,
    progress: Progress | None = None,
    gateways: Any = None,
    peers: Any = None,
    clock: Clock | None = None,
    documents: DocumentStore | None = None,
    issuer: TrialIssuer | None = None,
) -> AsyncIterator[Trial]:
    """Put the Api on trial; what is not given is in memory, seeded and at a fixed time.

    `issuer`: another trial's, where one service asks the other under a person's token.
    """
    store, clock, ids = store or MemoryStore(), clock or FixedClock(), SeededIds()
    issuer = issuer or TrialIssuer(clock)
    desk = Desk(
        handler=Handler(registry, store, clock, ids),
        tokens=Tokens(issuer=ISSUER, keys=issuer, clock=clock),
        view=view,
        progress=progress,
        gateways=gateways,
        peers=peers,
        documents=documents or MemoryDocuments(clock),
        secret=SECRET,
    )
    app = api.app(desk)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://service.test") as client:
        yield Trial(app, store, registry, clock, ids, issuer, client)
