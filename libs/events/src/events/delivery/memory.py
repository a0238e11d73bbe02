"""The bus and the tracking in memory, for tests and for the simulation.

They keep the promises of the real ones; what goes wrong is decided by whoever holds them: the bus
can be cut off, lose its tail, and repeat what it has delivered.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from events.delivery.ports import NotStopped, Refusal, Stop
from events.envelope import Entry
from events.ports import Unavailable, WrongSequence

BATCH = 500


class MemoryBus:
    """All services' streams, as lists."""

    def __init__(self) -> None:
        self.streams: dict[str, list[Entry]] = {}
        self.is_down = False
        self._arrived = asyncio.Condition()

    async def last(self, source: str) -> int:
        self._up()
        return len(self.streams.get(source, ()))

    async def entry(self, source: str, position: int) -> Entry | None:
        self._up()
        held = self.streams.get(source, [])[position - 1 : position]
        return held[0] if held else None

    async def publish(self, source: str, entries: Sequence[Entry]) -> int:
        self._up()
        stream = self.streams.setdefault(source, [])
        for entry in entries:
            if entry.position != len(stream) + 1:
                raise WrongSequence(f"{source} is at {len(stream)}, not before {entry.position}")
            stream.append(entry)
        async with self._arrived:
            self._arrived.notify_all()
        return len(stream)

    async def listen(self, source: str, after: int) -> AsyncGenerator[Sequence[Entry], None]:
        while True:
            self._up()
            batch = self.streams.get(source, [])[after : after + BATCH]
            if batch:
                after = batch[-1].position
            else:
                await self._wait()
            yield batch

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(1), self._arrived:
                await self._arrived.wait()
        except TimeoutError:
            return

    def _up(self) -> None:
        if self.is_down:
            raise Unavailable("the bus is down")

    def lose_tail(self, source: str, keep: int) -> None:
        """What a bus does that acknowledged before it wrote."""
        del self.streams.get(source, [])[keep:]


@dataclass
class MemoryBatch:
    """A transaction: it works on copies."""

    last: int
    connection: Any
    refusals: list[Refusal] = field(default_factory=list)

    async def advance(self, position: int) -> None:
        self.last = position

    async def refused(self, refusal: Refusal) -> None:
        self.refusals.append(refusal)


class MemoryTracking:
    """Positions, stops and refusals; each view's tables are one dict, given as the connection."""

    def __init__(self) -> None:
        self.positions: dict[tuple[str, str], int] = {}
        self.tables: dict[str, dict[Any, Any]] = {}
        self.refused_acts: dict[tuple[str, str], Refusal] = {}
        self.decisions: list[tuple[Stop, str, str | None]] = []
        """Each stop that was resumed or skipped, by whom, and why if skipped."""
        self._stops: dict[tuple[str, str], Stop] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    @asynccontextmanager
    async def batch(self, consumer: str, source: str) -> AsyncIterator[MemoryBatch]:
        async with self._locks.setdefault(consumer, asyncio.Lock()):
            tables = deepcopy(self.tables.get(consumer, {}))
            batch = MemoryBatch(self.positions.get((consumer, source), 0), tables)
            yield batch
            self.positions[consumer, source] = batch.last
            self.tables[consumer] = batch.connection
            for refusal in batch.refusals:
                self.refused_acts.setdefault((refusal.policy, refusal.event_id), refusal)

    async def last(self, consumer: str, source: str) -> int:
        return self.positions.get((consumer, source), 0)

    async def reset(self, consumer: str, tables: Sequence[str]) -> None:  # noqa: ARG002
        async with self._locks.setdefault(consumer, asyncio.Lock()):
            self.tables[consumer] = {}
            for key in self.positions:
                if key[0] == consumer:
                    self.positions[key] = 0

    async def stop(self, stop: Stop) -> None:
        self._stops.setdefault((stop.consumer, stop.source), stop)

    async def stops(self) -> Sequence[Stop]:
        return list(self._stops.values())

    async def refused(self) -> int:
        return len(self.refused_acts)

    async def refusals(self, limit: int) -> Sequence[Refusal]:
        return list(self.refused_acts.values())[::-1][:limit]

    async def resume(self, consumer: str, source: str, *, by: str) -> None:
        self.decisions.append((self._standing(consumer, source), by, None))
        del self._stops[consumer, source]

    async def skip(self, consumer: str, source: str, position: int, *, by: str, why: str) -> None:
        if not why.strip():
            raise ValueError("say why the event is left out")
        stop = self._standing(consumer, source)
        if stop.position != position:
            raise NotStopped(f"{consumer} stands at {stop.position}")
        self.decisions.append((stop, by, why))
        self.positions[consumer, source] = position
        del self._stops[consumer, source]

    def _standing(self, consumer: str, source: str) -> Stop:
        try:
            return self._stops[consumer, source]
        except KeyError:
            raise NotStopped(f"{consumer} of {source} does not stand still") from None
