"""One service's history and vault on Postgres. The promises are in `events.ports.Store`."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
from cryptography.exceptions import InvalidTag

from events.envelope import Entry
from events.head import Head
from events.io.postgres.append import Appender, Unsealed
from events.io.postgres.faults import surviving, unavailable
from events.io.postgres.line import held_claim
from events.io.postgres.vault import EpochKeys, Vault
from events.personal import Disclosure, Kind
from events.ports import Append, Claim, Snapshot

CONNECTIONS = 10
"""For reading and for the views, at most. One more appends and one more listens."""
STREAMS = 1000
"""Loaded in one query, at most."""
QUERY_SECONDS = 30.0
DURABLE = {"default_transaction_isolation": "read committed", "synchronous_commit": "on"}
"""What appending rests on, whatever the server's defaults are."""
LISTEN_AGAIN_SECONDS = 1.0


class PostgresStore:
    """Made by `open_store`."""

    def __init__(
        self, pool: asyncpg.Pool, appender: Appender, vault: Vault, head: Head, epochs: EpochKeys
    ) -> None:
        self.pool = pool
        """For the views, the tracking rows and whatever else lives in the service's database."""
        self.vault = vault
        self._appender = appender
        self._head = head
        self._epochs = epochs

    async def append(self, append: Append) -> tuple[int, ...]:
        if not [draft for draft in append.drafts if draft.disclosures]:
            return await self._appender.append(append)
        while True:
            with unavailable():
                sealed = await self.vault.seal(append.drafts)
            try:
                return await self._appender.append(append, sealed)
            except Unsealed:  # erased in between: the vault finds out of whom and what
                self.vault.forget(append.drafts)

    async def load(self, stream: str, after: int = 0, limit: int | None = None) -> Sequence[Entry]:
        return await self._entries(
            "select pos, entry from es_event where stream = $1 and version > $2"
            " order by version limit $3",
            stream,
            after,
            limit,
        )

    async def load_all(self, streams: Sequence[str], limit: int) -> Mapping[str, Sequence[Entry]]:
        found: dict[str, list[Entry]] = {}
        for start in range(0, len(streams), STREAMS):
            with unavailable():
                rows = await self.pool.fetch(
                    "select stream, pos, entry from es_event where stream = any($1)"
                    " and version <= $2 order by stream, version",
                    streams[start : start + STREAMS],
                    limit,
                )
            for stream, position, raw in rows:
                found.setdefault(stream, []).append(Entry(position, raw))
        return found

    async def read(self, after: int, limit: int) -> Sequence[Entry]:
        return await self._entries(
            "select pos, entry from es_event where pos > $1 order by pos limit $2", after, limit
        )

    async def _entries(self, query: str, *args: object) -> list[Entry]:
        with unavailable():
            return [Entry(*row) for row in await self.pool.fetch(query, *args)]

    async def head(self) -> int:
        with unavailable():
            head: int = await self.pool.fetchval("select pos from es_head")
        return head

    async def wait(self, after: int, timeout_seconds: float) -> int:
        await self._head.above(after, timeout_seconds)
        return max(self._head.known, await self.head())

    async def claim(self, scope: str, key: str) -> Claim | None:
        with unavailable():
            return await held_claim(self.pool, scope, key)

    async def snapshot(self, stream: str, code: str) -> Snapshot | None:
        """None as well when it is not as it was kept, or was in another epoch: it is decided on, so
        who can write into the database must not be able to make one.
        """
        with unavailable():
            row = await self.pool.fetchrow(
                "select version, state from es_snapshot where stream = $1 and code = $2",
                stream,
                self._code(code),
            )
        if row is None:
            return None
        about = _about(stream, row["version"], code)
        try:
            state = self._epochs.unwrap(self._epochs.current, row["state"], about)
        except (InvalidTag, ValueError):
            return None
        return None if state is None else Snapshot(stream, row["version"], code, state)

    def _code(self, code: str) -> str:
        return f"{self._epochs.current}:{code}"

    async def keep_snapshot(self, snapshot: Snapshot) -> None:
        with unavailable():
            await self.pool.execute(
                "insert into es_snapshot as kept (stream, version, code, state)"
                " values ($1, $2, $3, $4) on conflict (stream) do update"
                " set version = excluded.version, code = excluded.code, state = excluded.state"
                " where kept.code <> excluded.code or kept.version < excluded.version",
                snapshot.stream,
                snapshot.version,
                self._code(snapshot.code),
                self._epochs.wrap(
                    snapshot.state, _about(snapshot.stream, snapshot.version, snapshot.code)
                ),
            )

    async def disclosures(self, event_ids: Sequence[str]) -> dict[str, list[Disclosure]]:
        with unavailable():
            return await self.vault.open(event_ids)

    async def erase(
        self,
        person: str,
        kinds: Collection[Kind] = tuple(Kind),
        also: Sequence[Callable[[Any], Awaitable[None]]] = (),
    ) -> int:
        with unavailable():
            return await self.vault.erase(person, kinds, also)

    async def erased(self, person: str) -> frozenset[Kind]:
        with unavailable():
            return await self.vault.erased(person)


async def follow(head: Head, connect: Callable[[], Any]) -> None:
    """Listen to what other processes append, for ever."""
    while True:
        with surviving():
            connection = await connect()
            try:
                await _listen(head, connection)
            finally:
                connection.terminate()
        await asyncio.sleep(LISTEN_AGAIN_SECONDS)


async def _listen(head: Head, connection: Any) -> None:
    ended = asyncio.Event()
    connection.add_termination_listener(lambda _: ended.set())
    await connection.add_listener("es_head", lambda *said: head.grown(int(said[-1])))
    head.grown(await connection.fetchval("select pos from es_head"))
    await ended.wait()


def _about(stream: str, version: int, code: str) -> bytes:
    return f"snapshot {stream} {version} {code}".encode()


@asynccontextmanager
async def open_store(
    url: str,
    epochs: EpochKeys,
    *,
    tenant: str = "homeward",
    stored: Callable[[int, float], None] = lambda *_: None,
) -> AsyncIterator[PostgresStore]:
    """A service's store, as the app role at `url`; `stored` is told each batch: commands, seconds.

    Raises `Unavailable` when the database is not there.
    """

    async def connect() -> asyncpg.Connection:
        connection: asyncpg.Connection = await asyncpg.connect(
            url, timeout=QUERY_SECONDS, server_settings=DURABLE
        )
        return connection

    head = Head()

    def grown(position: int, commands: int, seconds: float) -> None:
        head.grown(position)
        stored(commands, seconds)

    with unavailable():
        pool = await asyncpg.create_pool(
            url, min_size=1, max_size=CONNECTIONS, command_timeout=QUERY_SECONDS
        )
    listening = asyncio.create_task(follow(head, connect), name="es_head listener")
    try:
        async with Appender(connect, grown).running() as appender:
            yield PostgresStore(pool, appender, Vault(pool, epochs, tenant), head, epochs)
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        with suppress(TimeoutError):
            await asyncio.wait_for(pool.close(), timeout=5)
        pool.terminate()
