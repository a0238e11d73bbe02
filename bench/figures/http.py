"""HTTP: what our whole command costs beside FastAPI's own POST, and what a service weighs."""

import asyncio
import base64
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bench.figures import Figure, Setting, against
from bench.figures.append import empty_database
from events.io.http.trial import TrialIssuer
from events.io.postgres import migrate
from events.io.system import SystemClock
from events.roles import Role
from homeward.processes import await_ready, free_port, leash, spawn, stop

ROOT = Path(__file__).parents[2]
BODY = (
    b'{"invoice":"inv_01jd0000000000000000000000","vendor":"ven_01jd0000000000000000000000",'
    b'"amount":{"amount":"2423500.500","currency":"IQD"},"evidence":"' + b"5f" * 32 + b'"}'
)
WARM_UP_SECONDS = 0.5


async def http_vs_bare(setting: Setting) -> Figure:
    """The whole command, durable, against a bare POST: one worker and 64 connections each."""
    return await against(
        setting,
        figure="http_vs_bare",
        unit="requests/s",
        ours=lambda: ours(setting),
        baseline=lambda: bare(setting),
        at_least=0.5,
    )


async def ours(setting: Setting) -> float:
    issuer = TrialIssuer(SystemClock())
    raw = (await issuer.key("")).public_bytes(Encoding.Raw, PublicFormat.Raw)
    token = issuer.token("per_hana", Role.FINANCE_OFFICER)
    with empty_database(setting) as database:
        await migrate(database.owner)
        arguments = [database.app, base64.b64encode(raw).decode()]
        with served("bench.figures.full", *arguments) as port:
            setting.postgres.run("checkpoint")
            return await asyncio.to_thread(load, setting, port, token)


async def bare(setting: Setting) -> float:
    with served("bench.figures.bare") as port:
        return await asyncio.to_thread(load, setting, port, "none")


def load(setting: Setting, port: int, token: str) -> float:
    """Answers a second, from a process of its own."""
    head = (
        f"POST /v1/payments HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n"
        f"authorization: Bearer {token}\r\nidempotency-key: {{key}}\r\n"
        "content-type: application/json\r\naccept: application/json\r\n"
        f"content-length: {len(BODY)}\r\n\r\n"
    )
    told = ""
    for seconds in (WARM_UP_SECONDS, setting.seconds):
        told = subprocess.run(
            [sys.executable, "-m", "bench.figures.load", str(port), str(seconds)],
            input=head.replace("{key}", f"{seconds}-{{key}}").encode() + BODY,
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout.decode()
    succeeded, failed, passed = told.split()
    assert failed == "0", f"{failed} answers were no success"
    return int(succeeded) / float(passed)


@contextmanager
def served(module: str, *arguments: str) -> Iterator[int]:
    """A server in a process of its own; its port."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        command = [*leash(), sys.executable, "-m", module, str(port), *arguments]
        process = spawn(command, log, env=dict(os.environ), cwd=ROOT)
        try:
            await_ready(process, lambda: _answers(port), log)
            yield port
        finally:
            stop(process, signal.SIGTERM)


def _answers(port: int) -> bool:
    try:
        httpx.get(f"http://127.0.0.1:{port}/openapi.json")
    except httpx.TransportError:
        return False
    return True
