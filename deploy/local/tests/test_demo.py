"""`./homeward demo --exit`, as it is typed, while what the services stand on is killed under it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

VICTIMS = ("NATS", "Postgres", "bank", "issuer", "Postgres")
BETWEEN_KILLS_SECONDS = 1.5
ENOUGH_SECONDS = 1200


def test_all_five_programmes_hold_whatever_is_killed_under_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    output = tmp_path / "output"
    with output.open("wb") as told:
        command = [sys.executable, "-P", "-m", "homeward", "demo", "--exit", "--data", str(folder)]
        demo = subprocess.Popen(command, stdout=told, stderr=told)
    try:
        _await(demo, output, lambda: "Before the cases" in output.read_text())
        for victim in VICTIMS:
            time.sleep(BETWEEN_KILLS_SECONDS)
            _await(demo, output, partial(_killed, folder, victim))
        code = demo.wait(ENOUGH_SECONDS)
    finally:
        demo.kill()
        demo.wait()
    text = output.read_text()
    assert code == 0, text[-3000:]
    again = set(re.findall(r"(\w+) ended \([^)]*\) and was started again", text))
    assert again == set(VICTIMS), "a service lives through the loss of what it stands on"
    assert "16 payments   OK" in text


def _killed(folder: Path, name: str) -> bool:
    """Kill it; whether it was running."""
    state: dict[str, Any] = json.loads((folder / "state.json").read_text())
    try:
        os.kill((state["servers"] | state["programs"])[name]["pid"], signal.SIGKILL)
    except ProcessLookupError:  # being started again
        return False
    return True


def _await(demo: "subprocess.Popen[bytes]", output: Path, holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + ENOUGH_SECONDS
    while not holds():
        assert demo.poll() is None, output.read_text()[-3000:]
        assert time.monotonic() < deadline
        time.sleep(0.1)
