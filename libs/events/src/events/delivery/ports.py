"""What delivery needs beside Store, Bus and Clock."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, Self

import msgspec

from events.envelope import Entry, Envelope
from events.service import Heard

Feed = Callable[[str, int, int], Awaitable[Sequence[Entry]]]
"""`feed(source, after, limit)`: entries straight from the service that owns them, over REST.

Raises `Unavailable`.
"""


@dataclass(frozen=True)
class Stop:
    """A consumer that met what it cannot take, and stands still until a person decides.

    The relay stands still in the same way, as the consumer `relay`, before a bus that holds
    another history than the store.
    """

    consumer: str
    source: str
    position: int
    """Of the event it could not take; everything before it is done."""
    error: str
    """The class of the error and where it was raised. Never its text: that may quote a value."""
    at: datetime


@dataclass(frozen=True)
class Refusal:
    """The domain said no to what a policy asked for. That is an answer: the policy goes on."""

    policy: str
    source: str
    position: int
    event_id: str
    rule: str
    facts: bytes
    """Canonical JSON: the rule's facts by field."""
    at: datetime

    @classmethod
    def read(cls, policy: str, fact: Heard[Any], answer: bytes, at: datetime) -> Self:
        """From the answer that the policy's claim holds."""
        said = msgspec.json.decode(answer, type=_Said)
        return cls(
            policy=policy,
            source=fact.envelope.service,
            position=fact.position,
            event_id=fact.envelope.id,
            rule=said.rule,
            facts=bytes(said.facts),
            at=at,
        )


class _Said(msgspec.Struct):
    rule: str
    facts: msgspec.Raw


class Batch(Protocol):
    """One transaction of one consumer, which nobody else can interleave with."""

    @property
    def last(self) -> int:
        """The position up to which this consumer has taken the source's history."""
        ...

    @property
    def connection(self) -> Any:
        """What a view's `project` writes to: it commits together with `advance`."""
        ...

    async def advance(self, position: int) -> None: ...

    async def refused(self, refusal: Refusal) -> None:
        """Note a refusal; noting it again changes nothing."""
        ...


class NotStopped(LookupError):
    """There is no such stop to resume or to skip."""


class Tracking(Protocol):
    """How far each consumer has come, kept in the database that its views are in."""

    def batch(self, consumer: str, source: str) -> AbstractAsyncContextManager[Batch]:
        """Begin a transaction that holds all of the consumer's rows; leaving it commits.

        An exception rolls back. Raises `Unavailable` when the database is gone or wants the
        transaction again (a deadlock, a serialization failure).
        """
        ...

    async def last(self, consumer: str, source: str) -> int: ...

    async def reset(self, consumer: str, tables: Sequence[str]) -> None:
        """Empty the tables and put the consumer at position 0 of every source, at once."""
        ...

    async def stop(self, stop: Stop) -> None:
        """Note that the consumer stands still; noting it again changes nothing."""
        ...

    async def stops(self) -> Sequence[Stop]:
        """The consumers that stand still now."""
        ...

    async def refused(self) -> int:
        """How many acts that policies asked for were refused, ever."""
        ...

    async def refusals(self, limit: int) -> Sequence[Refusal]:
        """The latest of them, the newest first."""
        ...

    async def resume(self, consumer: str, source: str, *, by: str) -> None:
        """Let it try the same event again. `NotStopped`."""
        ...

    async def skip(self, consumer: str, source: str, position: int, *, by: str, why: str) -> None:
        """Let it go on behind that event, which it never took. Kept for ever.

        Raises `NotStopped`, or `ValueError` without a reason.
        """
        ...


class Leader(Protocol):
    """Lets one of a service's processes do what one is enough for.

    It saves work and is no safety: with two leaders the relay's sequence, the tracking row's lock
    and the policies' claims still hold.
    """

    async def lead(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Wait until nobody else leads `name`; run `work` until it ends or the lead is lost."""
        ...


class Alone:
    """The leader where there is one process."""

    async def lead(self, name: str, work: Callable[[], Awaitable[None]]) -> None:  # noqa: ARG002
        await work()


class Watch:
    """What delivery tells the telemetry. This one listens to nothing; override what is wanted."""

    def lag(self, consumer: str, source: str, behind: int) -> None:
        """So many events of the source are still to be taken (the relay is `relay`)."""

    def standing(self, consumer: str, source: str, *, stopped: bool) -> None:
        """The consumer stands still at an event it cannot take, or does not any more."""

    def failed(self, part: str, error: BaseException) -> None:
        """A part ended by a mistake of ours, or the world was not ready; it is tried again."""

    def refused(self, count: int) -> None:
        """So many acts that policies of this service asked for were refused, ever."""

    def healed(self, source: str, position: int) -> None:
        """The bus holds another entry there than its owner; the owner's was taken."""

    def publishing(self, envelope: Envelope) -> AbstractContextManager[str | None]:
        """Around the publishing of one event; gives the `traceparent` that travels with it."""
        return nullcontext(envelope.traceparent)

    def handling(self, _consumer: str, envelope: Envelope) -> AbstractContextManager[str | None]:
        """Around one event's policy or effect; gives the `traceparent` of what follows."""
        return nullcontext(envelope.traceparent)
