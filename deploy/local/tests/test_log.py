"""The signer's folder: moved from where an earlier version had it, and refused in sentences."""

import json
from pathlib import Path

import pytest

from audit.domain.merkle import EMPTY_ROOT, consistency_proof, leaf_hash, over, root
from audit.domain.note import read_checkpoint
from audit.log.signer import KEY, LASTING_KEY, MEMORY, Signer, WouldFork
from events.memory import FixedClock
from homeward.log import prepare_signer, take_over
from homeward.processes import CannotStart

TREE = over([leaf_hash(str(number).encode()) for number in range(9)])


def earlier(folder: Path) -> str:
    """The folder as the audit service had it before it had the second key: its verifier key."""
    signer = Signer(folder, FixedClock())
    signer.sign(5, root(TREE, 0, 5), [])
    (folder / LASTING_KEY).unlink()
    memory = json.loads((folder / MEMORY).read_text())
    text, _, lines = memory["note"].partition("\n\n")
    note = f"{text}\n\n{lines.splitlines()[0]}\n"
    (folder / MEMORY).write_text(json.dumps(memory | {"note": note}))
    return str(signer.keys[0])


def test_the_keys_and_the_memory_move_and_the_log_goes_on(tmp_path: Path) -> None:
    vkey = earlier(tmp_path / "audit" / "signer")
    take_over(tmp_path / "audit" / "signer", tmp_path / "files" / "signer")
    assert prepare_signer(tmp_path / "files" / "signer").splitlines()[0] == vkey
    assert not (tmp_path / "audit" / "signer").exists()
    signer = Signer(tmp_path / "files" / "signer", FixedClock())
    again = signer.sign(5, root(TREE, 0, 5), [])
    assert read_checkpoint(again.encode(), signer.keys).size == 5  # with its new key as well
    with pytest.raises(WouldFork):
        signer.sign(4, root(TREE, 0, 4), [])
    assert signer.sign(9, root(TREE, 0, 9), consistency_proof(TREE, 5, 9))


def test_the_move_is_made_once(tmp_path: Path) -> None:
    earlier(tmp_path / "before")
    for _ in range(2):
        take_over(tmp_path / "before", tmp_path / "files" / "signer")
    take_over(tmp_path / "nowhere", tmp_path / "files" / "other")
    assert (tmp_path / "files" / "signer" / KEY).exists()
    assert not (tmp_path / "files" / "other").exists()


def test_two_folders_are_two_histories_and_a_person_has_to_say_which(tmp_path: Path) -> None:
    for folder in ("before", "now"):
        earlier(tmp_path / folder)
    with pytest.raises(CannotStart, match="the larger size"):
        take_over(tmp_path / "before", tmp_path / "now")
    assert (tmp_path / "before" / KEY).exists()


def test_keys_without_a_memory_do_not_start_and_the_sentence_says_what_to_do(
    tmp_path: Path,
) -> None:
    earlier(tmp_path / "before")
    (tmp_path / "before" / MEMORY).unlink()
    take_over(tmp_path / "before", tmp_path / "now")
    with pytest.raises(CannotStart, match="--continue CHECKPOINT"):
        prepare_signer(tmp_path / "now")


def test_a_new_log_begins_with_nothing(tmp_path: Path) -> None:
    prepare_signer(tmp_path / "signer")
    assert json.loads((tmp_path / "signer" / MEMORY).read_text())["root"] == EMPTY_ROOT.hex()
