"""An old backup of the audit service's own store, restored whole under a log that goes on."""

import asyncpg
import pytest
from services.audit.tests.conftest import Desk
from services.audit.tests.test_beyond import checking_of
from services.audit.tests.test_broken import told
from specimens.histories import history

from audit.checking import view as checking
from audit.domain.difference import LOG, Kind
from audit.log import proofs
from audit.log.signer import WouldFork
from events.io.http.trial import Trial

ALL = history(2)
BACKUP = 40
TABLES = (
    "log_head",
    "log_entry",
    "log_mention",
    "log_of_case",
    "log_alone",
    "log_grant",
    "log_of_grant",
    "log_checkpoint",
    "es_tracking",
)


async def backed_up(desk: Desk) -> None:
    owner = await asyncpg.connect(desk.database.owner)
    await owner.execute("create schema backup")
    for table in TABLES:
        await owner.execute(f"create table backup.{table} as table public.{table}")
    await owner.close()


async def restored(desk: Desk) -> None:
    owner = await asyncpg.connect(desk.database.owner)
    for table in TABLES:
        await owner.execute(f"alter table {table} disable trigger user")
        await owner.execute(f"delete from {table}")
        await owner.execute(f"insert into {table} table backup.{table}")
        await owner.execute(f"alter table {table} enable trigger user")
    await owner.close()


def files(desk: Desk) -> dict[str, bytes]:
    """What is published, by its name."""
    log = desk.files.folder
    found = (each for each in log.rglob("*") if each.is_file() and each.name != "refused")
    return {str(each.relative_to(log)): each.read_bytes() for each in found}


@pytest.fixture
async def put_back(desk: Desk, audit: Trial) -> Desk:
    await desk.keep(ALL[:BACKUP])
    await desk.publisher().publish()
    await backed_up(desk)
    await desk.keep(ALL[BACKUP:])
    await desk.publisher().publish()
    await checking_of(desk).check_log(desk.files)
    assert await told(audit) == []
    await restored(desk)
    assert await desk.size() == BACKUP
    return desk


async def test_a_table_that_ends_before_what_is_published_is_told(
    put_back: Desk, audit: Trial
) -> None:
    before = files(put_back)
    checker = checking_of(put_back)
    await checker.check_log(put_back.files)
    assert (LOG, Kind.ROLLED_BACK, BACKUP) in await told(audit)
    assert files(put_back) == before
    assert not await checking.own_is_whole(put_back.store.pool, checker.teller.now)


async def test_what_comes_again_in_another_order_is_another_log_and_no_file_is_written_from_it(
    put_back: Desk, audit: Trial
) -> None:
    """The sources tell it all again, each in its order, and not as they did beside one another."""
    before = files(put_back)
    await put_back.keep(sorted(ALL[BACKUP:], key=lambda each: each[0]))
    assert await put_back.size() == len(ALL)
    for _ in range(2):
        await checking_of(put_back).check_log(put_back.files)
    assert (LOG, Kind.REPLACED, BACKUP) in await told(audit)
    with pytest.raises(WouldFork):
        await put_back.publisher().publish()
    assert proofs.refused_since(put_back.files) is not None
    assert files(put_back) == before


async def test_what_comes_again_as_it_came_is_the_log_again(put_back: Desk, audit: Trial) -> None:
    await put_back.keep(ALL[BACKUP:])
    await put_back.publisher().publish()
    await checking_of(put_back).check_log(put_back.files)
    assert LOG not in [part for part, _, _ in await told(audit)]
