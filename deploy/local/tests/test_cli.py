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
        timeout=60,
        check=False,
    )


def test_every_command_says_what_it_is_for() -> None:
    told = homeward("--help").stdout
    for command in ("demo", "up", "test", "bench", "verify", "services", "reset", "lock"):
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


def test_a_second_reset_has_nothing_to_do(tmp_path: Path) -> None:
    (tmp_path / ".homeward").mkdir()
    assert homeward("reset", home=tmp_path).returncode == 1, "it asks, and nobody says yes"
    assert (tmp_path / ".homeward").exists()
    assert "Deleted .homeward" in homeward("reset", "--yes", home=tmp_path).stdout
    assert "nothing to delete" in homeward("reset", "--yes", home=tmp_path).stdout
