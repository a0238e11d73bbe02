"""Appending: each command is decided, its event encoded, stored durably and its entry hashed."""

import asyncio
import contextlib
import hashlib
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from time import perf_counter

from bench.figures import Figure, Setting, against
from bench.figures.domain import context, payment, registry, request
from events.io.postgres import EpochKeys, PostgresStore, migrate, open_store
from events.io.system import SystemClock, SystemIds
from events.ports import Append
from events.values import PaymentId
from homeward.binaries import ENVIRONMENT
from homeward.postgres import Database

CLIENTS = 64
THREADS = 8
ENTRY_BYTES = 834
"""What the baseline's row holds: as much as one of our entries."""

_numbers = count(1)


@contextlib.contextmanager
def empty_database(setting: Setting) -> Iterator[Database]:
    """A database of this round's own, with all earlier writes flushed before it begins."""
    database = setting.postgres.make_database(f"bench_{next(_numbers)}")
    try:
        yield database
    finally:
        setting.postgres.drop_database(database)


@contextlib.asynccontextmanager
async def empty_store(setting: Setting) -> AsyncIterator[PostgresStore]:
    with empty_database(setting) as database:
        await migrate(database.owner)
        async with open_store(database.app, EpochKeys(os.urandom(32))) as store:
            setting.postgres.run("checkpoint")
            yield store


async def append_vs_pgbench(setting: Setting) -> Figure:
    """64 clients against pgbench with one single-row insert in each transaction."""
    return await against(
        setting,
        figure="append_vs_pgbench",
        unit="commands/s",
        ours=lambda: ours(setting),
        baseline=lambda: pgbench(setting),
        at_least=2.0,
    )


async def append_vs_eventsourcing(setting: Setting) -> Figure:
    """64 clients against the stock application of `eventsourcing` with 8 threads."""
    return await against(
        setting,
        figure="append_vs_eventsourcing",
        unit="commands/s",
        ours=lambda: ours(setting),
        baseline=lambda: eventsourcing(setting),
        at_least=15.0,
    )


@dataclass
class _Client:
    """Puts one command after the other."""

    store: PostgresStore
    until: float
    done: int = 0

    async def run(self) -> None:
        clock, ids = SystemClock(), SystemIds()
        while perf_counter() < self.until:
            stream = ids.new("pay")
            (fact,) = payment.decide(request(PaymentId(stream)), None)
            draft = registry.draft(
                fact,
                stream=stream,
                version=1,
                event_id=ids.event_id(),
                recorded=clock.now(),
                context=context,
                salt=ids.salt,
            )
            (position,) = await self.store.append(Append((draft,)))
            hashlib.sha256(draft.at(position)).digest()
            self.done += 1


async def ours(setting: Setting) -> float:
    async with empty_store(setting) as store:
        started = perf_counter()
        clients = [_Client(store, started + setting.seconds) for _ in range(CLIENTS)]
        await asyncio.gather(*(client.run() for client in clients))
        return sum(client.done for client in clients) / (perf_counter() - started)


async def pgbench(setting: Setting) -> float:
    with empty_database(setting) as database:
        return await asyncio.to_thread(_pgbench, setting, database)


def _pgbench(setting: Setting, database: Database) -> float:
    server = setting.postgres
    server.run(
        f"\\connect {database.name}\n"
        "create table row (pos bigserial primary key, stream text not null, version int not null,"
        " type text not null, event_id uuid not null, entry bytea not null,"
        " recorded_at timestamptz not null default clock_timestamp(), unique (stream, version));\n"
        "checkpoint"
    )
    script = server.log.with_name("pgbench.sql")
    entry = "x" * ENTRY_BYTES
    script.write_text(
        "insert into row (stream, version, type, event_id, entry) values ('pay_' ||"
        f" gen_random_uuid(), 1, 'bench.payment_requested.v1', gen_random_uuid(), '{entry}');\n"
    )
    told = subprocess.run(
        [
            *(server.bin / "pgbench", "-n", "-c", "16", "-j", "2"),
            *("-T", str(max(2, round(setting.seconds))), "-f", script, database.name),
        ],
        env=ENVIRONMENT
        | {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(server.port),
            "PGUSER": "postgres",
            "PGPASSWORD": server.password,
        },
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    (rate,) = [line.split()[2] for line in told.splitlines() if line.startswith("tps = ")]
    return float(rate)


async def eventsourcing(setting: Setting) -> float:
    with empty_database(setting) as database:
        return await asyncio.to_thread(_eventsourcing, setting, database)


def _eventsourcing(setting: Setting, database: Database) -> float:
    from bench.figures.stock import Payments  # noqa: PLC0415  the library is for this figure only

    payments = Payments.on(setting.postgres, database)
    setting.postgres.run("checkpoint")
    try:
        with ThreadPoolExecutor(THREADS) as threads:
            started = perf_counter()
            until = started + setting.seconds
            counts = threads.map(lambda _: payments.request_until(until), range(THREADS))
            return sum(counts) / (perf_counter() - started)
    finally:
        payments.close()
