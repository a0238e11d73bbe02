"""Group commit: one task per process appends whatever queued while it was appending.

No timer: under no load a command is stored at once and by itself; under load a batch is as large
as what came during the one before. Each command of a batch is stored or refused by itself; see
es_append in migrations/0001_history.sql.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from time import perf_counter
from typing import Any

import asyncpg

from events.envelope import EntryTooLarge
from events.io.postgres.faults import LOST, heed_cancellation
from events.io.postgres.vault import Sealed
from events.ports import Append, Claim, ClaimTaken, Conflict, Unavailable

BATCH = 512
"""Commands in one call, at most."""
CALL_SECONDS = 10.0
"""After that the outcome of a call is unknown and it is made again."""
PATIENCE_SECONDS = 15.0
"""How long a lost database is tried for before the callers hear of it."""
PAUSE_SECONDS = 0.1

CALL = "select * from es_append($1, $2, $3)"


class Unsealed(Exception):
    """A key that a value was sealed under has been destroyed meanwhile. Nothing was stored."""


@dataclass(eq=False, slots=True)
class Pending:
    """A command in the queue."""

    append: Append
    sealed: Sequence[Sealed]
    stored: asyncio.Future[tuple[int, ...]]

    def keys(self) -> list[object]:
        """What no other command of the same batch may touch: streams and claims."""
        streams: list[object] = [draft.stream for draft in self.append.drafts]
        return streams + [(claim.scope, claim.key) for claim in self.append.claims]


class Appender:
    """Puts the commands of this process into the history, in batches."""

    def __init__(
        self,
        connect: Callable[[], Any],
        stored: Callable[[int, int, float], None] = lambda *_: None,
    ) -> None:
        """`connect` opens a connection; `stored` is told the new head, how many commands the batch
        had and how many seconds it took.
        """
        self._connect = connect
        self._stored = stored
        self._connection: asyncpg.Connection | None = None
        self._queue: deque[Pending] = deque()
        self._batch: list[Pending] = []
        self._filled = asyncio.Event()
        self._ended = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Appender"]:
        """The task runs within; who still waits at the end hears `Unavailable`."""
        task = asyncio.create_task(self._run(), name="appender")
        task.add_done_callback(self._end)
        try:
            yield self
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            if self._connection is not None:
                self._connection.terminate()

    def append(
        self, append: Append, sealed: Sequence[Sealed] = ()
    ) -> asyncio.Future[tuple[int, ...]]:
        """Queue it; done when it is stored or refused. See `Store.append`; `Unsealed`."""
        if self._ended:
            raise Unavailable("the appender has ended")
        stored: asyncio.Future[tuple[int, ...]] = asyncio.get_running_loop().create_future()
        self._queue.append(Pending(append, sealed, stored))
        self._filled.set()
        return stored

    async def _run(self) -> None:
        while True:
            await self._filled.wait()
            self._batch = self._take(len(self._batch))
            if self._batch:
                await self._store(self._batch)

    def _end(self, _task: asyncio.Task[None]) -> None:
        self._ended = True
        for pending in chain(self._batch, self._queue):
            _fail(pending, Unavailable("the appender has ended"))

    def _take(self, before: int) -> list[Pending]:
        """The next batch: commands in order, without two that touch one stream or claim."""
        batch: list[Pending] = []
        later: list[Pending] = []
        touched: set[object] = set()
        # Half of those who are at it: the others, just answered, make their next command
        # meanwhile. So this process and the database work at the same time.
        most = min(BATCH, (len(self._queue) + before + 1) // 2)
        while self._queue and len(batch) < most:
            pending = self._queue.popleft()
            if pending.stored.done():  # the caller was cancelled
                continue
            keys = pending.keys()
            (batch if touched.isdisjoint(keys) else later).append(pending)
            touched.update(keys)
        self._queue.extendleft(reversed(later))
        if not self._queue:
            self._filled.clear()
        return batch

    async def _store(self, batch: Sequence[Pending]) -> None:
        """One call for all. When it cannot be made at all, one by one, to fail only the guilty."""
        began = perf_counter()
        try:
            base, refused = await self._call(arguments(batch))
        except Unavailable as error:
            for pending in batch:
                _fail(pending, error)
        except Exception as error:  # noqa: BLE001  the caller hears of it
            if len(batch) == 1:
                _fail(batch[0], error)
            else:
                for pending in batch:
                    await self._store([pending])
        else:
            last = await self._settle(batch, base, refused)
            self._stored(last, len(batch), perf_counter() - began)

    async def _call(
        self, parts: Sequence[Sequence[object]]
    ) -> tuple[int, dict[int, tuple[str, int]]]:
        """The head before, and by command why it was refused; repeated until it is known."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            try:
                if self._connection is None or self._connection.is_closed():
                    self._connection = await self._connect()
                row: Any = await self._connection.fetchrow(CALL, *parts, timeout=CALL_SECONDS)
            except asyncpg.DataError:
                raise
            except LOST as error:
                # Stored or not, nobody knows. The same call again finds out: events that
                # stand already are recognised by their ids.
                if self._connection is not None:
                    self._connection.terminate()
                heed_cancellation(error)
                if asyncio.get_running_loop().time() > deadline:
                    raise Unavailable(f"appending: {type(error).__name__}") from error
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                refused = zip(
                    row["refused"], row["reasons"] or (), row["stands"] or (), strict=True
                )
                return row["base"], {command: (why, at) for command, why, at in refused}

    async def _settle(
        self, batch: Sequence[Pending], base: int, refused: dict[int, tuple[str, int]]
    ) -> int:
        last = base
        for command, pending in enumerate(batch, start=1):
            count = len(pending.append.drafts)
            reason, stands = refused.get(command, ("stored", last + 1))
            if reason == "stored":
                last += count
            if pending.stored.done():
                continue
            if reason in ("stored", "repeated"):
                pending.stored.set_result(tuple(range(stands, stands + count)))
            elif reason == "claimed":
                pending.stored.set_exception(await self._taken(pending))
            else:
                pending.stored.set_exception(_refusal(reason, pending))
        return last

    async def _taken(self, pending: Pending) -> Exception:
        """Which of its claims is held, and with what answer."""
        assert self._connection is not None
        for claim in pending.append.claims:
            try:
                held = await held_claim(self._connection, claim.scope, claim.key)
            except LOST as error:
                heed_cancellation(error)
                return Unavailable(f"looking up a claim: {type(error).__name__}")
            if held is not None:
                return ClaimTaken(held)
        raise AssertionError("a claim that was held is gone, and claims are never let go")


def _fail(pending: Pending, error: Exception) -> None:
    if not pending.stored.done():
        pending.stored.set_exception(error)


def _refusal(reason: str, pending: Pending) -> Exception:
    drafts = pending.append.drafts
    match reason:
        case "conflict":
            return Conflict(", ".join(sorted({draft.stream for draft in drafts})))
        case "too_large":
            return EntryTooLarge(", ".join(draft.type for draft in drafts))
        case "unsealed":
            return Unsealed(", ".join(draft.event_id for draft in drafts))
        case _:
            return AssertionError(f"es_append gave an unknown reason: {reason}")


async def held_claim(connection: Any, scope: str, key: str) -> Claim | None:
    """The claim as it stands."""
    row = await connection.fetchrow(
        "select fingerprint, answer, pos from es_claim where scope = $1 and key = $2", scope, key
    )
    return None if row is None else Claim(scope, key, *row)


def arguments(batch: Iterable[Pending]) -> tuple[list[tuple[Any, ...]], ...]:
    """The batch as es_append takes it: events, claims and disclosures."""
    events: list[tuple[Any, ...]] = []
    claims: list[tuple[Any, ...]] = []
    disclosures: list[tuple[Any, ...]] = []
    for command, pending in enumerate(batch, start=1):
        events += [
            (command, d.stream, d.version, d.type, d.event_id, d.before, d.after)
            for d in pending.append.drafts
        ]
        claims += [
            (command, c.scope, c.key, c.fingerprint, c.answer) for c in pending.append.claims
        ]
        disclosures += [(command, s.event_id, s.name, s.key, s.value) for s in pending.sealed]
    return events, claims, disclosures
