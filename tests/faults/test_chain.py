"""The chain from registration to payment, while each service in turn is killed."""

import json
import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from homeward import folder, stack
from homeward.demo import story
from homeward.stack import Stack

SERVICES = ("intake", "plans", "vendors", "disbursement", "audit")
EVERY_STEPS = 4
"""A service is killed before every so many steps of the story."""


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Stack]:
    """A running copy of everything, with data of its own."""
    with (
        folder.held(tmp_path, "demo", tmp_path / "data") as place,
        stack.running(
            place, "demo", console_port=None, told=lambda _: None, waiting=lambda _: None
        ) as running,
    ):
        yield running


def kill(running: Stack, name: str) -> None:
    program = next(each for each in running.programs if each.name == name)
    os.kill(program.process.pid, signal.SIGKILL)


def test_the_vendor_is_paid_once_though_every_service_is_killed(copy: Stack) -> None:
    killed: Counter[str] = Counter()

    def before_step(number: int) -> None:
        if number % EVERY_STEPS == 0:
            name = SERVICES[number // EVERY_STEPS % len(SERVICES)]
            kill(copy, name)
            killed[name] += 1

    terminal = Console(file=StringIO(), width=160)
    held: list[bool] = []
    telling = threading.Thread(
        target=lambda: held.append(
            story.tell(copy, terminal, only=("a bakery in Baghdad",), before_step=before_step)
        ),
        daemon=True,
    )
    copy.supervisor.most_restarts = 1_000
    telling.start()
    copy.supervisor.watch(until=lambda: not telling.is_alive())
    told = terminal.file.getvalue() if isinstance(terminal.file, StringIO) else ""
    assert held == [True], told
    assert set(killed) == set(SERVICES), killed
    paid = Counter(
        entry["data"]["payment"]
        for entry in story.entries(copy, "disbursement")
        if entry["type"] == "disbursement.vendor_paid.v1"
    )
    assert list(paid.values()) == [1], json.dumps(paid)
