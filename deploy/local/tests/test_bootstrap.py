"""./homeward on a copy of this checkout, in a folder with spaces, interrupted and repeated.

The copy takes its packages from uv's cache, so it needs no network; where the cache is empty
these tests say so and skip.
"""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

HOME = Path(__file__).parents[3]
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "node_modules")
OFFLINE = {**os.environ, "UV_OFFLINE": "1", "PIP_NO_INDEX": "1"}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (HOME / ".tools/bin/uv").exists():
        pytest.skip("these tests copy .tools, which ./homeward makes")
    folder = tmp_path_factory.mktemp("copies") / "a folder with spaces"
    shutil.copytree(HOME, folder, ignore=LEFT_OUT)
    shutil.copytree(HOME / ".tools", folder / ".tools")
    first = run(folder, "--help")
    if "the network was disabled" in first.stderr:
        pytest.skip("uv's cache does not hold what requirements.lock names")
    assert first.returncode == 0, first.stderr
    return folder


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [folder / "homeward", *arguments],
        env=OFFLINE | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_second_run_prepares_nothing(copy: Path) -> None:
    again = run(copy, "--help")
    assert again.returncode == 0
    assert again.stderr == ""
    assert "demo" in again.stdout


def test_what_is_compiled_is_kept_among_the_packages(copy: Path) -> None:
    assert run(copy, "--help", PYTHONDONTWRITEBYTECODE="1").returncode == 0
    kept = copy / ".venv" / "pycache"
    assert any(kept.rglob("cli.*.pyc"))
    assert not any((copy / "deploy").rglob("__pycache__"))


def test_a_run_killed_half_way_is_repaired_by_the_next(copy: Path) -> None:
    (copy / ".venv/homeward.stamp").unlink()
    killed = subprocess.Popen(
        [copy / "homeward", "--help"],
        env=OFFLINE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(0.6)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    repaired = run(copy, "services")
    assert "Nothing runs" in repaired.stdout, repaired.stderr


def test_two_at_once_wait_for_each_other(copy: Path) -> None:
    (copy / ".venv/homeward.stamp").unlink()
    both = [
        subprocess.Popen(
            [copy / "homeward", "services"], env=OFFLINE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    assert all("Nothing runs" in process.communicate(timeout=300)[0] for process in both)


def test_a_changed_pyproject_is_noticed(copy: Path) -> None:
    with (copy / "deploy/local/pyproject.toml").open("a") as file:
        file.write("\n# changed\n")
    assert "Preparing" in run(copy, "--help").stderr
    assert run(copy, "--help").stderr == ""


def test_without_python_it_says_what_to_install(copy: Path, tmp_path: Path) -> None:
    for program in ("sh", "dirname", "cat", "cksum"):
        (tmp_path / program).symlink_to(shutil.which(program) or program)
    (copy / ".venv/homeward.stamp").unlink()
    refused = run(copy, "--help", PATH=str(tmp_path))
    assert refused.returncode == 1
    assert "needs Python 3.11" in refused.stderr
    assert "apt-get install python3" in refused.stderr
