"""A real NATS server from a wheel, with JetStream on disk and one user per service.

A service publishes its own subjects and nothing else; it may read every stream. Streams are made
by `admin`, who alone may make, purge or delete them.
"""

import asyncio
import json
import secrets
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bcrypt
import nats

from events.io.bus import make_streams
from events.io.bus.permissions import ADMIN, account, inbox, jetstream
from homeward.processes import CannotStart, await_ready, free_port, leash, spawn, stop

SERVICES = ("intake", "plans", "vendors", "disbursement", "audit")
CHEAPEST_BCRYPT = 4
"""The passwords are 192 random bits; slow hashing protects only those that people choose."""


@dataclass
class Nats:
    """A running server."""

    port: int
    monitor: int
    passwords: Mapping[str, str] = field(repr=False)
    folder: Path
    log: Path
    command: Sequence[str | Path]
    name = "NATS"

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Start it (again, on the same port and streams) and wait until it answers.

        Streams that are missing, all of them when the data is new or gone, are made.
        """
        self.process = spawn(self.command, self.log, env={"TZ": "UTC"})
        try:
            await_ready(self.process, lambda: _healthy(self.monitor), self.log)
            with ThreadPoolExecutor(1) as beside:  # the caller may be in an event loop
                beside.submit(asyncio.run, self._make_streams()).result()
        except (CannotStart, nats.errors.Error) as error:
            self.stop()
            raise CannotStart(f"NATS did not start: {error}") from None

    async def _make_streams(self) -> None:
        admin = await nats.connect(
            self.url, user=ADMIN, password=self.passwords[ADMIN], inbox_prefix=inbox(ADMIN)
        )
        await make_streams(admin, [user for user in self.passwords if user != ADMIN])
        await admin.close()

    @property
    def version(self) -> str:
        asked = [self.command[-3], "--version"]
        said = subprocess.run(asked, capture_output=True, text=True, check=True)
        return said.stdout.split()[-1].lstrip("v")

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        stop(self.process, how)


def config(
    store: Path,
    passwords: Mapping[str, str],
    *,
    listen: str,
    monitor: str,
    services: Sequence[str] = SERVICES,
    nodes: Sequence[str] = (),
) -> str:
    """The server's configuration file; JSON is a subset of its language.

    With `nodes`, each of them is told the names of all: a cluster.
    """
    hashes = {user: _hashed(password) for user, password in passwords.items()}
    settings: dict[str, Any] = {
        "listen": listen,
        "http": monitor,
        "jetstream": jetstream(str(store)),
        "accounts": {"homeward": account(hashes, services)},
    }
    if nodes:
        routes = [f"nats://{node}:6222" for node in nodes]
        settings["cluster"] = {"name": "homeward", "listen": "0.0.0.0:6222", "routes": routes}
    return json.dumps(settings, indent=2)


def _hashed(password: str) -> str:
    salt = bcrypt.gensalt(CHEAPEST_BCRYPT, prefix=b"2a")
    return bcrypt.hashpw(password.encode(), salt).decode()


@contextmanager
def start(
    folder: Path,
    *,
    services: Sequence[str] = SERVICES,
    port: int | None = None,
    passwords: Mapping[str, str] | None = None,
) -> Iterator[Nats]:
    """A server with its streams in `folder`; stopped at the end. Passwords are fresh unless given.

    Raises `CannotStart` when it does not come up.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = folder.resolve()
    words = passwords or {user: secrets.token_urlsafe(24) for user in (ADMIN, *services)}
    port, monitor = port or free_port(), free_port()
    written = folder / "nats.conf"
    written.touch(mode=0o600)
    written.write_text(
        config(
            folder / "jetstream",
            words,
            listen=f"127.0.0.1:{port}",
            monitor=f"127.0.0.1:{monitor}",
            services=services,
        )
    )
    log = folder / "nats.log"
    command: list[str | Path] = [*leash("TERM"), _binary(), "-c", written]
    server = Nats(port, monitor, words, folder, log, command)
    try:
        yield server
    finally:
        server.stop()


def _healthy(monitor: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{monitor}/healthz", timeout=1) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004
    except (urllib.error.URLError, OSError):
        return False


def _binary() -> Path:
    beside = Path(sys.executable).with_name("nats-server")
    if beside.exists():
        return beside
    if found := shutil.which("nats-server"):
        return Path(found)
    raise CannotStart("The program nats-server is missing; run ./homeward again to repair .venv.")
