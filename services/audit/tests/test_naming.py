"""A copy of the log with the names of who was paid: proven, on record, and no more."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest
import uvicorn
from services.audit.tests.conftest import Desk
from services.audit.tests.test_need_to_know import RESTRICTED
from specimens.histories import GRANT, Teller, Told, case

from audit.domain.bundle import BundleExported
from audit.domain.reading import ProtectedRead, What
from audit.main import service
from audit.verify import Report, open_disclosure, verify
from events.io.http.trial import Caller, Trial, trial
from events.io.peers import Peers
from events.memory import SeededIds
from events.personal import Kind
from events.roles import Role
from events.values import PersonId
from vendors.domain.reading import PersonalDataRead, Purpose
from vendors.main import service as vendors_service

PHONE = "+964 790 000 0101"
BAKERY, SHELTER, BOTH, NEVER = (
    "Al-Noor Ovens",
    "Dar al-Aman House",
    "Tigris Tools",
    "Nobody's Supplies",
)
"""Paid for case 1; for case 2, which is restricted; for a third case, and asked for an offer for
case 2; and never paid."""


@dataclass
class World:
    """The audit service and the vendors service, which it asks."""

    audit: Trial
    vendors: Trial
    desk: Desk
    ids: dict[str, str]
    teller: Teller
    peers: Peers

    def sign_in(self, person: str, role: Role, **claims: object) -> Caller:
        return self.audit.sign_in(person, role, **claims)

    async def readings(self) -> list[PersonalDataRead]:
        return [e for e in await self.vendors.events() if isinstance(e, PersonalDataRead)]

    async def copies_read(self) -> list[tuple[str, str | None]]:
        told = [e for e in await self.audit.events() if isinstance(e, ProtectedRead)]
        assert {event.what for event in told} <= {What.COPY}
        return [(event.by, event.key) for event in told]


def paid_to(vendor: str, number: int) -> list[Told]:
    """What the other services tell of that case: the vendors service tells its own."""
    story = [each for each in case(number) if not each[1].startswith("vendors.")]
    return json.loads(json.dumps(story).replace("ven_1", vendor))  # type: ignore[no-any-return]


async def proposed(vendors: Trial, name: str) -> str:
    body = {"kind": "company", "country": "IQ", "name": name, "latin_name": name}
    nadia = vendors.sign_in("per_nadia", Role.VENDOR_OFFICER)
    answer = await nadia.post("/v1/vendors", body | {"town": "Baghdad", "phone": PHONE})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["vendor"])


@pytest.fixture
async def world(desk: Desk) -> AsyncIterator[World]:
    async with trial(vendors_service.api, vendors_service.registry) as vendors:
        ids = {name: await proposed(vendors, name) for name in (BAKERY, SHELTER, BOTH, NEVER)}
        offered = {"sourcing": "src_2", "case": "cas_2", "vendor": ids[BOTH]}
        stories: list[Told] = [
            *GRANT,
            *paid_to(ids[BAKERY], 1),
            *paid_to(ids[SHELTER], 2),
            *paid_to(ids[BOTH], 3),
            ("per_hana", "disbursement.commitment_requested", "com_9", offered),
            *RESTRICTED,
        ]
        teller = Teller(SeededIds(7))
        history = [("vendors", entry) for entry in await vendors.store.read(0, 99)]
        await desk.keep([*history, *(teller.tell(*each) for each in stories)])
        await desk.publisher().publish()
        urls = {"vendors": "http://vendors.test"}
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app=vendors.app))
        peers = Peers(client=client, urls=urls, issuer="", client_id="", client_secret="")
        async with (
            client,
            trial(
                service.api,
                service.registry,
                store=desk.store,
                view=desk.store.pool,
                gateways=desk.files,
                issuer=vendors.issuer,
                peers=peers,
            ) as audit,
        ):
            yield World(audit, vendors, desk, ids, teller, peers)


@pytest.fixture
def elif_(world: World) -> Caller:
    return world.sign_in("per_elif", Role.AUDITOR, organisation="external")


async def taken(elif_: Caller, path: str = "/v1/bundles") -> str:
    return str((await elif_.post(path, {})).json()["bundle"])


async def disclosed(who: Caller, bundle: str, purpose: str = "audit") -> httpx.Response:
    return await who.post(f"/v1/bundles/{bundle}/disclose", {"purpose": purpose})


def verified(packed: bytes, desk: Desk, folder: Path) -> Report:
    path = folder / "copy.zip"
    path.write_bytes(packed)
    return verify(path, desk.signer().vkey)


def held(packed: bytes, desk: Desk, folder: Path) -> Report:
    """The copy by its verifier. What these services tell here is no honest story."""
    report = verified(packed, desk, folder)
    assert {failure.kind for failure in report.failures} <= {"duties", "rules"}, report.failures
    return report


def values(packed: bytes) -> set[str]:
    with ZipFile(BytesIO(packed)) as archive:
        lines = archive.read("disclosures.jsonl").decode().splitlines()
    told = [json.loads(each) for each in lines]
    return {str(open_disclosure(each["disclosure"])[1]) for each in told if "disclosure" in each}


async def test_an_auditor_has_the_names_of_who_was_paid_and_the_verifier_holds_them_to_the_log(
    world: World, elif_: Caller, tmp_path: Path
) -> None:
    answer = await disclosed(elif_, await taken(elif_))
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    report = held(answer.content, world.desk, tmp_path)
    assert values(answer.content) == {BAKERY, "Baghdad"}
    assert report.disclosed == len(("name", "latin_name", "town"))
    with ZipFile(BytesIO(answer.content)) as archive:
        assert b'"name":"disclosures.jsonl"' in archive.read("manifest.jsonl")
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert PHONE.encode() not in everything


async def test_each_name_that_is_told_is_a_reading_at_the_vendors_service_and_the_copy_is_one_here(
    world: World, elif_: Caller
) -> None:
    bundle = await taken(elif_)
    assert (await disclosed(elif_, bundle)).status_code == 200
    readings = await world.readings()
    assert [(each.by, each.person, each.purpose, each.account) for each in readings] == [
        ("per_elif", world.ids[BAKERY], Purpose.AUDIT, None)
    ]
    assert await world.copies_read() == [("per_elif", bundle)]


@pytest.mark.parametrize("name", [SHELTER, BOTH, NEVER])
async def test_who_has_to_do_with_a_restricted_case_or_was_never_paid_is_not_asked_about(
    world: World, elif_: Caller, name: str
) -> None:
    answer = await disclosed(elif_, await taken(elif_))
    assert name not in values(answer.content)
    assert world.ids[name] not in {each.person for each in await world.readings()}


async def test_once_the_case_is_no_longer_restricted_they_are(world: World, elif_: Caller) -> None:
    bundle = await taken(elif_)
    opened: Told = ("per_petra", "intake.case_unrestricted", "cas_2", {"case": "cas_2"})
    await world.desk.keep([world.teller.tell(*opened)])
    names = values((await disclosed(elif_, bundle)).content)
    assert names == {BAKERY, SHELTER, BOTH, "Baghdad"}


async def test_what_was_erased_is_not_told_and_the_rest_is(
    world: World, elif_: Caller, tmp_path: Path
) -> None:
    person = PersonId(world.ids[BAKERY])
    await world.vendors.store.erase(person, [Kind.CONTACT])
    said = {"erasure": "era_1", "person": person, "kinds": ["contact"], "disclosures": 2}
    world.teller.positions["vendors"] = len(world.ids)
    erased = world.teller.tell("per_system", "vendors.subject_erased", "era_1", said)
    await world.desk.keep([erased])
    await world.desk.publisher().publish()
    answer = await disclosed(elif_, await taken(elif_))
    assert values(answer.content) == {BAKERY}
    held(answer.content, world.desk, tmp_path)


async def test_what_is_not_given_though_nobody_was_erased_the_verifier_tells(
    world: World, elif_: Caller, tmp_path: Path
) -> None:
    await world.vendors.store.erase(PersonId(world.ids[BAKERY]), tuple(Kind))
    answer = await disclosed(elif_, await taken(elif_))
    assert values(answer.content) == set()
    report = verified(answer.content, world.desk, tmp_path)
    missing = [each.what for each in report.failures if each.kind == "erasure"]
    assert missing == [
        f"{name} is missing, and no erasure in the log covers it"
        for name in ("latin_name", "name", "town")
    ]


async def test_a_copy_as_it_is_fetched_otherwise_names_nobody(world: World, elif_: Caller) -> None:
    packed = (await elif_.get(f"/v1/bundles/{await taken(elif_)}")).content
    with ZipFile(BytesIO(packed)) as archive:
        assert "disclosures.jsonl" not in archive.namelist()
    assert await world.readings() == []


async def test_a_grants_part_names_nobody_and_no_donor_is_told_a_name(
    world: World, elif_: Caller
) -> None:
    of_grant = await taken(elif_, "/v1/grants/gra_1/bundles")
    refusal = await disclosed(elif_, of_grant)
    assert (refusal.status_code, refusal.json()["code"]) == (422, "NamesNobody")
    dana = world.sign_in("per_dana", Role.DONOR, organisation="AMIF", grants=["SK-2023-AVRR"])
    for bundle in (of_grant, await taken(elif_)):
        assert (await disclosed(dana, bundle)).status_code == 403
    assert await world.readings() == []
    assert await world.copies_read() == []


@pytest.mark.parametrize("purpose", ["payment", "", "audit "])
async def test_for_another_purpose_there_is_none(world: World, elif_: Caller, purpose: str) -> None:
    assert (await disclosed(elif_, await taken(elif_), purpose)).status_code == 422
    assert (await disclosed(elif_, "bun_none")).status_code == 404
    assert await world.readings() == []


@pytest.mark.parametrize(("status", "told"), [(503, "unavailable"), (404, "NameWithheld")])
async def test_without_the_vendors_service_nothing_is_handed_out(
    world: World, elif_: Caller, monkeypatch: pytest.MonkeyPatch, status: int, told: str
) -> None:
    def away(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, json={"code": "NoSuchVendor"})

    bundle = await taken(elif_)
    async with httpx.AsyncClient(transport=httpx.MockTransport(away)) as client:
        monkeypatch.setattr(world.peers, "_client", client)
        answer = await disclosed(elif_, bundle)
    assert answer.json()["code"] == told
    assert await world.copies_read() == []


# At the command line


@pytest.fixture
async def address(world: World) -> AsyncIterator[str]:
    """The vendors service on a port."""
    server = uvicorn.Server(uvicorn.Config(world.vendors.app, log_level="warning"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        await serving


async def run(world: World, address: str, *words: str) -> subprocess.CompletedProcess[str]:
    where = {
        "HOMEWARD_DATABASE_URL": world.desk.database.app,
        "HOMEWARD_DATA": str(world.desk.folder),
        "HOMEWARD_SERVICE_URLS": json.dumps({"vendors": address}),
    }
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "audit.exports.command", "bundle", *words],
        env=os.environ | where,
        cwd=world.desk.folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def token(elif_: Caller, tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(f"{elif_.token}\n")
    return path


async def test_the_command_asks_with_the_auditors_own_token(
    world: World, address: str, token: Path, tmp_path: Path
) -> None:
    out = tmp_path / "log.zip"
    words = ("--disclose", "vendors", "--token", str(token), "--out", str(out))
    done = await run(world, address, *words)
    assert done.returncode == 0, done.stderr
    assert values(out.read_bytes()) == {BAKERY, "Baghdad"}
    held(out.read_bytes(), world.desk, tmp_path)
    assert [each.by for each in await world.readings()] == ["per_elif"]
    [event] = await world.audit.events()
    assert isinstance(event, BundleExported)


async def test_the_command_says_how_much_was_not_given(
    world: World, address: str, token: Path, tmp_path: Path
) -> None:
    await world.vendors.store.erase(PersonId(world.ids[BAKERY]), [Kind.CONTACT])
    out = tmp_path / "log.zip"
    words = ("--disclose", "vendors", "--token", str(token), "--out", str(out))
    done = await run(world, address, *words)
    assert "1 of the values that are due are not in it" in done.stdout
    assert values(out.read_bytes()) == {BAKERY}


async def test_what_the_command_may_not_have_is_said_in_a_sentence(
    world: World, address: str, token: Path, tmp_path: Path
) -> None:
    forged = tmp_path / "forged"
    forged.write_text("made.up.token")
    with_token = ("--token", str(token))
    for words, said in (
        ((), "--disclose needs --token"),
        (("--token", str(forged)), "Refused: The vendors service does not tell you"),
        ((*with_token, "--grant", "SK-2023-AVRR"), "Refused: A grant's part of the log"),
    ):
        done = await run(world, address, "--disclose", "vendors", *words)
        assert done.returncode == 1
        assert said in done.stderr
        assert "Traceback" not in done.stderr
    done = await run(world, "http://127.0.0.1:1", "--disclose", "vendors", *with_token)
    assert "Nothing was done: vendors does not answer" in done.stderr
    assert await world.audit.events() == []
    assert await world.readings() == []
