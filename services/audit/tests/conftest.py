"""The audit service on a real database, with the log's files in a folder of the test's own."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import asyncpg
import httpx
import pytest
from specimens.signing import asked

from audit.domain.policy import Policy
from audit.log import table
from audit.log.files import LogFiles
from audit.log.publish import Publisher
from audit.log.signer import Signer
from audit.log.witnesses import Witnesses
from audit.main import service
from events.delivery.consume import Keeping
from events.envelope import Entry
from events.io.http.trial import Trial, trial
from events.io.postgres import EpochKeys, PostgresStore, PostgresTracking, open_store
from events.memory import FixedClock
from events.ports import Clock
from homeward.postgres import Database


@dataclass
class Desk:
    """What a test of the audit service works with."""

    store: PostgresStore
    folder: Path
    files: LogFiles
    database: Database

    def signer(self) -> Signer:
        return Signer(self.folder / "signer", FixedClock())

    def publisher(self) -> Publisher:
        """A fresh one, as after a restart."""
        return self.publisher_asking(Witnesses(Policy(), httpx.AsyncClient()))

    def publisher_asking(self, witnesses: Witnesses, clock: Clock | None = None) -> Publisher:
        """One that asks these before it publishes."""
        signing = asked(self.signer())
        clock = clock or FixedClock()
        return Publisher(self.store.pool, self.files, signing, witnesses, clock)

    async def keep(self, entries: list[tuple[str, Entry]]) -> None:
        """Take them as the consumers would: in batches of one source, in the order told."""
        tracking = PostgresTracking(self.store.pool)
        for source, batch in groupby(entries, key=lambda told: told[0]):
            keeping = Keeping(service.copies[0], source, tracking)
            await keeping.take([entry for _, entry in batch])

    async def say_size(self, size: str) -> None:
        """What only the owner of the tables can do: say that the log goes elsewhere."""
        owner = await asyncpg.connect(self.database.owner)
        await owner.execute("alter table log_head disable trigger user")
        await owner.execute(f"update log_head set size = {size}")
        await owner.execute("alter table log_head enable trigger user")
        await owner.close()

    async def size(self) -> int:
        return await table.size_of(self.store.pool)

    async def entries(self) -> list[bytes]:
        """The bytes that the log has, in its order."""
        rows = await self.store.pool.fetch("select entry from log_entry order by index")
        return [bytes(row["entry"]) for row in rows]

    async def notes(self) -> list[str]:
        """Every checkpoint that is kept, oldest first."""
        rows = await self.store.pool.fetch("select note from log_checkpoint order by size")
        return [row["note"] for row in rows]


@pytest.fixture
async def desk(make_migrated: Callable[..., Database], tmp_path: Path) -> AsyncIterator[Desk]:
    database = make_migrated(service.migrations)
    async with open_store(database.app, EpochKeys(b"k" * 32)) as store:
        yield Desk(store, tmp_path, LogFiles(tmp_path / "log"), database)


@pytest.fixture
async def audit(desk: Desk) -> AsyncIterator[Trial]:
    """Its HTTP, over the same database and files."""
    async with trial(
        service.api,
        service.registry,
        store=desk.store,
        view=desk.store.pool,
        gateways=desk.files,
    ) as on_trial:
        yield on_trial
