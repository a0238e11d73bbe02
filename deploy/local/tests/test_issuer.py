"""The local issuer, and how services and people use it."""

import asyncio
import shutil
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import jwt
import pytest

from events.io.identity import NotSignedIn, Tokens
from events.io.keys import COOL_DOWN_SECONDS, FRESH_SECONDS, KEPT_SECONDS, PublishedKeys
from events.io.peers import PeerRefused, Peers
from events.memory import FixedClock
from events.ports import Unavailable
from events.roles import Role
from homeward.enrolment import Secrets, enrol
from homeward.issuer import Damping, Issuer

URL = "http://issuer.test"


class Watch:
    """A monotonic clock that stands still until it is told to move."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture(scope="module")
def enrolled_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hashing everybody's password takes seconds, on purpose."""
    folder = tmp_path_factory.mktemp("issuer")
    enrol(folder)
    return folder


@pytest.fixture
def known(tmp_path: Path, enrolled_once: Path) -> Secrets:
    shutil.copytree(enrolled_once, tmp_path, dirs_exist_ok=True)
    return enrol(tmp_path)


@pytest.fixture
async def client(tmp_path: Path, known: Secrets, watch: Watch) -> AsyncIterator[httpx.AsyncClient]:
    issuer = Issuer(url=URL, folder=tmp_path, clock=FixedClock(), damping=Damping(watch))
    transport = httpx.ASGITransport(app=issuer.app())
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        yield client


async def sign_in(client: httpx.AsyncClient, username: str, password: str) -> httpx.Response:
    return await client.post("/token", data={"username": username, "password": password})


async def test_a_person_gets_a_token_that_names_nobody(
    client: httpx.AsyncClient, known: Secrets
) -> None:
    said = await sign_in(client, "arben", known.passwords["arben"])
    assert said.json()["expires_in"] == 900
    assert said.headers["cache-control"] == "no-store"
    token = said.json()["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["sub"] == "per_arben"
    assert "Hoxha" not in str(claims)
    tokens = Tokens(issuer=URL, keys=PublishedKeys(URL, client), clock=FixedClock())
    identity = await tokens.identity(token)
    assert identity.roles == {Role.COUNSELLOR}
    assert (identity.organisation, identity.office) == ("ngo_tirana", "Tirana")
    assert identity.kind == "person"


async def test_a_donors_token_names_their_grants(client: httpx.AsyncClient, known: Secrets) -> None:
    said = await sign_in(client, "dana", known.passwords["dana"])
    tokens = Tokens(issuer=URL, keys=PublishedKeys(URL, client), clock=FixedClock())
    identity = await tokens.identity(said.json()["access_token"])
    assert identity.roles == {Role.DONOR}
    assert identity.organisation == "AMIF"
    assert identity.grants == {"SK-2023-AVRR"}


def test_everybody_has_a_password_of_their_own_and_only_hashes_are_read(
    tmp_path: Path, known: Secrets
) -> None:
    assert len(set(known.passwords.values())) == len(known.passwords) >= 19
    hashed = (tmp_path / "enrolled.json").read_text()
    for secret in (*known.passwords.values(), *known.clients.values()):
        assert secret not in hashed
    for file in tmp_path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_enrolling_again_changes_nothing(tmp_path: Path, known: Secrets) -> None:
    before = (tmp_path / "enrolled.json").read_bytes()
    assert enrol(tmp_path) == known
    assert (tmp_path / "enrolled.json").read_bytes() == before


async def test_wrong_secrets_are_damped_by_name(
    client: httpx.AsyncClient, known: Secrets, watch: Watch
) -> None:
    for _ in range(3):
        assert (await sign_in(client, "hana", "wrong")).status_code == 401
    said = await sign_in(client, "hana", known.passwords["hana"])
    assert said.status_code == 429
    assert said.headers["retry-after"] == "1"
    assert (await sign_in(client, "lina", known.passwords["lina"])).status_code == 200
    watch.now += 1
    assert (await sign_in(client, "hana", known.passwords["hana"])).status_code == 200
    for _ in range(20):
        watch.now += 60
        assert (await sign_in(client, "hana", "wrong")).status_code == 401


async def test_guessing_at_once_is_damped_like_guessing_in_turn(
    client: httpx.AsyncClient, known: Secrets
) -> None:
    said = await asyncio.gather(*(sign_in(client, "hana", f"wrong {n}") for n in range(12)))
    assert sorted(s.status_code for s in said) == [401] * 3 + [429] * 9
    right = await asyncio.gather(
        *(sign_in(client, "lina", known.passwords["lina"]) for _ in range(4))
    )
    assert [s.status_code for s in right] == [200] * 4


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"username=lina", 400),
        (b"username=nobody&password=x", 401),
        (b"username=lina&password=" + b"x" * 100, 401),
        (b"username=lina&password=%00", 401),
        (b"username=%ff%fe&password=%ff", 401),
        (b"client_id=svc_intake&client_secret=x", 401),
        (b"username=svc_intake&password=x", 401),
        (b"x" * 5000, 413),
        (b"\xff\xfe\x00", 400),
    ],
)
async def test_what_proves_nothing_gets_no_token(
    client: httpx.AsyncClient, content: bytes, status: int
) -> None:
    said = await client.post("/token", content=content)
    assert said.status_code == status
    assert set(said.json()) == {"error", "error_description"}


async def test_an_unknown_key_is_asked_for_but_not_again_and_again(
    client: httpx.AsyncClient, watch: Watch
) -> None:
    asked: list[str] = []
    client.event_hooks["request"].append(lambda request: note(asked, request))
    keys = PublishedKeys(URL, client, watch)
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            await keys.key("made-up")
    assert len(asked) == 2  # where the keys are, and the keys
    watch.now += COOL_DOWN_SECONDS + 1
    with pytest.raises(NotSignedIn):
        await keys.key("made-up")
    assert len(asked) == 4


async def test_a_token_does_not_outlive_the_withdrawal_of_its_key(
    client: httpx.AsyncClient, known: Secrets, watch: Watch
) -> None:
    asked: list[str] = []
    client.event_hooks["request"].append(lambda request: note(asked, request))
    published: list[dict[str, str]] = (await client.get("/.well-known/jwks.json")).json()["keys"]
    configuration = (await client.get("/.well-known/openid-configuration")).json()
    token = (await sign_in(client, "arben", known.passwords["arben"])).json()["access_token"]

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        told = {"keys": published} if "jwks" in request.url.path else configuration
        return httpx.Response(200, json=told)

    there = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    tokens = Tokens(issuer=URL, keys=PublishedKeys(URL, there, watch), clock=FixedClock())
    asked.clear()
    for _ in range(3):
        assert (await tokens.identity(token)).person == "per_arben"
    assert len(asked) == 2
    published.clear()
    assert (await tokens.identity(token)).person == "per_arben"
    watch.now += FRESH_SECONDS + 1
    with pytest.raises(NotSignedIn):
        await tokens.identity(token)


async def test_keys_are_believed_for_a_while_when_the_issuer_is_away(
    client: httpx.AsyncClient, known: Secrets, watch: Watch
) -> None:
    token = (await sign_in(client, "arben", known.passwords["arben"])).json()["access_token"]
    tokens = Tokens(issuer=URL, keys=PublishedKeys(URL, client, watch), clock=FixedClock())
    await tokens.identity(token)
    client.event_hooks["request"].append(away)
    watch.now += FRESH_SECONDS + 1
    assert (await tokens.identity(token)).person == "per_arben"
    watch.now += KEPT_SECONDS
    with pytest.raises(Unavailable):
        await tokens.identity(token)


async def away(request: httpx.Request) -> None:
    raise httpx.ConnectError("nobody there", request=request)


async def note(asked: list[str], request: httpx.Request) -> None:
    asked.append(str(request.url))


async def test_another_issuer_in_its_place_is_not_believed(client: httpx.AsyncClient) -> None:
    for other in (URL + ":8080", "http://other.test"):
        with pytest.raises(Unavailable):
            await PublishedKeys(other, client).key("x")


def peers(answer: httpx.Response, known: Secrets, seen: list[httpx.Request]) -> Peers:
    def answering(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if request.url.path == "/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 900})
        return answer

    return Peers(
        client=httpx.AsyncClient(transport=httpx.MockTransport(answering)),
        urls={"plans": "http://plans.test"},
        issuer=URL,
        client_id="svc_intake",
        client_secret=known.clients["intake"],
    )


async def test_a_service_asks_another_under_its_own_identity(known: Secrets) -> None:
    seen: list[httpx.Request] = []
    asking = peers(httpx.Response(200, json={"plan": "pla_1"}), known, seen)
    for _ in range(3):
        assert await asking.get("plans", "/v1/plans/pla_1") == {"plan": "pla_1"}
    assert [r.url.path for r in seen] == ["/token", *["/v1/plans/pla_1"] * 3]
    assert seen[-1].headers["authorization"] == "Bearer t"


async def test_it_may_ask_under_a_persons_identity(known: Secrets) -> None:
    seen: list[httpx.Request] = []
    asking = peers(httpx.Response(200, json={}), known, seen)
    await asking.get("plans", "/v1/plans", token="persons")
    assert [r.headers.get("authorization") for r in seen] == ["Bearer persons"]


async def test_not_ready_is_unavailable_and_a_problem_is_a_refusal(known: Secrets) -> None:
    for status in (429, 502, 503, 504):
        with pytest.raises(Unavailable):
            await peers(httpx.Response(status), known, []).get("plans", "/v1/plans")
    with pytest.raises(Unavailable):
        await peers(httpx.Response(200), known, []).get("nowhere", "/")
    refusal = httpx.Response(409, json={"code": "PlanIsAt"})
    with pytest.raises(PeerRefused, match="409 PlanIsAt"):
        await peers(refusal, known, []).get("plans", "/v1/plans")
    unreadable = httpx.Response(404, text="<html>")
    with pytest.raises(PeerRefused, match="404 unreadable"):
        await peers(unreadable, known, []).get("plans", "/v1/plans")


async def test_a_token_that_is_not_accepted_is_taken_anew(known: Secrets) -> None:
    seen: list[httpx.Request] = []
    asking = peers(httpx.Response(401, json={"code": "token_invalid"}), known, seen)
    for _ in range(2):
        with pytest.raises(Unavailable):
            await asking.get("plans", "/v1/plans")
    assert [r.url.path for r in seen] == ["/token", "/v1/plans"] * 2


async def test_the_feed_is_read_as_entries(known: Secrets) -> None:
    page = {"entries": [{"position": 4, "entry": '{"é":1}'}], "head": 9}
    seen: list[httpx.Request] = []
    (entry,) = await peers(httpx.Response(200, json=page), known, seen).feed("plans", 3, 500)
    assert (entry.position, entry.raw) == (4, '{"é":1}'.encode())
    assert dict(seen[-1].url.params) == {"after": "3", "limit": "500", "wait": "0"}
