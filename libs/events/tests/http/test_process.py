"""The service as it runs: a process of its own, on a real database, with the real issuer."""

import asyncio
import base64
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from libs.events.tests.http.shop import service

from events.io.postgres import migrate
from homeward.enrolment import Secrets, enrol
from homeward.postgres import Database
from homeward.processes import await_ready, free_port, leash, spawn, stop

ROOT = Path(__file__).parents[4]


@dataclass(frozen=True)
class Street:
    """A bakery and an issuer."""

    shop: str
    issuer: str
    secrets: Secrets
    process: subprocess.Popen[bytes]
    log: Path

    def token(self, username: str) -> str:
        form = {"username": username, "password": self.secrets.passwords[username]}
        return str(httpx.post(f"{self.issuer}/token", data=form).json()["access_token"])


def answers(url: str) -> Callable[[], bool]:
    def ready() -> bool:
        try:
            return httpx.get(url).is_success
        except httpx.TransportError:
            return False

    return ready


@pytest.fixture
def street(tmp_path: Path, make_database: Callable[[str], Database]) -> Iterator[Street]:
    database = make_database("bakery")
    known = enrol(tmp_path / "issuer")
    issuer, shop = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    issuing = env | {
        "HOMEWARD_BIND": issuer.removeprefix("http://"),
        "HOMEWARD_ISSUER_URL": issuer,
        "HOMEWARD_DATA": str(tmp_path / "issuer"),
    }
    serving = env | {
        "HOMEWARD_BIND": shop.removeprefix("http://"),
        "HOMEWARD_CLIENT_SECRET": known.clients["intake"],
        "HOMEWARD_DATA": str(tmp_path / "bakery"),
        "HOMEWARD_DATABASE_URL": database.app,
        "HOMEWARD_EPOCH_KEY": base64.b64encode(b"k" * 32).decode(),
        "HOMEWARD_ISSUER_URL": issuer,
        "HOMEWARD_NATS_URL": "nats://127.0.0.1:1",
        "HOMEWARD_NATS_USER": "bakery",
        "HOMEWARD_NATS_PASSWORD": "none",
        "HOMEWARD_SERVICE_URLS": json.dumps({"bakery": shop}),
    }
    python = [*leash(), sys.executable, "-m"]
    logs = tmp_path / "shop.log", tmp_path / "issuer.log"
    started = [
        spawn([*python, "libs.events.tests.http.shop"], logs[0], env=serving, cwd=ROOT),
        spawn([*python, "homeward.issuer"], logs[1], env=issuing, cwd=ROOT),
    ]
    try:
        asyncio.run(migrate(database.owner, service.migrations))  # it waits for its tables
        await_ready(started[0], answers(f"{shop}/healthz"), logs[0])
        await_ready(started[1], answers(f"{issuer}/healthz"), logs[1])
        yield Street(shop, issuer, known, started[0], logs[0])
    finally:
        for process in started:
            stop(process, signal.SIGTERM)


def test_a_person_signs_in_and_acts_and_the_process_ends_when_told(street: Street) -> None:
    lina = {"authorization": f"Bearer {street.token('lina')}"}
    placed = httpx.post(
        f"{street.shop}/v1/orders",
        json={"person": "per_ana"},
        headers=lina | {"idempotency-key": "first"},
    )
    assert placed.status_code == 201, placed.text
    again = httpx.get(street.shop + placed.headers["location"], headers=lina)
    assert again.json() == placed.json()
    position = placed.headers["position"]
    counted = httpx.get(f"{street.shop}/v1/counter?min_position={position}", headers=lina)
    assert counted.json() == {"orders": 1, "loaves": 0}, street.log.read_text()
    hana = {"authorization": f"Bearer {street.token('hana')}"}
    assert httpx.get(street.shop + placed.headers["location"], headers=hana).status_code == 403

    ready = httpx.get(f"{street.shop}/readyz")
    assert ready.status_code == 200, "requests are answered without the bus"
    assert ready.json()["checks"]["database"] == "ready"
    assert ready.json()["checks"]["bus"] == "the bus does not answer"

    street.process.send_signal(signal.SIGTERM)
    assert street.process.wait(10) == 0, street.log.read_text()


HARDLY_HTTP = [
    b"nonsense",
    b"GET / HTTP/9.9",
    b"GET \xff\xfe HTTP/1.1",
    b"GET /v1/orders/\xc3\xa9 HTTP/1.1",
    b"POST /v1/orders HTTP/1.1\r\ncontent-length: -1",
    b"POST /v1/orders HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2",
    b"GET /v1/orders?\xff=1 HTTP/1.1",
    b"GET /%zz%ff%00 HTTP/1.1",
    b"GET /nothing HTTP/1.1\r\nx: " + b"x" * 60_000,
]


def test_what_is_hardly_http_is_a_problem_too(street: Street) -> None:
    for request in HARDLY_HTTP:
        head, _, body = speak(street.shop, request).partition(b"\r\n\r\n")
        assert 400 <= int(head.split()[1]) < 500, (request[:40], head)
        assert b"application/problem+json" in head, request[:40]
        assert json.loads(body)["code"]


def test_a_head_without_end_is_431(street: Street) -> None:
    for request in (
        b"GET /healthz HTTP/1.1\r\nx: " + b"x" * 10_000_000,
        b"GET /" + b"x" * 10_000_000,
        b"GET /healthz HTTP/1.1\r\n" + b"x: y\r\n" * 1_000_000,
    ):
        head, _, body = speak(street.shop, request).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 431 ")
        assert json.loads(body)["code"] == "head_too_large"


def speak(url: str, request: bytes) -> bytes:
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        with suppress(ConnectionError):
            connection.sendall(request + b"\r\nhost: bakery\r\nconnection: close\r\n\r\n")
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_settings_that_are_missing_are_all_named(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "libs.events.tests.http.shop"],
        env={"PYTHONPATH": str(ROOT), "HOMEWARD_BIND": "127.0.0.1:1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "HOMEWARD_DATABASE_URL (its Postgres database" in ended.stderr
    assert "HOMEWARD_ISSUER_URL" in ended.stderr
    assert "HOMEWARD_BIND" not in ended.stderr


def test_a_service_does_not_start_when_it_is_told_who_owns_its_tables() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "libs.events.tests.http.shop"],
        env={"PYTHONPATH": str(ROOT), "HOMEWARD_MIGRATION_DATABASE_URLS": '{"bakery": "x"}'},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "does not start with HOMEWARD_MIGRATION_DATABASE_URLS" in ended.stderr
