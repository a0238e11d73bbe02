"""`./homeward up`, whole: everything starts, is watched, and is gone with whoever started it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil
import pytest

from audit.domain.note import parse_keys
from audit.domain.policy import Policy
from audit.log.signer import KEY, LASTING_KEY, MEMORY
from events.delivery.ports import Stop
from events.io.postgres import PostgresTracking
from events.memory import NOON
from homeward.processes import role
from homeward.stack import SERVICES
from homeward.supervisor import answers

START_SECONDS = 120.0
COMMAND = [sys.executable, "-P", "-m", "homeward"]


def until(holds: Callable[[], Any], what: str, seconds: float = START_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)


class Copy:
    """A copy that runs on a data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "state.json").unlink(missing_ok=True)
        with (folder.parent / "output").open("wb") as output:
            command = [*COMMAND, "up", "--data", str(folder)]
            self.process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        until(lambda: self.started or self.process.poll() is not None, "the start", START_SECONDS)
        assert self.process.poll() is None, (folder.parent / "output").read_text()

    @property
    def started(self) -> bool:
        return (self.folder / "state.json").exists()

    @property
    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads((self.folder / "state.json").read_text())
        return state

    @property
    def pids(self) -> dict[str, int]:
        both = self.state["servers"] | self.state["programs"]
        return {name: each["pid"] for name, each in both.items()}

    def end(self, how: signal.Signals) -> int:
        """End the supervisor alone; its code."""
        os.kill(self.process.pid, how)
        return self.process.wait(30)


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for these tests, which go on with each other's data."""
    made = tmp_path_factory.mktemp("up") / "a folder with spaces"
    made.mkdir()
    return made


@pytest.fixture(scope="module")
def copy(folder: Path) -> Iterator[Copy]:
    running = Copy(folder)
    yield running
    if running.process.poll() is None:
        running.end(signal.SIGTERM)


def test_everything_is_up_and_says_where(copy: Copy) -> None:
    beside = {"Postgres", "NATS", "issuer", "bank", "mobile_money", "signer", "witness"}
    assert set(copy.pids) == {*beside, *SERVICES}
    assert all(lives(pid) for pid in copy.pids.values())
    assert all(answers(f"{copy.state['addresses'][name]}/readyz") for name in SERVICES)


def test_no_service_is_told_who_owns_its_tables(copy: Copy) -> None:
    for name in SERVICES:
        environment = psutil.Process(copy.pids[name]).environ()
        assert name == "console" or "_app:" in environment["HOMEWARD_DATABASE_URL"]
        assert not [key for key, value in environment.items() if "_owner:" in value]


def test_no_other_program_can_open_the_signers_folder(copy: Copy) -> None:
    """Tried with the very powers that the audit service runs with."""
    folder = copy.folder / "files" / "signer"
    assert {each.name for each in folder.iterdir()} >= {KEY, LASTING_KEY}
    if not role():
        pytest.skip("not root, or root's powers cannot be left: all programs are one user's")
    status = Path(f"/proc/{copy.pids['audit']}/status").read_text()
    assert "CapBnd:\t0000000000000000" in status
    for path in (folder / KEY, folder / MEMORY):
        code = f"open({str(path)!r}).read()"
        tried = subprocess.run(
            [*role(), sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        assert "PermissionError" in tried.stderr, tried


def test_the_log_asks_a_witness_that_knows_its_keys(copy: Copy) -> None:
    audit = copy.folder / "files" / "audit"
    policy = Policy.parse((audit / "policy").read_bytes())
    [witness] = policy.witnesses.values()
    assert witness.url == copy.state["addresses"]["witness"]
    until((audit / "log" / "vkey").exists, "the log's keys")
    keys = (audit / "log" / "vkey").read_text()
    assert keys == (copy.folder / "files" / "witness" / "log.vkey").read_text()
    assert [each.key for each in policy.logs] == [*parse_keys(keys)]


def operate(copy: Copy, *words: str) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, "operate", *words, "--data", str(copy.folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)


def test_an_operator_sees_what_stands_still_and_lets_it_go_on(copy: Copy) -> None:
    assert operate(copy, "plans", "stops").stderr == "Nothing stands still.\n"
    database = json.loads((copy.folder / "operator.json").read_text())["databases"]["plans"]
    asyncio.run(stop(database, Stop("cases", "intake", 7, "KeyError at views.py:12", NOON)))
    assert operate(copy, "plans", "stops").stdout.startswith("cases at intake 7: KeyError")
    told = f"{copy.state['addresses']['plans']}/readyz"
    assert "cases at intake 7" in httpx.get(told).json()["checks"]["consumers"]
    assert operate(copy, "plans", "resume", "cases", "intake", "--by", "per_omar").returncode == 0
    assert httpx.get(told).json()["checks"]["consumers"] == "ready"
    assert operate(copy, "plans", "refusals").stdout == ""


async def stop(database: str, stop: Stop) -> None:
    async with asyncpg.create_pool(database, min_size=1, max_size=1) as pool:
        await PostgresTracking(pool).stop(stop)


def test_an_operator_makes_a_stream_anew(copy: Copy) -> None:
    assert operate(copy, "plans", "remake").stdout == "made plans anew\n"
    said = operate(copy, "console", "stops")
    assert (said.returncode, "no service console" in said.stderr) == (1, True)


def test_a_second_copy_on_the_same_data_is_told_where_the_first_is(copy: Copy) -> None:
    command = [*COMMAND, "up", "--data", str(copy.folder)]
    second = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert second.returncode == 1
    assert "Another copy is running" in second.stderr
    assert copy.state["addresses"]["console"] in second.stderr


def test_a_port_that_is_taken_is_told(copy: Copy, tmp_path: Path) -> None:
    port = copy.state["addresses"]["console"].rpartition(":")[2]
    command = [*COMMAND, "up", "--data", str(tmp_path / "other"), "--port", port]
    second = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert second.returncode == 1
    assert f"Port {port} is used" in second.stderr


def test_a_service_that_dies_is_started_again(copy: Copy) -> None:
    before = copy.pids["intake"]
    os.kill(before, signal.SIGKILL)
    until(lambda: copy.pids["intake"] != before, "intake to be started again")
    until(lambda: answers(f"{copy.state['addresses']['intake']}/readyz"), "intake to be ready")


def test_kill_9_leaves_no_process(copy: Copy) -> None:
    pids = copy.pids
    copy.end(signal.SIGKILL)
    until(lambda: not any(map(lives, pids.values())), "all processes to be gone")


def test_it_goes_on_with_its_data_and_ctrl_c_leaves_no_process(copy: Copy, folder: Path) -> None:
    if copy.process.poll() is None:
        copy.end(signal.SIGKILL)
    again = Copy(folder)
    pids = again.pids
    assert again.end(signal.SIGINT) == 0
    assert not any(map(lives, pids.values()))
