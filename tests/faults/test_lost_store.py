"""The audit service's database is gone; what was published fills another, and all goes on."""

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import StringIO
from pathlib import Path

from rich.console import Console

from homeward import folder, stack
from homeward.demo import story
from homeward.demo.stage import Json, Stage
from homeward.stack import Stack
from tests.faults.test_running_copy import becomes, is_all_signed, proposed


@contextmanager
def running(home: Path, restore_audit: Path | None = None) -> Iterator[tuple[Stack, Stage]]:
    with (
        folder.held(home, "up", home / "data") as place,
        stack.running(
            place,
            "up",
            console_port=None,
            told=lambda _: None,
            waiting=lambda _: None,
            restore_audit=restore_audit,
        ) as copy,
        closing(Stage(story.world(copy), Console(file=StringIO()), secrets.token_hex(4))) as stage,
    ):
        yield copy, stage


def trail_of(stage: Stage, vendor: str) -> Json:
    return becomes(stage, f"audit/v1/trail/{vendor}", lambda told: bool(told["lines"]))


def test_it_goes_on_from_its_files_under_the_same_root(tmp_path: Path) -> None:
    with running(tmp_path) as (copy, stage):
        vendor = proposed(stage, "Tigris")
        trail_of(stage, vendor)
        signed = becomes(stage, "audit/v1/log", is_all_signed)
        before = trail_of(stage, vendor)
        files = copy.folder.path / "files" / "audit" / "log"
    with running(tmp_path) as (copy, _):
        copy.supervisor.stop(copy.programs)
        copy.postgres.run("drop database audit with (force);")
    with running(tmp_path, restore_audit=files) as (_, stage):
        again = becomes(
            stage,
            f"audit/v1/trail/{vendor}",
            lambda told: all(line["proven"] for line in told["lines"]),
        )
        assert again["lines"] == before["lines"]
        trail_of(stage, proposed(stage, "Euphrates"))
        log = becomes(stage, "audit/v1/log", is_all_signed)
        assert log["vkey"] == signed["vkey"]
        assert log["size"] > signed["size"]
        becomes(stage, "audit/v1/checks", lambda told: bool(told["whole"]))
