"""Child processes that do not outlive us, and ports that nobody uses."""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path


class CannotStart(Exception):
    """Something on this machine is in the way. The message says what, and what to do."""


def leash(on_death: str = "TERM") -> list[str]:
    """The prefix that makes Linux signal the child when the thread that started it dies.

    So a kill -9 of the supervisor leaves nothing behind. Start children from the main thread
    only: a worker thread that ends takes its children along. Where there is no setpriv (macOS)
    the prefix is empty and only an orderly end takes the children down.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", on_death, "--"] if setpriv else []


OPENS_ALL = "dac_override"
"""Root's power to open what is somebody else's."""


def role(*powers: str) -> list[str]:
    """The prefix that leaves root's child these of root's powers, and no other for ever.

    What belongs to another account is then closed to it. Empty where we are not root, or where the
    child could not read its own code without them.
    """
    return (
        _role(",".join(("-all", *(f"+{power}" for power in powers)))) if _can_do_without() else []
    )


def _role(powers: str) -> list[str]:
    return ["setpriv", "--bounding-set", powers, "--inh-caps", "-all", "--no-new-privs", "--"]


@cache
def _can_do_without() -> bool:
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        return False
    reads = [*_role("-all"), sys.executable, "-c", "open(__import__('sys').argv[1]).close()"]
    return subprocess.run([*reads, __file__], capture_output=True, check=False).returncode == 0


def free_port() -> int:
    """A TCP port of 127.0.0.1 that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def reserve(port: int, until: ExitStack) -> bool:
    """Keep other copies on this machine from taking the port before ours listens on it.

    Whether it was free. The reservation is a lock on a file, so it ends with this process.
    """
    folder = Path(tempfile.gettempdir()) / "homeward-ports"
    try:
        folder.mkdir(mode=0o777, exist_ok=True)
        lock = until.enter_context((folder / str(port)).open("a"))
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # another copy's, or another user's
        return False
    return is_free(port)


def spawn(
    command: Sequence[str | Path],
    log: Path,
    *,
    env: Mapping[str, str],
    cwd: Path = Path("/"),
    user: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in its own session, so that Ctrl-C reaches it through us and in order."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            start_new_session=True,
        )


def await_ready(
    process: subprocess.Popen[bytes],
    ready: Callable[[], bool],
    log: Path,
    *,
    timeout_seconds: float = 30,
) -> None:
    """Wait until `ready()`. `CannotStart`, with the end of the log, when it never is."""
    deadline = time.monotonic() + timeout_seconds
    while not ready():
        if process.poll() is not None:
            raise CannotStart(f"it ended at once, saying:\n{tail(log)}")
        if time.monotonic() > deadline:
            raise CannotStart(
                f"not ready after {timeout_seconds:.0f} s; its log ends:\n{tail(log)}"
            )
        time.sleep(0.02)


def tail(log: Path, lines: int = 8) -> str:
    """The last lines of a log."""
    try:
        text = log.read_text(errors="replace")
    except OSError:
        return "(no log)"
    return "\n".join(text.splitlines()[-lines:])


def stop(process: subprocess.Popen[bytes], signal: int, *, timeout_seconds: float = 15) -> None:
    """Ask it to end, and insist when it does not."""
    if process.poll() is None:
        process.send_signal(signal)
    try:
        process.wait(timeout_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
