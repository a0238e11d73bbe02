"""What is written behind the end of the log, or as a checkpoint that nobody signed: it cannot be
by who runs the service, and by who owns its tables it is told, and shown to nobody.
"""

import asyncio
from collections.abc import Callable

import asyncpg
import pytest
from services.audit.tests.conftest import Desk
from services.audit.tests.test_broken import ALL, PAID, PAYMENT, SIZE, tamper, told
from specimens.histories import NOON

from audit.checking import view as checking
from audit.checking.indexes import OwnIndexes
from audit.checking.keep import Checker
from audit.checking.telling import Teller
from audit.domain import registry
from audit.domain.difference import CHECKPOINTS, LOG, MENTIONS, Kind
from audit.exports.asked import signed_by
from audit.log import proofs, table
from events.handler import Handler
from events.io.http.trial import Caller, Trial
from events.memory import FixedClock, SeededIds
from events.roles import Role

FAR = 2_000_000
ZOE = "convert_to(replace(convert_from(entry, 'UTF8'), 'per_dalia', 'per_zoe'), 'UTF8')"
INVENTED = (
    "insert into log_entry (index, source, position, stream, version, type, entry, leaf, names)"
    " select {}, source, {}, stream, 99, type, entry, sha256('\\x00'::bytea || entry),"
    " array[stream, 'per_zoe'] from"
    f" (select source, stream, type, {ZOE} as entry from log_entry where index = {PAID}) as made"
)
FORGED = (
    "insert into log_checkpoint (size, root, note, signed_at)"
    " values ({}, sha256(''), 'forged', '2026-11-21T12:00:00Z')"
)


@pytest.fixture
async def filled(desk: Desk) -> Desk:
    for part in (ALL[: SIZE - 5], ALL[SIZE - 5 :]):
        await desk.keep(part)
        await desk.publisher().publish()
    return desk


@pytest.fixture
def elif_(filled: Desk, audit: Trial) -> Caller:
    return audit.sign_in("per_elif", Role.AUDITOR, organisation="external")


def checking_of(desk: Desk) -> Checker:
    handler = Handler(registry, desk.store, FixedClock(), SeededIds())
    return Checker(Teller(handler, desk.store.pool), {}, share=1)


@pytest.fixture
def checker(filled: Desk) -> Checker:
    return checking_of(filled)


@pytest.mark.parametrize(
    "done",
    [
        INVENTED.format(FAR, 4000),
        INVENTED.format(FAR, -7),
        INVENTED.format(SIZE + 1, 4000),
        INVENTED.format(-1, 4000),
        INVENTED.format(SIZE, 0),
        FORGED.format(FAR),
        FORGED.format(-1),
    ],
)
async def test_the_service_itself_writes_nothing_where_nobody_looks(
    filled: Desk, done: str
) -> None:
    with pytest.raises((asyncpg.RaiseError, asyncpg.CheckViolationError)):
        await filled.store.pool.execute(done)


async def test_the_log_ends_behind_whatever_is_added_to_it(filled: Desk) -> None:
    await filled.store.pool.execute(INVENTED.format(SIZE, 4000))
    assert await filled.size() == SIZE + 1


@pytest.mark.parametrize("position", [-7, 99_999])
async def test_what_stands_behind_the_end_of_the_log_is_shown_to_nobody_and_is_told(
    filled: Desk, elif_: Caller, audit: Trial, checker: Checker, position: int
) -> None:
    before = (await elif_.get(f"/v1/trail/{PAYMENT}")).json()["lines"]
    await tamper(
        filled,
        "alter table log_entry drop constraint log_entry_counts_from_one",
        INVENTED.format(FAR, position),
        f"insert into log_mention values ('{PAYMENT}', {FAR}), ('per_zoe', {FAR})",
    )
    after = (await elif_.get(f"/v1/trail/{PAYMENT}")).json()["lines"]
    assert after == before
    assert (await elif_.get("/v1/trail/per_zoe")).json().get("lines", []) == []
    assert (await elif_.get(f"/v1/log/entries/{FAR}")).status_code == 404
    sources = (await elif_.get("/v1/log")).json()["sources"]
    assert all(each["gaps"] == 0 for each in sources)
    await checker.check_log(filled.files)
    assert set(await told(audit)) == {(LOG, Kind.MISFILED, FAR), (MENTIONS, Kind.MISFILED, 0)}


@pytest.mark.parametrize("size", [FAR, SIZE + 1, -1])
async def test_a_checkpoint_of_more_than_there_is_is_told(
    filled: Desk, audit: Trial, checker: Checker, size: int
) -> None:
    await tamper(filled, FORGED.format(size))
    for _ in range(2):
        await checker.check_log(filled.files)
    assert await told(audit) == [(CHECKPOINTS, Kind.MISFILED, size)]


@pytest.mark.parametrize("size", [FAR, SIZE - 1])
@pytest.mark.parametrize("path", ["/v1/exports", "/v1/samples"])
async def test_nothing_is_handed_out_under_a_checkpoint_that_nobody_signed(
    filled: Desk, elif_: Caller, audit: Trial, size: int, path: str
) -> None:
    await tamper(filled, FORGED.format(size))
    asked = {"form": "tables"} if path == "/v1/exports" else SAMPLE
    answer = await elif_.post(path, asked | {"cut_off": size})
    assert (answer.status_code, answer.json()["code"]) == (503, "not_as_signed")
    assert await told(audit) == [(CHECKPOINTS, Kind.EDITED, size)]


SAMPLE = {"population": "payments", "method": "random", "items": 1}


@pytest.mark.parametrize("size", [FAR, SIZE - 1])
async def test_a_day_ends_with_the_last_checkpoint_that_was_signed(filled: Desk, size: int) -> None:
    log, day = filled.store.pool, NOON.date()
    first = await table.checkpoint_by(log, day)
    assert first is not None
    assert first[0] == SIZE
    await tamper(filled, FORGED.format(size), f"delete from log_checkpoint where size = {SIZE}")
    assert await signed_by(log, filled.files, day) == SIZE - 5


async def test_an_earlier_checkpoint_that_is_put_back_is_told_and_the_last_is_published_again(
    filled: Desk, elif_: Caller, audit: Trial, checker: Checker
) -> None:
    earlier, last = await filled.notes()
    path = filled.files.folder / "checkpoint"
    path.write_text(earlier)
    assert (await elif_.get("/v1/log")).json()["size"] == SIZE - 5
    await checker.check_log(filled.files)
    assert await told(audit) == [(CHECKPOINTS, Kind.ROLLED_BACK, SIZE)]
    assert path.read_text() == last
    await checker.check_log(filled.files)
    assert len(await told(audit)) == 1


async def test_the_last_that_is_taken_off_the_disk_and_out_of_the_table_is_told(
    filled: Desk, audit: Trial, checker: Checker
) -> None:
    earlier, last = await filled.notes()
    await checker.check_log(filled.files)
    await tamper(filled, f"delete from log_checkpoint where size = {SIZE}")
    path = filled.files.folder / "checkpoint"
    path.write_text(earlier)
    await checker.check_log(filled.files)
    assert await told(audit) == [
        (CHECKPOINTS, Kind.ROLLED_BACK, SIZE),
        (CHECKPOINTS, Kind.DELETED, SIZE),
    ]
    assert path.read_text() == last


async def test_the_signer_knows_of_those_that_nobody_else_has_any_more(
    desk: Desk, audit: Trial
) -> None:
    for start, end in ((0, 8), (8, 12), (12, SIZE)):
        await desk.keep(ALL[start:end])
        await desk.publisher().publish()
    first, *_, last = await desk.notes()
    await tamper(desk, "delete from log_checkpoint where size > 8")
    path = desk.files.folder / "checkpoint"
    path.write_text(first)
    await desk.publisher().publish()  # as after a restart
    assert path.read_text() == last
    await checking_of(desk).check_log(desk.files)
    assert await told(audit) == [(CHECKPOINTS, Kind.DELETED, 12)]


async def test_none_that_nobody_signed_is_published(desk: Desk, audit: Trial) -> None:
    await desk.keep(ALL[: SIZE - 5])
    await desk.publisher().publish()
    await desk.keep(ALL[SIZE - 5 :])
    await desk.store.pool.execute(FORGED.format(SIZE))
    await checking_of(desk).check_log(desk.files)
    published = proofs.newest(desk.files)
    assert published is not None
    assert published.checkpoint.size == SIZE - 5
    assert await told(audit) == [(CHECKPOINTS, Kind.EDITED, SIZE)]


def gone(text: str) -> str | None:
    return None


def with_one_key(text: str) -> str:
    return text.splitlines(keepends=True)[0]


@pytest.mark.parametrize(("done", "kind"), [(gone, Kind.DELETED), (with_one_key, Kind.EDITED)])
async def test_keys_that_are_gone_are_told_and_written_anew(
    filled: Desk, audit: Trial, checker: Checker, done: Callable[[str], str | None], kind: Kind
) -> None:
    elif_ = audit.sign_in("per_elif", Role.AUDITOR)
    publisher = filled.publisher()
    await publisher.publish()
    path = filled.files.folder / "vkey"
    keys = path.read_text()
    left = done(keys)
    path.write_text(left) if left else path.unlink()
    answer = await elif_.get("/v1/log")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_as_signed")
    await checker.check_log(filled.files)
    assert await told(audit) == [(CHECKPOINTS, kind, None)]
    assert not await checking.own_is_whole(filled.store.pool, checker.teller.now)
    running = asyncio.create_task(publisher.run())
    await asyncio.sleep(0.5)
    running.cancel()
    assert path.read_text() == keys
    await checker.check_log(filled.files)
    indexes = OwnIndexes(filled.database.app)
    await checker.check_indexes(indexes)
    indexes.close()
    assert await checking.own_is_whole(filled.store.pool, checker.teller.now)
