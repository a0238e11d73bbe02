"""Everything of one running copy: the servers, the issuer, the bank simulator, the services."""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from homeward import nats, postgres
from homeward.enrolment import Secrets, enrol
from homeward.folder import DataFolder, Kind
from homeward.nats import Nats
from homeward.postgres import Postgres
from homeward.processes import CannotStart, free_port, is_free
from homeward.supervisor import Program, Supervisor

SERVICES = ("intake", "plans", "vendors", "disbursement", "audit", "console")
WITHOUT_DATABASE = frozenset({"console"})
USUAL_PORTS = {
    "console": 8480,
    "intake": 8481,
    "plans": 8482,
    "vendors": 8483,
    "disbursement": 8484,
    "audit": 8485,
    "issuer": 8486,
}
"""Taken when they are free; else any free port is."""
READY = {"issuer": "healthz"}


@dataclass
class Stack:
    """A running copy."""

    folder: DataFolder
    kind: Kind
    postgres: Postgres
    nats: Nats
    supervisor: Supervisor
    addresses: dict[str, str]
    secrets: Secrets = field(repr=False)
    vault_keys: dict[str, str] = field(repr=False)
    programs: list[Program] = field(default_factory=list)

    def write_state(self) -> None:
        """Tell the state file who runs and where."""
        self.folder.write_state(
            {
                "version": version("homeward-local"),
                "kind": self.kind,
                "pid": os.getpid(),
                "addresses": self.addresses,
                "servers": {
                    "Postgres": {
                        "version": self.postgres.version,
                        "port": self.postgres.port,
                        "pid": self.postgres.process.pid,
                    },
                    "NATS": {
                        "version": self.nats.version,
                        "port": self.nats.port,
                        "pid": self.nats.process.pid,
                    },
                },
                "programs": {
                    each.name: {
                        "pid": each.process.pid,
                        "ready": each.ready,
                        "log": str(each.log),
                    }
                    for each in self.programs
                },
            }
        )


@contextmanager
def running(
    folder: DataFolder,
    kind: Kind,
    *,
    console_port: int | None,
    told: Callable[[str], None],
    waiting: Callable[[str], None],
) -> Iterator[Stack]:
    """Start all of it, each after what it needs; stop all of it at the end, in reverse."""
    enrolled, keys = enrol(folder.path / "files" / "issuer"), folder.vault_keys(SERVICES)
    supervisor = Supervisor(told)
    waiting("Postgres")
    began = time.monotonic()
    with postgres.start(folder.path / "postgres") as database:
        told(f"Postgres {database.version}   ready in {time.monotonic() - began:.1f} s")
        waiting("NATS")
        began = time.monotonic()
        with nats.start(folder.path / "nats") as bus:
            told(f"NATS {bus.version}   ready in {time.monotonic() - began:.1f} s")
            addresses = _addresses(console_port)
            stack = Stack(folder, kind, database, bus, supervisor, addresses, enrolled, keys)
            supervisor.kept += [database, bus]
            supervisor.restarted = stack.write_state
            try:
                waiting("the services")
                _start_programs(stack)
                supervisor.await_ready(stack.programs)
                stack.write_state()
                yield stack
            finally:
                supervisor.stop(stack.programs)


def _start_programs(stack: Stack) -> None:
    environments = {"issuer": _issuer(stack), "bank": _bank(stack)} | {
        name: _service(stack, name) for name in SERVICES
    }
    for name, environment in environments.items():
        module = f"homeward.{name}" if name in ("issuer", "bank") else f"{name}.main"
        address = stack.addresses.get(name)
        program = Program(
            name=name,
            module=module,
            environment={**environment, "PYTHONUNBUFFERED": "1"},
            logs=stack.folder.logs,
            ready=f"{address}/{READY.get(name, 'readyz')}" if address else None,
        )
        stack.programs.append(program)
        stack.supervisor.kept.append(program)


def _service(stack: Stack, name: str) -> Mapping[str, str]:
    environment = {
        "HOMEWARD_BIND": _bind(stack.addresses[name]),
        "HOMEWARD_CLIENT_SECRET": stack.secrets.clients[name],
        "HOMEWARD_DATA": str(_made(stack.folder.path / "files" / name)),
        "HOMEWARD_EPOCH_KEY": stack.vault_keys[name],
        "HOMEWARD_ISSUER_URL": stack.addresses["issuer"],
        "HOMEWARD_NATS_URL": stack.nats.url,
        "HOMEWARD_NATS_USER": name,
        "HOMEWARD_NATS_PASSWORD": stack.nats.passwords[name],
        "HOMEWARD_SERVICE_URLS": json.dumps({each: stack.addresses[each] for each in SERVICES}),
    }
    if name not in WITHOUT_DATABASE:
        database = stack.postgres.make_database(name)
        environment["HOMEWARD_DATABASE_URL"] = database.app
        environment["HOMEWARD_MIGRATION_DATABASE_URL"] = database.owner
    return environment


def _issuer(stack: Stack) -> Mapping[str, str]:
    return {
        "HOMEWARD_BIND": _bind(stack.addresses["issuer"]),
        "HOMEWARD_ISSUER_URL": stack.addresses["issuer"],
        "HOMEWARD_DATA": str(_made(stack.folder.path / "files" / "issuer")),
    }


def _bank(stack: Stack) -> Mapping[str, str]:
    """The bank shares one folder of files with disbursement, as banks do."""
    return {"HOMEWARD_DATA": str(_made(stack.folder.path / "files" / "disbursement"))}


def _addresses(console_port: int | None) -> dict[str, str]:
    ports: dict[str, int] = {}
    for name, usual in USUAL_PORTS.items():
        if name == "console" and console_port:
            if not is_free(console_port):
                raise CannotStart(
                    f"Port {console_port} is used by another program. Name another one, or leave"
                    " --port out and a free one is taken."
                )
            ports[name] = console_port
        else:
            ports[name] = usual if is_free(usual) else free_port()
    return {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}


def _bind(address: str) -> str:
    return address.removeprefix("http://")


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
