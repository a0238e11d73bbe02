"""Writers are killed and Postgres is stopped at once: no gap, no duplicate, nothing lost."""

import asyncio
import contextlib
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from events.envelope import Entry
from events.io.postgres import EpochKeys, migrate, open_store
from events.ports import Store, Unavailable
from homeward.postgres import Database, Postgres
from homeward.postgres import start as start_postgres

HOME = Path(__file__).parents[2]
WRITERS = 3
SECONDS = 3.0
FAULT_AFTER_SECONDS = 1.0


@pytest.fixture
def durable(tmp_path: Path) -> Iterator[Postgres]:
    """A server of the test's own, that writes to the disk what it says it has written."""
    with start_postgres(tmp_path / "postgres") as server:
        yield server


@dataclass
class Writers:
    """Processes that append to one history, and what each was told."""

    processes: list[subprocess.Popen[bytes]]
    notes: list[Path]

    async def all_at_it(self) -> None:
        async with asyncio.timeout(60):
            while not all(note.stat().st_size for note in self.notes):  # noqa: ASYNC110  others write
                await asyncio.sleep(0.05)

    async def end(self) -> list[int]:
        return [await asyncio.to_thread(process.wait, 60) for process in self.processes]

    def acknowledged(self) -> dict[int, str]:
        """Event ids by position, of whole lines only: a killed writer may leave half of one."""
        told: dict[int, str] = {}
        for line in self._lines():
            if line != "conflict":
                position, event_id = line.split()
                assert told.setdefault(int(position), event_id) == event_id
        return told

    def conflicts(self) -> int:
        return self._lines().count("conflict")

    def _lines(self) -> list[str]:
        text = "".join(note.read_text() for note in self.notes)
        return [line.strip() for line in text.splitlines(keepends=True) if line.endswith("\n")]


@contextlib.asynccontextmanager
async def writing(database: Database, folder: Path) -> AsyncIterator[Writers]:
    await migrate(database.owner)
    notes = [folder / f"writer_{number}" for number in range(WRITERS)]
    for note in notes:
        note.touch()
    processes = [_start(database, note, number) for number, note in enumerate(notes)]
    try:
        yield Writers(processes, notes)
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _start(database: Database, note: Path, number: int) -> subprocess.Popen[bytes]:
    writer = [sys.executable, "-m", "tests.faults.writer"]
    return subprocess.Popen([*writer, database.app, note, str(number), str(SECONDS)], cwd=HOME)


async def follow(store: Store, seen: list[Entry]) -> None:
    """Read the history as it grows, as a relay does."""
    while True:
        with contextlib.suppress(Unavailable):
            seen += await store.read(len(seen), 1000)
        await asyncio.sleep(0.005)


async def check(database: Database, writers: Writers, seen: list[Entry]) -> None:
    connection = await asyncpg.connect(database.app)
    try:
        rows = await connection.fetch(
            "select pos, stream, version, event_id::text from es_event order by pos"
        )
        head = await connection.fetchval("select pos from es_head")
    finally:
        await connection.close()
    stored = {row["pos"]: row["event_id"] for row in rows}
    assert list(stored) == list(range(1, head + 1)), "a gap"
    assert len(set(stored.values())) == head, "an event stored twice"
    versions: dict[str, int] = {}
    for row in rows:
        assert row["version"] == versions.get(row["stream"], 0) + 1, "a gap in a stream"
        versions[row["stream"]] = row["version"]
    acknowledged = writers.acknowledged()
    assert len(acknowledged) > 200, "hardly anything was written"
    assert acknowledged.items() <= stored.items(), "an acknowledged event is not there"
    assert [entry.position for entry in seen] == list(range(1, len(seen) + 1)), "a reader skipped"
    assert all(stored[entry.position] == entry.envelope.id for entry in seen), "history changed"
    assert writers.conflicts() > len(acknowledged) / 20, "they kept out of each other's way"


@pytest.mark.parametrize("fault", ["writer killed", "postgres stopped at once"])
async def test_nothing_acknowledged_is_lost(durable: Postgres, tmp_path: Path, fault: str) -> None:
    database = durable.make_database("orders")
    async with (
        writing(database, tmp_path) as writers,
        open_store(database.app, EpochKeys(b"k" * 32)) as store,
    ):
        seen: list[Entry] = []
        following = asyncio.create_task(follow(store, seen))
        await writers.all_at_it()
        await asyncio.sleep(FAULT_AFTER_SECONDS)
        if fault == "writer killed":
            writers.processes[0].kill()
            expected = [-signal.SIGKILL, 0, 0]
        else:
            await asyncio.to_thread(durable.stop, signal.SIGQUIT)
            before = len(writers.acknowledged())
            await asyncio.to_thread(durable.restart)
            expected = [0, 0, 0]
        assert await writers.end() == expected
        following.cancel()
        await check(database, writers, seen)
        if fault == "postgres stopped at once":
            assert len(writers.acknowledged()) > before, "nobody went on writing"
