"""Identity: who sent the request, from an access token signed by the issuer.

A token is a JWT (RFC 7519) with an EdDSA signature by one of the keys that the issuer publishes
(RFC 7517). It says who somebody is, in which roles, for which organisation; it names nobody.
"""

import hashlib
from typing import Any, Literal, Protocol

import jwt
import msgspec

from events.envelope import Actor
from events.ports import Clock
from events.roles import MACHINES, OUTSIDERS, Role
from events.values import Code, PersonId

AUDIENCE = "homeward"
ALGORITHM = "EdDSA"
LEEWAY_SECONDS = 5
REMEMBERED_TOKENS = 4096
TOKEN_MAX_CHARS = 4096
LIFETIME_MAX_SECONDS = 3600
TYPES = frozenset({"at+jwt", "application/at+jwt", "jwt"})
"""What a token may call itself, in lower case (RFC 9068, section 4). An identity token is none."""
OUTSIDER_ALONE = tuple(frozenset({role}) for role in OUTSIDERS)
"""Who looks on has this role and no other (D9), and has no part in what they look at."""
MACHINE_ALONE = tuple(frozenset({role}) for role in MACHINES)
"""A machine has this role and no other (D10): it never certifies, approves or signs."""


class NotSignedIn(Exception):
    """The token does not prove who is asking. The message says why, without the token."""


class Identity(msgspec.Struct, frozen=True):
    """What a verified token says."""

    person: PersonId
    kind: Literal["person", "service"]
    roles: frozenset[Role]
    organisation: Code
    office: Code | None
    expires: int
    grants: frozenset[Code] = frozenset()

    def acting_as(self, role: Role) -> "Acting":
        return Acting(
            id=self.person,
            role=Code(role),
            organisation=self.organisation,
            office=self.office,
            roles=self.roles,
            kind=self.kind,
            grants=self.grants,
        )


class Acting(Actor, frozen=True, kw_only=True):
    """The acting person (or service) in the role that opened the route; `roles` are all theirs."""

    roles: frozenset[Role]
    kind: Literal["person", "service"]
    grants: frozenset[Code] = frozenset()
    """Of a donor: the agreements that they look at, by the references that both sides have."""


class Keys(Protocol):
    """Where the issuer's public keys come from."""

    async def key(self, kid: str) -> Any:
        """The Ed25519 public key of that id; `NotSignedIn` when the issuer has none."""
        ...

    def stands(self, kid: str, key: Any) -> bool:
        """Whether it is still the key of that id, as far as is known without asking."""
        ...


class _Claims(msgspec.Struct):
    iss: str
    aud: str
    sub: PersonId
    iat: int
    exp: int
    kind: Literal["person", "service"]
    roles: frozenset[Role]
    organisation: Code
    office: Code | None = None
    grants: frozenset[Code] = frozenset()
    nbf: int = 0


class _Known(msgspec.Struct, frozen=True):
    """A token that was verified, and with which key."""

    identity: Identity
    kid: str
    key: Any


class Tokens:
    """Verifies access tokens.

    One that was verified is remembered by its hash until it expires or its key is withdrawn.
    """

    def __init__(self, *, issuer: str, keys: Keys, clock: Clock) -> None:
        self._issuer = issuer
        self._keys = keys
        self._clock = clock
        self._known: dict[bytes, _Known] = {}

    async def identity(self, token: str) -> Identity:
        """Who holds this token. `NotSignedIn` when it proves nothing here and now."""
        digest = hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
        known = self._known.get(digest)
        if known is None or not self._keys.stands(known.kid, known.key):
            self._known.pop(digest, None)
            known = await self._verify(token)
            if len(self._known) >= REMEMBERED_TOKENS:
                self._known.pop(next(iter(self._known)))
            self._known[digest] = known
        if known.identity.expires + LEEWAY_SECONDS <= self._clock.now().timestamp():
            self._known.pop(digest, None)
            raise NotSignedIn("the access token has expired")
        return known.identity

    async def _verify(self, token: str) -> _Known:
        if len(token) > TOKEN_MAX_CHARS:
            raise NotSignedIn("the access token is too long")
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") != ALGORITHM or "crit" in header:
                raise NotSignedIn("the access token is not signed as agreed")
            if str(header.get("typ", "")).lower() not in TYPES:
                raise NotSignedIn("this is no access token")
            kid = str(header.get("kid", ""))
            key = await self._keys.key(kid)
            payload = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=self._issuer,
                options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
            claims = msgspec.convert(payload, _Claims)
        except (jwt.PyJWTError, msgspec.ValidationError, ValueError):
            raise NotSignedIn("the access token is not valid here") from None
        self._judge(claims)
        identity = Identity(
            person=claims.sub,
            kind=claims.kind,
            roles=claims.roles,
            organisation=claims.organisation,
            office=claims.office,
            expires=claims.exp,
            grants=claims.grants,
        )
        return _Known(identity, kid, key)

    def _judge(self, claims: _Claims) -> None:
        """What a well-signed token may say; whether it has expired is asked each time it comes."""
        if max(claims.iat, claims.nbf) - LEEWAY_SECONDS > self._clock.now().timestamp():
            raise NotSignedIn("the access token is from the future")
        if claims.exp - claims.iat > LIFETIME_MAX_SECONDS:
            raise NotSignedIn("the access token is to last too long")
        machine = claims.kind == "service"
        if claims.roles not in MACHINE_ALONE if machine else claims.roles & MACHINES:
            raise NotSignedIn("the access token gives a machine a person's role, or the reverse")
        if claims.roles & OUTSIDERS and claims.roles not in OUTSIDER_ALONE:
            raise NotSignedIn("the access token gives an auditor or a donor another role")
        if claims.grants and Role.DONOR not in claims.roles:
            raise NotSignedIn("the access token names grants, and is not a donor's")
