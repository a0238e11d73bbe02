"""What a newcomer may type wrongly, and what is said then."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parents[3]


def homeward(*arguments: str, home: Path = HOME) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "homeward", *arguments],
        env=os.environ | {"HOMEWARD_HOME": str(home), "COLUMNS": "100"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def test_every_command_says_what_it_is_for() -> None:
    told = homeward("--help").stdout
    for command in (
        "demo",
        "up",
        "test",
        "bench",
        "verify",
        "services",
        "reset",
        "lock",
        "witness",
        "operate",
        "audit",
    ):
        assert f"\n  {command} " in told
    assert "..." not in told.partition("Commands:")[2].replace("pay_...", "")


def test_a_mistake_in_a_programme_is_told_by_line_and_field_before_anything_starts(
    tmp_path: Path,
) -> None:
    page = (HOME / "programmes/iom-slovakia.yaml").read_text()
    (tmp_path / "programmes").mkdir()
    wrong = tmp_path / "programmes/iom-slovakia.yaml"
    wrong.write_text(page.replace("below: 1500 EUR", "below: 1500", 1))
    line = 1 + wrong.read_text().splitlines().index(
        next(each for each in wrong.read_text().splitlines() if "below: 1500," in each)
    )
    refused = homeward("demo", "--exit", home=tmp_path)
    assert refused.returncode == 1
    assert f"programmes/iom-slovakia.yaml:{line}  buying.bands[1].below" in refused.stderr
    assert 'write it as "1500 EUR"' in refused.stderr
    assert not (tmp_path / ".homeward").exists()


def test_the_shipped_programmes_have_no_mistake() -> None:
    files = [str(file) for file in (HOME / "programmes").glob("*.yaml")]
    assert homeward("programme", *files).returncode == 0


@pytest.mark.parametrize("name", ["nothing-of-that-name", "_private"])
def test_an_unknown_bench_is_answered_with_those_there_are(name: str) -> None:
    refused = homeward("bench", name)
    assert refused.returncode == 1
    assert "store" in refused.stderr


@pytest.mark.parametrize(("arguments", "status"), [(("--help",), 0), (("-h",), 0), ((), 1)])
def test_the_benches_are_listed(arguments: tuple[str, ...], status: int) -> None:
    told = homeward("bench", *arguments)
    assert (told.returncode, told.stderr) == (status, "")
    assert "\n  store     The store's figures" in told.stdout


@pytest.mark.parametrize("name", ["x" * 300, "file/beneath"])
@pytest.mark.parametrize("command", [("up",), ("demo", "--exit")])
def test_a_folder_that_cannot_be_is_told_in_a_sentence(
    tmp_path: Path, command: tuple[str, ...], name: str
) -> None:
    (tmp_path / "file").touch()
    refused = homeward(*command, "--data", str(tmp_path / name))
    assert refused.returncode == 1
    assert "cannot be written to (" in refused.stderr
    assert "Name another folder with --data." in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may look everywhere")
def test_a_folder_that_is_not_ours_is_told_in_a_sentence() -> None:
    refused = homeward("up", "--data", "/root/x")
    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
    assert "/root/x cannot be written to (Permission denied)" in refused.stderr


def test_what_is_no_programme_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "picture.yaml").write_bytes(b"\x89PNG\xff\xfe")
    for name, said in (
        ("missing.yaml", "There is no file"),
        ("picture.yaml", "is not text in UTF-8"),
        (".", "cannot be read (Is a directory)"),
    ):
        refused = homeward("programme", str(tmp_path / name))
        assert refused.returncode == 1
        assert said in refused.stderr
        assert "Errno" not in refused.stderr
        assert "codec" not in refused.stderr


def test_there_is_nothing_to_operate_when_nothing_runs(tmp_path: Path) -> None:
    refused = homeward("operate", "intake", "stops", home=tmp_path)
    assert refused.returncode == 1
    assert "No copy is running in this checkout" in refused.stderr


def test_a_second_reset_has_nothing_to_do(tmp_path: Path) -> None:
    (tmp_path / ".homeward").mkdir()
    assert homeward("reset", home=tmp_path).returncode == 1, "it asks, and nobody says yes"
    assert (tmp_path / ".homeward").exists()
    assert "Deleted .homeward" in homeward("reset", "--yes", home=tmp_path).stdout
    assert "nothing to delete" in homeward("reset", "--yes", home=tmp_path).stdout


def test_a_replay_of_what_is_no_copy_is_told(tmp_path: Path) -> None:
    refused = homeward("replay", str(tmp_path))
    assert refused.returncode == 2
    assert "has no file `checkpoint`: it is no copy of a log" in refused.stderr


def test_a_replay_without_a_copy_needs_one_that_runs(tmp_path: Path) -> None:
    refused = homeward("replay", "--data", str(tmp_path / "none"))
    assert refused.returncode == 1
    assert "No copy is running" in refused.stderr


def test_what_an_auditor_may_ask_of_a_sample_is_told_though_nothing_runs() -> None:
    told = homeward("audit", "sample", "--help")
    assert told.returncode == 0
    for option in ("--seed", "--by-stratum", "--currency", "--cut-off"):
        assert f"\n  {option} " in told.stdout
    for words in (("audit", "--help"), ("audit",)):
        assert "verify-export ZIP BUNDLE" in homeward(*words).stdout
