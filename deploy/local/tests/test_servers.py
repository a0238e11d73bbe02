"""The embedded servers, for real."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import nats
import psutil
import pytest
from nats.aio.client import Client

from homeward import nats as bus
from homeward import postgres as database
from homeward.nats import Nats
from homeward.postgres import Database, Postgres
from homeward.processes import CannotStart


async def test_postgres_is_what_the_architecture_asks_for(postgres: Postgres) -> None:
    connection = await asyncpg.connect(postgres.superuser)
    try:
        assert await connection.fetchval("show data_checksums") == "on"
        assert await connection.fetchval("show password_encryption") == "scram-sha-256"
        assert await connection.fetchval("show listen_addresses") == "127.0.0.1"
        hba = await connection.fetch("select distinct auth_method from pg_hba_file_rules")
        assert [line["auth_method"] for line in hba] == ["scram-sha-256"]
    finally:
        await connection.close()


async def test_the_owner_makes_tables_and_the_app_does_not(empty_database: Database) -> None:
    owner = await asyncpg.connect(empty_database.owner)
    app = await asyncpg.connect(empty_database.app)
    try:
        await owner.execute("create table kept (id int)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute("create table sneaked (id int)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute("select * from kept")
    finally:
        await owner.close()
        await app.close()


async def test_one_service_does_not_enter_the_database_of_another(
    make_database: Callable[[str], Database],
) -> None:
    ours, theirs = make_database("intake"), make_database("plans")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(ours.app, database=theirs.name)


async def test_a_wrong_password_is_refused(empty_database: Database) -> None:
    wrong = empty_database.app.replace("_app:", "_app:x")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(wrong)


def test_postgres_comes_back_to_its_data(tmp_path: Path) -> None:
    folder = tmp_path / "a folder with spaces"
    with database.start(folder) as server:
        server.make_database("intake")
        server.stop(signal.SIGQUIT)
    with database.start(folder) as server:
        assert "intake" in server.run("select datname from pg_database")
        server.make_database("intake")
    (folder / "data" / "PG_VERSION").write_text("12\n")
    with pytest.raises(CannotStart, match="written by Postgres 12"), database.start(folder):
        pass


def test_it_waits_for_a_server_that_is_on_its_way_to_its_end(tmp_path: Path) -> None:
    with database.start(tmp_path) as server, ThreadPoolExecutor() as beside:
        asleep = beside.submit(server.run, "select pg_sleep(1)")
        sleeps = "select 'sleeps' from pg_stat_activity where wait_event = 'PgSleep'"
        while "sleeps" not in server.run(sleeps):
            time.sleep(0.02)
        os.kill(int((tmp_path / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGTERM)
        with database.start(tmp_path) as again:
            assert asleep.done()
            assert again.run("select 1")


async def _connect(server: Nats, user: str) -> Client:
    async def quiet(_: Exception) -> None: ...

    return await nats.connect(
        server.url,
        user=user,
        password=server.passwords[user],
        inbox_prefix=f"_INBOX_{user}".encode(),
        error_cb=quiet,
        allow_reconnect=False,
    )


@pytest.fixture
def own_nats(tmp_path: Path) -> Iterator[Nats]:
    with bus.start(tmp_path) as server:
        yield server


async def test_the_streams_are_there_and_come_back_when_their_data_is_gone(own_nats: Nats) -> None:
    vendors = await _connect(own_nats, "vendors")
    assert (await vendors.jetstream().publish("ev.vendors.vendor_approved.v1", b"{}")).seq == 1
    await vendors.close()
    own_nats.stop(signal.SIGKILL)
    shutil.rmtree(own_nats.folder / "jetstream")
    own_nats.restart()
    vendors = await _connect(own_nats, "vendors")
    assert (await vendors.jetstream().publish("ev.vendors.vendor_approved.v1", b"{}")).seq == 1
    await vendors.close()


SUPERVISOR = """
import sys, time
from pathlib import Path
from homeward import nats, postgres
folder = Path(sys.argv[1])
with postgres.start(folder / "pg", durable=False) as p, nats.start(folder / "nats") as n:
    print(p.process.pid, n.process.pid, flush=True)
    time.sleep(60)
"""


def test_kill_9_of_the_parent_leaves_no_server(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout
    with parent.stdout as output:
        pids = [int(pid) for pid in output.readline().split()]
        children = [child for pid in pids for child in psutil.Process(pid).children()]
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
    deadline = time.monotonic() + 60
    left = [*pids, *(child.pid for child in children)]
    while any(map(_lives, left)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(pids) == 2
    assert [pid for pid in left if _lives(pid)] == []


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_taken_port_is_told(nats_server: Nats, tmp_path: Path) -> None:
    with (
        pytest.raises(CannotStart, match="address already in use"),
        bus.start(tmp_path, port=nats_server.port),
    ):
        pass
    with (
        pytest.raises(CannotStart, match="another program uses its port"),
        database.start(tmp_path / "pg", port=nats_server.port),
    ):
        pass
