"""Which data folder a copy takes, and what stops it, in sentences that help."""

import json
from pathlib import Path

import pytest

from homeward import folder
from homeward.processes import CannotStart


def test_the_first_copy_takes_homeward_and_the_second_its_own(tmp_path: Path) -> None:
    with (
        folder.held(tmp_path, "up", None) as first,
        folder.held(tmp_path, "up", None) as second,
        folder.held(tmp_path, "demo", None) as third,
    ):
        names = [each.path.name for each in (first, second, third)]
    assert names == [".homeward", ".homeward-2", ".homeward-3"]
    with folder.held(tmp_path, "up", None) as again:
        assert again.path == first.path


def test_a_folder_in_use_is_refused_with_the_address_of_its_console(tmp_path: Path) -> None:
    with folder.held(tmp_path, "up", tmp_path / "mine") as held:
        held.write_state({"addresses": {"console": "http://127.0.0.1:8480"}})
        with (
            pytest.raises(CannotStart, match=r"console at http://127.0.0.1:8480"),
            folder.held(tmp_path, "up", tmp_path / "mine"),
        ):
            pass


def test_the_demo_begins_with_nothing(tmp_path: Path) -> None:
    with folder.held(tmp_path, "demo", None) as held:
        (held.path / "postgres").mkdir()
        (held.path / "postgres" / "row").write_text("of the demo before")
    with folder.held(tmp_path, "demo", None) as again:
        assert again.path == held.path
        assert not (again.path / "postgres").exists()


def test_the_demo_never_clears_what_up_has_made_or_gone_on_with(tmp_path: Path) -> None:
    with folder.held(tmp_path, "up", None) as held:
        (held.path / "postgres").mkdir()
    with folder.held(tmp_path, "demo", None) as demo:
        assert demo.path.name == ".homeward-2"
    with (
        pytest.raises(CannotStart, match="did not make"),
        folder.held(tmp_path, "demo", held.path),
    ):
        pass
    assert (held.path / "postgres").exists()


def test_the_demo_never_clears_a_folder_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("ten years of work")
    with pytest.raises(CannotStart, match="did not make"), folder.held(tmp_path, "demo", tmp_path):
        pass
    assert (tmp_path / "thesis.txt").exists()


def test_data_of_another_format_is_left_alone(tmp_path: Path) -> None:
    with folder.held(tmp_path, "up", None) as held:
        pass
    (held.path / "format.json").write_text(json.dumps({"format": 99, "made_by": "up"}))
    with (
        pytest.raises(CannotStart, match=r"has format 99.*reads format 1"),
        folder.held(tmp_path, "up", None),
    ):
        pass


def test_a_full_disk_is_told_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "NEEDED_BYTES", 1 << 62)
    with pytest.raises(CannotStart, match="disk is full"), folder.held(tmp_path, "up", None):
        pass


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(CannotStart, match="cannot be written to"),
        folder.held(tmp_path, "up", tmp_path / "file" / "below"),
    ):
        pass


def test_vault_keys_stay_what_they_are(tmp_path: Path) -> None:
    with folder.held(tmp_path, "up", None) as held:
        first = held.vault_keys(["intake"])
        second = held.vault_keys(["intake", "plans"])
        mode = (held.path / "vault-keys.json").stat().st_mode & 0o777
    assert second["intake"] == first["intake"]
    assert set(second) == {"intake", "plans"}
    assert mode == 0o600


def test_reset_leaves_a_running_copy_alone(tmp_path: Path) -> None:
    with (
        folder.held(tmp_path, "up", None) as held,
        pytest.raises(CannotStart, match="Stop it first"),
    ):
        folder.remove(held.path)
    folder.remove(held.path)
    assert folder.all_of(tmp_path) == []
