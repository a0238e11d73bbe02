"""Memory: what the audit service keeps resident with a long log, and with a short one."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep

import httpx
import psutil

from audit.log.files import CHECKPOINT
from audit.main import SOURCES, service
from bench.figures import Figure, Setting, other_load
from bench.figures.append import empty_database
from bench.figures.resident import MIB, environment_of
from bench.figures.trail import load
from events.io.postgres import migrate
from homeward import nats
from homeward.nats import Nats
from homeward.processes import await_ready, free_port, leash, spawn, stop

SHORT = 100_000
LIMIT_MIB = 300.0
FLAT = 1.2
"""A log ten times as long may take so much more."""
WITHIN_SECONDS = 7200.0
"""Much is found in a history that was made, and reading it again takes a tenth of the time."""
REST_SECONDS = 5.0
IDLE = 0.05
"""The part of a core below which a service that takes nothing in has done its work."""


async def resident_mib(setting: Setting) -> Figure:
    """A real service beside its signer, when it has published so many entries, looked at them by
    every rule and come to rest. It holds if that is flat as well: 100,000 entries are the baseline.
    """
    sizes = (min(SHORT, setting.events // 10), setting.events)
    with (
        other_load() as others,
        tempfile.TemporaryDirectory() as folder,
        nats.start(Path(folder)) as bus,
    ):
        short, long = [await asyncio.to_thread(_resident, setting, bus, n) for n in sizes]
    ratio = long / short
    return Figure(
        figure="resident_mib",
        value=round(long, 1),
        unit="MiB",
        baseline=round(short, 1),
        ratio=round(ratio, 2),
        limit=LIMIT_MIB,
        must_be="<",
        holds=long < LIMIT_MIB and ratio < FLAT,
        rounds=1,
        other_load=round(others[0], 2),
    )


def _resident(setting: Setting, bus: Nats, size: int) -> float:
    """Its megabytes at rest."""
    with empty_database(setting) as database, tempfile.TemporaryDirectory() as name:
        asyncio.run(migrate(database.owner, service.migrations))
        asyncio.run(load(database.owner, replace(setting, events=size)))
        folder, port = Path(name), free_port()
        told = environment_of(database, bus, port, name, service="audit") | {
            "HOMEWARD_SIGNER": str(folder / "socket"),
            "HOMEWARD_STORE_URLS": json.dumps(dict.fromkeys(SOURCES, database.app)),
        }
        keys = ("--folder", str(folder / "signer"), "--socket", str(folder / "socket"))
        signer = _start("audit.signer", keys, folder, told)
        audit = _start("audit.main", (), folder, told)
        try:
            await_ready(audit, lambda: _is_ready(port), folder / "audit.main.log")
            return _at_rest(psutil.Process(audit.pid), folder / "log" / CHECKPOINT, size, setting)
        finally:
            stop(audit, signal.SIGTERM)
            stop(signer, signal.SIGTERM)


def _start(
    module: str, told: tuple[str, ...], folder: Path, environment: dict[str, str]
) -> "subprocess.Popen[bytes]":
    command = [*leash(), sys.executable, "-P", "-m", module, *told]
    return spawn(command, folder / f"{module}.log", env=dict(os.environ) | environment)


def _at_rest(process: psutil.Process, written: Path, size: int, setting: Setting) -> float:
    deadline = monotonic() + WITHIN_SECONDS
    while monotonic() < deadline:
        process.cpu_percent()
        sleep(REST_SECONDS)
        busy = process.cpu_percent() / 100
        signed = int(written.read_text().split("\n")[1]) if written.exists() else 0
        resident = float(process.memory_info().rss) / MIB
        setting.told(f"{signed:,} of {size:,} signed, {busy:.2f} cores, {resident:.0f} MiB")
        if signed >= size and busy < IDLE:
            return resident
    raise TimeoutError(f"not at rest with {size:,} entries")


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz").is_success
    except httpx.TransportError:
        return False
