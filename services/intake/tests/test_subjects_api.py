"""Erasure over HTTP: who may ask, what stands in the way, what is answered, what becomes fact."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from libs.events.tests.delivery.harness import eventually
from services.intake.tests.conftest import World
from services.intake.tests.people import NGO, NOON, PAPER, TODAY
from services.intake.tests.test_api import ZAHRA, registered

from events.decider import Event
from events.delivery.memory import MemoryBus
from events.delivery.ports import Alone
from events.delivery.worker import Delivery, Worker
from events.handler import Handler
from events.io.http.trial import Caller
from events.io.postgres.tracking import PostgresTracking
from events.io.system import SystemClock
from events.personal import Kind
from events.registry import Registry
from events.roles import Role
from events.values import (
    SYSTEM,
    CaseId,
    CashId,
    Code,
    CommitmentId,
    ErasureId,
    InvoiceId,
    SubjectId,
    VendorId,
)
from intake.domain.heard import CashCancelled, CashHandOverConfirmed, CashRequested
from intake.domain.subject import heard
from intake.erasing import erasing, policies
from intake.main import service

ALL = ["contact", "health", "identity", "protection"]
MILL, FIRM = VendorId("ven_mill"), VendorId("ven_firm")
KEEP = {"basis": "accounting_law", "until": "2036-12-31"}


class Paid(Event, frozen=True, tag="disbursement.vendor_paid.v1"):
    """A payment, with all that the views of intake hear of it."""

    commitment: CommitmentId
    invoice: InvoiceId
    value_date: date


payments = Registry.of("disbursement", [Paid], foreign=True)


@pytest.fixture
def sign_in(world: World) -> Callable[..., Caller]:
    return world.intake.sign_in


@pytest.fixture
def lina(world: World) -> Caller:
    return world.intake.sign_in("per_lina", Role.COUNSELLOR, office="baghdad")


@pytest.fixture
def sofia(world: World) -> Caller:
    return world.intake.sign_in("per_sofia", Role.DATA_PROTECTION_OFFICER, office="geneva")


@pytest.fixture
def elif_(world: World) -> Caller:
    return world.intake.sign_in("per_elif", Role.AUDITOR, organisation="external")


@asynccontextmanager
async def at_work(world: World) -> AsyncIterator[None]:
    """Intake erases and listens, and the other services say that they have erased."""
    bus = MemoryBus()
    for name, other in world.others.items():
        await bus.publish(name, await other.read(0, 1000))
    worker = Worker(
        replace(service, views=(), tasks=(), effects=(), policies=policies, erasing=erasing),
        Delivery(
            handler=Handler(service.registry, world.store, SystemClock(), world.intake.ids),
            bus=bus,
            feed=lambda source, after, limit: world.others[source].read(after, limit),
            tracking=PostgresTracking(world.store.pool),
            leader=Alone(),
        ),
    )
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await world.catch_up()


async def zahras(world: World, who: Caller) -> tuple[str, str]:
    """Her case's path, and her id."""
    path = await registered(world, who)
    return path, (await who.get(path)).json()["returnee"]


def request_of(person: str, **changed: object) -> dict[str, Any]:
    asked = {"person": person, "ground": "consent_withdrawn", "identity_check": "document_seen"}
    return asked | {"evidence": PAPER, "received": TODAY.isoformat()} | changed


async def asked_for(world: World, who: Caller, person: str, **changed: object) -> dict[str, Any]:
    answer = await world.says(who, "/v1/erasures", request_of(person, **changed))
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/v1/subjects/{person}"
    stands: dict[str, Any] = answer.json()["erasure"]
    return stands


async def ordered_for(world: World, case: str) -> None:
    fact = heard.CommitmentRequested(
        by=SYSTEM, at=NOON, commitment=CommitmentId("com_1"), case=CaseId(case), vendor=MILL
    )
    await world.hears(heard.money, fact, stream="com_1", version=1)


async def others_confirm(world: World, erasure: str, person: str) -> None:
    for name, registry in heard.erased.items():
        (kind,) = registry
        said: dict[str, Any] = {"erasure": ErasureId(erasure), "person": SubjectId(person)}
        said |= {"kinds": tuple(Kind), "disclosures": 1 if name == "plans" else 0}
        fact = kind.cls(by=SYSTEM, at=NOON, **said)
        version = len(await world.others[name].load(erasure)) + 1
        await world.hears(registry, fact, stream=erasure, version=version)


class TestAskingToBeErased:
    async def test_from_the_request_to_the_answer(
        self, world: World, lina: Caller, sofia: Caller
    ) -> None:
        path, person = await zahras(world, lina)
        erasure = await asked_for(world, lina, person)
        assert (erasure["stage"], erasure["answer_by"]) == ("requested", "2026-04-02")
        assert (await lina.get(f"{path}")).status_code == 200
        stands = f"/v1/subjects/{person}"
        approved = await world.says(sofia, f"{stands}/approve-erasure", {"kinds": ALL})
        assert approved.status_code == 200, approved.text
        assert approved.json()["erasure"]["outstanding"] == [
            "intake",
            "plans",
            "vendors",
            "disbursement",
        ]
        async with at_work(world):
            await eventually(lambda: _outstanding(sofia, stands, 3))
        await others_confirm(world, erasure["erasure"], person)
        async with at_work(world):
            await eventually(lambda: _outstanding(sofia, stands, 0))
        line = (await sofia.get("/v1/erasures?stage=completed")).json()["items"][0]
        assert (line["disclosures"], line["overdue"]) == (4, False)
        letter = (await lina.get(f"/v1/erasures/{erasure['erasure']}/letter")).json()["text"]
        assert "finished erasing" in letter
        assert ZAHRA["name"] not in letter
        assert [name for name in await world.told() if "eras" in name] == [
            "erasure_requested",
            "erasure_approved",
            "subject_erased",
            "erasure_confirmed",
            "erasure_confirmed",
            "erasure_confirmed",
            "erasure_completed",
        ]

    async def test_then_nothing_personal_is_shown_or_taken(
        self, world: World, lina: Caller, sofia: Caller
    ) -> None:
        path, person = await zahras(world, lina)
        await asked_for(world, lina, person)
        stands = f"/v1/subjects/{person}"
        await world.says(sofia, f"{stands}/approve-erasure", {"kinds": ALL})
        async with at_work(world):
            await eventually(lambda: _outstanding(sofia, stands, 3))
        shown = (await lina.get(f"{path}/people/{person}?purpose=own_request")).json()
        assert (shown["values"], shown["erased"]) == ({}, ALL)
        contact = {"person": person, "language": "ar", "phone": "+964 770 000 0999"}
        refused = await world.says(lina, f"{path}/record-contact", contact)
        assert (refused.status_code, refused.json()["code"]) == (409, "person_erased")
        assert (await lina.get(path)).status_code == 200

    async def test_a_kind_by_itself(self, world: World, lina: Caller, sofia: Caller) -> None:
        path, person = await zahras(world, lina)
        await asked_for(world, lina, person, kinds=["contact"])
        stands = f"/v1/subjects/{person}"
        await world.says(sofia, f"{stands}/approve-erasure", {"kinds": ["contact"]})
        async with at_work(world):
            await eventually(lambda: _outstanding(sofia, stands, 3))
        shown = (await lina.get(f"{path}/people/{person}?purpose=own_request")).json()
        assert shown["erased"] == ["contact"]
        assert shown["values"] == {"name": ZAHRA["name"], "date_of_birth": "1988"}

    async def test_who_may_ask_and_for_whom(
        self, world: World, lina: Caller, sofia: Caller, sign_in: Callable[..., Caller]
    ) -> None:
        _, person = await zahras(world, lina)
        arben = sign_in("per_arben", Role.COUNSELLOR, organisation=NGO, office="tirana")
        assert (await arben.post("/v1/erasures", request_of(person))).status_code == 404
        hana = sign_in("per_hana", Role.FINANCE_OFFICER)
        assert (await hana.post("/v1/erasures", request_of(person))).status_code == 403
        assert (await lina.post("/v1/erasures", request_of("per_nobody"))).status_code == 404
        await asked_for(world, sofia, person)
        again = await lina.post("/v1/erasures", request_of(person))
        assert (again.status_code, again.json()["code"]) == (409, "ErasureUnderWay")

    async def test_who_recorded_it_does_not_approve_it(self, world: World, sofia: Caller) -> None:
        lina = world.intake.sign_in("per_lina", Role.COUNSELLOR, office="baghdad")
        _, person = await zahras(world, lina)
        await asked_for(world, sofia, person)
        answer = await world.says(sofia, f"/v1/subjects/{person}/approve-erasure", {"kinds": ALL})
        assert (answer.status_code, answer.json()["rule"]) == (422, "RequesterCannotDecide")

    async def test_a_refusal_says_the_law(self, world: World, lina: Caller, sofia: Caller) -> None:
        _, person = await zahras(world, lina)
        erasure = await asked_for(world, lina, person)
        refusal = {"legal_basis": "legal_claims"}
        answer = await world.says(sofia, f"/v1/subjects/{person}/refuse-erasure", refusal)
        assert answer.headers["events"] == "intake.erasure_refused.v1"
        assert "17(3)(e)" in answer.json()["erasure"]["law"]
        letter = await lina.get(f"/v1/erasures/{erasure['erasure']}/letter")
        assert "We have not erased anything." in letter.json()["text"]

    async def test_a_late_answer_is_seen(self, world: World, lina: Caller, sofia: Caller) -> None:
        _, person = await zahras(world, lina)
        await asked_for(world, lina, person, received="2026-01-15")
        (line,) = (await sofia.get("/v1/erasures")).json()["items"]
        assert (line["answer_by"], line["overdue"]) == ("2026-02-15", True)
        stands = f"/v1/subjects/{person}"
        longer = await world.says(sofia, f"{stands}/extend-erasure", {"reason": "complex"})
        assert longer.json()["erasure"]["answer_by"] == "2026-04-15"
        (line,) = (await sofia.get("/v1/erasures")).json()["items"]
        assert not line["overdue"]


class TestWhatStandsInTheWay:
    async def test_what_is_owed_is_named_and_the_rest_can_go(
        self, world: World, lina: Caller, sofia: Caller
    ) -> None:
        path, person = await zahras(world, lina)
        erasure = await asked_for(world, lina, person)
        await ordered_for(world, path.rpartition("/")[2])
        stands = f"/v1/subjects/{person}"
        answer = await world.says(sofia, f"{stands}/approve-erasure", {"kinds": ALL, "facts": KEEP})
        assert answer.json()["facts"] == {
            "commitments": ["com_1"],
            "cash": [],
            "kinds": ["contact", "identity"],
        }
        some = {"kinds": ["protection", "health"], "facts": KEEP}
        answer = await world.says(sofia, f"{stands}/approve-erasure", some)
        kept = {each["kind"]: each["reason"] for each in answer.json()["erasure"]["kept"]}
        assert kept == {"identity": "open_payment", "contact": "open_payment"}
        letter = (await lina.get(f"/v1/erasures/{erasure['erasure']}/letter")).json()["text"]
        assert "31 December 2036" in letter
        assert "a payment that is not finished" in letter

    @pytest.mark.parametrize("ended", ["confirmed", "cancelled"])
    async def test_cash_that_is_asked_for_is_owed_until_it_was_given_or_given_up(
        self, world: World, lina: Caller, sofia: Caller, ended: str
    ) -> None:
        path, person = await zahras(world, lina)
        await asked_for(world, lina, person)
        cash: dict[str, Any] = {"by": SYSTEM, "at": NOON, "cash": CashId("csh_1")}
        asked = CashRequested(**cash, case=CaseId(path.rpartition("/")[2]))
        await world.hears(heard.money, asked, stream="csh_1", version=1)
        stands = f"/v1/subjects/{person}"
        owed = (await sofia.get(f"{stands}/obligations")).json()
        assert (owed["open"], owed["cash"]) == ([], ["csh_1"])
        body = {"kinds": ALL, "facts": KEEP}
        answer = await world.says(sofia, f"{stands}/approve-erasure", body)
        assert (answer.json()["rule"], answer.json()["facts"]["cash"]) == (
            "MoneyOutstanding",
            ["csh_1"],
        )
        seen = ended == "confirmed"
        end = CashHandOverConfirmed if seen else CashCancelled
        await world.hears(heard.money, end(**cash), stream="csh_1", version=2)
        owed = (await sofia.get(f"{stands}/obligations")).json()
        assert (owed["cash"], owed["facts_kept_until"] is not None) == ([], seen)
        answer = await world.says(sofia, f"{stands}/approve-erasure", body)
        assert answer.headers["events"].startswith("intake.erasure_approved")

    async def test_facts_about_money_are_kept_as_long_as_the_programme_says(
        self, world: World, lina: Caller, sofia: Caller
    ) -> None:
        path, person = await zahras(world, lina)
        erasure = await asked_for(world, lina, person)
        await ordered_for(world, path.rpartition("/")[2])
        com: dict[str, Any] = {"by": SYSTEM, "at": NOON, "commitment": CommitmentId("com_1")}
        paid = Paid(**com, invoice=InvoiceId("inv_1"), value_date=date(2027, 2, 3))
        await world.hears(payments, paid, stream="pay_1", version=1)
        done = heard.CommitmentLiquidated(**com)
        await world.hears(heard.money, done, stream="com_1", version=2)
        stands = f"/v1/subjects/{person}"
        owed = (await sofia.get(f"{stands}/obligations")).json()
        assert (owed["open"], owed["facts_kept_until"]) == ([], "2032-12-31")
        short = {"kinds": ALL, "facts": KEEP | {"until": "2032-12-30"}}
        answer = await world.says(sofia, f"{stands}/approve-erasure", short)
        assert (answer.json()["rule"], answer.json()["facts"]) == (
            "KeptTooShort",
            {"until": "2032-12-30", "needed": "2032-12-31"},
        )
        body = {"kinds": ALL, "facts": {"basis": "grant_agreement"}}
        answer = await world.says(sofia, f"{stands}/approve-erasure", body)
        assert answer.json()["erasure"]["kept_facts"]["until"] == "2032-12-31"
        letter = (await lina.get(f"/v1/erasures/{erasure['erasure']}/letter")).json()["text"]
        assert "We keep it until 31 December 2032." in letter

    async def test_a_hold_is_placed_listed_and_lifted_by_another(
        self, world: World, lina: Caller, sofia: Caller, sign_in: Callable[..., Caller]
    ) -> None:
        _, person = await zahras(world, lina)
        await asked_for(world, lina, person)
        stands = f"/v1/subjects/{person}"
        body = {"person": person, "reason": "audit", "kinds": ["identity"]}
        dario = sign_in("per_dario", Role.DATA_PROTECTION_OFFICER)
        placed = await world.says(dario, "/v1/holds", body)
        assert placed.status_code == 201, placed.text
        (hold,) = (await sofia.get("/v1/holds")).json()["items"]
        answer = await world.says(sofia, f"{stands}/approve-erasure", {"kinds": ALL})
        assert answer.json()["rule"] == "UnderLegalHold"
        assert answer.json()["facts"]["holds"] == [hold["hold"]]
        lift = {"hold": hold["hold"]}
        refused = await world.says(dario, f"{stands}/lift-hold", lift)
        assert refused.json()["rule"] == "PlacerCannotLift"
        await world.says(sofia, f"{stands}/lift-hold", lift)
        assert (await sofia.get("/v1/holds")).json()["items"] == []
        answer = await world.says(sofia, f"{stands}/approve-erasure", {"kinds": ALL})
        assert answer.status_code == 200


class TestWhoseItIs:
    async def test_to_another_organisation_there_is_nobody_such(
        self, world: World, lina: Caller, sign_in: Callable[..., Caller]
    ) -> None:
        _, person = await zahras(world, lina)
        erasure = await asked_for(world, lina, person)
        petra = sign_in("per_petra", Role.PROGRAMME_MANAGER)
        placed = await world.says(petra, "/v1/holds", {"person": person, "reason": "audit"})
        (hold,) = placed.json()["holds"]
        roles = (Role.DATA_PROTECTION_OFFICER, Role.PROGRAMME_MANAGER, Role.COMPLAINTS_OFFICER)
        theirs = sign_in("per_x", *roles, organisation="ngo_other")
        for listed in ("/v1/holds", "/v1/erasures"):
            assert (await theirs.get(listed)).json()["items"] == []
        one = f"/v1/erasures/{erasure['erasure']}"
        details = {(await theirs.get(where)).json()["detail"] for where in (one, f"{one}/letter")}
        details.add((await theirs.get("/v1/erasures/era_nowhere")).json()["detail"])
        acts = {
            "lift-hold": {"hold": hold["hold"]},
            "approve-erasure": {"kinds": ALL},
            "refuse-erasure": {"legal_basis": "legal_claims"},
            "extend-erasure": {"reason": "complex"},
        }
        before = await world.told()
        for subject in (person, "per_nobody", "ven_nobody"):
            for act, body in acts.items():
                answer = await theirs.post(f"/v1/subjects/{subject}/{act}", body, if_match=2)
                assert answer.status_code == 404, (act, answer.text)
                details.add(answer.json()["detail"])
            for where in (f"/v1/subjects/{subject}", f"/v1/subjects/{subject}/obligations"):
                details.add((await theirs.get(where)).json()["detail"])
        assert len(details) == 1, "whatever is asked, it is answered in the same words"
        assert await world.told() == before

    async def test_of_a_restricted_case_only_who_answers_for_the_data_or_needs_to_know(
        self, world: World, lina: Caller, sofia: Caller, elif_: Caller
    ) -> None:
        path, person = await zahras(world, lina)
        petra = world.intake.sign_in("per_petra", Role.PROGRAMME_MANAGER)
        await world.says(petra, "/v1/holds", {"person": person, "reason": "audit"})
        assert len((await petra.get("/v1/holds")).json()["items"]) == 1
        await world.says(lina, f"{path}/restrict", {"basis": "trafficking"})
        for who in (petra, elif_):
            assert (await who.get("/v1/holds")).json()["items"] == []
            assert (await who.get(f"/v1/subjects/{person}")).status_code == 404
        assert len((await sofia.get("/v1/holds")).json()["items"]) == 1
        assert (await lina.get(f"/v1/subjects/{person}")).status_code == 200

    async def test_a_hold_is_lifted_and_an_erasure_approved_where_the_programme_is_run(
        self, world: World, sign_in: Callable[..., Caller]
    ) -> None:
        arben = sign_in("per_arben", Role.COUNSELLOR, organisation=NGO, office="tirana")
        _, person = await zahras(world, arben)
        await asked_for(world, arben, person)
        petra = sign_in("per_petra", Role.PROGRAMME_MANAGER)
        placed = await world.says(petra, "/v1/holds", {"person": person, "reason": "audit"})
        lift = {"hold": placed.json()["holds"][0]["hold"]}
        stands = f"/v1/subjects/{person}"
        drita = sign_in("per_drita", Role.DATA_PROTECTION_OFFICER, organisation=NGO)
        refused = await world.says(drita, f"{stands}/lift-hold", lift)
        assert (refused.status_code, refused.json()["code"]) == (422, "NotYoursToDecide")
        refused = await world.says(drita, f"{stands}/approve-erasure", {"kinds": ALL})
        assert refused.json()["code"] == "NotYoursToDecide"
        juraj = sign_in("per_juraj", Role.PROGRAMME_MANAGER)
        elif_ = sign_in("per_elif", Role.AUDITOR)
        for who in (juraj, elif_):
            assert (await world.says(who, f"{stands}/lift-hold", lift)).status_code == 403
        ours = sign_in("per_ours", Role.DATA_PROTECTION_OFFICER)
        assert (await world.says(ours, f"{stands}/lift-hold", lift)).status_code == 200


class TestVendors:
    async def test_only_one_that_is_a_person(
        self, world: World, sign_in: Callable[..., Caller]
    ) -> None:
        for vendor, kind in ((MILL, "sole_trader"), (FIRM, "company")):
            fact = heard.VendorProposed(by=SYSTEM, at=NOON, vendor=vendor, kind=Code(kind))
            await world.hears(heard.vendors, fact, stream=vendor, version=1)
        nadia = sign_in("per_nadia", Role.VENDOR_OFFICER)
        stranger = sign_in("per_nadia", Role.VENDOR_OFFICER, organisation=NGO)
        assert (await stranger.post("/v1/erasures", request_of(MILL))).status_code == 404
        firm = await nadia.post("/v1/erasures", request_of(FIRM))
        assert (firm.status_code, firm.json()["rule"]) == (422, "NotAPerson")
        assert (await asked_for(world, nadia, MILL))["person"] == MILL
        unknown = await nadia.post("/v1/erasures", request_of("ven_unknown"))
        assert unknown.status_code == 404


async def _outstanding(who: Caller, path: str, services: int) -> bool:
    return len((await who.get(path)).json()["erasure"]["outstanding"]) == services
