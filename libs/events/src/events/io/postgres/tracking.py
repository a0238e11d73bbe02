"""How far each consumer has come, on Postgres. The promises are in `events.delivery.ports`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from events.cancelling import heed_cancellation
from events.delivery.ports import NotStopped, Refusal, Stop
from events.io.postgres.faults import LOST, unavailable
from events.ports import Unavailable


@dataclass
class PostgresBatch:
    """A transaction that holds the consumer's rows."""

    connection: Any
    consumer: str
    source: str
    last: int

    async def advance(self, position: int) -> None:
        await self.connection.execute(
            "update es_tracking set pos = $3 where consumer = $1 and source = $2",
            self.consumer,
            self.source,
            position,
        )

    async def refused(self, refusal: Refusal) -> None:
        await self.connection.execute(
            "insert into es_refusal (policy, source, pos, event_id, rule, facts, refused_at)"
            " values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
            refusal.policy,
            refusal.source,
            refusal.position,
            refusal.event_id,
            refusal.rule,
            refusal.facts.decode(),
            refusal.at,
        )


class PostgresTracking:
    """Positions, stops and refusals, in the service's own database."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @asynccontextmanager
    async def batch(self, consumer: str, source: str) -> AsyncIterator[PostgresBatch]:
        lost = True
        try:
            async with self._pool.acquire() as connection:
                try:
                    await _begin(connection, consumer, source)
                    async with connection.transaction():
                        last = (await _lock(connection, consumer))[source]
                        yield PostgresBatch(connection, consumer, source, last)
                finally:
                    lost = connection.is_closed()
        except asyncpg.TransactionRollbackError as error:
            raise Unavailable(f"to be done again: {type(error).__name__}") from error
        except asyncpg.InterfaceError as error:
            heed_cancellation(error)
            if not lost:
                raise  # a mistake in the query, such as an argument too many
            raise Unavailable("the connection to the database is lost") from error
        except LOST as error:
            heed_cancellation(error)
            raise Unavailable(f"the database is not ready: {type(error).__name__}") from error

    async def last(self, consumer: str, source: str) -> int:
        with unavailable():
            last: int | None = await self._pool.fetchval(
                "select pos from es_tracking where consumer = $1 and source = $2", consumer, source
            )
        return last or 0

    async def reset(self, consumer: str, tables: Sequence[str]) -> None:
        names = ", ".join('"' + table.replace('"', '""') + '"' for table in tables)
        with unavailable():
            async with self._pool.acquire() as connection, connection.transaction():
                await _lock(connection, consumer)
                await connection.execute(f"truncate {names}")
                await connection.execute(
                    "update es_tracking set pos = 0 where consumer = $1", consumer
                )

    async def stop(self, stop: Stop) -> None:
        with unavailable():
            await self._pool.execute(
                "insert into es_stop (consumer, source, pos, error, stopped_at)"
                " values ($1, $2, $3, $4, $5) on conflict do nothing",
                stop.consumer,
                stop.source,
                stop.position,
                stop.error,
                stop.at,
            )

    async def stops(self) -> Sequence[Stop]:
        with unavailable():
            rows = await self._pool.fetch(
                "select consumer, source, pos, error, stopped_at from es_stop"
                " where decision is null order by id"
            )
        return [Stop(*row) for row in rows]

    async def refused(self) -> int:
        with unavailable():
            count: int = await self._pool.fetchval("select count(*) from es_refusal")
        return count

    async def refusals(self, limit: int) -> Sequence[Refusal]:
        with unavailable():
            rows = await self._pool.fetch(
                "select policy, source, pos, event_id::text, rule, facts, refused_at"
                " from es_refusal order by refused_at desc, pos desc limit $1",
                limit,
            )
        return [
            Refusal(*(value.encode() if name == "facts" else value for name, value in row.items()))
            for row in rows
        ]

    async def resume(self, consumer: str, source: str, *, by: str) -> None:
        with unavailable():
            decided = await self._pool.fetchval(
                "update es_stop set decision = 'resumed', decided_by = $3, decided_at = now()"
                " where consumer = $1 and source = $2 and decision is null returning pos",
                consumer,
                source,
                by,
            )
        if decided is None:
            raise NotStopped(f"{consumer} of {source} does not stand still")

    async def skip(self, consumer: str, source: str, position: int, *, by: str, why: str) -> None:
        if not why.strip():
            raise ValueError("say why the event is left out")
        with unavailable():
            async with self._pool.acquire() as connection, connection.transaction():
                decided = await connection.fetchval(
                    "update es_stop set decision = 'skipped', decided_by = $4, why = $5,"
                    " decided_at = now() where consumer = $1 and source = $2 and pos = $3"
                    " and decision is null returning pos",
                    consumer,
                    source,
                    position,
                    by,
                    why,
                )
                if decided is None:
                    raise NotStopped(f"{consumer} of {source} does not stand at {position}")
                await _begin(connection, consumer, source)
                last = (await _lock(connection, consumer))[source]
                if last != position - 1:
                    raise NotStopped(f"{consumer} of {source} has come to {last} meanwhile")
                await connection.execute(
                    "update es_tracking set pos = $3 where consumer = $1 and source = $2",
                    consumer,
                    source,
                    position,
                )


async def _begin(connection: Any, consumer: str, source: str) -> None:
    """Have the row there for the others before any is held: they see it, and are waited for."""
    await connection.execute(
        "insert into es_tracking (consumer, source, pos) values ($1, $2, 0) on conflict do nothing",
        consumer,
        source,
    )


async def _lock(connection: Any, consumer: str) -> dict[str, int]:
    """All rows of the consumer, always in the same order: its sources take turns."""
    rows = await connection.fetch(
        "select source, pos from es_tracking where consumer = $1 order by source for update",
        consumer,
    )
    return {row["source"]: row["pos"] for row in rows}
