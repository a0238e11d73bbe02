"""Sessions: who has signed in. The token stays here; the browser has a random name for it."""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

import jwt

SESSIONS_MAX = 10_000


@dataclass(frozen=True)
class Person:
    """Who sits before the page, as the issuer's token says."""

    id: str
    roles: frozenset[str]
    organisation: str
    office: str | None

    @property
    def name(self) -> str:
        return self.id.removeprefix("per_").replace("_", " ").title()


@dataclass(frozen=True)
class Session:
    """One person at one browser, until the token ends."""

    person: Person
    token: str = field(repr=False)
    ends_at: float
    csrf: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(32))

    @classmethod
    def of(cls, token: str) -> Self:
        """From the token as the issuer just gave it to us; whoever we show it to checks it."""
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
        person = Person(
            id=claims["sub"],
            roles=frozenset(claims["roles"]),
            organisation=claims["organisation"],
            office=claims.get("office"),
        )
        return cls(person, token, float(claims["exp"]))

    def is_from_our_page(self, csrf: str) -> bool:
        return hmac.compare_digest(self.csrf.encode(), csrf.encode())


class Sessions:
    """All that are signed in, in memory: a restart signs everybody out."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self._held: dict[str, Session] = {}

    def begin(self, session: Session) -> str:
        """Keep it; the name under which the browser will ask for it."""
        self._forget_ended()
        name = secrets.token_urlsafe(32)
        self._held[name] = session
        return name

    def find(self, name: str | None) -> Session | None:
        session = self._held.get(name or "")
        if session is None or session.ends_at <= self.now().timestamp():
            return None
        return session

    def end(self, name: str | None) -> None:
        self._held.pop(name or "", None)

    def _forget_ended(self) -> None:
        now = self.now().timestamp()
        self._held = {name: held for name, held in self._held.items() if held.ends_at > now}
        while len(self._held) >= SESSIONS_MAX:
            del self._held[next(iter(self._held))]
