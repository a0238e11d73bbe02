"""The local issuer: gives the demonstration's people and the services their access tokens.

It stands in for the organisation's identity provider. Its tokens are what any OpenID provider
would give: signed with a published key, short-lived, naming nobody. `python -m homeward.issuer`.
"""

import asyncio
import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs
from weakref import WeakValueDictionary

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from events.io.identity import ALGORITHM, AUDIENCE
from events.io.system import SystemClock
from events.personal import b64url
from events.ports import Clock
from homeward.enrolment import Subject, enrol, enrolled, matches, signing_key

LIFETIME_SECONDS = 900
FORM_MAX_BYTES = 4096
DAMPING_AFTER = 3
DAMPING_MAX_SECONDS = 60.0
REMEMBERED_FAILURES = 10_000
CHECKS_AT_ONCE = 2


@dataclass
class Damping:
    """After three wrong secrets a name waits, each time twice as long, at most a minute."""

    monotonic: Callable[[], float] = time.monotonic
    _failures: dict[str, tuple[int, float]] = field(default_factory=dict)

    def wait_seconds(self, name: str) -> float:
        """How long until the name may try again."""
        _, until = self._failures.get(name, (0, 0.0))
        return max(0.0, until - self.monotonic())

    def failed(self, name: str) -> None:
        count = self._failures.pop(name, (0, 0.0))[0] + 1
        if len(self._failures) >= REMEMBERED_FAILURES:
            self._failures.pop(next(iter(self._failures)))
        pause = min(2.0 ** (count - DAMPING_AFTER), DAMPING_MAX_SECONDS)
        until = self.monotonic() + pause if count >= DAMPING_AFTER else 0.0
        self._failures[name] = (count, until)

    def succeeded(self, name: str) -> None:
        self._failures.pop(name, None)


class Issuer:
    """Checks secrets and signs tokens."""

    def __init__(self, *, url: str, folder: Path, clock: Clock, damping: Damping) -> None:
        enrol(folder)
        self._url = url
        self._clock = clock
        self._damping = damping
        self._subjects = enrolled(folder)
        self._nobody = next(iter(self._subjects.values()))
        self._key: Ed25519PrivateKey = signing_key(folder)
        raw = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64url(raw)}
        self._jwk |= {"kid": b64url(raw[:9]), "use": "sig", "alg": ALGORITHM}
        self._checks = asyncio.Semaphore(CHECKS_AT_ONCE)
        self._turns = WeakValueDictionary[str, asyncio.Lock]()
        """One attempt at a time under each name: each knows how the one before it went."""

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/token", self.token, methods=["POST"]),
                Route("/.well-known/jwks.json", self.keys),
                Route("/.well-known/openid-configuration", self.configuration),
                Route("/healthz", self.health),
            ]
        )

    async def token(self, request: Request) -> Response:
        """RFC 6749, section 4.3 for people and 4.4 for services."""
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > FORM_MAX_BYTES:
                return _refused(413, "invalid_request", "The form is too long.")
        form = {name: values[-1] for name, values in parse_qs(body.decode("latin-1")).items()}
        name = form.get("username") or form.get("client_id") or ""
        secret = form.get("password") or form.get("client_secret") or ""
        if not name or not secret:
            return _refused(400, "invalid_request", "Send username and password.")
        subject = self._subjects.get(name)
        turn = self._turns.setdefault(name, asyncio.Lock())
        async with turn, self._checks:
            pause = self._damping.wait_seconds(name)
            if pause > 0:
                answer = _refused(429, "slow_down", "Too many wrong attempts under this name.")
                answer.headers["Retry-After"] = str(math.ceil(pause))
                return answer
            right = await asyncio.to_thread(matches, subject or self._nobody, secret)
            if subject is None or not right:
                self._damping.failed(name)
                return _refused(401, "invalid_grant", "The name and the secret do not go together.")
            self._damping.succeeded(name)
        signed = {"access_token": self.sign(subject), "token_type": "Bearer"}
        return JSONResponse(signed | {"expires_in": LIFETIME_SECONDS}, headers=_NOT_KEPT)

    def sign(self, subject: Subject) -> str:
        now = int(self._clock.now().timestamp())
        claims = {
            "iss": self._url,
            "aud": AUDIENCE,
            "sub": subject.id,
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
            "kind": subject.kind,
            "roles": list(subject.roles),
            "organisation": subject.organisation,
        }
        if subject.office is not None:
            claims["office"] = subject.office
        if subject.grants:
            claims["grants"] = list(subject.grants)
        headers = {"kid": self._jwk["kid"], "typ": "at+jwt"}
        return jwt.encode(claims, self._key, algorithm=ALGORITHM, headers=headers)

    async def keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [self._jwk]})

    async def configuration(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self._url,
                "token_endpoint": f"{self._url}/token",
                "jwks_uri": f"{self._url}/.well-known/jwks.json",
                "grant_types_supported": ["password", "client_credentials"],
                "id_token_signing_alg_values_supported": [ALGORITHM],
            }
        )

    async def health(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok"})


_NOT_KEPT = {"Cache-Control": "no-store"}


def _refused(status: int, error: str, description: str) -> Response:
    said = {"error": error, "error_description": description}
    return JSONResponse(said, status, headers=_NOT_KEPT)


def main() -> None:
    """Serve until told to stop. HOMEWARD_BIND, HOMEWARD_ISSUER_URL, HOMEWARD_DATA."""
    host, _, port = os.environ["HOMEWARD_BIND"].rpartition(":")
    issuer = Issuer(
        url=os.environ.get("HOMEWARD_ISSUER_URL", f"http://{host}:{port}"),
        folder=Path(os.environ["HOMEWARD_DATA"]),
        clock=SystemClock(),
        damping=Damping(),
    )
    uvicorn.run(issuer.app(), host=host, port=int(port), log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
