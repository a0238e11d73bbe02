"""Where a consumer reads a history: its own service's from the store, another's from the bus.

Both give consecutive entries and nothing else. What the bus does not have, or has wrong, or when it
is gone, is fetched from the service that owns the events: the bus is the fast way, never the only
one, and the owner has the last word.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from events.delivery.ports import Feed, Watch
from events.envelope import Entry, Envelope
from events.ports import Bus, Clock, Store, Unavailable, WrongSequence

PAGE = 5_000
"""How many of its own events a consumer takes at once when it is far behind, as in a rebuild."""
FEED_PAGE = 500
IDLE_SECONDS = 5.0
"""How often a quiet source says so, with an empty batch."""
QUIET_SECONDS = 10.0
"""After how long a quiet bus is not believed, and the owner is asked."""
PAUSE_SECONDS = 0.5
"""How long to wait when neither the bus nor the feed has anything."""


Missed = Callable[[int, int], Awaitable[None]]
"""Told of a hole on the bus: after which position, and where the bus goes on."""
Forged = Callable[[Entry, Entry | None], Awaitable[None]]
"""Told of an entry on the bus that is not its owner's, and what the owner has there, if any."""


class Misplaced(ValueError):
    """The entry says that it belongs to another service or to another position."""


class Damaged(Exception):
    """The bus holds something that is no event, or not the one that belongs there."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(f"position {entry.position}")
        self.entry = entry


class History(Protocol):
    """One service's events, as a consumer reads them."""

    def listen(self, after: int) -> AsyncGenerator[Sequence[Entry], None]:
        """Entries at `after + 1`, `after + 2`, … for ever; an empty batch when it is quiet."""
        ...

    async def owners(self, position: int) -> Entry | None:
        """The entry as its owner has it; None where what is listened to is the owner's own.

        `Unavailable` when the owner does not answer, or has nothing there.
        """
        ...

    async def reaches(self, position: int) -> bool:
        """Whether it has come so far, as far as can be told: an owner that does not answer may."""
        ...


@dataclass(frozen=True)
class OwnHistory:
    """The service's own events, from its own store."""

    store: Store

    async def listen(self, after: int) -> AsyncGenerator[Sequence[Entry], None]:
        """Far behind, the next page is read while the one before is being taken."""
        ahead: asyncio.Task[Sequence[Entry]] | None = None
        try:
            while True:
                entries = await (ahead or self.store.read(after, PAGE))
                ahead = None
                if entries:
                    after = entries[-1].position
                    if len(entries) == PAGE:
                        ahead = asyncio.ensure_future(self.store.read(after, PAGE))
                elif await self.store.wait(after, IDLE_SECONDS) > after:
                    continue
                yield entries
        finally:
            if ahead is not None:
                ahead.cancel()
                await asyncio.gather(ahead, return_exceptions=True)

    async def owners(self, position: int) -> None:  # noqa: ARG002
        return None

    async def reaches(self, position: int) -> bool:
        return position <= await self.store.head()


@dataclass(frozen=True)
class ForeignHistory:
    """Another service's events, from the bus; what it lacks, from the service's feed.

    With `forged`, nothing is believed of the bus but that there is something new: each entry is
    held against its owner's. Whoever has the owner's password there tells what they like.
    """

    source: str
    bus: Bus
    feed: Feed
    clock: Clock
    watch: Watch
    missed: Missed | None = None
    forged: Forged | None = None

    async def listen(self, after: int) -> AsyncGenerator[Sequence[Entry], None]:
        while True:
            try:
                async with aclosing(self._on_the_bus(after)) as batches:
                    async for batch in batches:
                        if batch:
                            after = batch[-1].position
                        yield batch
            except (Unavailable, WrongSequence, Damaged) as error:
                self.watch.failed(f"bus of {self.source}", error)
                damaged = error.entry if isinstance(error, Damaged) else None
            else:
                damaged = None
            healed = await self._heal(after)
            if healed:
                after = healed[-1].position
                if damaged is not None and damaged not in healed:
                    self.watch.healed(self.source, damaged.position)
            yield healed

    async def owners(self, position: int) -> Entry:
        found = following(await self.feed(self.source, position - 1, 1), position - 1)
        if not found:
            raise Unavailable(f"{self.source} has nothing at {position}")
        return found[0]

    async def reaches(self, position: int) -> bool:
        """A bus that was made anew is behind for a while: then its owner has the last word."""
        with suppress(Unavailable):
            if position <= await self.bus.last(self.source):
                return True
        try:
            return not position or bool(await self.feed(self.source, position - 1, 1))
        except Unavailable as error:
            self.watch.failed(f"feed of {self.source}", error)
            return True

    async def _on_the_bus(self, after: int) -> AsyncGenerator[Sequence[Entry], None]:
        """What the bus has, until it leaves a gap or is quiet for long. Raises `Damaged`."""
        heard_at = self.clock.now()
        patience = timedelta(seconds=QUIET_SECONDS)
        async with aclosing(self.bus.listen(self.source, after)) as batches:
            async for batch in batches:
                entries, false = await self._borne_out(following(batch, after))
                entries, damaged = undamaged(entries, self.source)
                if entries:
                    heard_at, after = self.clock.now(), entries[-1].position
                    yield entries
                if (wrong := damaged or false) is not None:
                    raise Damaged(wrong)
                behind = [entry.position for entry in batch if entry.position > after]
                if behind and self.missed is not None:
                    await self.missed(after, min(behind))
                if behind or self.clock.now() - heard_at > patience:
                    return
                if not entries:
                    yield entries

    async def _borne_out(self, entries: list[Entry]) -> tuple[list[Entry], Entry | None]:
        """Those before the first that its owner has otherwise or not at all, and that one.

        `Unavailable` when the owner does not answer: then they wait.
        """
        if self.forged is None:
            return entries, None
        for start in range(0, len(entries), FEED_PAGE):
            page = entries[start : start + FEED_PAGE]
            after = page[0].position - 1
            owners = {
                each.position: each for each in await self.feed(self.source, after, len(page))
            }
            for number, entry in enumerate(page, start):
                theirs = owners.get(entry.position)
                if theirs != entry:
                    await self.forged(entry, theirs)
                    return entries[:number], entry
        return entries, None

    async def _heal(self, after: int) -> list[Entry]:
        """What the owner has behind `after`; after a pause, when that is nothing."""
        try:
            entries = following(await self.feed(self.source, after, FEED_PAGE), after)
        except Unavailable as error:
            self.watch.failed(f"feed of {self.source}", error)
            entries = []
        if not entries:
            await self.clock.sleep(PAUSE_SECONDS)
        return entries


@dataclass(frozen=True)
class Ahead:
    """A history of which a batch is read, and made ready, while the one before is being taken."""

    history: History
    ready: Callable[[Sequence[Entry]], Awaitable[Sequence[Entry]]]

    async def listen(self, after: int) -> AsyncGenerator[Sequence[Entry], None]:
        async with aclosing(self.history.listen(after)) as batches:
            coming = asyncio.ensure_future(self._next(batches))
            try:
                while True:
                    entries = await coming
                    coming = asyncio.ensure_future(self._next(batches))
                    yield entries
            finally:
                coming.cancel()
                await asyncio.gather(coming, return_exceptions=True)

    async def _next(self, batches: AsyncGenerator[Sequence[Entry], None]) -> Sequence[Entry]:
        entries = await anext(batches)
        return await self.ready(entries) if entries else entries

    async def owners(self, position: int) -> Entry | None:
        return await self.history.owners(position)

    async def reaches(self, position: int) -> bool:
        return await self.history.reaches(position)


def in_place(entry: Entry, source: str) -> Envelope:
    """The entry's envelope. Raises `Misplaced`, or whatever is wrong with the bytes."""
    envelope = entry.envelope
    if envelope.service != source or envelope.position != str(entry.position):
        raise Misplaced(entry.position)
    return envelope


def undamaged(entries: list[Entry], source: str) -> tuple[list[Entry], Entry | None]:
    """Those before the first that is not in place, and that one."""
    for number, entry in enumerate(entries):
        try:
            in_place(entry, source)
        except Exception:  # noqa: BLE001  whatever is wrong with it, its owner is asked
            return entries[:number], entry
    return entries, None


def following(batch: Sequence[Entry], after: int) -> list[Entry]:
    """Of the batch, what follows `after`, each directly behind the one before."""
    entries: list[Entry] = []
    for entry in batch:
        if entry.position == after + 1:
            entries.append(entry)
            after = entry.position
    return entries
