"""A real Postgres, started here: the server, its databases, their roles.

Passwords are SCRAM, pages carry checksums, and nothing listens but the loopback address and a
socket that only its owner reaches.
"""

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psutil

from homeward.binaries import ENVIRONMENT, Runs, how_it_runs, major_of, system_folder, version_of
from homeward.processes import CannotStart, await_ready, free_port, leash, spawn, stop

LONGEST_SOCKET_FOLDER = 80
"""A unix socket's path has 107 bytes at most."""

SETTINGS = {
    "checkpoint_timeout": "15min",
    "jit": "off",
    "log_timezone": "UTC",
    "max_connections": "200",
    "max_wal_senders": "0",
    "max_wal_size": "1GB",
    "password_encryption": "scram-sha-256",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "unix_socket_permissions": "0700",
    "wal_level": "minimal",
}
LAST_SECONDS = 60.0
SCRATCH = "scratch"
"""The database in which the audit service replays the log: its app may make schemas there."""
FORGETFUL = {"fsync": "off", "full_page_writes": "off"}
"""For tests that end with their data: safe against every crash but the machine's own."""


@dataclass(frozen=True)
class Database:
    """One service's database, and the three who may enter it."""

    name: str
    owner: str
    """The address for migrations: the role that owns every table."""
    app: str
    """The address for the service: it appends and reads, and owns nothing."""
    auditor: str
    """The address for reading the events, and nothing else."""


def words() -> dict[str, str]:
    """Fresh passwords for the three roles of a database."""
    return {role: secrets.token_urlsafe(24) for role in ("owner", "app", "auditor")}


def database_sql(name: str, roles: Mapping[str, str]) -> str:
    """What makes a database and its roles where they are absent; for psql, as the superuser."""
    roles_sql = "".join(
        f"select 'create role {name}_{role} login' where not exists"  # noqa: S608  our own names
        f" (select from pg_roles where rolname = '{name}_{role}') \\gexec\n"
        f"alter role {name}_{role} password '{word}';\n"
        for role, word in roles.items()
    )
    return (
        f"{roles_sql}select 'create database {name} owner {name}_owner' where not exists"  # noqa: S608
        f" (select from pg_database where datname = '{name}') \\gexec\n"
        f"revoke all on database {name} from public;\n"
        f"grant connect, temporary on database {name} to {name}_app;\n"
        f"grant connect on database {name} to {name}_auditor;\n"
        + (f"grant create on database {name} to {name}_app;\n" if name == SCRATCH else "")
    )


@dataclass
class Postgres:
    """A running server."""

    bin: Path
    port: int
    password: str
    log: Path
    command: Sequence[str | Path] = field(repr=False)
    runs: Runs
    name = "Postgres"

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Start it (again, on the same port and data) and wait until it answers."""
        _await_end_of_last(self.runs.folder / "data")
        self.process = spawn(self.command, self.log, env=ENVIRONMENT, user=self.runs.user)
        try:
            await_ready(self.process, lambda: _answers(self), self.log)
        except CannotStart as error:
            self.stop()
            raise CannotStart(f"Postgres did not start: {_helpful(str(error))}") from None

    @property
    def version(self) -> str:
        return version_of(self.bin)

    def address(self, role: str, password: str, database: str) -> str:
        return f"postgresql://{role}:{quote(password)}@127.0.0.1:{self.port}/{database}"

    @property
    def superuser(self) -> str:
        return self.address("postgres", self.password, "postgres")

    def make_database(self, name: str) -> Database:
        """The database and its roles, made where absent, with fresh passwords in any case."""
        roles = words()
        self.run(database_sql(name, roles))
        return Database(
            name, *(self.address(f"{name}_{role}", word, name) for role, word in roles.items())
        )

    def drop_database(self, database: Database) -> None:
        """The database and its roles, gone."""
        name = database.name
        self.run(
            f"drop database if exists {name} with (force);\n"
            f"drop role if exists {name}_owner, {name}_app, {name}_auditor;"
        )

    def run(self, sql: str) -> str:
        """Run statements as the superuser; what they print."""
        done = subprocess.run(
            [*self.runs.prefix, self.bin / "psql", "-XqAt", "-v", "ON_ERROR_STOP=1"],
            input=sql,
            capture_output=True,
            text=True,
            env=ENVIRONMENT
            | {
                "PGHOST": "127.0.0.1",
                "PGPORT": str(self.port),
                "PGUSER": "postgres",
                "PGPASSWORD": self.password,
                "PGOPTIONS": "-c client_min_messages=warning",
            },
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT: fast, the usual way. SIGQUIT: `immediate`, as a crash would."""
        stop(self.process, how)


@contextmanager
def start(folder: Path, *, port: int | None = None, durable: bool = True) -> Iterator[Postgres]:
    """A server on the data in `folder`, made when absent; stopped at the end.

    Raises `CannotStart` when the data is of another major version, the disk is full, or the port
    is taken.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    runs = how_it_runs(folder.resolve())
    log = folder / "postgres.log"
    password = _initialise(runs, folder)
    port = port or free_port()
    settings = SETTINGS | ({} if durable else FORGETFUL)
    socket = runs.folder if len(bytes(runs.folder)) <= LONGEST_SOCKET_FOLDER else ""
    command = [
        *runs.prefix,
        *leash("INT"),
        runs.bin / "postgres",
        *("-D", runs.folder / "data", "-h", "127.0.0.1", "-p", str(port), "-k", socket),
        *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
    ]
    server = Postgres(runs.bin, port, password, log, command, runs)
    try:
        yield server
    finally:
        server.stop()


def _await_end_of_last(data: Path) -> None:
    """Wait for a server that ends because its supervisor was killed: it may still be writing."""
    with suppress(OSError, ValueError, IndexError, psutil.Error):
        last = psutil.Process(int((data / "postmaster.pid").read_text().split()[0]))
        if Path(last.cwd()) == data:  # else the number is another program's by now
            last.wait(LAST_SECONDS)


def forget(folder: Path) -> None:
    """Delete a stopped server's data."""
    if folder.exists():
        shutil.rmtree(system_folder(folder.resolve()), ignore_errors=True)
        shutil.rmtree(folder)


def _answers(server: Postgres) -> bool:
    program = str(server.bin / "pg_isready")
    asked = [*server.runs.prefix, program, "-q", "-h", "127.0.0.1", "-p", str(server.port)]
    return subprocess.run(asked, env=ENVIRONMENT, check=False).returncode == 0


def _initialise(runs: Runs, folder: Path) -> str:
    """Make the data folder when there is none; the superuser's password."""
    kept, data = folder / "superuser", runs.folder / "data"
    if (data / "PG_VERSION").exists() and kept.exists():
        _same_version(runs, data)
        return kept.read_text()
    shutil.rmtree(data, ignore_errors=True)  # what an interrupted initdb left
    password = secrets.token_urlsafe(24)
    handed = runs.folder / "superuser.new"
    handed.touch(mode=0o600)
    handed.write_text(password)
    if runs.user is not None:
        os.chown(handed, runs.user, -1)
    done = subprocess.run(
        [
            *runs.prefix,
            *(runs.bin / "initdb", "-D", data, "-U", "postgres", "-A", "scram-sha-256"),
            *(f"--pwfile={handed}", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums"),
        ],
        env=ENVIRONMENT,
        cwd="/",
        user=runs.user,
        group=runs.user,
        extra_groups=None if runs.user is None else [],
        capture_output=True,
        text=True,
        check=False,
    )
    handed.unlink()
    if done.returncode:
        raise CannotStart(f"Postgres could not make its data folder: {_helpful(done.stderr)}")
    kept.touch(mode=0o600)
    kept.write_text(password)
    return password


def _same_version(runs: Runs, data: Path) -> None:
    ours, theirs = major_of(runs.bin), (data / "PG_VERSION").read_text().strip()
    if theirs != str(ours):
        raise CannotStart(
            f"The data in {data} was written by Postgres {theirs}, and this is Postgres {ours}.\n"
            "Start with the version that wrote it, or give another folder (--data), or remove"
            " the old data with: ./homeward reset"
        )


def _helpful(said: str) -> str:
    if "No space left on device" in said:
        return f"the disk is full. Free some space (a fresh start needs 200 MB).\n{said}"
    if "Address already in use" in said:
        return f"another program uses its port. Leave the port out and a free one is taken.\n{said}"
    return said
