"""A month that is closed on a running copy comes out the same when it is replayed later."""

import asyncio
from base64 import b64decode
from datetime import timedelta

import httpx
import pytest

from audit.domain.period import Month, ends, month_of
from audit.log import proofs
from audit.log.files import LogFiles
from audit.main import service
from audit.replay.closing import Drawer, beside
from audit.settings import SCRATCH
from events.handler import Handler
from events.io import command
from events.io.postgres import EpochKeys, open_store
from events.io.system import SystemClock
from events.memory import FixedClock, SeededIds
from homeward import replaying
from homeward.demo.stage import Stage
from homeward.stack import Stack
from tests.architecture.tree import ROOT
from tests.faults.test_running_copy import becomes, copy, is_all_signed, logged, proposed, stage

__all__ = ["copy", "stage"]


async def drawn_up(copy: Stack, month: Month, scratch: str) -> None:
    """As the service does by itself when the month is over: its clock is set ahead, no more."""
    keys = EpochKeys(b64decode(copy.vault_keys["audit"]))
    clock = FixedClock()
    clock.at = ends(month) + timedelta(days=2)
    signed = proofs.newest(LogFiles(copy.folder.path / "files" / "audit" / "log"))
    assert signed is not None
    async with open_store(copy.databases["audit"].app, keys) as store:
        handler = Handler(service.registry, store, clock, SeededIds(7))
        drawer = Drawer(handler, store.pool, beside(scratch))
        assert await drawer.draw_up(signed.checkpoint) == [month]


def test_a_month_that_is_closed_comes_out_the_same_when_it_is_replayed(
    copy: Stack,
    stage: Stage,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    proposed(stage, "Shatt al-Arab")
    becomes(stage, "audit/v1/log", lambda told: logged(stage) > 0 and is_all_signed(told))
    month = month_of(SystemClock().now())
    audit = next(each for each in copy.programs if each.name == "audit")
    with monkeypatch.context() as said:
        said.setenv(command.DATABASE, audit.environment[command.DATABASE])
        asyncio.run(drawn_up(copy, month, audit.environment[SCRATCH]))
    path = f"audit/v1/periods/{month}"
    stands = becomes(stage, path, lambda told: bool(told["statement"]))
    answer = httpx.post(
        f"{stage.world.services['audit']}/v1/periods/{month}/close",
        json={"statement": stands["statement"]},
        headers=stage.authorization("eva") | {"Idempotency-Key": "close", "If-Match": '"1"'},
    )
    assert answer.status_code == 200, answer.text
    proposed(stage, "Euphrates and Tigris")
    closed = becomes(stage, path, lambda told: told["closed_by"] == "per_eva")
    assert closed["statement"] == stands["statement"]
    becomes(stage, "audit/v1/log", is_all_signed)
    words = ["--data", str(copy.folder.path)]
    assert replaying.run(ROOT, [*words, "--period", month]) == 0
    assert "It was closed on the same by per_eva" in capfd.readouterr().out
