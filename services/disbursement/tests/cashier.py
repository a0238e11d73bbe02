"""The service on trial: its read models in a real Postgres, its policies and effects at work, a
bank folder on disk, and payees in the place of the vendors service.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from services.disbursement.tests.people import (
    ACCOUNT,
    CASE,
    ITEM,
    LINA,
    NADIA,
    NOON,
    OVENS,
    PLAN,
    PROGRAMME,
    YUSUF,
    eur,
    iqd,
)

from disbursement.bank.leaving import Gate
from disbursement.bank.listen import Ear as BankEar
from disbursement.domain import heard
from disbursement.earmarking import Earmarker
from disbursement.gateways import FROM_BANK, TO_BANK, Gateways, LocalBankFolder, Payee, PayeeErased
from disbursement.iso20022.pain001 import Bank, BankAccount, Party, Scheme
from disbursement.main import service
from disbursement.mobile_money.sending import carriers
from disbursement.orders import Addressee
from disbursement.settings import Debtor
from disbursement.stopping import Stoppable
from events.decider import Event
from events.delivery.consume import Ear, Reaction
from events.delivery.memory import MemoryTracking
from events.delivery.ports import Watch
from events.envelope import Actor, Context, Entry
from events.handler import Handler
from events.io.http.trial import Caller, Trial, trial
from events.memory import FixedClock, SeededIds
from events.ports import Store, Unavailable
from events.registry import Registry
from events.roles import Role
from events.service import Policy
from events.values import (
    AccountId,
    BankFileId,
    Code,
    CommitmentId,
    Digest,
    PersonId,
    VendorId,
)
from homeward.postgres import Database


@dataclass
class KnownPayees:
    """Knows everybody who may be paid, and counts who was asked for."""

    asked: list[tuple[AccountId, BankFileId]] = field(default_factory=list)
    name: str = "Al-Noor Ovens"
    is_down: bool = False
    towns: dict[AccountId, str] = field(default_factory=dict)
    """Where an account's holder is; in Baghdad unless said."""
    erased: set[AccountId] = field(default_factory=set)
    unclear: set[AccountId] = field(default_factory=set)
    """Whose holder vendors has not found clear on the sanctions lists that are in force."""
    wallets: dict[AccountId, Code] = field(default_factory=dict)
    """The accounts that a provider of mobile money keeps."""

    async def payee(self, account: AccountId, file: BankFileId) -> Payee:
        if self.is_down:
            raise Unavailable("vendors does not answer")
        self.asked.append((account, file))
        if account in self.erased:
            raise PayeeErased(account)
        creditor = Party(self.name, "IQ", self.towns.get(account, "Baghdad"))
        if account in self.wallets:
            phone = BankAccount(Scheme.BBAN, "9647701234567")
            provider = self.wallets[account]
            clear = account not in self.unclear
            return Payee(creditor, phone, Bank(name="NOTPROVIDED"), provider, clear)
        return Payee(
            creditor=creditor,
            account=BankAccount(Scheme.IBAN, "IQ98NBIQ850123456789012"),
            bank=Bank(bic="NBIQIQBA"),
            clear=account not in self.unclear,
        )

    async def addressee(self, vendor: VendorId, _: CommitmentId) -> Addressee:
        if self.is_down:
            raise Unavailable("vendors does not answer")
        if self.erased:
            raise PayeeErased(vendor)
        return Addressee(vendor, "أفران النور 24", self.name, "Baghdad")


registered = heard.ReturneeRegistered(
    by=LINA, at=NOON, case=CASE, run_by=Code("iom"), organisation=Code("iom"), counsellor=LINA
)
arrived = heard.ArrivalConfirmed(
    by=LINA, at=NOON, case=CASE, date=date(2026, 2, 1), use_by=date(2027, 2, 1)
)
published = heard.ProgrammePublished(
    by=PersonId("per_petra"),
    at=NOON,
    programme=PROGRAMME,
    version=1,
    buying=heard.Buying(added_up_over_days=30),
    paying=heard.Paying(
        certifier_may_sign=False,
        second_approval_from=eur(20_000),
        invoice_tolerance_basis_points=200,
        invoice_tolerance_at_most=eur(20),
        pay_within_days=30,
    ),
)
plan_approved = heard.PlanApproved(
    by=PersonId("per_zuzana"),
    at=NOON,
    plan=PLAN,
    case=CASE,
    programme=PROGRAMME,
    programme_version=1,
    items=(heard.ApprovedItem(item=ITEM, ceiling=eur(2000)),),
    counsellor=LINA,
)
LISTS = Digest("1" * 64)
searched = heard.VendorSearched(by=NADIA, at=NOON, vendor=OVENS, lists=LISTS)
screened = heard.VendorScreened(
    by=NADIA, at=NOON, vendor=OVENS, on=date(2026, 2, 27), result=Code("clear")
)
vendor_approved = heard.VendorApproved(
    by=PersonId("per_karim"), at=NOON, vendor=OVENS, valid_until=date(2026, 5, 28)
)
account_proposed = heard.BankAccountProposed(
    by=NADIA, at=NOON, account=ACCOUNT, vendor=OVENS, currency=Code("IQD"), last4=Code("9012")
)
account_approved = heard.BankAccountApproved(
    by=YUSUF, at=NOON, account=ACCOUNT, usable_from=NOON - timedelta(days=1)
)
account_activated = heard.BankAccountActivated(
    by=YUSUF, at=NOON, account=ACCOUNT, vendor=OVENS, currency=Code("IQD")
)
vendor_suspended = heard.VendorSuspended(by=YUSUF, at=NOON, vendor=OVENS)
account_frozen = heard.BankAccountFrozen(by=YUSUF, at=NOON, account=ACCOUNT)
selected = heard.VendorSelected(
    by=PersonId("per_omar"),
    at=NOON,
    item=ITEM,
    case=CASE,
    vendor=OVENS,
    amount=iqd(1_400_000),
    collectors=(NADIA,),
)
BEFORE = (
    (heard.from_intake, registered),
    (heard.from_intake, arrived),
    (heard.from_plans, published),
    (heard.from_plans, plan_approved),
    (heard.of_searches, searched),
    (heard.from_vendors, screened),
    (heard.from_vendors, vendor_approved),
    (heard.from_vendors, account_proposed),
    (heard.from_vendors, account_approved),
    (heard.from_vendors, account_activated),
    (heard.from_vendors, selected),
)
"""What the other services have told when the money part begins."""


@dataclass
class Cashier:
    """The service and the people at it."""

    trial: Trial
    tables: Any
    gateways: Gateways
    payees: KnownPayees
    folder: Path
    away: list[Unavailable] = field(default_factory=list)
    """Why a rail did not take something, the last time."""
    _seen: int = 0
    _shown: int = 0
    _told: int = 0
    _tracking: MemoryTracking = field(default_factory=MemoryTracking)

    def __post_init__(self) -> None:
        self.maria = self.sign_in("maria", Role.GRANT_MANAGER)
        self.tomas = self.sign_in("tomas", Role.GRANT_MANAGER)
        self.hana = self.sign_in("hana", Role.FINANCE_OFFICER)
        self.jozef = self.sign_in("jozef", Role.CERTIFYING_OFFICER)
        self.eva = self.sign_in("eva", Role.APPROVING_OFFICER)
        self.marta = self.sign_in("marta", Role.SIGNATORY)
        self.ivan = self.sign_in("ivan", Role.SIGNATORY)
        self.dalia = self.sign_in("dalia", Role.FIELD_OFFICER)
        self.lina = self.sign_in("lina", Role.COUNSELLOR)
        self.elif_ = self.sign_in("elif", Role.AUDITOR)
        self.handler = Handler(service.registry, self.trial.store, self.trial.clock, SeededIds(7))
        self.bank_ear = BankEar(self.handler, self.tables, self.gateways.bank, self.gateways.debtor)

    def sign_in(self, name: str, *roles: Role, organisation: str = "iom") -> Caller:
        return self.trial.sign_in(f"per_{name}", *roles, organisation=organisation)

    async def heard(self, registry: Registry, event: Event, *, view: str = "") -> None:
        """Another service tells of a fact; `view`: the only one that it is put together for."""
        entry = self._entry(registry, event)
        await self._project(registry.name, [entry], view)
        if not view:
            await self._take_in(registry, entry)
            await self._affect(registry.name, registry, [entry])
            await self._react()

    async def news_alone(self, registry: Registry, event: Event) -> None:
        """Another service tells of it, and the read models are behind."""
        await self._take_in(registry, self._entry(registry, event))

    async def _take_in(self, registry: Registry, entry: Entry) -> None:
        source = registry.name
        for policy in service.policies:
            if source in policy.hears:
                await self._skip_to(policy.name, source, entry.position)
                await self._answer(policy, source, [entry])

    def _entry(self, registry: Registry, event: Event) -> Entry:
        self._told += 1
        actor = Actor(id=event.by, role=Code("tester"), organisation=Code("iom"))
        draft = registry.draft(
            event,
            stream="elsewhere_1",
            version=self._told,
            event_id=SeededIds(self._told).event_id(),
            recorded=NOON,
            context=Context(actor=actor, correlation="c"),
            salt=lambda: b"s" * 16,
        )
        return Entry(self._told, draft.at(self._told))

    async def settle(self) -> None:
        """Let read models, policies, effects and tasks do all that is to be done."""
        await self._react()
        await Earmarker(self.handler, self.tables).keep_up()
        await self._react()
        await self.sends()

    async def sends(self) -> None:
        """Let what is sealed leave, by each rail that is there."""
        gate = Gate(self.handler, self.tables, self.gateways)
        self.away = []
        for send in (gate.send_to_the_bank, *(each.send for each in carriers(gate))):
            try:
                await send()
            except Unavailable as error:
                self.away.append(error)
        await self._react()

    async def _react(self) -> None:
        while entries := await self.trial.store.read(self._seen, 1000):
            await self.shows()
            self._seen += len(entries)
            for policy in service.policies:
                if "disbursement" in policy.hears:
                    await self._answer(policy, "disbursement", entries)
            await self._affect("disbursement", service.registry, entries)

    async def shows(self) -> None:
        """Let the read models come as far as the history."""
        while entries := await self.trial.store.read(self._shown, 1000):
            await self._project("disbursement", entries)
            self._shown += len(entries)

    async def _answer(self, policy: Policy, source: str, entries: Sequence[Entry]) -> None:
        async def react(fact: Any) -> list[Any]:
            return list(policy.react(fact))

        ear = Ear(source, policy.hears[source])
        await self._reaction(policy.name, react, ear).take(entries)

    async def _affect(self, source: str, registry: Registry, entries: Sequence[Entry]) -> None:
        for effect in service.effects:
            if source in effect.hears:

                async def run(fact: Any, effect: Any = effect) -> list[Any]:
                    return list(await effect.run(fact, self.gateways))

                if source != "disbursement":
                    await self._skip_to(effect.name, source, entries[0].position)
                await self._reaction(effect.name, run, Ear(source, registry)).take(entries)

    async def _skip_to(self, name: str, source: str, position: int) -> None:
        """The sources share one count here, so each of them has holes."""
        self._tracking.positions[name, source] = position - 1

    def _reaction(self, name: str, react: Any, ear: Ear | None = None) -> Reaction:
        ear = ear or Ear("disbursement", service.registry)
        return Reaction(name, react, ear, self.handler, self._tracking, Watch())

    def refusals(self) -> list[tuple[str, str]]:
        """Which policy was refused what."""
        return [(r.policy, r.rule) for r in self._tracking.refused_acts.values()]

    async def _project(self, source: str, entries: Sequence[Entry], only: str = "") -> None:
        taken: list[str] = []
        for view in service.views:
            if source in view.hears and only in ("", view.name):
                ear = Ear(source, view.hears[source])
                facts = [fact for entry in entries if (fact := ear.hear(entry)) is not None]
                if facts:
                    await view.project(facts, self.tables)
                taken.append(view.name)
        await self.tables.execute(
            "insert into es_tracking (consumer, source, pos) select unnest($1::text[]), $2, $3"
            " on conflict (consumer, source) do update set pos = excluded.pos",
            taken,
            source,
            entries[-1].position,
        )

    async def told(self) -> list[str]:
        """The wire types of the whole history, without the service's name."""
        names = (entry.envelope.type for entry in await self.trial.store.read(0, 1000))
        return [name.split(".")[1] for name in names]

    def it_is(self, at: datetime) -> None:
        """The clock of everybody here is set to that instant."""
        assert isinstance(self.trial.clock, FixedClock), "a clock that stands still"
        self.trial.clock.at = at

    def at_the_bank(self) -> list[Path]:
        return sorted((self.folder / TO_BANK).glob("*.xml"))

    async def bank_says(self, name: str, content: str) -> None:
        """The bank leaves a file and it is taken in, with all that follows."""
        (self.folder / FROM_BANK / name).write_text(content, "utf-8")
        await self.bank_ear.take_all()
        await self.settle()

    async def does(
        self, who: Caller, path: str, body: object = None, *, status: int = 200
    ) -> dict[str, Any]:
        """Somebody acts on what they have just read, and it succeeds."""
        base = path.rpartition("/")[0]
        tag = (await who.get(base)).headers.get("etag") if base.count("/") > 2 else None
        answer = ok(await who.post(path, body, if_match=tag), status)
        await self.settle()
        return answer

    async def seen(self, answer: str) -> dict[str, str]:
        """What somebody saw of an uploaded file who confirms it; of one that is none, anything."""
        told = (await self.maria.get(f"{answer}/preview")).json()
        return {"evidence": told.get("evidence", "0" * 64)}

    async def tries(self, who: Caller, path: str, body: object = None) -> tuple[int, str]:
        """Somebody acts on what they have just read, and is refused: the status and the rule."""
        base = path.rpartition("/")[0]
        tag = (await who.get(base)).headers.get("etag") if base.count("/") > 2 else None
        return refused(await who.post(path, body, if_match=tag))


@asynccontextmanager
async def cashier(
    database: Database, folder: Path, store: Store | None = None
) -> AsyncIterator[Cashier]:
    """A till where nothing has happened yet; its history in memory unless a store is given."""
    owner = await asyncpg.connect(database.owner)
    tables = [table for view in service.views for table in view.tables]
    await owner.execute(";".join(f"delete from {table}" for table in (*tables, "es_tracking")))
    await owner.close()
    payees = KnownPayees()

    pool = await asyncpg.create_pool(database.app, min_size=1, max_size=4)
    clock = FixedClock()
    gateways = Gateways(payees, LocalBankFolder(folder), Debtor(), clock, Stoppable(pool, clock))
    on_trial_with = trial(
        service.api, service.registry, view=pool, store=store, clock=clock, gateways=gateways
    )
    async with pool, on_trial_with as on_trial:
        yield Cashier(on_trial, pool, gateways, payees, folder)


def ok(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    """The body of an answer that went well."""
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Status and rule of a refusal."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]
