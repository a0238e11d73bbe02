"""Killed anywhere, or two at once: the log goes on where it was, forks nowhere, loses nothing."""

import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

import httpx
import pytest
from services.audit.tests import killed
from services.audit.tests.conftest import Desk
from specimens.histories import history

from audit.domain.note import Checkpoint, VerifierKey, parse_keys, read_checkpoint, read_signers
from audit.domain.policy import Policy
from audit.domain.tiles import WIDTH, bundles_of, pack
from audit.log import proofs, table
from audit.log.files import CHECKPOINT, PENDING, LogFiles
from audit.log.logged import Logged
from audit.log.publish import Publisher
from audit.log.signer import Signer
from audit.log.signing import Signing, over_socket
from audit.log.witnesses import Witnesses
from audit.verify import verify
from audit.witness.book import Book
from audit.witness.desk import Witness
from events.io.system import SystemClock
from homeward.processes import free_port

CASES = 14
ALL = history(CASES)
KILLED = -signal.SIGKILL


class Log:
    """A log with a real signer and a real witness beside it, each its own process."""

    def __init__(self, desk: Desk, short: Path) -> None:
        self.desk, self.socket = desk, short / "socket"
        self.folder, self.address = desk.files.folder, f"127.0.0.1:{free_port()}"
        signer = Signer(desk.folder / "signer", SystemClock())
        self.vkey = signer.vkey
        (desk.folder / "vkey").write_text(f"{self.vkey}\n")
        book = Book(desk.folder / "witness.sqlite")
        self.witness_key = Witness("w.example/a", book, {}, SystemClock()).keys[1]
        self.policy = f"witness a {self.witness_key} http://{self.address}\nquorum a\n"
        self.start_signer()
        self.start_witness()

    def start_signer(self, *, dies: bool = False) -> None:
        self.socket.unlink(missing_ok=True)
        run = partial(killed.run_signer, dies=dies)
        self.signer = killed.start(run, self.desk.folder / "signer", self.socket)
        _until(self.socket.exists)

    def start_witness(self, *, dies: bool = False) -> None:
        told = (self.desk.folder, self.desk.folder / "vkey", self.address)
        self.witness = killed.start(partial(killed.run_witness, dies=dies), *told)
        _until(lambda: _answers(f"http://{self.address}/0/checkpoint"))

    def publisher(self, place: str | None, until: int, folder: Path | None = None) -> BaseProcess:
        database = self.desk.database.app
        told = killed.Publishing(database, folder or self.folder, self.socket, self.policy)
        return killed.start(killed.publish, told, place, until)

    async def published(self, until: int) -> None:
        """By a fresh publisher of this process."""
        async with over_socket(self.socket) as asked, httpx.AsyncClient() as client:
            witnesses = Witnesses(Policy.parse(self.policy.encode()), client)
            pool, clock = self.desk.store.pool, SystemClock()
            publisher = Publisher(pool, LogFiles(self.folder), Signing(asked), witnesses, clock)
            deadline = time.monotonic() + 120
            await publisher.publish()
            while self.checkpoint is None or self.checkpoint.size < until:
                await publisher.publish()
                assert time.monotonic() < deadline

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        return parse_keys(self.vkey)

    @property
    def checkpoint(self) -> Checkpoint | None:
        note = self.desk.files.read(CHECKPOINT)
        return read_checkpoint(note, self.keys) if note else None

    async def holds(self) -> None:
        """Whatever is published now is whole, signed and cosigned, as any reader finds it."""
        files, signed = self.desk.files, proofs.newest(self.desk.files)
        if signed is None:
            return
        assert self.witness_key in read_signers(signed.note.encode(), [self.witness_key])[1]
        size = signed.checkpoint.size
        entries = (await self.desk.entries())[:size]
        proven = proofs.Proven(signed, files)
        assert all(proven.holds(Logged.opened(at, "any", raw)) for at, raw in enumerate(entries))
        for bundle in bundles_of(size):
            start = bundle.number * WIDTH
            assert files.read(bundle.path) == pack(entries[start : start + bundle.width])

    def end(self) -> None:
        for each in (self.signer, self.witness):
            each.kill()
            each.join(10)


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 404
    except httpx.TransportError:
        return False


def ended(process: BaseProcess, code: int) -> None:
    process.join(60)
    assert process.exitcode == code


@pytest.fixture
def log(desk: Desk) -> Iterator[Log]:
    with tempfile.TemporaryDirectory(prefix="log-") as short:
        running = Log(desk, Path(short))
        yield running
        running.end()


async def test_killed_at_every_write_it_goes_on_where_it_was(log: Log) -> None:
    step = len(ALL) // (len(killed.PLACES) + 1)
    seen: list[str] = []
    for number, place in enumerate(killed.PLACES, start=1):
        await log.desk.keep(ALL[: number * step])
        ended(log.publisher(place, number * step), KILLED)
        await log.holds()
        await log.published(number * step)
        await log.holds()
        assert log.desk.files.read(PENDING) is None
        assert not [*log.folder.rglob("*.new")]
        seen.append(place)
    await log.desk.keep(ALL)
    await log.published(len(ALL))
    await log.holds()
    assert not verify(log.folder, log.vkey).failures
    sizes = [
        Checkpoint.parse(note.partition("\n\n")[0] + "\n").size for note in await log.desk.notes()
    ]
    assert sizes == [*(n * step for n in range(1, len(seen) + 1)), len(ALL)]  # none is lost


async def test_a_signer_killed_when_it_has_remembered_signs_the_same_again(log: Log) -> None:
    await log.desk.keep(ALL[:40])
    await log.published(40)
    log.end()
    log.start_signer(dies=True)
    log.start_witness()
    await log.desk.keep(ALL[:60])
    publisher = log.publisher(None, 60)
    ended(log.signer, KILLED)
    publisher.join(60)  # it has nobody to ask, and ends by that
    await log.desk.keep(ALL)  # more came meanwhile
    log.start_signer()
    await log.published(len(ALL))
    await log.holds()
    kept = await log.desk.notes()
    assert len(kept) == 3  # what was remembered and never told is published as well, as it was


async def test_a_witness_killed_when_it_has_cosigned_is_asked_again(log: Log) -> None:
    await log.desk.keep(ALL[:40])
    await log.published(40)
    log.end()
    log.start_signer()
    log.start_witness(dies=True)
    await log.desk.keep(ALL)
    publisher = log.publisher(None, len(ALL))
    ended(log.witness, KILLED)
    log.start_witness()
    ended(publisher, 0)
    await log.holds()
    assert log.checkpoint is not None
    assert log.checkpoint.size == len(ALL)


async def test_two_sequencers_at_once_make_one_log(log: Log) -> None:
    """Both take everything, in batches that differ; both publish, with one signer and witness."""
    database = log.desk.database.app
    elsewhere = log.desk.folder / "elsewhere"
    both = [killed.start(killed.sequence, database, CASES, batch) for batch in (7, 16)]
    publishing = [
        log.publisher(None, len(ALL)),
        log.publisher(None, len(ALL), elsewhere),
    ]
    for process in (*both, *publishing):
        ended(process, 0)
    pool = log.desk.store.pool
    assert await log.desk.size() == len(ALL)
    kept = await log.desk.entries()
    assert sorted(kept) == sorted(entry.raw for _, entry in ALL)
    assert all(not source.gaps for source in await table.sources(pool))
    assert not await table.findings(pool, 10)
    await log.holds()
    theirs = read_checkpoint((elsewhere / CHECKPOINT).read_bytes(), log.keys)
    assert theirs == log.checkpoint
