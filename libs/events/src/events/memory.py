"""A store, a clock and ids in memory: deterministic, for tests and for the simulation.

The store keeps the promises of `events.ports.Store` and passes the same suite as the one on
Postgres. What is awaited returns at once; nothing runs beside the caller.
"""

import asyncio
import random  # noqa: TID251  seeded: the same run every time
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from events.documents import Missing
from events.envelope import ENTRY_MAX_BYTES, Entry, EntryTooLarge
from events.head import Head
from events.personal import Disclosure, Kind
from events.ports import (
    Append,
    Claim,
    ClaimTaken,
    Clock,
    Conflict,
    PersonErased,
    Snapshot,
    Unavailable,
)
from events.registry import Draft
from events.values import Digest, new_id

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class FixedClock:
    """Stands still until it is told to move; sleeping moves it."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)
        await asyncio.sleep(0)


class SeededIds:
    """The same seed gives the same ids, each larger than the one before, as UUIDv7 are."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311
        self._milliseconds = int(NOON.timestamp() * 1000)

    def _uuid(self) -> UUID:
        self._milliseconds += 1
        number = self._milliseconds << 80 | 7 << 76 | self._random.getrandbits(12) << 64
        return UUID(int=number | 0b10 << 62 | self._random.getrandbits(62))

    def event_id(self) -> str:
        return str(self._uuid())

    def new(self, prefix: str) -> str:
        return new_id(prefix, self._uuid().int)

    def salt(self) -> bytes:
        return self._random.randbytes(16)


class MemoryStore:
    """One service's history and vault, as lists and dicts."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        """The history: the entry at position n is `entries[n - 1]`."""
        self._streams: dict[str, list[tuple[str, Entry]]] = {}
        self._claims: dict[tuple[str, str], Claim] = {}
        self._snapshots: dict[str, Snapshot] = {}
        self._vault: dict[str, list[tuple[str, Disclosure]]] = {}
        self._erased: dict[tuple[str, Kind], int] = {}
        """How many disclosures there were, by person and kind."""
        self._head = Head()

    async def append(self, append: Append) -> tuple[int, ...]:
        repeated = self._positions_of(append.drafts)
        if repeated:
            return repeated
        for claim in append.claims:
            held = self._claims.get((claim.scope, claim.key))
            if held is not None:
                raise ClaimTaken(held)
        for draft in append.drafts:
            for each in draft.disclosures:
                if (draft.person, each.kind) in self._erased:
                    raise PersonErased(str(draft.person), each.kind)
        for stream, written in _versions(append.drafts).items():
            stands = len(self._streams.get(stream, ()))
            if written != list(range(stands + 1, stands + 1 + len(written))):
                raise Conflict(stream)
        for rested in append.unchanged:
            if len(self._streams.get(rested.stream, ())) != rested.version:
                raise Conflict(rested.stream)
        entries = list(self._entries(append.drafts))
        self.entries.extend(entries)
        for claim in append.claims:
            self._claims[claim.scope, claim.key] = replace(claim, position=len(self.entries))
        for draft, entry in zip(append.drafts, entries, strict=True):
            self._streams.setdefault(draft.stream, []).append((draft.event_id, entry))
            if draft.disclosures:
                assert draft.person is not None
                sealed = [(draft.person, disclosure) for disclosure in draft.disclosures]
                self._vault[draft.event_id] = sealed
        self._head.grown(len(self.entries))
        return tuple(entry.position for entry in entries)

    def _positions_of(self, drafts: Sequence[Draft]) -> tuple[int, ...]:
        """Where these very events stand already, empty if they do not."""
        stands = [self._streams.get(d.stream, [])[d.version - 1 : d.version] for d in drafts]
        if [at and at[0][0] for at in stands] == [d.event_id for d in drafts]:
            return tuple(at[0][1].position for at in stands)
        return ()

    def _entries(self, drafts: Sequence[Draft]) -> Iterator[Entry]:
        for position, draft in enumerate(drafts, start=len(self.entries) + 1):
            raw = draft.at(position)
            if len(raw) > ENTRY_MAX_BYTES:
                raise EntryTooLarge(f"{draft.type} has {len(raw)} bytes")
            yield Entry(position, raw)

    async def load(self, stream: str, after: int = 0, limit: int | None = None) -> Sequence[Entry]:
        end = None if limit is None else after + limit
        return [entry for _, entry in self._streams.get(stream, [])[after:end]]

    async def load_all(self, streams: Sequence[str], limit: int) -> Mapping[str, Sequence[Entry]]:
        known = (stream for stream in streams if stream in self._streams)
        return {stream: await self.load(stream, limit=limit) for stream in known}

    async def read(self, after: int, limit: int) -> Sequence[Entry]:
        return self.entries[after : after + limit]

    async def head(self) -> int:
        return len(self.entries)

    async def wait(self, after: int, timeout_seconds: float) -> int:
        await self._head.above(after, timeout_seconds)
        return self._head.known

    async def claim(self, scope: str, key: str) -> Claim | None:
        return self._claims.get((scope, key))

    async def snapshot(self, stream: str, code: str) -> Snapshot | None:
        kept = self._snapshots.get(stream)
        return kept if kept is not None and kept.code == code else None

    async def keep_snapshot(self, snapshot: Snapshot) -> None:
        kept = self._snapshots.get(snapshot.stream)
        if kept is None or kept.code != snapshot.code or kept.version < snapshot.version:
            self._snapshots[snapshot.stream] = snapshot

    async def disclosures(self, event_ids: Sequence[str]) -> dict[str, list[Disclosure]]:
        found = {id_: self._vault[id_] for id_ in event_ids if id_ in self._vault}
        return {id_: [disclosure for _, disclosure in kept] for id_, kept in found.items()}

    async def erase(
        self,
        person: str,
        kinds: Collection[Kind] = tuple(Kind),
        also: Sequence[Callable[[Any], Awaitable[None]]] = (),
    ) -> int:
        assert not also, "there is no table here"
        for kind in kinds:
            found = [
                (id_, each)
                for id_, kept in self._vault.items()
                for each in kept
                if (each[0], each[1].kind) == (person, kind)
            ]
            for id_, each in found:
                self._vault[id_].remove(each)
            self._erased.setdefault((person, kind), len(found))
        self._vault = {id_: kept for id_, kept in self._vault.items() if kept}
        return sum(self._erased[person, kind] for kind in kinds)

    async def erased(self, person: str) -> frozenset[Kind]:
        return frozenset(kind for whom, kind in self._erased if whom == person)


class MemoryDocuments:
    """Sealed documents, as a dict."""

    def __init__(self, clock: Clock) -> None:
        self.held: dict[Digest, bytes] = {}
        self.is_down = False
        self._since: dict[Digest, datetime] = {}
        self._clock = clock

    async def put(self, name: Digest, parts: AsyncIterator[bytes], size: int) -> None:
        self._up()
        content = b"".join([part async for part in parts])
        assert len(content) == size, "another size than was told"
        self.held[name], self._since[name] = content, self._clock.now()

    async def get(self, name: Digest) -> AsyncIterator[bytes]:
        self._up()
        if name not in self.held:
            raise Missing(name)
        yield self.held[name]

    async def remove(self, name: Digest) -> None:
        self._up()
        self.held.pop(name, None)

    async def names(self) -> AsyncIterator[Digest]:
        self._up()
        for name in list(self.held):
            yield name

    async def since(self, name: Digest) -> datetime | None:
        self._up()
        return self._since[name] if name in self.held else None

    def _up(self) -> None:
        if self.is_down:
            raise Unavailable("the document store is down")


def _versions(drafts: Sequence[Draft]) -> dict[str, list[int]]:
    """The versions that are written, by stream."""
    written: dict[str, list[int]] = {}
    for draft in drafts:
        written.setdefault(draft.stream, []).append(draft.version)
    return written
