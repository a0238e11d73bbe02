"""From the services' events to the signed log: in order, once, and the same after any crash."""

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest
from services.audit.tests.conftest import Desk
from specimens.histories import GRANT, VENDOR, case, history, told

from audit.log import table
from audit.log.files import CHECKPOINT, LogFiles
from audit.log.signer import WouldFork
from audit.main import service
from audit.verify import verify
from events.delivery.consume import Keeping, Moved, Poison
from events.envelope import Entry
from events.io.http.trial import Trial
from events.io.postgres import PostgresTracking
from events.roles import Role

ALL = history(2)


def tree_of(folder: Path) -> dict[str, bytes]:
    """Every file of the log but the checkpoint, by name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != CHECKPOINT
    }


# The table


async def test_each_entry_gets_the_next_index_and_keeps_its_bytes(desk: Desk) -> None:
    await desk.keep(ALL)
    assert await desk.size() == len(ALL)
    kept = await desk.entries()
    assert kept == [entry.raw for _, entry in ALL]
    assert not await table.findings(desk.store.pool, 10)
    assert all(not source.gaps for source in await table.sources(desk.store.pool))


async def test_what_comes_twice_is_logged_once(desk: Desk) -> None:
    await desk.keep(ALL[:30])
    await desk.keep(ALL[:30])
    await desk.keep(ALL)
    assert await desk.size() == len(ALL)


async def test_an_entry_is_taken_only_at_the_next_position_of_its_source(desk: Desk) -> None:
    await desk.keep(ALL[:5])
    before = await desk.size()
    keeping = Keeping(service.copies[0], "intake", PostgresTracking(desk.store.pool))
    later = [entry for source, entry in ALL if source == "intake"][2:]
    with pytest.raises(Moved):  # it is read again, from where it stands
        await keeping.take(later)
    assert await desk.size() == before


async def test_nobody_changes_the_log_not_even_the_service(desk: Desk) -> None:
    await desk.keep(ALL[:5])
    await desk.publisher().publish()
    for statement in (
        "update log_entry set entry = 'x'",
        "delete from log_entry",
        "truncate log_entry",
        "delete from log_mention",
        "update log_checkpoint set note = 'x'",
        "delete from log_checkpoint",
        "delete from log_head",
        "truncate log_head",
    ):
        with pytest.raises(asyncpg.RaiseError, match="the log is never changed"):
            await desk.store.pool.execute(statement)


@pytest.mark.parametrize("size", ["size - 1", "0", "size + 1", "size + 2"])
async def test_not_even_the_service_says_that_the_log_goes_elsewhere_than_its_entries(
    desk: Desk, size: str
) -> None:
    """Less, and what comes next is written over what was; more, and there is a hole."""
    await desk.keep(ALL[:5])
    with pytest.raises(asyncpg.RaiseError, match="do not bear out"):
        await desk.store.pool.execute(f"update log_head set size = {size}")


async def test_a_broken_stream_is_logged_and_found(desk: Desk) -> None:
    teller_skips = told(VENDOR)
    source, third = teller_skips[2]
    spoilt = third.raw.replace(b'"sequence":"3"', b'"sequence":"4"')
    await desk.keep([*teller_skips[:2], (source, Entry(third.position, spoilt))])
    [(index, rule, detail)] = await table.findings(desk.store.pool, 10)
    assert (index, rule) == (2, "StreamBroken")
    assert "has 4 where 3 follows" in detail


async def test_an_entry_under_another_services_name_is_found(desk: Desk) -> None:
    [(_, entry)] = told(VENDOR[:1])
    await desk.keep([("intake", entry)])
    assert [rule for _, rule, _ in await table.findings(desk.store.pool, 10)] == ["ForeignEvent"]


async def test_what_is_no_event_stops_the_consumer(desk: Desk) -> None:
    with pytest.raises(Poison):
        await desk.keep([("intake", Entry(1, b"{}"))])
    assert await desk.size() == 0


# The files


async def test_the_published_log_is_verified_by_the_offline_program(desk: Desk) -> None:
    publisher = desk.publisher()
    for end in (3, 20, len(ALL)):
        await desk.keep(ALL[:end])
        published = await publisher.publish()
        assert published is not None
        assert published.size == end
    assert await publisher.publish() is None
    report = verify(desk.files.folder, desk.signer().vkey)
    assert not report.failures
    assert report.entries == len(ALL)
    assert len(await desk.notes()) == 3


async def test_the_files_are_a_pure_function_of_the_table(desk: Desk, tmp_path: Path) -> None:
    await desk.keep(history(14))
    await desk.publisher().publish()
    elsewhere = LogFiles(tmp_path / "again")
    await replace(desk, files=elsewhere).publisher().publish()
    assert tree_of(elsewhere.folder) == tree_of(desk.files.folder)
    assert elsewhere.read(CHECKPOINT) == desk.files.read(CHECKPOINT)


@pytest.mark.parametrize("at", ["tiles", "edge", "signed", "kept"])
async def test_a_crash_anywhere_means_to_do_it_again(
    desk: Desk, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before the n-th write: a fresh publisher comes to the same log."""
    entries = history(14)
    await desk.keep(entries[:200])
    await desk.publisher().publish()
    await desk.keep(entries)

    class Killed(Exception):
        pass

    writes = 0
    stop_before = {"tiles": 1, "edge": 2, "signed": 3, "kept": 4}[at]
    write = LogFiles.write

    def failing(self: LogFiles, files: list[tuple[str, bytes]]) -> None:
        nonlocal writes
        writes += 1
        if writes > stop_before:
            raise Killed
        write(self, files)

    monkeypatch.setattr(LogFiles, "write", failing)
    with pytest.raises(Killed):
        await desk.publisher().publish()
    monkeypatch.undo()
    published = await desk.publisher().publish()
    assert published is not None
    assert published.size == len(entries)
    assert not verify(desk.files.folder, desk.signer().vkey).failures


# The signer


async def test_the_signer_refuses_a_shortened_log(desk: Desk) -> None:
    await desk.keep(ALL)
    await desk.publisher().publish()
    await desk.say_size("size - 1")
    with pytest.raises(WouldFork):
        await desk.publisher().publish()


async def test_a_table_that_ends_before_it_says_is_not_waited_for(desk: Desk) -> None:
    await desk.keep(ALL)
    await desk.publisher().publish()
    await desk.say_size("size + 3")
    with pytest.raises(WouldFork):
        await asyncio.wait_for(desk.publisher().publish(), 60)


async def test_what_the_signer_refuses_is_told_until_it_is_put_right(
    desk: Desk, audit: Trial, caplog: pytest.LogCaptureFixture
) -> None:
    auditor = audit.sign_in("per_elif", Role.AUDITOR)
    await desk.keep(ALL)
    publisher = desk.publisher()
    await publisher.publish()
    await desk.say_size("size - 1")
    for _ in range(2):
        with pytest.raises(WouldFork):
            await publisher.publish()
    assert (await auditor.get("/v1/log")).json()["refused_since"] is not None
    assert [each.levelname for each in caplog.records].count("CRITICAL") == 1
    await desk.say_size("size + 1")
    await desk.publisher().publish()  # another one, after a start
    assert (await auditor.get("/v1/log")).json()["refused_since"] is None


async def test_the_signer_refuses_another_past(desk: Desk) -> None:
    """Somebody with the owner's password edits an entry and lets everything be made anew."""
    await desk.keep(ALL)
    await desk.publisher().publish()
    owner = await asyncpg.connect(desk.database.owner)
    await owner.execute("alter table log_entry disable trigger user")
    await owner.execute("update log_entry set leaf = sha256('forged') where index = 7")
    await owner.close()
    with pytest.raises(WouldFork):
        await desk.publisher().publish()
    shutil.rmtree(desk.files.folder)
    desk.files.folder.mkdir()
    with pytest.raises(WouldFork):
        await desk.publisher().publish()


async def test_a_second_signature_over_the_same_tree_is_the_same(desk: Desk) -> None:
    await desk.keep(ALL)
    await desk.publisher().publish()
    note = desk.files.read(CHECKPOINT)
    (desk.files.folder / CHECKPOINT).unlink()
    await desk.publisher().publish()
    assert desk.files.read(CHECKPOINT) == note


async def test_the_key_and_the_memory_are_the_signers_alone(desk: Desk) -> None:
    await desk.keep(ALL[:1])
    await desk.publisher().publish()
    for path in (desk.folder / "signer").iterdir():
        assert path.stat().st_mode & 0o077 == 0


async def test_cases_and_grants_are_told_apart_by_their_sources(desk: Desk) -> None:
    await desk.keep(told(GRANT, case()))
    counted = {source.name: source.entries for source in await table.sources(desk.store.pool)}
    assert counted["intake"] == 3
    assert counted["plans"] == 7


@pytest.mark.parametrize(
    "path",
    [
        f"/v1/log/entries/{2**63}",
        f"/v1/log/proof?index={2**63}",
        f"/v1/log/proof?source=intake&position={2**63}",
        f"/v1/log/consistency?old=0&new={2**63}",
    ],
)
async def test_a_number_beyond_all_numbers_is_a_problem(audit: Trial, path: str) -> None:
    assert (await audit.sign_in("per_elif", Role.AUDITOR).get(path)).status_code in {400, 404}
