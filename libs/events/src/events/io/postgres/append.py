"""Group commit: a process appends, as one batch, whatever queued while it was appending.

No timer: under no load a command is stored at once and by itself; under load a batch is as large
as what came during the one before. Each command of a batch is stored or refused by itself; see
es_append in migrations/0001_history.sql and 0004_unchanged.sql.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from events.envelope import EntryTooLarge
from events.io.postgres.line import Line, Refused
from events.io.postgres.vault import Sealed
from events.ports import Append, ClaimTaken, Conflict, Unavailable

BATCH = 512
"""Commands in one call, at most."""
LINES = 2
"""Calls on their way at once. The database lets in one at a time; the next one stands at its door,
so that it never waits for this process."""


class Unsealed(Exception):
    """A key that a value was sealed under has been destroyed meanwhile. Nothing was stored."""


@dataclass(eq=False, slots=True)
class Pending:
    """A command in the queue."""

    append: Append
    sealed: Sequence[Sealed]
    stored: asyncio.Future[tuple[int, ...]]

    def keys(self) -> list[object]:
        """What no other command may touch at the same time: the streams and claims it writes."""
        streams: list[object] = [draft.stream for draft in self.append.drafts]
        return streams + [(claim.scope, claim.key) for claim in self.append.claims]

    def rests_on(self) -> list[object]:
        """The streams that it writes nothing to, and no other command may at the same time."""
        return [each.stream for each in self.append.unchanged]

    def fail(self, error: Exception) -> None:
        if not self.stored.done():
            self.stored.set_exception(error)


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
        self._queue: deque[Pending] = deque()
        self._filled = asyncio.Event()
        self._free = LINES
        self._touched: set[object] = set()
        self._ended = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Appender"]:
        """The lines are served within; who still waits at the end hears `Unavailable`."""
        lines = [Line(self._connect) for _ in range(LINES)]
        tasks = [asyncio.create_task(self._serve(line), name="appender") for line in lines]
        for task in tasks:
            task.add_done_callback(self._end)
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for line in lines:
                line.close()

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

    async def _serve(self, line: Line) -> None:
        while True:
            await self._filled.wait()
            batch = self._take()
            if not batch:
                continue
            self._free -= 1
            try:
                await self._store(batch, line)
            finally:
                self._free += 1
                for pending in batch:
                    self._touched.difference_update(pending.keys())
                    pending.fail(Unavailable("the appender has ended"))
                if self._queue:
                    self._filled.set()

    def _end(self, _task: asyncio.Task[None]) -> None:
        self._ended = True
        for pending in self._queue:
            pending.fail(Unavailable("the appender has ended"))

    def _take(self) -> list[Pending]:
        """The next batch, in order: a fair share of the queue for each line that is free.

        Of two commands that touch one stream or claim, the second waits for the first's outcome;
        so does one that writes what another of the batch rests on, or rests on what it writes.
        """
        batch: list[Pending] = []
        later: list[Pending] = []
        waited_for: set[object] = set()
        rested_on: set[object] = set()
        most = min(BATCH, -(-len(self._queue) // self._free))
        while self._queue and len(batch) < most:
            pending = self._queue.popleft()
            if pending.stored.done():  # the caller was cancelled
                continue
            keys, rests_on = pending.keys(), pending.rests_on()
            seen = keys + rests_on
            free = self._touched.isdisjoint(seen) and waited_for.isdisjoint(seen)
            if free and rested_on.isdisjoint(keys):
                batch.append(pending)
                self._touched.update(keys)
                rested_on.update(rests_on)
            else:
                later.append(pending)
                waited_for.update(keys)
        self._queue.extendleft(reversed(later))
        if not self._queue or not batch:
            self._filled.clear()
        return batch

    async def _store(self, batch: Sequence[Pending], line: Line) -> None:
        """One call for all. When it cannot be made at all, one by one, to fail only the guilty."""
        began = perf_counter()
        try:
            base, refused = await line.call(arguments(batch))
        except Unavailable as error:
            for pending in batch:
                pending.fail(error)
        except Exception as error:  # noqa: BLE001  the caller hears of it
            if len(batch) == 1:
                batch[0].fail(error)
            else:
                for pending in batch:
                    await self._store([pending], line)
        else:
            last = await _settle(batch, base, refused, line)
            self._stored(last, len(batch), perf_counter() - began)


async def _settle(batch: Sequence[Pending], base: int, refused: Refused, line: Line) -> int:
    """Tell each caller the outcome; the head after the batch."""
    last = base
    for command, pending in enumerate(batch, start=1):
        count = len(pending.append.drafts)
        reason, stands = refused.get(command, ("stored", last + 1))
        if reason == "stored":
            last += count
        if reason not in ("stored", "repeated"):
            pending.fail(await _refusal(reason, pending.append, line))
        elif not pending.stored.done():
            pending.stored.set_result(tuple(range(stands, stands + count)))
    return last


async def _refusal(reason: str, append: Append, line: Line) -> Exception:
    drafts = append.drafts
    match reason:
        case "conflict":
            return Conflict(", ".join(sorted({draft.stream for draft in drafts})))
        case "too_large":
            return EntryTooLarge(", ".join(draft.type for draft in drafts))
        case "unsealed":
            return Unsealed(", ".join(draft.event_id for draft in drafts))
        case "claimed":
            try:
                return ClaimTaken(await line.held(append.claims))
            except Unavailable as error:
                return error
        case _:
            return AssertionError(f"es_append gave an unknown reason: {reason}")


def arguments(batch: Iterable[Pending]) -> tuple[list[tuple[Any, ...]], ...]:
    """The batch as es_append takes it: events, claims, disclosures, and what rests unchanged."""
    events: list[tuple[Any, ...]] = []
    claims: list[tuple[Any, ...]] = []
    disclosures: list[tuple[Any, ...]] = []
    unchanged: list[tuple[Any, ...]] = []
    for command, pending in enumerate(batch, start=1):
        events += [
            (command, d.stream, d.version, d.type, d.event_id, d.before, d.after)
            for d in pending.append.drafts
        ]
        claims += [
            (command, c.scope, c.key, c.fingerprint, c.answer) for c in pending.append.claims
        ]
        disclosures += [(command, s.event_id, s.name, s.key, s.value) for s in pending.sealed]
        unchanged += [(command, u.stream, u.version) for u in pending.append.unchanged]
    return events, claims, disclosures, unchanged
