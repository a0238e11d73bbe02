"""The audit service's store is lost; what was published fills another, or nothing does."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from services.audit.tests.conftest import Desk
from services.audit.tests.test_beyond import checking_of
from specimens.histories import history

from audit.checking.compare import compare
from audit.checking.own import compare_own
from audit.checking.stores import opened
from audit.domain.difference import Kind
from audit.domain.tiles import WIDTH
from audit.log import proofs
from audit.log.files import CHECKPOINT, VKEY
from audit.main import service
from audit.restore import DoesNotFit, restore
from events.io.postgres import EpochKeys, open_store
from events.values import Code
from homeward.postgres import Database

ALL = history(14)
SIZE = len(ALL) - 30
"""So many of the others' were published."""
assert SIZE > WIDTH


@pytest.fixture
async def published(desk: Desk) -> Desk:
    """A log with what others told, and what the audit service itself did."""
    await desk.keep(ALL[:100])
    await desk.publisher().publish()
    await checking_of(desk).teller.differs(Code("plans"), Kind.UNREADABLE)
    await desk.keep([("audit", each) for each in await desk.store.read(0, 100)])
    await desk.keep(ALL[100:SIZE])
    await desk.publisher().publish()
    return desk


@pytest.fixture
async def anew(published: Desk, make_migrated: Callable[..., Database]) -> AsyncIterator[Desk]:
    """The same folder and signer, with an empty database."""
    database = make_migrated(service.migrations)
    async with open_store(database.app, EpochKeys(b"k" * 32)) as store:
        yield Desk(store, published.folder, published.files, database)


async def fill(desk: Desk) -> int:
    owner: Any = await asyncpg.connect(desk.database.owner)
    try:
        async with owner.transaction():
            return await restore(desk.files, owner)
    finally:
        await owner.close()


async def at_once() -> None: ...


async def test_the_log_and_the_own_store_are_what_they_were(published: Desk, anew: Desk) -> None:
    own = await published.store.read(0, 100)
    assert await fill(anew) == SIZE + len(own)
    assert await anew.entries() == await published.entries()
    assert await anew.store.read(0, 100) == own
    rows = "select * from log_mention order by name, index"
    assert await anew.store.pool.fetch(rows) == await published.store.pool.fetch(rows)
    assert await anew.notes() == (await published.notes())[-1:]
    signed = proofs.newest(anew.files)
    found = await compare_own(anew.store.pool, anew.files, signed, at_once)
    assert [each.differences for each in found.values()] == [()] * len(found)
    async with opened(anew.database.auditor) as store:
        assert (await compare("audit", store, anew.store.pool, at_once)).differences == ()


async def test_it_goes_on_from_there_under_the_same_keys_and_continues_what_was_published(
    anew: Desk,
) -> None:
    before = proofs.newest(anew.files)
    assert before is not None
    await fill(anew)
    publisher = anew.publisher()
    assert await publisher.publish() is None
    await anew.keep(ALL[SIZE:])
    after = await publisher.publish()
    assert after is not None
    assert after.size == before.checkpoint.size + len(ALL) - SIZE
    assert proofs.consistency(before.checkpoint.size, after.size, anew.files) is not None


async def test_what_the_services_tell_is_taken_where_it_ends(anew: Desk) -> None:
    """No row says how far it has come: its own table does."""
    await fill(anew)
    assert await anew.store.pool.fetchval("select count(*) from es_tracking") == 0
    size = await anew.size()
    await anew.keep(ALL)
    assert await anew.size() == size + len(ALL) - SIZE


NAMES = [
    CHECKPOINT,
    VKEY,
    "tile/0/000",
    "tile/0/001.p/{rest}",
    "tile/1/000.p/1",
    "tile/entries/000",
    "tile/entries/001.p/{rest}",
]


def changed(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])


@pytest.mark.parametrize("done", [changed, cut_off, Path.unlink])
@pytest.mark.parametrize("name", NAMES)
async def test_of_what_does_not_fit_nothing_is_taken(
    anew: Desk, name: str, done: Callable[[Path], None]
) -> None:
    signed = proofs.newest(anew.files)
    assert signed is not None
    done(anew.files.folder / name.format(rest=signed.checkpoint.size - WIDTH))
    with pytest.raises(DoesNotFit):
        await fill(anew)
    assert await anew.size() == await anew.store.head() == 0
    assert await anew.entries() == []


async def test_only_an_empty_database_is_filled(published: Desk) -> None:
    with pytest.raises(DoesNotFit, match="not empty"):
        await fill(published)
