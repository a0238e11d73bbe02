"""The vendors' desk: the service on trial, its read models in a real Postgres."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
from services.vendors.tests.people import BUYING, LINA, NO_PAPERS, NOON, eur

from events import knowing
from events.decider import Event
from events.delivery.consume import Ear
from events.envelope import Actor, Context, Entry
from events.handler import Handler
from events.io.http.trial import Caller, Trial, trial
from events.memory import MemoryStore, SeededIds
from events.ports import Store
from events.registry import Registry
from events.roles import Role
from events.service import Effect
from events.values import SYSTEM, CaseId, Code, ItemId, PersonId, PlanId, ProgrammeId
from homeward.postgres import Database
from vendors import comparing, naming
from vendors.comparing import Comparer, Returnees
from vendors.domain import vendor_rules, worth
from vendors.domain.need import PlanApproved, PlannedItem
from vendors.domain.programme import Paying, ProgrammePublished
from vendors.domain.vendor_rules import VendorRulesPublished
from vendors.expiring import Dossiers
from vendors.gateways import Gateways
from vendors.main import service
from vendors.naming import PublicNames
from vendors.screening.screener import Screener
from vendors.screening.work import InProcess

PROGRAMME = ProgrammeId("prg_iom_slovakia")
CASE = CaseId("cas_1")
OVEN = ItemId("itm_oven")
BREAD = ItemId("itm_bread")

programme_published = ProgrammePublished(
    by=PersonId("per_petra"),
    at=NOON,
    programme=PROGRAMME,
    version=1,
    buying=BUYING,
    paying=Paying(account_wait_hours=72, screening_at_most_days=90),
)
registered = knowing.ReturneeRegistered(
    by=LINA,
    at=NOON,
    case=CASE,
    run_by=Code("iom"),
    organisation=Code("ngo_tirana"),
    counsellor=LINA,
)
EUR_IQD = worth.ExchangeRatePublished(
    by=PersonId("per_maria"),
    at=NOON,
    rate=worth.Rate(
        base=Code("EUR"),
        quote=Code("IQD"),
        value=worth.RateValue("140000"),
        source=Code("UNORE"),
        date=NOON.date(),
    ),
)
plan_approved = PlanApproved(
    by=PersonId("per_zuzana"),
    at=NOON,
    plan=PlanId("pla_1"),
    case=CASE,
    programme=PROGRAMME,
    programme_version=1,
    items=(
        PlannedItem(OVEN, Code("micro_business"), Code("bread_oven"), eur(1000)),
        PlannedItem(BREAD, Code("basic_needs"), Code("flour"), eur(100)),
    ),
    drafter=LINA,
    counsellor=LINA,
)


@dataclass
class VendorDesk:
    """The service on trial, and the people at it."""

    trial: Trial
    tables: Any
    gateways: Gateways
    _seen: int = 0
    _compared: int = 0
    _plans: int = 0

    def __post_init__(self) -> None:
        self.nadia = self.sign_in("nadia", Role.VENDOR_OFFICER)
        self.karim = self.sign_in("karim", Role.VENDOR_APPROVER)
        self.samir = self.sign_in("samir", Role.CALLBACK_CALLER)
        self.yusuf = self.sign_in("yusuf", Role.ACCOUNT_APPROVER)
        self.payer = self.sign_in("svc_disbursement", Role.SERVICE)

    def sign_in(self, name: str, *roles: Role) -> Caller:
        return self.trial.sign_in(f"per_{name}", *roles)

    async def on_file(self, vendor: str, *words: str) -> str:
        """A paper of the vendor's with these words; what acts cite it by."""
        content = b"%PDF-1.7 " + " ".join((vendor, *words)).encode()
        kept = await self.nadia.put_on_file(content, about=vendor, paper="paper")
        digest: str = ok(kept, 201)["document"]
        return digest

    async def heard(self, registry: Registry, event: Event, source: str = "plans") -> None:
        """Another service tells of a fact."""
        self._plans += 1
        actor = Actor(id=event.by, role=Code("tester"), organisation=Code("iom"))
        draft = registry.draft(
            event,
            stream="elsewhere_1",
            version=self._plans,
            event_id=SeededIds(self._plans).event_id(),
            recorded=NOON,
            context=Context(actor=actor, correlation="c"),
            salt=lambda: b"s" * 16,
        )
        await self._project(source, [Entry(self._plans, draft.at(self._plans))])
        if type(event).__struct_config__.tag == ProgrammePublished.__struct_config__.tag:
            rules = VendorRulesPublished(  # unless the test has told of others before
                by=event.by,
                at=event.at,
                programme=event.programme,  # type: ignore[attr-defined]
                version=event.version,  # type: ignore[attr-defined]
                kinds=NO_PAPERS,
                tiers=(),
            )
            await self.heard(vendor_rules.published, rules)

    async def catch_up(self) -> None:
        """Let the read models see all that has happened."""
        entries = await self.trial.store.read(self._seen, 1000)
        await self._project("vendors", entries)
        self._seen += len(entries)

    async def _project(self, source: str, entries: Sequence[Entry]) -> None:
        for view in service.views:
            if source in view.hears:
                ear = Ear(source, view.hears[source])
                facts = [fact for entry in entries if (fact := ear.hear(entry)) is not None]
                if facts:
                    await view.project(facts, self.tables)

    async def screen(self) -> int:
        """Let the platform screen whoever is due; how many they were."""
        await self.catch_up()
        done = await self.screener().screen_due()
        await self.catch_up()
        return done

    async def compare(self, *, again: bool = False) -> None:
        """Let the platform compare whoever was told of since; again: everybody anew."""
        new = await self._affect(comparing.effects, 0 if again else self._compared)
        self._compared += 0 if again else new

    async def name(self) -> None:
        """Let the platform tell how organisations are called."""
        await self._affect(naming.effects, 0)

    async def _affect(self, effects: Sequence[Effect], since: int) -> int:
        """What follows from all that was told since then; of how many facts."""
        await self.catch_up()
        (effect,) = effects
        ear = Ear("vendors", effect.hears["vendors"])
        handler = Handler(self.trial.registry, self.trial.store, self.trial.clock, self.trial.ids)
        entries = await self.trial.store.read(since, 1000)
        for entry in entries:
            fact = ear.hear(entry)
            for act in await effect.run(fact, self.gateways) if fact else ():
                actor = Actor(id=SYSTEM, role=Code("service"), organisation=Code("homeward"))
                await handler.do(act, context=Context(actor=actor, correlation="c"))
        await self.catch_up()
        return len(entries)

    def screener(self) -> Screener:
        handler = Handler(self.trial.registry, self.trial.store, self.trial.clock, self.trial.ids)
        return Screener(handler, self.tables, InProcess(), b"m" * 32)

    def dossiers(self) -> Dossiers:
        handler = Handler(self.trial.registry, self.trial.store, self.trial.clock, self.trial.ids)
        return Dossiers(handler, self.tables)

    async def told(self) -> list[str]:
        """The wire types of the whole history, without the service's name."""
        names = (entry.envelope.type for entry in await self.trial.store.read(0, 1000))
        return [name.split(".")[1] for name in names]


@asynccontextmanager
async def vendor_desk(
    database: Database, returnees: Returnees | None = None, store: Store | None = None
) -> AsyncIterator[VendorDesk]:
    """A desk where nothing has happened yet; its history in memory unless a store is given."""
    owner = await asyncpg.connect(database.owner)
    tables = [table for view in service.views for table in view.tables]
    tables += ["sanctions_file", "suspicion", "subject_sign"]
    await owner.execute(";".join(f"delete from {table}" for table in tables))
    await owner.close()
    pool = await asyncpg.create_pool(database.app, min_size=1, max_size=2)
    store = store or MemoryStore()
    comparer = Comparer(store, service.registry, pool, returnees, b"c" * 32) if returnees else None
    given = Gateways(
        blinding_key=b"k" * 32,
        matching_key=b"m" * 32,
        matcher=InProcess(),
        comparer=comparer,
        public_names=PublicNames(store, service.registry),
    )
    async with (
        pool,
        trial(
            service.api,
            service.registry,
            view=pool,
            gateways=given,
            store=store,
        ) as on_trial,
    ):
        desk = VendorDesk(on_trial, pool, given)
        await desk.heard(worth.published, EUR_IQD, source="disbursement")
        yield desk


def ok(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    """The body of an answer that went well."""
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Status and rule of a refusal."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]
