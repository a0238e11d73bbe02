"""Sequencing: from services' entries to signed files, beside hashing and syncing the bytes."""

import asyncio
import gc
import hashlib
import os
import tempfile
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import httpx
from specimens.signing import asked

from audit.domain.policy import Policy
from audit.log.files import LogFiles
from audit.log.publish import PAUSE_SECONDS, Publisher
from audit.log.signer import Signer
from audit.log.witnesses import Witnesses
from audit.main import service
from bench.figures import Figure, Setting, against
from bench.figures.append import empty_database
from bench.figures.trail import entries_of
from events.delivery.consume import Consumer, Keeping
from events.delivery.ports import Watch
from events.delivery.sources import Ahead
from events.envelope import Entry
from events.io.bus.jetstream import BATCH
from events.io.postgres import EpochKeys, PostgresStore, PostgresTracking, migrate, open_store
from events.io.system import SystemClock

ENTRIES = 60_000
LEAST = 20_000.0


async def sequence_and_tile_per_second(setting: Setting) -> Figure:
    """Every source's consumer and the publisher at work, until all is in a signed checkpoint. The
    baseline hashes the same bytes, writes them in files of 256 entries and syncs each.
    """
    entries = list(entries_of(ENTRIES))
    return await against(
        setting,
        figure="sequence_and_tile_per_second",
        unit="entries/s",
        ours=lambda: _sequenced(setting, entries),
        baseline=lambda: asyncio.to_thread(_hashed, [entry.raw for _, entry in entries]),
        at_least=LEAST,
        of="value",
    )


@dataclass(frozen=True)
class Log:
    """An empty log on a database of its own."""

    store: PostgresStore
    files: LogFiles
    publisher: Publisher


@asynccontextmanager
async def a_log(
    setting: Setting, *, signer: Signer | None = None, witnesses: Witnesses | None = None
) -> AsyncIterator[Log]:
    """One with a signer of its own, and witnesses where there are some."""
    with empty_database(setting) as database, tempfile.TemporaryDirectory() as folder:
        await migrate(database.owner, service.migrations)
        files, clock = LogFiles(Path(folder) / "log"), SystemClock()
        signing = asked(signer or Signer(Path(folder) / "signer", clock))
        async with (
            open_store(database.app, EpochKeys(os.urandom(32))) as store,
            httpx.AsyncClient() as nobody,
        ):
            asks = witnesses or Witnesses(Policy(), nobody)
            yield Log(store, files, Publisher(store.pool, files, signing, asks, clock))


async def _sequenced(setting: Setting, entries: Sequence[tuple[str, Entry]]) -> float:
    by_source: defaultdict[str, list[Entry]] = defaultdict(list)
    for source, entry in entries:
        by_source[source].append(entry)
    async with a_log(setting) as log:
        gc.freeze()  # they stand for what is on the bus: a service has no such thing to go through
        began = perf_counter()
        publishing = asyncio.create_task(_published(log.publisher, len(entries)))
        turns = asyncio.Lock()
        consumers = [_consumer(log.store, turns, *it) for it in by_source.items()]
        taking = [asyncio.create_task(consumer.run()) for consumer in consumers]
        try:
            ended, _ = await asyncio.wait(
                {publishing, *taking}, return_when=asyncio.FIRST_COMPLETED
            )
            for task in ended:
                task.result()
            return len(entries) / (perf_counter() - began)
        finally:
            for task in taking:
                task.cancel()
            await asyncio.gather(*taking, return_exceptions=True)
            gc.unfreeze()


async def _published(publisher: Publisher, size: int) -> None:
    """As the service does it, but for the wait for entries that share a checkpoint."""
    while (checkpoint := await publisher.publish()) is None or checkpoint.size < size:
        if checkpoint is None:
            await asyncio.sleep(PAUSE_SECONDS)


@dataclass(frozen=True)
class _Came:
    """A source of which all has come, as the bus gives it."""

    entries: Sequence[Entry]

    async def listen(self, after: int) -> AsyncGenerator[Sequence[Entry], None]:
        for at in range(after, len(self.entries), BATCH):
            yield self.entries[at : at + BATCH]
        await asyncio.Event().wait()

    async def owners(self, position: int) -> None:  # noqa: ARG002
        return None

    async def reaches(self, position: int) -> bool:  # noqa: ARG002
        return True


def _consumer(
    store: PostgresStore, turns: asyncio.Lock, source: str, entries: Sequence[Entry]
) -> Consumer:
    """As the service runs it."""
    copy, tracking = service.copies[0], PostgresTracking(store.pool)
    keeping = Keeping(copy, source, tracking, turns)
    came = Ahead(_Came(entries), keeping.ready)
    return Consumer(copy.name, source, came, keeping, Watch(), lambda *_: None)


def _hashed(entries: Sequence[bytes]) -> float:
    began = perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for at in range(0, len(entries), 256):
            bundle = entries[at : at + 256]
            hashes = b"".join(hashlib.sha256(b"\x00" + entry).digest() for entry in bundle)
            with (Path(folder) / str(at)).open("wb") as file:
                file.write(b"".join(bundle) + hashes)
                file.flush()
                os.fsync(file.fileno())
    return len(entries) / (perf_counter() - began)
