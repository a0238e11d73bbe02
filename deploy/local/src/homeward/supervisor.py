"""Keeps the programs of one copy running, from the main thread, until it is told to end."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from homeward.processes import CannotStart, leash, role, spawn, stop, tail

WITHIN_SECONDS = 60.0
GRACE_SECONDS = 10.0
LOOK_SECONDS = 0.1
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 2.0


class Kept(Protocol):
    """Something that must be running, and can be started again."""

    @property
    def name(self) -> str: ...
    @property
    def log(self) -> Path: ...
    @property
    def process(self) -> subprocess.Popen[bytes]: ...
    def restart(self) -> None: ...


@dataclass
class Program:
    """A Python module that runs as a process of its own."""

    name: str
    module: str
    environment: Mapping[str, str] = field(repr=False)
    logs: Path
    ready: str | None = None
    """The address that answers 200 when it is ready; None: it is ready when it runs."""
    arguments: Sequence[str] = ()
    powers: Sequence[str] = ()
    """What it keeps of root's, where we are root."""

    def __post_init__(self) -> None:
        self.log = self.logs / f"{self.name}.log"
        self.restart()

    def restart(self) -> None:
        """Start it. KILL is its leash: what a program acknowledged it has stored."""
        python = [sys.executable, "-P", "-m", self.module, *self.arguments]
        command = [*leash("KILL"), *role(*self.powers), *python]
        self.process = spawn(command, self.log, env={**os.environ, **self.environment})

    @property
    def is_ready(self) -> bool:
        if self.process.poll() is not None:
            return False
        return self.ready is None or answers(self.ready)


def answers(address: str) -> bool:
    """Whether GET answers 200 within a second."""
    try:
        with urllib.request.urlopen(address, timeout=1) as answer:  # noqa: S310  our own address
            return bool(answer.status == 200)  # noqa: PLR2004
    except (urllib.error.URLError, OSError):
        return False


@dataclass
class Supervisor:
    """Starts again what died, a bounded number of times."""

    told: Callable[[str], None]
    """Hears what happened, in a sentence."""
    kept: list[Kept] = field(default_factory=list)
    restarted: Callable[[], None] = lambda: None
    """Called when something runs under another process id."""
    most_restarts: int = 5
    """How often within a minute."""
    _ends: dict[str, list[float]] = field(default_factory=dict)

    def await_ready(self, programs: Sequence[Program], *, timeout_seconds: float = 120.0) -> None:
        """Wait until all of them are ready. `CannotStart` names the one that is not, and why."""
        deadline = time.monotonic() + timeout_seconds
        waiting = list(programs)
        while waiting := [program for program in waiting if not program.is_ready]:
            for program in waiting:
                if program.process.poll() is not None:
                    raise CannotStart(
                        f"{program.name} ended while starting. Its log ({program.log}) ends:\n"
                        f"{tail(program.log)}"
                    )
            if time.monotonic() > deadline:
                slow = waiting[0]
                raise CannotStart(
                    f"{slow.name} was not ready in {timeout_seconds:.0f} s. Its log ({slow.log})"
                    f" ends:\n{tail(slow.log)}"
                )
            time.sleep(LOOK_SECONDS)

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        """Start again whatever dies, until told. `CannotStart` when something keeps dying."""
        while not until():
            self.look()
            time.sleep(LOOK_SECONDS)

    def look(self) -> None:
        """Start again what has died since the last look."""
        for each in self.kept:
            code = each.process.poll()
            if code is None:
                continue
            now = time.monotonic()
            ends = self._ends.setdefault(each.name, [])
            ends[:] = [*(end for end in ends if end > now - WITHIN_SECONDS), now]
            if len(ends) > self.most_restarts:
                raise CannotStart(
                    f"{each.name} ended {len(ends)} times within a minute. Its log ({each.log})"
                    f" ends:\n{tail(each.log)}"
                )
            self._start_again(each, len(ends), _reason(code))

    def _start_again(self, each: Kept, ends: int, why: str) -> None:
        """Sooner the first time. What does not start is left to the next look, which counts it."""
        time.sleep(min(FIRST_PAUSE_SECONDS * 2 ** (ends - 1), LONGEST_PAUSE_SECONDS))
        try:
            each.restart()
        except CannotStart:
            return
        self.restarted()
        self.told(f"{each.name} ended ({why}) and was started again")

    def stop(self, programs: Sequence[Program]) -> None:
        """Ask all of them to end at once, then insist."""
        for program in programs:
            if program.process.poll() is None:
                program.process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for program in programs:
            left = max(0.1, deadline - time.monotonic())
            stop(program.process, signal.SIGTERM, timeout_seconds=left)


def _reason(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit {code}"


class ToldToEnd(BaseException):
    """Ctrl-C, a closed terminal, or SIGTERM."""


@contextmanager
def until_told_to_end() -> Iterator[None]:
    """Ends the block quietly at SIGINT, SIGTERM and SIGHUP; further signals wait for the end."""
    names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def end(*_: object) -> None:
        for name in names:
            signal.signal(name, signal.SIG_IGN)
        raise ToldToEnd

    before = {name: signal.signal(name, end) for name in names}
    try:
        yield
    except ToldToEnd:
        pass
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
