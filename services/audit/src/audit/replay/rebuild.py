"""Views made again: each service's declared views, over the log, in tables of their own.

The tables are made by the service's own migrations in a schema of a scratch database, which is
dropped at the end. Nothing else is written to, and nothing else is read than the log.
"""

import asyncio
import importlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import groupby
from time import perf_counter
from typing import Any

import asyncpg

from audit.replay.digest import TableDigest, digest_of, view_digest
from audit.replay.history import Cut, History, Told
from events.delivery.consume import Ear, place
from events.io.postgres.migrate import LIBRARY, migrations
from events.service import Service, View

CONNECTIONS = 4
"""For each service: so many of its views are made at once."""
Limit = Callable[[str, str, str], int | None]
"""`limit(service, view, source)`: up to which position a view has taken a source; None for all."""
Rewrite = Callable[[Told], Told]
"""What stands in place of an entry in a history that never was."""


def declared(name: str) -> Service:
    """A service as it declares itself. Nothing of it is run but its views."""
    service: Service = importlib.import_module(f"{name}.main").service
    return service


@dataclass
class ViewMade:
    """A view after the replay."""

    service: str
    view: View
    tables: tuple[TableDigest, ...] = ()
    facts: int = 0
    """How many it took."""
    stands_at: int | None = None
    """The log's index of the entry that it could not take; then its tables are not to be used."""
    because: str = ""

    @property
    def name(self) -> str:
        return f"{self.service}.{self.view.name}"

    @property
    def digest(self) -> str:
        return view_digest(self.tables)


@dataclass(frozen=True)
class _Stage:
    """One service's views, being made."""

    service: Service
    pool: Any
    views: tuple[ViewMade, ...]

    async def take(self, page: Sequence[Told], limit: Limit) -> None:
        """Each view by itself: no view reads what another has written."""
        await asyncio.gather(
            *(self._take(made, page, limit) for made in self.views if made.stands_at is None)
        )

    async def _take(self, made: ViewMade, page: Sequence[Told], limit: Limit) -> None:
        ears = {source: Ear(source, registry) for source, registry in made.view.hears.items()}
        limits = {source: limit(self.service.name, made.view.name, source) for source in ears}
        meant = [
            told
            for told in page
            if told.source in ears
            and ((last := limits[told.source]) is None or told.position <= last)
        ]
        async with self.pool.acquire() as connection:
            before = made.facts
            try:
                async with connection.transaction():
                    for source, group in groupby(meant, key=lambda told: told.source):
                        await _project(made, ears[source], list(group), connection)
            except Exception:  # noqa: BLE001  which of them it was is found one by one
                made.facts = before
                await _one_by_one(made, ears, meant, connection)


async def _project(made: ViewMade, ear: Ear, run: Sequence[Told], connection: Any) -> int:
    facts = [f for t in run if (f := ear.hear_opened(t.envelope, t.position)) is not None]
    if facts:
        await made.view.project(facts, connection)
        made.facts += len(facts)
    return len(facts)


async def _one_by_one(
    made: ViewMade, ears: Mapping[str, Ear], page: Sequence[Told], connection: Any
) -> None:
    """As far as it comes; it stands still at the one that it cannot take."""
    for told in page:
        try:
            await _project(made, ears[told.source], [told], connection)
        except Exception as error:  # noqa: BLE001  told, with the entry
            made.stands_at, made.because = told.index, place(error)
            return


@dataclass(frozen=True)
class Replayed:
    """What a replay made."""

    views: tuple[ViewMade, ...]
    entries: int
    """How many entries of the log were taken."""
    facts: int
    """How many facts the views took, all together."""
    seconds: float

    @property
    def speed(self) -> str:
        """How long it took, and how much that is in a second."""
        entries, facts = self.entries / self.seconds, self.facts / self.seconds
        return (
            f"{self.entries:,} entries and {self.facts:,} facts in {self.seconds:.1f} s:"
            f" {entries:,.0f} entries/s, {facts:,.0f} facts/s"
        )


@asynccontextmanager
async def rebuilt(
    services: Sequence[Service],
    history: History,
    cut: Cut,
    scratch: str,
    *,
    limit: Limit = lambda *_: None,
    rewrite: Rewrite = lambda told: told,
    only: frozenset[str] = frozenset(),
) -> AsyncIterator[tuple[Replayed, Mapping[str, Any]]]:
    """Every view made again, and by service a pool that sees the tables; gone at the end.

    `only`: these views, as `service.view`, and not the others.
    """
    async with _stages(services, scratch, only) as stages:
        began, taken = perf_counter(), 0
        async for page in history.pages():
            told = [rewrite(each) for each in page if cut.takes(each)]
            taken += len(told)
            await asyncio.gather(*(stage.take(told, limit) for stage in stages))
        for stage in stages:
            async with stage.pool.acquire() as connection:
                for made in stage.views:
                    tables = [await digest_of(connection, table) for table in made.view.tables]
                    made.tables = tuple(tables)
        views = tuple(made for stage in stages for made in stage.views)
        facts = sum(made.facts for made in views)
        pools = {stage.service.name: stage.pool for stage in stages}
        yield Replayed(views, taken, facts, perf_counter() - began), pools


@asynccontextmanager
async def _stages(
    services: Sequence[Service], scratch: str, only: frozenset[str]
) -> AsyncIterator[list[_Stage]]:
    async with AsyncExitStack() as until:
        stages = []
        for service in services:
            await _make_tables(service, scratch)
            pool = await until.enter_async_context(
                asyncpg.create_pool(
                    scratch,
                    min_size=1,
                    max_size=CONNECTIONS,
                    server_settings={
                        "search_path": _schema(service),
                        "synchronous_commit": "off",
                        "timezone": "UTC",
                    },
                )
            )
            views = [
                ViewMade(service.name, view)
                for view in service.views
                if not only or f"{service.name}.{view.name}" in only
            ]
            stages.append(_Stage(service, pool, tuple(views)))
        yield stages
        for service in services:
            await _drop_tables(service, scratch)


def _schema(service: Service) -> str:
    return f"replay_{service.name}"


async def _make_tables(service: Service, scratch: str) -> None:
    """The service's tables, empty, in a schema of its own that is made anew."""
    connection = await asyncpg.connect(scratch)
    try:
        await connection.execute(
            f"set client_min_messages = warning; drop schema if exists {_schema(service)} cascade;"
            f" create schema {_schema(service)}; set search_path = {_schema(service)};"
            " set check_function_bodies = off"
        )
        for each in (*migrations("events", LIBRARY), *migrations("service", service.migrations)):
            await connection.execute(each.sql)
    finally:
        await connection.close()


async def _drop_tables(service: Service, scratch: str) -> None:
    connection = await asyncpg.connect(scratch)
    try:
        await connection.execute(
            f"set client_min_messages = warning; drop schema {_schema(service)} cascade"
        )
    finally:
        await connection.close()
