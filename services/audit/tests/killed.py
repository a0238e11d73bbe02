"""Processes that end by kill -9 at a place that is told them, as in a crash."""

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from itertools import groupby
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx
from specimens.histories import history

from audit import signer
from audit.domain.note import Checkpoint
from audit.domain.policy import Policy
from audit.log import signer as signing
from audit.log import table
from audit.log.files import PENDING, LogFiles
from audit.log.publish import Publisher
from audit.log.signing import Signing, over_socket
from audit.log.witnesses import Witnesses
from audit.main import service
from audit.witness import __main__ as witness
from audit.witness.desk import Witness
from events.delivery.consume import Keeping, Moved
from events.io.postgres import EpochKeys, PostgresTracking, open_store
from events.io.system import SystemClock

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload([__name__])
EPOCH = EpochKeys(b"k" * 32)


def start(run: Callable[..., None], *told: object) -> BaseProcess:
    process = CONTEXT.Process(target=run, args=told, daemon=True)
    process.start()
    return process


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _before(
    owner: Any, name: str, *, nth: int = 1, when: Callable[..., bool] | None = None
) -> None:
    """Die instead of the n-th call."""
    real, calls = getattr(owner, name), 0

    @wraps(real)
    def dying(*args: Any, **named: Any) -> Any:
        nonlocal calls
        calls += when is None or when(*args)
        if calls == nth:
            _die()
        return real(*args, **named)

    setattr(owner, name, dying)


def _after(owner: Any, name: str) -> None:
    """Die when the call has done its work, before anybody hears of it."""
    real = getattr(owner, name)

    @wraps(real)
    def dying(*args: Any, **named: Any) -> Any:
        done = real(*args, **named)
        return _awaited(done) if isinstance(done, Awaitable) else _die()

    setattr(owner, name, dying)


async def _awaited(done: Awaitable[Any]) -> None:
    await done
    _die()


PLACES: dict[str, Callable[[], None]] = {
    "half of a file": lambda: _before(os, "fsync", nth=3),
    "some of the files": lambda: _before(Path, "replace", nth=3),
    "all files, nothing signed": lambda: _before(Signing, "sign"),
    "signed, nobody has heard": lambda: _after(Signing, "sign"),
    "pending, no witness asked": lambda: _before(Witnesses, "cosigned"),
    "cosigned, not kept": lambda: _after(Witnesses, "cosigned"),
    "kept, not published": lambda: _after(table, "keep_checkpoint"),
    "published, still pending": lambda: _before(
        LogFiles, "remove", nth=2, when=lambda _files, name: name == PENDING
    ),
}


@dataclass(frozen=True)
class Publishing:
    """What a publisher works with."""

    database: str
    folder: Path
    socket: Path
    policy: str


def publish(told: Publishing, place: str | None, until: int) -> None:
    """A publisher, until so many entries are published or it is dead."""
    if place is not None:
        PLACES[place]()

    async def publishing() -> None:
        async with (
            open_store(told.database, EPOCH) as store,
            over_socket(told.socket) as asked,
            httpx.AsyncClient() as client,
        ):
            witnesses = Witnesses(Policy.parse(told.policy.encode()), client)
            files, clock = LogFiles(told.folder), SystemClock()
            publisher = Publisher(store.pool, files, Signing(asked), witnesses, clock)
            published: Checkpoint | None = None
            while published is None or published.size < until:
                published = await publisher.publish() or published
                await asyncio.sleep(0.01)

    asyncio.run(publishing())


def sequence(database: str, cases: int, batch: int) -> None:
    """A second audit service that takes everything as well, in batches of its own."""

    async def sequencing() -> None:
        async with open_store(database, EPOCH) as store:
            entries = sorted(history(cases), key=lambda told: told[0])
            for source, of_it in groupby(entries, key=lambda told: told[0]):
                keeping = Keeping(service.copies[0], source, PostgresTracking(store.pool))
                all_of_it = [entry for _, entry in of_it]
                at = 0
                while at < len(all_of_it):
                    try:
                        at = await keeping.take(all_of_it[at : at + batch])
                    except Moved:
                        at = max(0, at - batch)

    asyncio.run(sequencing())


def run_signer(folder: Path, socket: Path, *, dies: bool) -> None:
    if dies:
        _after(signing, "write_now")
    signer.main(["--folder", str(folder), "--socket", str(socket)])


def run_witness(folder: Path, vkey: Path, bind: str, *, dies: bool) -> None:
    if dies:
        _after(Witness, "add_checkpoint")
    sys.stdout = (folder / "witness.log").open("w")
    file = folder / "witness.sqlite"
    witness.main(["--name", "w.example/a", "--log", str(vkey), "--file", str(file), "--bind", bind])
