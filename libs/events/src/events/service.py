"""What a service is, declared: the events it emits, its routes, views, policies and effects.

`events.io.serve` runs a declared service; nothing else constructs anything.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from events.decider import Event
from events.envelope import Entry, Envelope
from events.erasure import Ordered
from events.handler import Act
from events.registry import Registry

E_co = TypeVar("E_co", bound=Event, covariant=True)
T = TypeVar("T")


@dataclass(frozen=True)
class Heard(Generic[E_co]):
    """A fact as it reaches a view, a policy or an effect."""

    event: E_co
    envelope: Envelope
    position: int
    """Its place in the history of the service that emitted it."""


class Connection(Protocol):
    """The part of an asyncpg connection, inside a transaction, that views use."""

    async def execute(self, query: str, *args: object) -> str: ...
    async def executemany(self, command: str, args: Iterable[Any]) -> None: ...
    async def fetch(self, query: str, *args: object) -> list[Any]: ...
    async def fetchrow(self, query: str, *args: object) -> Any: ...
    async def fetchval(self, query: str, *args: object) -> Any: ...


class Loading(Connection, Protocol):
    """The part that copies use besides: many rows at once."""

    async def copy_to_table(
        self,
        table_name: str,
        *,
        source: Any,
        columns: Sequence[str],
        format: str,  # noqa: A002  asyncpg's name
    ) -> str: ...


@dataclass(frozen=True)
class View:
    """A read model: tables of this service's database that follow from events.

    `project` gets each batch in order, exactly once in effect: it runs in the transaction that
    also advances the tracking row of (view, source).
    """

    name: str
    hears: Mapping[str, Registry]
    """By source service (the own one included): which of its events are projected."""
    project: Callable[[list[Heard[Any]], Connection], Awaitable[None]]
    tables: tuple[str, ...]
    """What a rebuild empties."""


@dataclass(frozen=True)
class Copy(Generic[T]):
    """Every entry of some services, byte for byte, into a table of this service: a log.

    `ready` makes of a source and its entries what needs no turn, while others have theirs. `keep`
    gets that of each batch in order, exactly once in effect: like a view's, its transaction also
    advances the tracking row. A copy is never rebuilt, and never opens an event.
    """

    name: str
    sources: tuple[str, ...]
    ready: Callable[[str, Sequence[Entry]], Awaitable[T]]
    keep: Callable[[T, Loading], Awaitable[None]]
    missed: Callable[[str, int, int, Connection], Awaitable[None]] | None = None
    """Told of a hole that the bus leaves, before it is healed: the source, after which position,
    and where the bus goes on."""
    forged: Callable[[str, Entry, Entry | None, Connection], Awaitable[None]] | None = None
    """Where there is one, nothing of the bus is taken but what its owner has as well. Told of what
    is not so: the source, the entry on the bus, and what the owner has there, if anything."""
    reached: Callable[[str, int, Connection], Awaitable[int]] | None = None
    """How far it has come with a source by its own table, where its tracking row says so far: then
    who writes into that row makes it leave nothing out and take nothing twice."""


@dataclass(frozen=True)
class Policy:
    """Event -> commands. Pure. Each answer is stored once per (policy, event), for ever."""

    name: str
    hears: Mapping[str, Registry]
    react: Callable[[Heard[Any]], Iterable[Act[Any, Any, Any]]]


@dataclass(frozen=True)
class Effect:
    """Event -> the outside world -> commands.

    `run` gets the service's gateways; it acts with a key derived from the event, so that doing it
    twice is doing it once, and returns the acts that record the outcome. It raises `Unavailable`
    when the outcome is not known yet; then it is asked again.
    """

    name: str
    hears: Mapping[str, Registry]
    run: Callable[[Heard[Any], Any], Awaitable[Iterable[Act[Any, Any, Any]]]]


Purge = Callable[[Ordered, Connection], Awaitable[None]]
"""Removes from this service's tables what was made of the values that are being erased."""


@dataclass(frozen=True)
class Erasing:
    """The service's part in erasing a person: on such a fact, of that person, those kinds.

    The keys are destroyed and the tables purged in one transaction, then `record` says so; all of
    it is done again until it is said.
    """

    hears: Mapping[str, Registry]
    """Which facts order it: each of them is `events.erasure.Ordered`."""
    record: Callable[[Ordered, datetime, int], Act[Any, Any, Any]]
    """The act that says so, given what was ordered, when, and how many values there were."""
    purges: tuple[Purge, ...] = ()
    name: str = "erasing"


@dataclass(frozen=True)
class Service:
    """Everything that makes one service out of the library."""

    name: str
    registry: Registry
    api: Any
    """An `events.io.http.Api` with the routes."""
    migrations: Path
    """Folder of numbered SQL files that make the view tables."""
    views: tuple[View, ...] = ()
    policies: tuple[Policy, ...] = ()
    effects: tuple[Effect, ...] = ()
    copies: tuple[Copy[Any], ...] = ()
    erasing: Erasing | None = None
    """How a person is erased here. Without it nothing personal may be kept."""
    gateways: Callable[[Any], Any] | None = None
    """Makes the gateways from the running service (settings, tokens, clock); closed at the end
    if it has `aclose`."""
    apart: Mapping[str, str] = field(default_factory=dict)
    """Its tables that follow from no event, and why each of them is there: what a replay of the
    history cannot make again. Every other table is a view's."""
    tasks: tuple[Callable[[Any], Awaitable[None]], ...] = field(default=())
    """Long-running coroutines, given the running service: pollers of the outside world."""
