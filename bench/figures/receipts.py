"""Receipts: how long after an event its receipt is to be had, and how long one takes to make."""

import asyncio
import tempfile
from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from time import perf_counter

import httpx

from audit.domain.merkle import leaf_hash
from audit.domain.policy import Policy
from audit.domain.tiles import Edge
from audit.log import proofs, table
from audit.log.files import CHECKPOINT, VKEY, LogFiles
from audit.log.logged import Logged
from audit.log.signer import Signer
from audit.log.witnesses import Witnesses
from audit.main import service
from audit.witness.app import app
from audit.witness.book import Book
from audit.witness.desk import Witness
from bench.figures import Figure, Setting, other_load
from bench.figures.sequencing import a_log
from bench.figures.trail import entries_of
from events.delivery.consume import Keeping
from events.envelope import Entry
from events.io.postgres import PostgresStore, PostgresTracking
from events.io.system import SystemClock

A_SECOND = 500
TICKS = 50
"""A tick brings what came to all the consumers meanwhile."""
LEAST_SECONDS = 20.0
RECEIPT_MS = 1000.0
PROOF_MS = 1.0
LOOK_SECONDS = 0.005
ASKED = 2000
P99 = 0.99
PAGE = 4096


async def receipt_p99_ms(setting: Setting) -> Figure:
    """From the arrival of an event at its consumer until its receipt, cosigned by a witness, is
    to be had, at 500 events a second.
    """
    with other_load() as load, tempfile.TemporaryDirectory() as folder:
        clock = SystemClock()
        signer = Signer(Path(folder) / "signer", clock)
        witness = Witness(
            "w.example/donor",
            Book(Path(folder) / "witness.sqlite"),
            {signer.keys[0].name: signer.keys},
            clock,
        )
        policy = f"witness a {witness.keys[1]} http://w.example\nquorum a\n"
        transport = httpx.ASGITransport(app(witness))
        async with httpx.AsyncClient(transport=transport) as client:
            witnesses = Witnesses(Policy.parse(policy.encode()), client)
            async with a_log(setting, signer=signer, witnesses=witnesses) as log:
                publishing = asyncio.create_task(log.publisher.run())
                took = await _arrivals(log.store, log.files, max(setting.seconds, LEAST_SECONDS))
                publishing.cancel()
    took.sort()
    value = took[int(len(took) * P99)] * 1000
    setting.told(
        f"{len(took):,} receipts; half of them within {took[len(took) // 2] * 1000:.0f} ms"
    )
    return Figure(
        figure="receipt_p99_ms",
        value=round(value, 1),
        unit="ms",
        limit=RECEIPT_MS,
        must_be="<",
        holds=value < RECEIPT_MS,
        rounds=1,
        other_load=round(load[0], 2),
    )


async def _arrivals(store: PostgresStore, files: LogFiles, seconds: float) -> list[float]:
    """For each event, how long its receipt took to be there."""
    coming = entries_of(int(seconds * A_SECOND))
    waiting: deque[tuple[int, float]] = deque()
    """By index: at least so many entries have to be signed, and when it came."""
    took: list[float] = []
    began, came = perf_counter(), 0
    looking = asyncio.create_task(_look(store, files, waiting, took, int(seconds * A_SECOND)))
    while batch := list(islice(coming, A_SECOND // TICKS)):
        came += len(batch)
        arrived = perf_counter()
        await _taken(store, batch)
        waiting.extend((came, arrived) for _ in batch)
        await asyncio.sleep(max(0.0, began + came / A_SECOND - perf_counter()))
    await looking
    return took


async def _taken(store: PostgresStore, batch: list[tuple[str, Entry]]) -> None:
    tracking = PostgresTracking(store.pool)
    for source in dict(batch):
        keeping = Keeping(service.copies[0], source, tracking)
        await keeping.take([entry for each, entry in batch if each == source])


async def _look(
    store: PostgresStore,
    files: LogFiles,
    waiting: deque[tuple[int, float]],
    took: list[float],
    until: int,
) -> None:
    """Ask for receipts of what is signed by now, as somebody who waits for them would."""
    seen = 0.0
    while len(took) < until:
        await asyncio.sleep(LOOK_SECONDS)
        written = files.folder / CHECKPOINT
        if not written.exists() or written.stat().st_mtime == seen:
            continue
        seen = written.stat().st_mtime
        signed = proofs.newest(files)
        assert signed is not None
        last = await table.entry_at(store.pool, signed.checkpoint.size - 1)
        assert last is not None
        assert proofs.receipt(last, files)
        now = perf_counter()
        while waiting and waiting[0][0] <= signed.checkpoint.size:
            took.append(now - waiting.popleft()[1])


async def proof_ms(setting: Setting) -> Figure:
    """One receipt out of the files of a log of a million entries, proven before it is given."""
    with other_load() as load, tempfile.TemporaryDirectory() as folder:
        files = LogFiles(Path(folder) / "log")
        kept = await asyncio.to_thread(_publish, files, Path(folder) / "signer", setting.events)
        took = []
        for entry in kept:
            began = perf_counter()
            assert proofs.receipt(entry, files)
            took.append((perf_counter() - began) * 1000)
    took.sort()
    value = took[len(took) // 2]
    setting.told(
        f"proof_ms: half within {value:.2f}, 99 of 100 within {took[-len(took) // 100]:.2f}"
    )
    return Figure(
        figure="proof_ms",
        value=round(value, 3),
        unit="ms",
        limit=PROOF_MS,
        must_be="<",
        holds=value < PROOF_MS,
        rounds=len(took),
        other_load=round(load[0], 2),
    )


def _publish(files: LogFiles, signer_folder: Path, size: int) -> list[Logged]:
    """Tiles and checkpoint of so many entries; some of these, from all over the log."""
    edge, entries, kept = Edge(), _entries(size), list[Logged]()
    step, grown = max(1, size // ASKED), list[tuple[str, bytes]]()
    while page := list(islice(entries, PAGE)):
        for entry in page:
            if edge.size % step == 0:
                kept.append(Logged(edge.size, "bench", "bench.made.v1", "ben_1", (), entry))
            grown += ((tile.path, data) for tile, data in edge.add(leaf_hash(entry)))
        files.write(grown)
        grown = []
    files.write((tile.path, data) for tile, data in edge.partial_tiles())
    signer = Signer(signer_folder, SystemClock())
    note = signer.sign(edge.size, edge.root(), [])
    files.write([(VKEY, f"{signer.vkey}\n".encode()), (CHECKPOINT, note.encode())])
    return kept


def _entries(size: int) -> Iterator[bytes]:
    return (b'{"entry":%d}' % number for number in range(size))
