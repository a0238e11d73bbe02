"""The intake service on a real database, with the programme of these tests published to it."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from services.intake.tests.people import PETRA, TERMS

from events.decider import Event
from events.delivery.consume import Ear
from events.envelope import Actor, Context
from events.io.http.trial import Caller, Trial, trial
from events.io.postgres import EpochKeys, PostgresStore, open_store
from events.memory import NOON, FixedClock, MemoryStore, SeededIds
from events.ports import Append, Store
from events.registry import Registry
from events.values import Code, Digest
from homeward.postgres import Database
from intake.domain.programme import ProgrammePublished, Terms, plans
from intake.gateways import Gateways
from intake.main import service

EPOCH_KEY = b"k" * 32
BLIND_INDEX_KEY = b"b" * 32


@dataclass
class World:
    """The service under trial, the plans service it hears, its views brought up to date at once."""

    intake: Trial
    store: PostgresStore
    database_url: str = field(repr=False)
    others: dict[str, MemoryStore] = field(default_factory=lambda: defaultdict(MemoryStore))
    """The services that it hears."""
    ids: SeededIds = field(default_factory=SeededIds)
    seen: dict[tuple[str, str], int] = field(default_factory=dict)

    async def is_published(self, terms: Terms) -> None:
        """The plans service publishes these terms."""
        said = {name: getattr(terms, name) for name in Terms.__struct_fields__}
        fact = ProgrammePublished(by=PETRA, at=NOON, digest=Digest("c" * 64), **said)
        await self.hears(plans, fact, stream=terms.programme, version=terms.version)

    async def hears(self, registry: Registry, fact: Event, *, stream: str, version: int) -> None:
        """Another service says this."""
        actor = Actor(id=fact.by, role=Code("service"), organisation=Code("iom"))
        draft = registry.draft(
            fact,
            stream=stream,
            version=version,
            event_id=self.ids.event_id(),
            recorded=NOON,
            context=Context(actor=actor, correlation="test"),
            salt=self.ids.salt,
        )
        await self.others[registry.name].append(Append((draft,)))
        await self.catch_up()

    async def catch_up(self) -> None:
        """Every view takes what it has not seen."""
        for view in service.views:
            for source, registry in view.hears.items():
                after = self.seen.get((view.name, source), 0)
                history: Store = self.store if source == "intake" else self.others[source]
                entries = await history.read(after, 1000)
                heard = [Ear(source, registry).hear(entry) for entry in entries]
                async with self.store.pool.acquire() as connection, connection.transaction():
                    await view.project([each for each in heard if each], connection)
                self.seen[view.name, source] = after + len(entries)

    async def says(self, who: Caller, path: str, body: object = None, **how: Any) -> httpx.Response:
        """A POST on the version that stands, after which the views are up to date."""
        resource = path.rpartition("/")[0]
        if resource.count("/") > 2 and "if_match" not in how:
            how["if_match"] = (await who.get(resource)).headers["etag"]
        answer = await who.post(path, body, **how)
        await self.catch_up()
        return answer

    async def told(self) -> list[str]:
        """The names of all events so far."""
        entries = await self.store.read(0, 1000)
        return [entry.envelope.type.split(".")[1] for entry in entries]


@pytest.fixture
async def world(make_migrated: Callable[..., Database]) -> AsyncIterator[World]:
    database = make_migrated(service.migrations)
    async with (
        open_store(database.app, EpochKeys(EPOCH_KEY)) as store,
        trial(
            service.api,
            service.registry,
            store=store,
            view=store.pool,
            gateways=Gateways(epoch_key=EPOCH_KEY, blind_index_key=BLIND_INDEX_KEY),
            clock=FixedClock(),
        ) as intake,
    ):
        world = World(intake, store, database.app)
        await world.is_published(TERMS)
        yield world
