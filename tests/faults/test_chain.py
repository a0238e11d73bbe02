"""The chain from registration to reconciliation, while each service in turn is killed."""

import os
import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path

import httpx
import msgspec
import pytest
from rich.console import Console

from homeward import folder, stack
from homeward.demo import story
from homeward.demo.proving import SOURCES
from homeward.demo.stage import FEEDS, Json, Stage
from homeward.stack import Stack

KILL_EVERY = 8
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


@pytest.fixture
def stage(copy: Stack) -> Iterator[Stage]:
    made = Stage(story.world(copy), Console(file=StringIO()), "test")
    yield made
    made.close()


def history(stage: Stage, source: str) -> list[Json]:
    """Every entry of the service, as another service reads its feed."""
    entries: list[Json] = []
    while True:
        page = stage.reads(FEEDS, f"{source}/v1/events", after=len(entries), limit=200)
        entries += [msgspec.json.decode(each["entry"]) for each in page["entries"]]
        if len(entries) >= page["head"]:
            return entries


def booked(copy: Stack) -> list[str]:
    """The references of the transfers that the bank has in its own book."""
    (book,) = copy.folder.path.glob("files/disbursement/**/book.sqlite")
    with sqlite3.connect(f"file:{book}?mode=ro", uri=True) as opened:
        return [str(row[0]) for row in opened.execute("select end_to_end_id from movement")]


def test_the_vendor_is_paid_once_though_every_service_is_killed(copy: Stack, stage: Stage) -> None:
    killed: Counter[str] = Counter()

    def before_step(number: int) -> None:
        if number % KILL_EVERY == 0:
            name = SOURCES[number // KILL_EVERY % len(SOURCES)]
            kill(copy, name)
            killed[name] += 1

    said = StringIO()
    held: list[bool] = []

    def tell() -> None:
        terminal = Console(file=said, width=160)
        held.append(
            story.tell(copy, terminal, only=("a bakery in Baghdad",), before_step=before_step)
        )

    copy.supervisor.most_restarts = 1_000
    telling = threading.Thread(target=tell, daemon=True)
    telling.start()
    copy.supervisor.watch(until=lambda: not telling.is_alive())

    assert held == [True], said.getvalue()
    assert set(killed) == set(SOURCES), killed
    paid = [
        entry["data"]["payment"]
        for entry in history(stage, "disbursement")
        if entry["type"] == "disbursement.vendor_paid.v1"
    ]
    assert len(paid) == 1
    assert booked(copy) == [paid[0].replace("_", "-")]


def test_fifty_times_the_same_command_is_one_event_set_and_one_answer(stage: Stage) -> None:
    body = {"donor": "AMIF", "reference": "SK", "currency": "EUR"}
    body |= {"opens": "2026-01-01", "closes": "2026-12-31"}
    headers = stage.authorization("maria") | {"Idempotency-Key": "fifty"}
    url = f"{stage.world.services['disbursement']}/v1/grants"
    before = len(history(stage, "disbursement"))
    with httpx.Client(timeout=120.0) as client, ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: client.post(url, json=body, headers=headers), range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert len(history(stage, "disbursement")) == before + 1
