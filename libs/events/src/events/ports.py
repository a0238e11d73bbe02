"""The outside world as the rest of the library sees it: Store, Bus, Clock, Ids.

Each has a real implementation in `events.io` and one in memory (`events.memory`) that crashes,
drops, repeats and delays on request. One suite of tests runs on both.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import msgspec

from events.envelope import Entry
from events.personal import Disclosure, Kind
from events.registry import Draft


class Clock(Protocol):
    """What time it is, and waiting."""

    def now(self) -> datetime:
        """The present instant, in UTC, with a zone."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class Ids(Protocol):
    """Where fresh ids and random bytes come from."""

    def event_id(self) -> str:
        """A UUIDv7 (RFC 9562), in its text form."""
        ...

    def new(self, prefix: str) -> str:
        """A new opaque id, `pay_01jd…`: the prefix and a UUIDv7 in lower-case base 32."""
        ...

    def salt(self) -> bytes:
        """16 random bytes."""
        ...


class Conflict(Exception):
    """A stream was not at the version that the append expected. Nothing was stored."""


class PersonErased(Exception):
    """Values of this kind were erased of this person: no new one is taken. Nothing was stored."""

    def __init__(self, person: str, kind: Kind) -> None:
        super().__init__(f"{person} {kind}")
        self.person = person
        self.kind = kind


class Unavailable(Exception):
    """The world is not ready: the database, the bus, another service. Try again later."""


@dataclass(frozen=True)
class Claim:
    """A business key that only one event set may ever hold.

    Scopes: `idempotency`, `policy`, `invoice_number`, `end_to_end_id`, … A claim may carry a
    fingerprint of the request and the answer that was given, so that a repeated request gets the
    same answer. The answer never holds a personal value.
    """

    scope: str
    key: str
    fingerprint: bytes | None = None
    answer: bytes | None = None
    position: int | None = None
    """Where the history stood once it was taken; the store says so of a claim that is held."""


class ClaimTaken(Exception):
    """Another event set holds one of the claims. Nothing was stored."""

    def __init__(self, held: Claim) -> None:
        super().__init__(f"{held.scope} {held.key}")
        self.held = held
        """The claim as it stands, with its fingerprint and answer."""


class Unchanged(msgspec.Struct, frozen=True):
    """A stream on which a decision rests and to which it adds nothing."""

    stream: str
    version: int
    """At which it was looked at, and has to be still; 0: it had no entry."""


class Append(msgspec.Struct, frozen=True):
    """One command's facts: all of them are stored, with their claims, or none is.

    The drafts may belong to several streams. Within a stream the versions are consecutive, and
    the first is one more than the version that the stream must have.
    """

    drafts: tuple[Draft, ...]
    claims: tuple[Claim, ...] = ()
    unchanged: tuple[Unchanged, ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """A folded state kept to save time. A cache: losing it loses nothing."""

    stream: str
    version: int
    code: str
    """A hash of the code that folded it; another code does not read it."""
    state: bytes


class Store(Protocol):
    """One service's history and vault. Positions run 1..n without a gap, in commit order."""

    async def append(self, append: Append) -> tuple[int, ...]:
        """Store it durably; the positions of the drafts, in order.

        Raises `Conflict`, `ClaimTaken`, `PersonErased`, `EntryTooLarge`, or `Unavailable` when the
        outcome is unknown and repeating the same append (same event ids) is the way to find out:
        a repeat of what was stored answers with the same positions.
        """
        ...

    async def load(self, stream: str, after: int = 0, limit: int | None = None) -> Sequence[Entry]:
        """The entries of a stream with a version above `after`, in order, at most `limit`."""
        ...

    async def load_all(self, streams: Sequence[str], limit: int) -> Mapping[str, Sequence[Entry]]:
        """The entries of many streams at once, at most the first `limit` of each, in order.

        A stream without an entry is not among them.
        """
        ...

    async def read(self, after: int, limit: int) -> Sequence[Entry]:
        """The entries at positions above `after`, in order, at most `limit`."""
        ...

    async def head(self) -> int:
        """The last position, 0 when there is none."""
        ...

    async def wait(self, after: int, timeout_seconds: float) -> int:
        """The head, as soon as it is above `after`, or at the latest after the time-out."""
        ...

    async def claim(self, scope: str, key: str) -> Claim | None: ...

    async def snapshot(self, stream: str, code: str) -> Snapshot | None: ...

    async def keep_snapshot(self, snapshot: Snapshot) -> None: ...

    async def disclosures(self, event_ids: Sequence[str]) -> dict[str, list[Disclosure]]:
        """The personal values of these events that the vault can still open."""
        ...

    async def erase(
        self,
        person: str,
        kinds: Collection[Kind] = tuple(Kind),
        also: Sequence[Callable[[Any], Awaitable[None]]] = (),
    ) -> int:
        """Destroy the person's keys of these kinds; how many disclosures there were.

        `also` is given a connection and does its part in the same transaction. From then on no
        value of these kinds is taken for the person. Done again it does nothing, and says the same.
        """
        ...

    async def erased(self, person: str) -> frozenset[Kind]:
        """The kinds that were erased of this person."""
        ...


class WrongSequence(Exception):
    """The bus holds another last sequence than the publisher expected."""


class Bus(Protocol):
    """What carries entries from a service to the others. Sequence on the bus = position."""

    async def last(self, source: str) -> int:
        """The last sequence of the service's stream, 0 when it is empty. Raises `Unavailable`."""
        ...

    async def entry(self, source: str, position: int) -> Entry | None:
        """What the bus holds at one position, byte for byte; None when it shows nothing there."""
        ...

    async def publish(self, source: str, entries: Sequence[Entry]) -> int:
        """Publish consecutive entries, each only directly after its predecessor.

        Answers with the last sequence that the bus acknowledged as durable; raises
        `WrongSequence` when the bus stands elsewhere, `Unavailable` when it does not answer.
        """
        ...

    def listen(self, source: str, after: int) -> AsyncGenerator[Sequence[Entry], None]:
        """Batches of entries above `after` as they come, in order, at most 500 each.

        An empty batch means that nothing came for a while. Raises `Unavailable` when the bus is
        gone, and `WrongSequence` when it no longer has `after + 1` but has later ones.
        """
        ...
