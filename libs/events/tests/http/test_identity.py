"""Who may: nothing is answered without a token, and a token proves what it says or nothing."""

import base64
import json
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.io.http.trial import ISSUER, Trial
from events.memory import FixedClock
from events.roles import MACHINES, OUTSIDERS, Role

PATH = "/v1/orders/itm_1"
OPEN = {"/healthz", "/readyz", "/openapi.json", "/problems/{code}", "/docs"}
"""What anybody may read."""


async def status_and_code(till: Trial, token: str | None) -> tuple[int, str]:
    headers = {} if token is None else {b"authorization": token.encode("latin-1")}
    said = await till.client.get(PATH, headers=list(headers.items()))
    assert said.headers["content-type"] == "application/problem+json"
    if said.status_code == 401:
        assert said.headers["www-authenticate"].startswith("Bearer")
    return said.status_code, said.json()["code"]


def claims_of(token: str) -> dict[str, object]:
    claims: dict[str, object] = jwt.decode(token, options={"verify_signature": False})
    return claims


async def test_no_route_answers_without_a_token(till: Trial) -> None:
    for operation in till.app.operations:
        path = operation.path.replace("{item}", "itm_1")
        said = await till.client.request(operation.method, path)
        assert said.status_code == 401, operation.path
        assert said.json()["code"] == "token_missing"


async def test_there_is_no_route_but_the_declared_and_the_open_ones(till: Trial) -> None:
    beside = {route.path for route in till.app.routes}  # type: ignore[attr-defined]
    assert beside == OPEN


async def test_no_other_role_is_let_in(till: Trial) -> None:
    for operation in till.app.operations:
        path = operation.path.replace("{item}", "itm_1")
        for role in Role:
            caller = till.sign_in("per_x", role)
            said = await till.client.request(
                operation.method, path, headers={"authorization": f"Bearer {caller.token}"}
            )
            assert (said.status_code == 403) == (role not in operation.allows), (path, role)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic bGluYTpsaW5h", "token"])
async def test_what_is_not_a_bearer_token_is_missing(till: Trial, header: str) -> None:
    assert await status_and_code(till, header) == (401, "token_missing")


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.test"},
        {"aud": "elsewhere"},
        {"aud": ["homeward", "elsewhere"]},
        {"sub": "Lina Haddad"},
        {"roles": ["emperor"]},
        {"roles": "counsellor"},
        {"kind": "ghost"},
        {"organisation": None},
        {"exp": 0},
        {"exp": 2**70},
        {"exp": 10_000_000_000},
        {"iat": 10_000_000_000},
        {"iat": None},
        {"nbf": 10_000_000_000},
        {"nbf": "now"},
        {"exp": None},
        {"grants": ["GRANT-1"]},
        {"roles": ["donor", "counsellor"], "grants": ["GRANT-1"]},
        {"roles": ["donor"], "grants": "GRANT-1"},
    ],
    ids=str,
)
async def test_a_claim_that_does_not_fit_is_refused(till: Trial, claims: dict[str, object]) -> None:
    token = till.issuer.token("per_lina", Role.COUNSELLOR, **claims)
    assert await status_and_code(till, f"Bearer {token}") == (401, "token_invalid")


async def test_a_token_without_its_beginning_is_refused(till: Trial) -> None:
    claims = claims_of(till.issuer.token("per_lina", Role.COUNSELLOR))
    del claims["iat"]
    token = till.issuer.signed(claims, typ="at+jwt")
    assert await status_and_code(till, f"Bearer {token}") == (401, "token_invalid")


async def test_a_token_lasts_an_hour_at_most(till: Trial) -> None:
    now = int(till.clock.now().timestamp())
    for seconds, expected in ((3600, (404, "not_found")), (3601, (401, "token_invalid"))):
        token = till.issuer.token("per_lina", Role.COUNSELLOR, exp=now + seconds)
        assert await status_and_code(till, f"Bearer {token}") == expected, seconds


@pytest.mark.parametrize(
    ("typ", "expected"),
    [
        ("at+jwt", (404, "not_found")),
        ("AT+JWT", (404, "not_found")),
        ("application/at+jwt", (404, "not_found")),
        ("JWT", (404, "not_found")),
        ("id+jwt", (401, "token_invalid")),
        ("logout+jwt", (401, "token_invalid")),
        ("", (401, "token_invalid")),
        (None, (401, "token_invalid")),
    ],
)
async def test_only_an_access_token_is_one(
    till: Trial, typ: str | None, expected: tuple[int, str]
) -> None:
    claims = claims_of(till.issuer.token("per_lina", Role.COUNSELLOR))
    token = till.issuer.signed(claims, typ=typ)
    assert await status_and_code(till, f"Bearer {token}") == expected


@pytest.mark.parametrize("role", sorted(set(Role) - MACHINES))
async def test_d10_a_machine_has_no_persons_role(till: Trial, role: Role) -> None:
    for roles in ([role], [Role.SERVICE, role]):
        for kind in ("service", "person"):
            if (kind, roles) != ("person", [role]):
                token = till.issuer.token("per_svc_intake", kind=kind, roles=roles)
                assert await status_and_code(till, f"Bearer {token}") == (401, "token_invalid")


@pytest.mark.parametrize("outsider", sorted(OUTSIDERS))
async def test_d9_who_looks_on_has_no_other_role(till: Trial, outsider: Role) -> None:
    for other in sorted(set(Role) - {outsider} - MACHINES):
        token = till.issuer.token("per_elif", roles=[outsider, other])
        assert await status_and_code(till, f"Bearer {token}") == (401, "token_invalid")


async def test_no_person_is_a_machine(till: Trial) -> None:
    for kind, roles in (
        ("person", [Role.SERVICE]),
        ("person", [Role.PARTNER_SYSTEM]),
        ("service", [Role.SERVICE, Role.PARTNER_SYSTEM]),
        ("service", []),
    ):
        token = till.issuer.token("per_lina", kind=kind, roles=roles)
        assert await status_and_code(till, f"Bearer {token}") == (401, "token_invalid")


async def test_another_key_or_another_algorithm_is_refused(till: Trial) -> None:
    good = till.issuer.token("per_lina", Role.COUNSELLOR)
    claims = claims_of(good)
    header = {"kid": "trial", "typ": "at+jwt"}
    forged = jwt.encode(claims, Ed25519PrivateKey.generate(), algorithm="EdDSA", headers=header)
    symmetric = jwt.encode(claims, "0" * 64, algorithm="HS256", headers=header)
    head, body, signature = good.split(".")
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode().rstrip("=")
    flipped = body[:-2] + ("A" if body[-2] != "A" else "B") + body[-1]
    for token in (
        forged,
        symmetric,
        f"{none}.{body}.",
        f"{head}.{flipped}.{signature}",
        f"{head}.{body}.",
        f"{head}.{body}",
        "a.b.c",
        "\xe9",
        "x" * 100_000,
    ):
        assert await status_and_code(till, f"Bearer {token}") == (401, "token_invalid"), token[:40]
    assert await status_and_code(till, f"Bearer {good}") == (404, "not_found")


async def test_a_token_ends_although_it_is_remembered(till: Trial) -> None:
    token = till.issuer.token("per_lina", Role.COUNSELLOR)
    assert await status_and_code(till, f"Bearer {token}") == (404, "not_found")
    assert isinstance(till.clock, FixedClock)
    till.clock.advance(timedelta(minutes=15, seconds=6).total_seconds())
    assert await status_and_code(till, f"Bearer {token}") == (401, "token_invalid")


async def test_the_issuers_name_is_no_prefix(till: Trial) -> None:
    token = till.issuer.token("per_lina", Role.COUNSELLOR, iss=ISSUER + "/")
    assert await status_and_code(till, f"Bearer {token}") == (401, "token_invalid")
