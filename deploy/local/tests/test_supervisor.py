"""What dies is started again, what keeps dying is told, and nothing is left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from homeward.processes import CannotStart, free_port
from homeward.supervisor import Program, Supervisor, answers


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Program]:
    """A program that serves a page."""
    port = free_port()
    program = Program(
        name="page",
        module="http.server",
        arguments=(str(port), "--bind", "127.0.0.1", "--directory", str(tmp_path)),
        environment={},
        logs=tmp_path,
        ready=f"http://127.0.0.1:{port}/",
    )
    yield program
    Supervisor(lambda _: None).stop([program])


def test_what_dies_is_started_again_and_told(page: Program) -> None:
    told: list[str] = []
    supervisor = Supervisor(told.append, [page])
    supervisor.await_ready([page])
    first = page.process.pid
    page.process.kill()
    page.process.wait()
    supervisor.look()
    supervisor.await_ready([page])
    assert page.process.pid != first
    assert told == ["page ended (SIGKILL) and was started again"]


def test_what_keeps_dying_is_given_up_with_its_log(tmp_path: Path) -> None:
    broken = Program(name="broken", module="no_such_module", environment={}, logs=tmp_path)
    supervisor = Supervisor(lambda _: None, [broken])
    with pytest.raises(CannotStart, match=r"(?s)broken ended 6 times.*No module named"):
        supervisor.watch()


def test_what_never_gets_ready_is_named(tmp_path: Path) -> None:
    broken = Program(
        name="broken", module="no_such_module", environment={}, logs=tmp_path, ready="http://x/"
    )
    with pytest.raises(CannotStart, match=r"(?s)broken ended while starting.*No module named"):
        Supervisor(lambda _: None).await_ready([broken])


PARENT = """
import sys
from pathlib import Path
from homeward.supervisor import Program, Supervisor, until_told_to_end
port, folder = sys.argv[1], Path(sys.argv[2])
with until_told_to_end():
    page = Program(name="page", module="http.server", environment={}, logs=folder,
        arguments=(port, "--bind", "127.0.0.1"), ready=f"http://127.0.0.1:{port}/")
    supervisor = Supervisor(print, [page])
    try:
        supervisor.await_ready([page])
        print(page.process.pid, flush=True)
        supervisor.watch()
    finally:
        supervisor.stop([page])
print("ended in order", flush=True)
"""


@pytest.mark.parametrize(
    ("how", "says"),
    [
        (signal.SIGINT, "ended in order"),
        (signal.SIGTERM, "ended in order"),
        (signal.SIGHUP, "ended in order"),
        (signal.SIGKILL, ""),
    ],
)
def test_however_the_parent_ends_the_child_ends(
    how: signal.Signals, says: str, tmp_path: Path
) -> None:
    port = free_port()
    command = [sys.executable, "-c", PARENT, str(port), str(tmp_path)]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    with parent.stdout as output:
        child = psutil.Process(int(output.readline()))
        os.kill(parent.pid, how)
        assert output.read().strip() == says
        parent.wait(60)
    deadline = time.monotonic() + 60
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the child is still running"
        time.sleep(0.02)
    assert not answers(f"http://127.0.0.1:{port}/")
