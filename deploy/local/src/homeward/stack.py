"""Everything of one running copy: servers, issuer, bank simulator, the log's signer, services."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from pathlib import Path
from secrets import token_urlsafe
from tempfile import TemporaryDirectory

from events.io.bus.permissions import ADMIN
from homeward import epoch, log, nats, postgres
from homeward.enrolment import Secrets, enrol
from homeward.folder import DataFolder, Kind
from homeward.nats import Nats
from homeward.postgres import Database, Postgres
from homeward.processes import OPENS_ALL, CannotStart, free_port, reserve, stop, tail
from homeward.supervisor import Program, Supervisor

SERVICES = ("intake", "plans", "vendors", "disbursement", "audit", "console")
STORED = tuple(name for name in SERVICES if name != "console")
BLIND_INDEX = "intake.blind_index"
"""Under what name the key of intake's blind index is kept among the vaults'."""
"""Those with events of their own: a database, a stream, a vault."""
USUAL_PORTS = {
    "console": 8480,
    "intake": 8481,
    "plans": 8482,
    "vendors": 8483,
    "disbursement": 8484,
    "audit": 8485,
    "issuer": 8486,
    "mobile_money": 8487,
    "callbacks": 8488,
    "witness": 8489,
}
"""Taken when they are free; else any free port is."""
READY = {"issuer": "healthz", "mobile_money": "heartbeat"}
MIGRATE_SECONDS = 150.0
PROVIDER = "mobile_money"
"""What vendors' wallets with the simulated provider are called after."""
PAYER = "homeward"


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
    databases: dict[str, Database] = field(repr=False)
    programs: list[Program] = field(default_factory=list)
    socket: Path = Path("signer")
    """Where the log's signer is asked: in a folder of its own with a short name."""
    provider_key: str = field(default_factory=partial(token_urlsafe, 24), repr=False)
    """With which disbursement is known at the provider of mobile money."""

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
    restore_audit: Path | None = None,
) -> Iterator[Stack]:
    """Start all of it, each after what it needs; stop all of it at the end, in reverse."""
    enrolled, keys = enrol(issuer_folder(folder)), folder.vault_keys((*STORED, BLIND_INDEX))
    supervisor = Supervisor(told)
    with ExitStack() as until:
        addresses = _addresses(console_port, until)
        waiting("Postgres")
        began = time.monotonic()
        database = until.enter_context(postgres.start(folder.path / "postgres"))
        told(f"Postgres {database.version}   ready in {time.monotonic() - began:.1f} s")
        waiting("NATS")
        began = time.monotonic()
        bus = until.enter_context(nats.start(folder.path / "nats", services=STORED))
        told(f"NATS {bus.version}   ready in {time.monotonic() - began:.1f} s")
        databases = {name: database.make_database(name) for name in STORED}
        stack = Stack(folder, kind, database, bus, supervisor, addresses, enrolled, keys, databases)
        stack.socket = Path(until.enter_context(TemporaryDirectory(prefix="homeward-"))) / "signer"
        folder.write_operator(
            {
                "databases": {name: each.app for name, each in databases.items()},
                "nats": {"url": bus.url, "password": bus.passwords[ADMIN]},
            }
        )
        supervisor.kept += [database, bus]
        supervisor.restarted = stack.write_state
        until.callback(lambda: supervisor.stop(stack.programs))
        waiting("the services")
        began = time.monotonic()
        if folder.earlier_keys():
            waiting("the new epoch")
            with _migrating(stack):
                pass
            epoch.finish(folder, databases, keys)
            told("all keys of personal values are under the new epoch; the earlier is destroyed")
        if restore_audit is not None:
            waiting("the log")
            with _migrating(stack):
                pass
            _restore(stack, restore_audit)
            told(f"the audit service's database is filled from {restore_audit}")
        with _migrating(stack):
            _start_programs(stack)
        supervisor.await_ready(stack.programs)
        stack.write_state()
        told(f"{' '.join(SERVICES)}   ready in {time.monotonic() - began:.1f} s")
        yield stack


@contextmanager
def _migrating(stack: Stack) -> Iterator[None]:
    """Beside what is started meanwhile, bring all databases up to date; done at the end.

    A process of its own: no other is told the addresses of the roles that own the tables.
    """
    owners = {name: database.owner for name, database in stack.databases.items()}
    schema = Program(
        name="schema",
        module="events.io.migration",
        environment={"HOMEWARD_MIGRATION_DATABASE_URLS": json.dumps(owners)},
        logs=stack.folder.logs,
    )
    try:
        yield
        if schema.process.wait(MIGRATE_SECONDS):
            raise CannotStart(
                f"The databases were not brought up to date. The log ({schema.log}) ends:\n"
                f"{tail(schema.log)}"
            )
    finally:
        stop(schema.process, signal.SIGTERM)


def _restore(stack: Stack, files: Path) -> None:
    """Fill the audit service's database, as its owner: only it writes what was stored before."""
    filling = Program(
        name="restore",
        module="audit.restore",
        environment={"HOMEWARD_DATABASE_URL": stack.databases["audit"].owner},
        logs=stack.folder.logs,
        arguments=[str(files.absolute())],
    )
    if filling.process.wait():
        raise CannotStart(tail(filling.log))


def _start_programs(stack: Stack) -> None:
    _start_log(stack)
    beside = {"issuer": _issuer(stack), "bank": _bank(stack), "mobile_money": _provider(stack)}
    environments = beside | {name: _service(stack, name) for name in SERVICES}
    for name, environment in environments.items():
        module = f"homeward.{name}" if name in beside else f"{name}.main"
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


def _start_log(stack: Stack) -> None:
    """The log's signer and a witness of it, their keys made first and told to each other."""
    files = stack.folder.path / "files"
    log.take_over(files / "audit" / "signer", files / "signer")
    vkey = log.prepare_signer(files / "signer")
    log.close_to_others(files / "signer")
    witness = log.prepare_witness(files / "witness", vkey)
    address = stack.addresses["witness"]
    log.write_policy(_made(files / "audit") / "policy", vkey, witness, address)
    arguments = {
        "signer": ("--folder", files / "signer", "--socket", stack.socket),
        "witness": (
            *("--name", log.WITNESS, "--log", files / "witness" / "log.vkey"),
            *("--file", files / "witness" / "witness.sqlite", "--bind", _bind(address)),
        ),
    }
    for name, told in arguments.items():
        program = Program(
            name=name,
            module=f"audit.{name}",
            environment={"PYTHONUNBUFFERED": "1"},
            logs=stack.folder.logs,
            arguments=[str(each) for each in told],
            powers=(OPENS_ALL,) if name == "signer" else (),
        )
        stack.programs.append(program)
        stack.supervisor.kept.append(program)


def _service(stack: Stack, name: str) -> Mapping[str, str]:
    environment = {
        "HOMEWARD_BIND": _bind(stack.addresses[name]),
        "HOMEWARD_ISSUER_URL": stack.addresses["issuer"],
        "HOMEWARD_SERVICE_URLS": json.dumps({each: stack.addresses[each] for each in SERVICES}),
    }
    if name not in STORED:
        return environment
    return environment | {
        "HOMEWARD_CLIENT_SECRET": stack.secrets.clients[name],
        "HOMEWARD_DATA": str(_made(stack.folder.path / "files" / name)),
        "HOMEWARD_DATABASE_URL": stack.databases[name].app,
        "HOMEWARD_EPOCH_KEY": stack.vault_keys[name],
        "HOMEWARD_NATS_URL": stack.nats.url,
        "HOMEWARD_NATS_USER": name,
        "HOMEWARD_NATS_PASSWORD": stack.nats.passwords[name],
        **({"HOMEWARD_SIGNER": str(stack.socket)} if name == "audit" else {}),
        **({"HOMEWARD_MOBILE_MONEY": _wallets(stack)} if name == "disbursement" else {}),
        **({"HOMEWARD_FILES_WAIT_SECONDS": "0"} if name == "disbursement" else {}),
        **(_for_the_auditor(stack) if name == "audit" else {}),
        **({"HOMEWARD_BLIND_INDEX_KEY": stack.vault_keys[BLIND_INDEX]} if name == "intake" else {}),
    }


def _for_the_auditor(stack: Stack) -> Mapping[str, str]:
    """Each service's own store, under the role that can only read its events; room for replays."""
    to_be_read = {name: database.auditor for name, database in stack.databases.items()}
    return {
        "HOMEWARD_STORE_URLS": json.dumps(to_be_read),
        "HOMEWARD_SCRATCH_DATABASE_URL": stack.postgres.make_database(postgres.SCRATCH).app,
    }


def _issuer(stack: Stack) -> Mapping[str, str]:
    return {
        "HOMEWARD_BIND": _bind(stack.addresses["issuer"]),
        "HOMEWARD_ISSUER_URL": stack.addresses["issuer"],
        "HOMEWARD_DATA": str(issuer_folder(stack.folder)),
    }


def issuer_folder(folder: DataFolder) -> Path:
    """Where the issuer keeps who may sign in, and with what."""
    return _made(folder.path / "files" / "issuer")


def _bank(stack: Stack) -> Mapping[str, str]:
    """The bank shares one folder of files with disbursement, as banks do."""
    return {"HOMEWARD_DATA": str(_made(stack.folder.path / "files" / "disbursement"))}


def _provider(stack: Stack) -> Mapping[str, str]:
    """The provider of mobile money has a book of its own."""
    return {
        "HOMEWARD_BIND": _bind(stack.addresses["mobile_money"]),
        "HOMEWARD_DATA": str(_made(stack.folder.path / "files" / "mobile_money")),
        "HOMEWARD_CLIENT": f"{PAYER}:{stack.provider_key}",
    }


def _wallets(stack: Stack) -> str:
    """Our account with the provider, and where it knocks."""
    ours = {
        "provider": PROVIDER,
        "url": stack.addresses["mobile_money"],
        "client": PAYER,
        "key": stack.provider_key,
        "account": "HOMEWARD-0001",
        "callback": f"{stack.addresses['callbacks']}/knock",
        "listen": _bind(stack.addresses["callbacks"]),
    }
    return json.dumps([ours])


def _addresses(console_port: int | None, until: ExitStack) -> dict[str, str]:
    """An address for each, reserved."""
    if console_port and not reserve(console_port, until):
        raise CannotStart(
            f"Port {console_port} is used by another program. Name another one, or leave --port"
            " out and a free one is taken."
        )
    ports = {
        name: usual if reserve(usual, until) else free_port() for name, usual in USUAL_PORTS.items()
    }
    if console_port:
        ports["console"] = console_port
    return {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}


def _bind(address: str) -> str:
    return address.removeprefix("http://")


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
