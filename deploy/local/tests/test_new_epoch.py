"""A new epoch on a running copy: what was erased stays so, even out of an old backup."""

import asyncio
import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from libs.events.tests.bakery import ANA, BEN
from libs.events.tests.drafts import placed

from events.io.postgres import EpochKeys, open_store
from events.ports import Append
from homeward import epoch, folder, stack
from homeward.processes import CannotStart
from homeward.stack import STORED, Stack

TABLES = ("es_key", "es_disclosure")
ERASED, KEPT = placed("itm_1", person=BEN, name="Zaynab"), placed("itm_2", person=ANA, name="Ana")


@contextmanager
def running(home: Path, *, new_epoch: bool = False) -> Iterator[Stack]:
    with folder.held(home, "up", home / "data") as place:
        if new_epoch:
            place.begin_epoch(STORED)
        with stack.running(
            place, "up", console_port=None, told=lambda _: None, waiting=lambda _: None
        ) as found:
            yield found


def key_of(copy: Stack) -> bytes:
    return base64.b64decode(copy.vault_keys["plans"])


async def opened(copy: Stack, key: bytes) -> list[str]:
    """Whose values of the two can be opened with that key."""
    async with open_store(copy.databases["plans"].app, EpochKeys(key)) as store:
        found = await store.disclosures([ERASED.event_id, KEPT.event_id])
    return sorted(str(d.value) for values in found.values() for d in values if d.name == "name")


async def told_and_erased(copy: Stack) -> None:
    """Two people's values, a backup of them, and the erasure of one of the two."""
    async with open_store(copy.databases["plans"].app, EpochKeys(key_of(copy))) as store:
        await store.append(Append((ERASED, KEPT)))
        copy.postgres.run(
            "\\connect plans\ncreate schema backup;\n"
            + "".join(f"create table backup.{t} as select * from {t};\n" for t in TABLES)
        )
        await store.erase(BEN)


def restore(copy: Stack) -> None:
    """Bring the backup back, as who has the server in their hands can."""
    copy.postgres.run(
        "\\connect plans\nset session_replication_role = replica;\n"
        "delete from es_disclosure; delete from es_key;\n"
        + "".join(f"insert into {t} select * from backup.{t};\n" for t in TABLES)
    )


def test_after_a_new_epoch_an_old_backup_does_not_open(tmp_path: Path) -> None:
    with running(tmp_path) as copy:
        before = key_of(copy)
        asyncio.run(told_and_erased(copy))
        assert asyncio.run(opened(copy, before)) == ["Ana"]
    with running(tmp_path, new_epoch=True) as copy:
        after = key_of(copy)
        assert after != before
        assert asyncio.run(opened(copy, after)) == ["Ana"], "what was not erased is still there"
        restore(copy)
        assert asyncio.run(opened(copy, after)) == []
        assert asyncio.run(opened(copy, before)) == ["Ana", "Zaynab"], "the backup was a good one"
        kept = (copy.folder.path / "vault-keys.json").read_text()
        assert base64.b64encode(before).decode() not in kept
        assert "earlier" not in json.loads(kept)


def test_the_earlier_keys_are_kept_until_nothing_is_under_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(tmp_path) as copy:
        before = key_of(copy)
        asyncio.run(told_and_erased(copy))
    with monkeypatch.context() as broken:
        broken.setattr(epoch, "REWRAP_SECONDS", 60.0)
        broken.setattr(epoch, "EARLIER", "HOMEWARD_NOBODY_READS_THIS")
        with pytest.raises(CannotStart, match="the earlier key is kept"):
            running(tmp_path, new_epoch=True).__enter__()
    kept = json.loads((tmp_path / "data" / "vault-keys.json").read_text())
    assert kept["earlier"]["plans"] == base64.b64encode(before).decode()
    with running(tmp_path) as copy:
        assert key_of(copy) != before
        assert asyncio.run(opened(copy, key_of(copy))) == ["Ana"]
