"""The plans service on a real database, with an intake that says what a test lets it say."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
from services.plans.tests.people import CASE, PROGRAMME_FILE

from events import knowing
from events.decider import Event
from events.delivery.consume import Ear
from events.envelope import Actor, Context
from events.handler import Handler
from events.io.http.trial import Caller, Trial, trial
from events.io.postgres import EpochKeys, PostgresStore, open_store
from events.memory import FixedClock, MemoryStore, SeededIds
from events.ports import Append, Store
from events.registry import Registry
from events.roles import Role
from events.values import Code
from homeward.postgres import Database
from plans.domain.heard import FromDisbursement, FromIntake, from_disbursement, from_intake
from plans.keeping_up import Keeper
from plans.main import service


@dataclass
class World:
    """The service under trial, the intake it hears, and its views, brought up to date at once."""

    plans: Trial
    store: PostgresStore
    clock: FixedClock
    intake: MemoryStore = field(default_factory=MemoryStore)
    disbursement: MemoryStore = field(default_factory=MemoryStore)
    ids: SeededIds = field(default_factory=SeededIds)
    seen: dict[tuple[str, str], int] = field(default_factory=dict)

    async def intake_says(self, *facts: FromIntake) -> None:
        """These facts reach the service, as intake's stream would bring them."""
        for fact in facts:
            await self.reaches(from_intake, self.intake, fact, fact.case)
        await self.catch_up()

    async def intake_says_who_knows(self, *facts: Event) -> None:
        """These facts about who may know of a case reach the service."""
        await self.intake_says_of(knowing.from_intake, *facts)

    async def intake_says_of(self, registry: Registry, *facts: Event) -> None:
        """These facts reach the service, which hears them by that registry."""
        for fact in facts:
            await self.reaches(registry, self.intake, fact, CASE)
        await self.catch_up()

    async def disbursement_says(self, *facts: FromDisbursement) -> None:
        """These facts reach the service, as disbursement's stream would bring them."""
        for fact in facts:
            await self.reaches(from_disbursement, self.disbursement, fact, fact.commitment)
        await self.catch_up()

    async def reaches(self, registry: Registry, source: Store, fact: Event, stream: str) -> None:
        """A fact stands in another service's history; the views take it when they catch up."""
        actor = Actor(id=fact.by, role=Code("counsellor"), organisation=Code("iom"))
        draft = registry.draft(
            fact,
            stream=stream,
            version=len(await source.load(stream)) + 1,
            event_id=self.ids.event_id(),
            recorded=fact.at,
            context=Context(actor=actor, correlation="test"),
            salt=self.ids.salt,
        )
        await source.append(Append((draft,)))

    async def catch_up(self) -> None:
        """Every view takes what it has not seen."""
        sources: dict[str, Store] = {
            "intake": self.intake,
            "disbursement": self.disbursement,
            "plans": self.store,
        }
        for view in service.views:
            for source, registry in view.hears.items():
                after = self.seen.get((view.name, source), 0)
                entries = await sources[source].read(after, 1000)
                heard = [Ear(source, registry).hear(entry) for entry in entries]
                async with self.store.pool.acquire() as connection, connection.transaction():
                    await view.project([each for each in heard if each], connection)
                self.seen[view.name, source] = after + len(entries)

    async def publishes(self, page: str) -> httpx.Response:
        """Juraj proposes the page, Petra publishes it."""
        juraj = self.plans.sign_in("per_juraj", Role.PROGRAMME_MANAGER)
        proposed = await self.says(juraj, "/v1/programme-proposals", {"text": page})
        assert proposed.status_code == 200, proposed.text
        petra = self.plans.sign_in("per_petra", Role.PROGRAMME_MANAGER)
        return await self.says(petra, "/v1/programmes", {"text": page})

    async def says(self, who: Caller, path: str, body: object = None, **how: Any) -> httpx.Response:
        """A POST on the version that stands, after which the views are up to date."""
        resource = path.rpartition("/")[0]
        if resource.count("/") > 2 and "if_match" not in how:
            how["if_match"] = (await who.get(resource)).headers["etag"]
        answer = await who.post(path, body, **how)
        await self.catch_up()
        return answer

    async def papers(self, who: Caller, path: str) -> None:
        """Every paper that the programme asks for before approval is recorded for each item."""
        stands = (await who.get(path)).json()
        rules = f"/v1/programmes/{stands['programme']}/versions/{stands['programme_version']}"
        asked = {a["type"]: a for a in (await who.get(rules)).json()["policy"]["assistance"]}
        for item in (stands["amendment"] or stands)["items"]:
            for kind in asked[item["type"]]["before_approval"]:
                body = {"item": item["item"], "kind": kind, "digest": "d" * 64}
                answer = await self.says(who, f"{path}/record-document", body)
                assert answer.status_code == 200, answer.text

    async def keeps_up(self, **later: float) -> None:
        """After so much time the platform does what is due by itself."""
        self.clock.advance(timedelta(**later).total_seconds())
        handler = Handler(service.registry, self.store, self.clock, self.ids)
        await Keeper(handler, self.store.pool).keep_up()
        await self.catch_up()

    async def told(self) -> list[str]:
        """The names of all events so far."""
        entries = await self.store.read(0, 1000)
        return [entry.envelope.type.split(".")[1] for entry in entries]


@pytest.fixture
async def world(make_migrated: Callable[..., Database]) -> AsyncIterator[World]:
    database = make_migrated(service.migrations)
    clock = FixedClock()
    async with (
        open_store(database.app, EpochKeys(b"k" * 32)) as store,
        trial(service.api, service.registry, store=store, view=store.pool, clock=clock) as plans,
    ):
        world = World(plans, store, clock)
        answer = await world.publishes(PROGRAMME_FILE.read_text(encoding="utf-8"))
        assert answer.status_code == 200, answer.text
        yield world
