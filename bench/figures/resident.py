"""Memory: what one service keeps resident when it has started and nothing is asked of it."""

import asyncio
import base64
import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import sleep

import httpx
import psutil

from bench.figures import Figure, Setting, other_load
from bench.figures.append import empty_database
from events.io.postgres import migrate
from homeward import nats
from homeward.nats import Nats
from homeward.postgres import Database
from homeward.processes import await_ready, free_port, leash, spawn, stop
from intake.main import service

SERVICE = service.name
LIMIT_MIB = 120.0
REST_SECONDS = 3.0
MIB = 2**20


async def service_resident_mib(setting: Setting) -> Figure:
    """A real service with its worker, on a real database and a real bus, three seconds later."""
    with other_load() as load, tempfile.TemporaryDirectory() as folder:
        values: list[float] = []
        with nats.start(Path(folder)) as bus:
            for number in range(1, setting.rounds + 1):
                values.append(await asyncio.to_thread(_resident, setting, bus))
                setting.told(f"service_resident_mib {number}/{setting.rounds}: {values[-1]:.1f}")
    value = median(values)
    return Figure(
        figure="service_resident_mib",
        value=round(value, 1),
        unit="MiB",
        limit=LIMIT_MIB,
        must_be="<",
        holds=value < LIMIT_MIB,
        rounds=setting.rounds,
        other_load=round(load[0], 2),
    )


def _resident(setting: Setting, bus: Nats) -> float:
    with empty_database(setting) as database, tempfile.TemporaryDirectory() as folder:
        asyncio.run(migrate(database.owner, service.migrations))
        port, log = free_port(), Path(folder) / "log"
        command = [*leash(), sys.executable, "-m", f"{SERVICE}.main"]
        environment = environment_of(database, bus, port, folder, service=SERVICE)
        process = spawn(command, log, env=dict(os.environ) | environment)
        try:
            await_ready(process, lambda: _is_ready(port), log)
            sleep(REST_SECONDS)
            return float(psutil.Process(process.pid).memory_info().rss) / MIB
        finally:
            stop(process, signal.SIGTERM)


def environment_of(
    database: Database, bus: Nats, port: int, folder: str, *, service: str
) -> dict[str, str]:
    """What a service is told to run alone."""
    return {
        "HOMEWARD_BIND": f"127.0.0.1:{port}",
        "HOMEWARD_CLIENT_SECRET": "none",
        "HOMEWARD_DATA": folder,
        "HOMEWARD_DATABASE_URL": database.app,
        "HOMEWARD_BLIND_INDEX_KEY": base64.b64encode(os.urandom(32)).decode(),
        "HOMEWARD_EPOCH_KEY": base64.b64encode(os.urandom(32)).decode(),
        "HOMEWARD_ISSUER_URL": "http://127.0.0.1:9",
        "HOMEWARD_NATS_URL": bus.url,
        "HOMEWARD_NATS_USER": service,
        "HOMEWARD_NATS_PASSWORD": bus.passwords[service],
        "HOMEWARD_SERVICE_URLS": json.dumps({service: f"http://127.0.0.1:{port}"}),
    }


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz").is_success
    except httpx.TransportError:
        return False
