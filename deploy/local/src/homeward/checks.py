"""`./homeward test`: every check there is, the quick ones first, pytest and its last line last."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

CHECKS = (
    ("ruff check", ["ruff", "check", "--quiet", "."]),
    ("ruff format", ["ruff", "format", "--quiet", "--check", "."]),
    ("mypy strict", ["mypy", "--no-error-summary", "."]),
    ("import rules", ["lint-imports", "--no-logo"]),
)
WORKERS = 4


def run(home: Path, arguments: Sequence[str], console: Console) -> int:
    """Run all checks, then pytest with the arguments; pytest's code, or 1 if a check failed.

    With arguments only pytest runs: somebody works on something.
    """
    failed = (
        []
        if arguments
        else [name for name, line in CHECKS if not _holds(home, name, line, console)]
    )
    for name in failed:
        console.print(f"[red]{name} found something: see above[/red]")
    pytest = [sys.executable, "-P", "-m", "pytest", *(arguments or _side_by_side())]
    code = subprocess.run(pytest, cwd=home, check=False).returncode
    return code or int(bool(failed))


def _side_by_side() -> list[str]:
    """A worker for each processor, up to `WORKERS`; each has its own Postgres and NATS.

    A file stays whole, so that what its tests share is made once.
    """
    workers = str(min(WORKERS, os.cpu_count() or 1))
    return ["-n", workers, "--dist", "loadfile", "--no-loadscope-reorder"]


def _holds(home: Path, name: str, line: Sequence[str], console: Console) -> bool:
    program = Path(sys.executable).with_name(line[0])
    with console.status(f"{name} ..."):
        done = subprocess.run(
            [program, *line[1:]],
            cwd=home,
            env=os.environ | {"FORCE_COLOR": "1"} if console.is_terminal else None,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        sys.stdout.write(done.stdout + done.stderr)
        sys.stdout.flush()
    console.print(f"{name:<14} {'fails' if done.returncode else 'holds'}")
    return done.returncode == 0
